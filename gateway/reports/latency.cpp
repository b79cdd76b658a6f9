#include "gateway/local_time.h"
#include "gateway/reports/expected.h"
#include "gateway/reports/feeds.h"
#include "gateway/reports/places.h"
#include "gateway/reports/ranks.h"
#include "gateway/reports/report.h"

#include <algorithm>
#include <fmt/format.h>

namespace tallyline::gateway {
namespace {

// h:mm:ss, with a minus for what came before.
std::string duration(std::int64_t ms) {
  const std::int64_t s = std::abs(ms) / 1000;
  return fmt::format("{}{}:{:02}:{:02}", ms < 0 ? "-" : "", s / 3600, s / 60 % 60, s % 60);
}

struct start {
  std::int64_t ms = 0;
  std::string what;
};

// From the hour asked, or from the closing of the polls.
start start_of(const report_source& s, const report_scope& scope, const election_world& world) {
  const std::int64_t day = world.number({menus::noun::election, 0}, menus::attribute::date);
  if (day == 0) throw std::runtime_error("the pack says no date of the election, so there is no hour to count from");
  const auto hour = menus::parse_clock_time(scope.key);
  const auto minute = hour.value_or(world.number({menus::noun::election, 0}, menus::attribute::polls_close));
  return {world.clock().unix_ms_of(day * menus::minutes_of_day + minute),
          hour ? scope.key : fmt::format("the closing of the polls at {}", s.e.polls_close)};
}

} // namespace

table latency(const report_source& s, const report_scope& scope) {
  const places where = places_of(s.e, scope.area, scope.by);
  const election_world world(s.e);
  const auto from = start_of(s, scope, world);
  const std::string form =
      !scope.form.empty() ? scope.form : need_feed(s.menus, scope.key.empty() ? "results" : "turnout").form;
  std::vector<std::vector<std::int64_t>> took(where.rows.size());
  must(s.from.for_each_fact(form, storage::record_state::current, [&](const auto& r) {
    if (!scope.key.empty() && !r.key.ends_with("/" + scope.key)) return;
    if (const auto row = where.row_of_scope(s.e, r.scope); row != storage::none)
      took[row].push_back(r.time_ms - from.ms);
  }));
  table t{{{"area", "Area"},
           {"area_name", "Name"},
           {"records", "Reports"},
           {"first", "First"},
           {"median", "Median"},
           {"p90", "p90"},
           {"p95", "p95"},
           {"last", "Last"}},
          {},
          {}};
  for (std::size_t row = 0; row < took.size(); ++row) {
    auto& all = took[row];
    std::sort(all.begin(), all.end());
    std::vector<cell> cells{where.rows[row].code, where.rows[row].name, static_cast<std::int64_t>(all.size())};
    for (const int percent : {0, 50, 90, 95, 100})
      cells.push_back(all.empty() ? cell{} : cell(duration(ranked(all, percent))));
    t.rows.push_back(std::move(cells));
  }
  t.notes.push_back(
      fmt::format("'{}': hours, minutes and seconds from {} to the record; percentiles by nearest rank. A "
                  "corrected report counts from its correction.",
                  form, from.what));
  return t;
}

} // namespace tallyline::gateway
