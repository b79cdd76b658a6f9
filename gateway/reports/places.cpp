#include "gateway/reports/places.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

constexpr std::uint32_t unknown = storage::none - 1;

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

void refuse_unknown_level(const storage::election& e, std::string_view by) {
  const auto levels = levels_of(e);
  if (std::find(levels.begin(), levels.end(), by) == levels.end())
    throw std::runtime_error(fmt::format("there is no level '{}'; there are: {}", by, fmt::join(levels, ", ")));
}

class row_maker {
public:
  row_maker(const storage::election& e, std::uint32_t root, std::string_view by) : e_(e), root_(root), by_(by) {
    out_.row_of_area.assign(e.areas.size(), unknown);
    out_.row_of_station.assign(e.stations.size(), storage::none);
    out_.by_station = by == "station";
    inside_.assign(e.areas.size(), unknown);
  }

  places make() {
    if (by_.empty()) new_row(root_);
    for (std::uint32_t s = 0; s < e_.stations.size(); ++s)
      station(s);
    for (std::uint32_t a = 0; a < e_.areas.size(); ++a)
      row_of(a); // areas without stations, too: offices may lie in them
    for (auto& row : out_.row_of_area)
      if (out_.by_station) row = storage::none;
    return std::move(out_);
  }

private:
  // Both remember what they found for an area on its way up, so that each area is looked at once.
  bool inside(std::uint32_t area) {
    if (area == storage::none) return false;
    if (inside_[area] == unknown) inside_[area] = area == root_ || inside(e_.areas[area].parent) ? 1 : 0;
    return inside_[area] == 1;
  }
  std::uint32_t row_of(std::uint32_t area) {
    if (area == storage::none) return storage::none;
    auto& row = out_.row_of_area[area];
    if (row != unknown) return row;
    if (!inside(area)) return row = storage::none;
    if (by_.empty()) return row = 0;
    if (e_.areas[area].level == by_) return out_.row_of_area[area] = new_row(area);
    const auto above = row_of(e_.areas[area].parent);
    return out_.row_of_area[area] = above;
  }
  std::uint32_t new_row(std::uint32_t area) {
    out_.rows.push_back({e_.areas[area].code, std::string(storage::in_language(e_.areas[area].name, 0)), area, 0, 0});
    return static_cast<std::uint32_t>(out_.rows.size() - 1);
  }
  void station(std::uint32_t s) {
    const auto& station = e_.stations[s];
    if (out_.by_station && inside(station.area)) {
      out_.row_of_station[s] = static_cast<std::uint32_t>(out_.rows.size());
      out_.rows.push_back(
          {station.code, std::string(storage::in_language(station.name, 0)), storage::none, 1, station.registered});
      return;
    }
    const auto row = out_.by_station ? storage::none : row_of(station.area);
    out_.row_of_station[s] = row;
    if (row == storage::none) return;
    ++out_.rows[row].stations;
    out_.rows[row].registered += station.registered;
  }

  const storage::election& e_;
  std::uint32_t root_;
  std::string_view by_;
  places out_;
  std::vector<std::uint32_t> inside_;
};

} // namespace

std::vector<std::string> levels_of(const storage::election& e) {
  std::vector<std::string> levels;
  for (const auto& a : e.areas)
    if (std::find(levels.begin(), levels.end(), a.level) == levels.end()) levels.push_back(a.level);
  levels.emplace_back("station");
  return levels;
}

std::uint32_t places::row_of_scope(const storage::election& e, std::string_view code) const {
  if (const auto s = e.station_by_code(code)) return row_of_station[*s];
  if (const auto o = e.office_by_code(code)) return row_of_area[e.offices[*o].area];
  if (const auto a = e.area_by_code(code)) return row_of_area[*a];
  return storage::none;
}

places places_of(const storage::election& e, std::string_view within, std::string_view by) {
  const std::uint32_t root = root_of(e, within);
  if (!by.empty()) refuse_unknown_level(e, by);
  return row_maker(e, root, by).make();
}

} // namespace tallyline::gateway
