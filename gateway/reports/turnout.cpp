#include "gateway/reports/places.h"
#include "gateway/reports/results.h"
#include "storage/canonical.h"

#include <fmt/format.h>
#include <map>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

struct presence {
  std::int64_t stations = 0, present = 0, registered = 0;
};
using by_hour = std::map<std::string, std::vector<presence>, std::less<>>; // rows of the report

void add(by_hour& hours, const storage::canonical::record_view& r, const feed_names& feed, const storage::election& e,
         const places& where) {
  const auto station = e.station_by_code(r.scope);
  const auto* at = r.field(feed.at);
  const auto* present = r.field(feed.present);
  if (!station || !present || where.row_of_station[*station] == storage::none) return;
  const std::string hour = !at                                                        ? std::string{}
                           : at->what == storage::canonical::field_view::type::number ? fmt::to_string(at->number)
                                                                                      : std::string(at->text);
  auto& rows = hours[hour];
  rows.resize(where.rows.size());
  presence& p = rows[where.row_of_station[*station]];
  ++p.stations;
  p.present += present->number;
  p.registered += e.stations[*station].registered;
}

} // namespace

table turnout(storage::reader& from, const storage::election& e, const feed_names& feed, const report_scope& scope) {
  const places where = places_of(e, scope.area, scope.by);
  by_hour hours;
  storage::canonical::record_view record;
  const auto read = from.for_each_current_record(feed.form, [&](std::int64_t seq, std::string_view body) {
    if (!storage::canonical::read_record(body, record))
      throw std::runtime_error(fmt::format("record {} cannot be read: run `tallyline verify`", seq));
    add(hours, record, feed, e, where);
  });
  if (!read) throw std::runtime_error(read.error().message());
  table t{{{"area", "Area"},
           {"area_name", "Name"},
           {"hour", "Hour"},
           {"stations_in", "Stations in"},
           {"stations", "of"},
           {"registered", "Registered there"},
           {"present", "Voters"},
           {"share", "Turnout"}},
          {},
          {}};
  for (std::size_t row = 0; row < where.rows.size(); ++row)
    for (const auto& [hour, rows] : hours)
      t.rows.push_back({where.rows[row].code, where.rows[row].name, hour, rows[row].stations, where.rows[row].stations,
                        rows[row].registered, rows[row].present, share_of(rows[row].present, rows[row].registered)});
  return t;
}

} // namespace tallyline::gateway
