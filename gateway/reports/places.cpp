#include "gateway/reports/places.h"

#include <fmt/format.h>
#include <set>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

std::uint32_t root_of(const storage::election& e, std::string_view within) {
  if (!within.empty()) {
    const auto found = e.area_by_code(within);
    if (!found)
      throw std::runtime_error(
          fmt::format("there is no area with the code '{}'; `report turnout --by LEVEL` lists codes", within));
    return *found;
  }
  for (std::uint32_t a = 0; a < e.areas.size(); ++a)
    if (e.areas[a].parent == storage::none) return a;
  throw std::runtime_error("the election has no areas");
}

// The area of the given level that the area lies in, or none.
std::uint32_t at_level(const storage::election& e, std::uint32_t area, std::string_view level) {
  for (; area != storage::none; area = e.areas[area].parent)
    if (e.areas[area].level == level) return area;
  return storage::none;
}

void refuse_unknown_level(const storage::election& e, std::string_view by) {
  std::set<std::string> levels{"station"};
  for (const auto& a : e.areas)
    levels.insert(a.level);
  if (!levels.contains(std::string(by)))
    throw std::runtime_error(fmt::format("there is no level '{}'; there are: {}", by, fmt::join(levels, ", ")));
}

} // namespace

places places_of(const storage::election& e, std::string_view within, std::string_view by) {
  const std::uint32_t root = root_of(e, within);
  if (!by.empty()) refuse_unknown_level(e, by);
  places out;
  out.row_of_station.assign(e.stations.size(), storage::none);
  std::vector<std::uint32_t> row_of_area(e.areas.size(), storage::none);
  for (std::size_t s = 0; s < e.stations.size(); ++s) {
    const auto& station = e.stations[s];
    if (!e.area_contains(root, station.area)) continue;
    std::uint32_t row = storage::none;
    if (by == "station") {
      row = static_cast<std::uint32_t>(out.rows.size());
      out.rows.push_back({station.code, std::string(storage::in_language(station.name, 0)), 0, 0});
    } else {
      const std::uint32_t area = by.empty() ? root : at_level(e, station.area, by);
      if (area == storage::none) continue;
      if (row_of_area[area] == storage::none) {
        row_of_area[area] = static_cast<std::uint32_t>(out.rows.size());
        out.rows.push_back({e.areas[area].code, std::string(storage::in_language(e.areas[area].name, 0)), 0, 0});
      }
      row = row_of_area[area];
    }
    out.row_of_station[s] = row;
    ++out.rows[row].stations;
    out.rows[row].registered += station.registered;
  }
  return out;
}

} // namespace tallyline::gateway
