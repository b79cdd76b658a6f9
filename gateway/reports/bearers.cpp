#include "gateway/reports/names.h"
#include "gateway/reports/places.h"
#include "gateway/reports/report.h"

#include <array>
#include <fmt/format.h>

namespace tallyline::gateway {
namespace {

constexpr std::size_t kinds = 5;
using by_bearer = std::array<std::int64_t, kinds>;

// Of every form that has records, unless the scope names one.
std::vector<std::string> forms_of(const report_source& s, const report_scope& scope) {
  if (!scope.form.empty()) return {scope.form};
  std::vector<std::string> all;
  for (const auto& m : s.menus)
    for (const auto& f : m->forms)
      all.push_back(f.name);
  return all;
}

void count(std::vector<by_bearer>& rows, const report_source& s, const std::string& form, const places& where) {
  const auto add = [&](std::uint32_t row, std::int64_t by, std::int64_t records) {
    if (row != storage::none && by >= 1 && by <= std::int64_t{kinds})
      rows[row][static_cast<std::size_t>(by - 1)] += records;
  };
  if (where.by_station)
    return must(s.from.for_each_fact(form, storage::record_state::current, [&](const auto& r) {
      add(where.row_of_scope(s.e, r.scope), static_cast<std::int64_t>(r.by), 1);
    }));
  must(s.from.for_each_total(form, [&](std::string_view, std::string_view area, const storage::sums& t) {
    if (const auto a = s.e.area_by_code(area))
      for (const auto& b : t.bearers)
        add(where.row_of_area[*a], b.number, b.value);
  }));
}

} // namespace

table bearers(const report_source& s, const report_scope& scope) {
  const places where = places_of(s.e, scope.area, scope.by);
  std::vector<by_bearer> rows(where.rows.size(), by_bearer{});
  const storage::reader::snapshot one_moment(s.from);
  for (const auto& form : forms_of(s, scope))
    count(rows, s, form, where);
  table t{{{"area", "Area"}, {"area_name", "Name"}, {"bearer", "Bearer"}, {"records", "Reports"}, {"share", "Share"}},
          {},
          {}};
  t.grouped = 2;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    std::int64_t all = 0;
    for (const auto n : rows[row])
      all += n;
    for (std::size_t b = 0; b < kinds; ++b)
      if (rows[row][b] > 0)
        t.rows.push_back({where.rows[row].code, where.rows[row].name,
                          std::string(bearer_name(static_cast<storage::bearer>(b + 1))), rows[row][b],
                          share_of(rows[row][b], all)});
  }
  t.notes.emplace_back("Of the current reports: how the one that counts came in.");
  return t;
}

} // namespace tallyline::gateway
