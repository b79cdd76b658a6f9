// What share of an election's processes runs by computer, by which way, and what is missing.
#include "gateway/reports/coverage_file.h"
#include "gateway/reports/expected.h"
#include "gateway/reports/names.h"
#include "gateway/reports/places.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

constexpr std::size_t bearers_known = 5;

struct coverage_row {
  std::int64_t expected = 0;
  std::array<std::int64_t, bearers_known> by{}; // by bearer - 1
  std::int64_t done() const {
    std::int64_t all = 0;
    for (const auto n : by)
      all += n;
    return all;
  }
  std::int64_t paper() const { return by[static_cast<std::size_t>(storage::bearer::console) - 1]; }
  std::int64_t missing() const { return std::max<std::int64_t>(expected - done(), 0); }
  void add(const coverage_row& o) {
    expected += o.expected;
    for (std::size_t b = 0; b < bearers_known; ++b)
      by[b] += o.by[b];
  }
  bool empty() const { return expected == 0 && done() == 0; }
};

class coverage_report {
public:
  coverage_report(const report_source& s, const report_scope& scope)
      : s_(s), where_(places_of(s.e, scope.area, scope.by)), inside_(places_of(s.e, scope.area, "")), world_(s.e),
        expected_(expected_of(s.menus, world_)) {
    if (where_.by_station)
      throw std::runtime_error(
          "coverage goes down to areas; for single stations: tallyline report missing --by station");
    for (const auto& p : read_processes(scope.coverage))
      if (scope.form.empty() || std::find(p.forms.begin(), p.forms.end(), scope.form) != p.forms.end()) measure(p);
    write();
  }
  table made() { return std::move(t_); }

private:
  // Of one process: a row for each area of the table, and one for all that lies inside, whether in a row or not.
  struct measured {
    std::string name, says;
    std::vector<coverage_row> rows;
    coverage_row inside;
  };

  void measure(const process& p) {
    measured m{p.name, said(p), std::vector<coverage_row>(where_.rows.size()), {}};
    for (const auto& form : p.forms)
      p.corrections ? corrections(form, m) : records(form, m);
    expect(p, m);
    if (m.inside.empty()) return;
    coverage_row in_rows;
    for (const auto& row : m.rows)
      in_rows.add(row);
    // What is done for a whole county has no part in its districts.
    if (in_rows.done() != m.inside.done() || in_rows.expected != m.inside.expected) return undivided_.push_back(p.name);
    all_.push_back(std::move(m));
  }

  template <class Add> void add(std::uint32_t area, measured& m, Add change) const {
    if (area == storage::none || inside_.row_of_area[area] == storage::none) return;
    change(m.inside);
    if (const auto row = where_.row_of_area[area]; row != storage::none) change(m.rows[row]);
  }

  void records(const std::string& form, measured& m) const {
    must(s_.from.for_each_total(form, [&](std::string_view, std::string_view code, const storage::sums& t) {
      const auto area = s_.e.area_by_code(code).value_or(storage::none);
      for (const auto& b : t.bearers)
        if (b.number >= 1 && b.number <= std::int64_t{bearers_known})
          add(area, m, [&](coverage_row& r) { r.by[static_cast<std::size_t>(b.number - 1)] += b.value; });
    }));
  }

  void corrections(const std::string& form, measured& m) const {
    must(s_.from.for_each_correction(form, [&](const auto& c) {
      add(area_of_code(c.scope), m, [&](coverage_row& r) { ++r.by[static_cast<std::size_t>(c.by) - 1]; });
    }));
  }

  std::uint32_t area_of_code(std::string_view code) const {
    if (const auto o = s_.e.office_by_code(code)) return s_.e.offices[*o].area;
    if (const auto st = s_.e.station_by_code(code)) return s_.e.stations[*st].area;
    return s_.e.area_by_code(code).value_or(storage::none);
  }

