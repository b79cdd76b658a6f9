#include "gateway/reports/gaps.h"
#include "gateway/reports/places.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tallyline::gateway {
namespace {

struct counts {
  std::int64_t expected = 0, in = 0, in_review = 0, waits = 0, missing = 0;
  void add(standing_of_report s) {
    ++expected;
    if (s == standing_of_report::in) ++in;
    if (s == standing_of_report::in_review) ++in_review;
    if (s == standing_of_report::waits_for_second) ++waits;
    if (s == standing_of_report::missing) ++missing;
  }
};

std::uint32_t row_of(const report_source& s, const places& where, menus::entity scope) {
  if (scope.kind == menus::noun::station) return where.row_of_station[scope.index];
  return where.row_of_area[area_of_scope(s.e, scope)];
}

// A row for each area of a level, form and part.
void count_by_area(table& t, const report_source& s, const gaps& g, const places& where) {
  t.columns = {
      {"area", "Area"},         {"area_name", "Name"}, {"form", "Form"},           {"key", "For"},
      {"expected", "Expected"}, {"in", "In"},          {"in_review", "In review"}, {"second_entry", "2nd entry"},
      {"missing", "Missing"},   {"share", "In"}};
  t.grouped = 3;
  std::vector<std::vector<std::vector<cell>>> rows(where.rows.size());
  for (const auto& f : g.forms)
    for (const auto& p : f.parts) {
      std::vector<counts> by_row(where.rows.size());
      for (std::size_t i = 0; i < p.at.size(); ++i)
        if (const auto row = row_of(s, where, {f.expected->menu->scope, p.expected->where[i]}); row != storage::none)
          by_row[row].add(p.at[i]);
      for (std::size_t row = 0; row < by_row.size(); ++row) {
        const auto& c = by_row[row];
        if (c.expected == 0) continue;
        rows[row].push_back({where.rows[row].code, where.rows[row].name, f.expected->what().name, p.expected->part,
                             c.expected, c.in, c.in_review, c.waits, c.missing, share_of(c.in, c.expected)});
      }
    }
  for (auto& of_row : rows)
    for (auto& row : of_row)
      t.rows.push_back(std::move(row));
}

// Those who are to be called: a row for each station and form.
class chase_list {
public:
  chase_list(table& t, const report_source& s, const places& where) : t_(t), s_(s), where_(where) {
    t.columns = {{"area_name", "Area"},  {"station", "Station"}, {"station_name", "Name"},  {"form", "Form"},
                 {"missing", "Missing"}, {"person", "Person"},   {"telephone", "Telephone"}};
    t.grouped = 3;
  }

  void add(const gaps::form& f) {
    const auto noun = f.expected->menu->scope;
    const auto people = people_of(s_.e, noun, f.expected->menu->who);
    std::vector<std::string> missing(scopes_of(s_.e, noun));
    for (const auto& p : f.parts)
      for (std::size_t i = 0; i < p.at.size(); ++i) {
        if (p.at[i] != standing_of_report::missing && p.at[i] != standing_of_report::waits_for_second) continue;
        const bool waits = p.at[i] == standing_of_report::waits_for_second;
        auto& text = missing[p.expected->where[i]];
        if (!text.empty()) text += ", ";
        text += p.expected->part.empty() ? (waits ? "second entry" : "report")
                                         : fmt::format("{}{}", p.expected->part, waits ? " (second entry)" : "");
      }
    for (std::uint32_t i = 0; i < missing.size(); ++i)
      if (!missing[i].empty() && row_of(s_, where_, {noun, i}) != storage::none)
        row({noun, i}, f, std::move(missing[i]), people[i]);
  }

private:
  void row(menus::entity scope, const gaps::form& f, std::string missing, const std::vector<std::uint32_t>& people) {
    std::vector<std::string> names, phones;
    for (const auto p : people) {
      names.push_back(s_.e.people[p].name);
      phones.push_back(fmt::format("+{}", s_.e.people[p].msisdn));
    }
    if (people.empty()) names.push_back(fmt::format("(no {} on the roster)", f.expected->menu->who));
    const auto area = area_of_scope(s_.e, scope);
    t_.rows.push_back({std::string(storage::in_language(s_.e.areas[area].name, 0)),
                       std::string(code_of_scope(s_.e, scope)), std::string(name_of_scope(s_.e, scope)),
                       f.expected->what().name, std::move(missing), fmt::format("{}", fmt::join(names, ", ")),
                       fmt::format("{}", fmt::join(phones, ", "))});
  }

  table& t_;
  const report_source& s_;
  const places& where_;
};

} // namespace

table missing(const report_source& s, const report_scope& scope) {
  const places where = places_of(s.e, scope.area, scope.by);
  const election_world world(s.e);
  const auto expected = expected_of(s.menus, world);
  const storage::reader::snapshot one_moment(s.from);
  const gaps g = gaps_of(s, expected, scope, world.clock().minutes_at(s.now_ms));
  table t;
  if (!scope.by.empty() && scope.by != "station") {
    count_by_area(t, s, g, where);
  } else {
    chase_list rows(t, s, where);
    for (const auto& f : g.forms)
      rows.add(f);
  }
  counts all;
  for (const auto& f : g.forms)
    for (const auto& p : f.parts)
      for (std::size_t i = 0; i < p.at.size(); ++i)
        if (row_of(s, where, {f.expected->menu->scope, p.expected->where[i]}) != storage::none) all.add(p.at[i]);
  t.notes.push_back(fmt::format("{} of {} reports that are due are in; {} in review, {} wait for a second entry, {} "
                                "missing.{}",
                                all.in, all.expected, all.in_review, all.waits, all.missing,
                                scope.all ? "" : " With --all also what is not due yet."));
  return t;
}

} // namespace tallyline::gateway
