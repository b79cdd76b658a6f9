#include "gateway/local_time.h"
#include "gateway/reports/expected.h"
#include "gateway/reports/names.h"
#include "gateway/reports/places.h"
#include "gateway/reports/report.h"
#include "storage/receipt.h"

#include <fmt/format.h>
#include <map>
#include <tuple>

namespace tallyline::gateway {
namespace {

constexpr std::string_view in_review = "in review", waits = "waits for a second entry";

template <class Each> void each_word(std::string_view words, Each each) {
  while (!words.empty()) {
    const auto end = std::min(words.find(' '), words.size());
    each(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
}

// Calls each(row of the report, fact, rule) for every confirmed warning and everything that waits for a decision.
template <class Each>
void each_flag(const report_source& s, const report_scope& scope, const places& where, Each each) {
  const auto wanted = [&](const auto& r) { return scope.form.empty() || r.form == scope.form; };
  must(s.from.for_each_flagged([&](const auto& r) {
    const auto row = wanted(r) ? where.row_of_scope(s.e, r.scope) : storage::none;
    if (row != storage::none) each_word(r.flags, [&](std::string_view rule) { each(row, r, rule); });
  }));
  for (const auto& [state, word] :
       {std::pair(storage::record_state::review, in_review), std::pair(storage::record_state::pending, waits)})
    must(s.from.for_each_fact(scope.form, state, [&, what = word](const auto& r) {
      if (const auto row = where.row_of_scope(s.e, r.scope); row != storage::none) each(row, r, what);
    }));
}

table counted(const report_source& s, const report_scope& scope, const places& where) {
  std::map<std::tuple<std::uint32_t, std::string, std::string>, std::int64_t> counts;
  each_flag(s, scope, where, [&](std::uint32_t row, const auto& r, std::string_view rule) {
    ++counts[{row, std::string(r.form), std::string(rule)}];
  });
  table t{
      {{"area", "Area"}, {"area_name", "Name"}, {"form", "Form"}, {"rule", "Rule"}, {"records", "Reports"}}, {}, {}};
  t.grouped = 3;
  for (const auto& [key, n] : counts) {
    const auto& at = where.rows[std::get<0>(key)];
    t.rows.push_back({at.code, at.name, std::get<1>(key), std::get<2>(key), n});
  }
  t.notes.emplace_back("A report with two warnings counts in both rows. --list names each report with its figures.");
  return t;
}

table listed(const report_source& s, const report_scope& scope, const places& where) {
  const local_clock clock(s.e.time_zone);
  table t{{{"form", "Form"},
           {"key", "For"},
           {"rule", "Rule"},
           {"receipt", "Receipt"},
           {"at", "At"},
           {"bearer", "By"},
           {"values", "Figures"}},
          {},
          {}};
  each_flag(s, scope, where, [&](std::uint32_t, const auto& r, std::string_view rule) {
    t.rows.push_back({std::string(r.form), std::string(r.key), std::string(rule), storage::receipt::to_text(r.receipt),
                      local_text(clock.minutes_at(r.time_ms)), std::string(bearer_name(r.by)), std::string(r.fields)});
  });
  return t;
}

} // namespace

table flags(const report_source& s, const report_scope& scope) {
  const places where = places_of(s.e, scope.area, scope.by);
  const storage::reader::snapshot one_moment(s.from);
  return scope.list ? listed(s, scope, where) : counted(s, scope, where);
}

} // namespace tallyline::gateway
