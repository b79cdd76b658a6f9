#include "gateway/local_time.h"
#include "gateway/reports/office_work.h"
#include "gateway/reports/places.h"
#include "gateway/reports/report.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <stdexcept>
#include <unordered_map>

namespace tallyline::gateway {
namespace {

std::string name(const storage::names& n) { return std::string(storage::in_language(n, 0)); }

cell minutes(const std::optional<std::int64_t>& m) { return m ? cell(*m) : cell{}; }

class office_report {
public:
  office_report(const report_source& s, const report_scope& scope)
      : s_(s), scope_(scope), league_(read_league(scope.league)),
        where_(places_of(s.e, scope.area, by_office() ? std::string() : scope.by)), clock_(s.e.time_zone) {
    if (where_.by_station) throw std::runtime_error("this is about offices: --by office, or a level such as county");
    by_office() ? office_by_office() : area_by_area();
    work_ = work_of(s, league_, units_);
    for (const auto& w : work_)
      scores_.push_back(league_.score.number(w.of));
  }

  table standings() {
    std::vector<std::size_t> order;
    for (std::size_t u = 0; u < work_.size(); ++u)
      if (work_[u].offices > 0) order.push_back(u);
    const auto score = [&](std::size_t u) { return scores_[u].value_or(INT64_MIN); };
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return score(a) > score(b); });
    columns();
    for (std::size_t i = 0; i < order.size(); ++i)
      row(order[i], rank_of(order, i));
    notes();
    return std::move(t_);
  }

  table listed(const std::vector<league_rule>& rules, std::string_view heading) {
    t_.columns = {{"rule", "Rule"}, {"says", ""},           {"area", "Area"},       {"code", "Code"},
                  {"name", "Name"}, {"figures", "Figures"}, {"receipts", "Records"}};
    t_.grouped = 2;
    for (const auto& rule : rules)
      for (std::size_t u = 0; u < work_.size(); ++u)
        if (work_[u].offices > 0 && rule.when.holds(work_[u].of)) entry(rule, u);
    t_.notes.push_back(fmt::format("{} by the rules of {}:", heading, league_.file.string()));
    for (const auto& rule : rules)
      t_.notes.push_back(fmt::format("  {}: {}", rule.name, rule.when.source()));
    return std::move(t_);
  }
  const league& judged_by() const { return league_; }

private:
  bool by_office() const { return scope_.by.empty() || scope_.by == "office"; }

  void office_by_office() {
    units_.unit_of.assign(s_.e.offices.size(), storage::none);
    units_.areas = s_.e.areas.size();
    for (std::uint32_t o = 0; o < s_.e.offices.size(); ++o) {
      const auto& office = s_.e.offices[o];
      if (where_.row_of_area[office.area] == storage::none) continue;
      units_.unit_of[o] = static_cast<std::uint32_t>(names_.size());
      units_.area_of.push_back(area_of_share(office.area));
      names_.push_back({name(s_.e.areas[office.area].name), office.code, name(office.name)});
    }
  }

  // The nearest of the league's level around it; without one, the whole of what was asked for.
  std::uint32_t area_of_share(std::uint32_t area) const {
    for (auto a = area; a != storage::none; a = s_.e.areas[a].parent)
      if (s_.e.areas[a].level == league_.share_of) return a;
    return s_.e.area_by_code(scope_.area).value_or(0);
  }

  void area_by_area() {
    units_.unit_of.assign(s_.e.offices.size(), storage::none);
    units_.areas = 1;
    for (std::uint32_t o = 0; o < s_.e.offices.size(); ++o)
      units_.unit_of[o] = where_.row_of_area[s_.e.offices[o].area];
    for (const auto& row : where_.rows) {
      units_.area_of.push_back(0);
      names_.push_back({"", row.code, row.name});
    }
  }

  void columns() {
    t_.columns = {{"rank", "#"},
                  {"area_name", "Area"},
                  {"code", "Code"},
                  {"name", "Name"},
                  {"score", "Score"},
                  {"registrations", "Registered"},
                  {"share", "Share"},
                  {"waiting", "Waiting"},
                  {"median_minutes", "Median, min"},
                  {"p95_minutes", "p95, min"},
                  {"errors", "Errors"},
                  {"corrections", "Corrected"},
                  {"rejected", "Rejected"},
                  {"out_of_hours", "Out of hours"},
                  {"last_activity", "Last activity"},
                  {"silent", "Silent"}};
    if (by_office()) return;
    t_.columns.erase(t_.columns.begin() + 1);
    t_.columns.insert(t_.columns.begin() + 3, {"offices", "Offices"});
  }