  void expect(const process& p, measured& m) const {
    const auto one = [](coverage_row& r) { ++r.expected; };
    switch (p.expected) {
    case process::wants::as_done:
      for (auto& row : m.rows)
        row.expected = row.done();
      m.inside.expected = m.inside.done();
      return;
    case process::wants::count_of:
      for (const auto& form : p.counts)
        must(s_.from.for_each_total(form, [&](std::string_view, std::string_view code, const storage::sums& t) {
          add(s_.e.area_by_code(code).value_or(storage::none), m, [&](coverage_row& r) { r.expected += t.records; });
        }));
      return;
    case process::wants::step_after:
      for (const auto& form : p.counts)
        must(s_.from.for_each_step(form, [&](const auto& r) {
          if (r.done_ms == 0 || std::find(p.forms.begin(), p.forms.end(), r.done_form) != p.forms.end())
            add(area_of_code(r.scope), m, one);
        }));
      return;
    case process::wants::one_per_place:
      if (p.place == "station")
        for (const auto& station : s_.e.stations)
          add(station.area, m, one);
      if (p.place == "office")
        for (const auto& office : s_.e.offices)
          add(office.area, m, one);
      if (p.place == "candidate")
        for (const auto& candidate : s_.e.candidates)
          add(s_.e.contests[candidate.contest].area, m, one);
      return;
    case process::wants::menu:
      for (const auto& f : expected_)
        if (std::find(p.forms.begin(), p.forms.end(), f.what().name) != p.forms.end()) by_menu(f, m);
      return;
    }
  }

  void by_menu(const expected_form& f, measured& m) const {
    for (const auto& part : f.parts)
      for (const auto scope : part.where)
        add(area_of_scope(s_.e, {f.menu->scope, scope}), m, [](coverage_row& r) { ++r.expected; });
  }

  std::string said(const process& p) const {
    for (const auto& language : s_.e.languages)
      if (const auto at = p.says.find(language); at != p.says.end()) return at->second;
    return p.says.empty() ? std::string() : p.says.begin()->second;
  }

  void write() {
    t_.columns = {{"area", "Area"},         {"area_name", "Name"}, {"process", "Process"}, {"process_name", ""},
                  {"expected", "Expected"}, {"ussd", "USSD"},      {"sms", "SMS"},         {"terminal", "Terminal"},
                  {"link", "Link"},         {"paper", "Paper"},    {"missing", "Missing"}, {"share", "By computer"}};
    t_.grouped = 2;
    coverage_row total;
    for (std::size_t row = 0; row < where_.rows.size(); ++row) {
      coverage_row sum;
      for (const auto& m : all_) {
        if (m.rows[row].empty()) continue;
        line(where_.rows[row], m.name, m.says, m.rows[row]);
        sum.add(m.rows[row]);
      }
      if (sum.empty()) continue;
      if (where_.rows.size() == 1) t_.rules.push_back(t_.rows.size());
      line(where_.rows[row], "total", "", sum);
      total.add(sum);
    }
    if (where_.rows.size() > 1) {
      t_.rules.push_back(t_.rows.size());
      line({"", "", storage::none, 0, 0}, "total", "", total);
    }
    notes(total);
  }

  void line(const place_row& at, const std::string& name, const std::string& says, const coverage_row& r) {
    std::vector<cell> cells{at.code, at.name, name, says, r.expected};
    for (const auto n : r.by)
      cells.emplace_back(n);
    cells.emplace_back(r.missing());
    // More than expected is not more than all.
    const auto by_computer = std::min(r.done() - r.paper(), r.expected);
    cells.push_back(share_of(by_computer, r.expected));
    t_.rows.push_back(std::move(cells));
  }

  void notes(const coverage_row& total) {
    t_.notes.push_back(fmt::format(
        "Of {} that were expected {} were done by computer, {} entered from paper afterwards, {} are missing.",
        total.expected, total.done() - total.paper(), total.paper(), total.missing()));
    t_.notes.emplace_back(
        "Counted are records that stand; one that waits for a decision or a second entry is missing.");
    if (!undivided_.empty())
      t_.notes.push_back(
          fmt::format("Not shown by this level, for it is done for larger areas: {}.", fmt::join(undivided_, ", ")));
  }

  const report_source& s_;
  places where_, inside_;
  election_world world_;
  std::vector<expected_form> expected_;
  std::vector<measured> all_;
  std::vector<std::string> undivided_;
  table t_;
};

} // namespace

table coverage(const report_source& s, const report_scope& scope) {
  const storage::reader::snapshot one_moment(s.from);
  return coverage_report(s, scope).made();
}

} // namespace tallyline::gateway