  // Who has the same score has the same place.
  std::int64_t rank_of(const std::vector<std::size_t>& order, std::size_t at) {
    if (at == 0 || scores_[order[at]] != scores_[order[at - 1]]) rank_ = static_cast<std::int64_t>(at) + 1;
    return rank_;
  }

  void row(std::size_t u, std::int64_t rank) {
    const auto& w = work_[u];
    std::vector<cell> cells{scores_[u] ? cell(rank) : cell{}};
    if (by_office()) cells.emplace_back(names_[u].area);
    cells.emplace_back(names_[u].code);
    cells.emplace_back(names_[u].name);
    if (!by_office()) cells.emplace_back(w.offices);
    cells.push_back(minutes(scores_[u]));
    cells.emplace_back(w.registrations);
    cells.push_back(share_of(w.registrations, w.in_area));
    cells.push_back(minutes(w.get(figure::waiting)));
    cells.push_back(minutes(w.get(figure::median_minutes)));
    cells.push_back(minutes(w.get(figure::p95_minutes)));
    cells.push_back(share_of(w.errors, w.records));
    cells.push_back(minutes(w.get(figure::corrections)));
    cells.push_back(minutes(w.get(figure::rejected)));
    cells.push_back(share_of(w.out_of_hours, w.events));
    cells.push_back(w.last_ms ? cell(local_text(clock_.minutes_at(w.last_ms))) : cell{});
    cells.emplace_back(w.silent ? std::string("silent") : std::string());
    t_.rows.push_back(std::move(cells));
  }

  void notes() {
    std::int64_t offices = 0, silent = 0, registered = 0;
    for (const auto& w : work_)
      offices += w.offices, silent += w.silent && w.offices > 0, registered += w.registrations;
    t_.notes.push_back(fmt::format("{} registrations in {} offices; {} silent for more than {} minutes of opening "
                                   "hours. Errors: records corrected or rejected, of all.",
                                   registered, offices, silent, league_.silent_after_minutes));
    t_.notes.push_back(fmt::format("Score = {}", league_.score.source()));
    t_.notes.push_back(
        fmt::format("from {}; --commend and --look-into list who met its rules.", league_.file.string()));
  }

  void entry(const league_rule& rule, std::size_t u) {
    std::vector<std::string> told, receipts;
    for (const auto f : rule.when.uses())
      if (const auto& value = work_[u].of[f]) told.push_back(fmt::format("{} {}", figure_words()[f], *value));
    for (const auto seq : work_[u].shown_by[static_cast<std::size_t>(rule.shows)].records())
      if (const auto r = must(s_.from.find_record(seq))) receipts.push_back(r->receipt);
    t_.rows.push_back({rule.name, said(rule), names_[u].area, names_[u].code, names_[u].name,
                       fmt::format("{}", fmt::join(told, ", ")), fmt::format("{}", fmt::join(receipts, " "))});
  }

  // In the pack's first language that it is written in.
  std::string said(const league_rule& rule) const {
    for (const auto& language : s_.e.languages)
      if (const auto at = rule.says.find(language); at != rule.says.end()) return at->second;
    return rule.says.empty() ? std::string() : rule.says.begin()->second;
  }

  struct unit_name {
    std::string area, code, name;
  };
  const report_source& s_;
  const report_scope& scope_;
  league league_;
  places where_;
  local_clock clock_;
  office_units units_;
  std::vector<unit_name> names_; // by unit
  std::vector<office_work> work_;
  std::vector<std::optional<std::int64_t>> scores_;
  std::int64_t rank_ = 0;
  table t_;
};

} // namespace

table offices(const report_source& s, const report_scope& scope) {
  const storage::reader::snapshot one_moment(s.from);
  office_report report(s, scope);
  if (scope.commend) return report.listed(report.judged_by().commend, "Commended");
  if (scope.look_into) return report.listed(report.judged_by().look_into, "To be looked into");
  return report.standings();
}

} // namespace tallyline::gateway
