#include "storage/election.h"

#include <algorithm>
#include <utility>

namespace tallyline::storage {

void election::let_sites_speak() {
  for (const auto& s : sites) {
    person who;
    who.msisdn = s.msisdn, who.role = site_role, who.name = s.code;
    who.scope = scope_kind::area, who.scope_index = s.area;
    who.language = languages.empty() ? std::string() : languages.front();
    people.push_back(std::move(who)); // a PIN hash of zeros is nobody's
  }
}

void election::index() {
  areas_.fill(areas);
  stations_.fill(stations);
  contests_.fill(contests);
  offices_.fill(offices);
  people_.clear();
  people_.reserve(people.size());
  for (std::uint32_t i = 0; i < people.size(); ++i)
    if (!people[i].gone) people_.emplace(people[i].msisdn, i);
}

std::uint32_t election::add_person(person who) {
  const auto index = static_cast<std::uint32_t>(people.size());
  people_.emplace(who.msisdn, index);
  people.push_back(std::move(who));
  return index;
}

void election::remove_person(std::uint32_t index) {
  auto& who = people.at(index);
  const auto [first, last] = people_.equal_range(who.msisdn);
  const auto at = std::find_if(first, last, [index](const auto& entry) { return entry.second == index; });
  if (at != last) people_.erase(at);
  who.gone = true;
}

void election::put_back(std::uint32_t index, std::optional<person> before) noexcept {
  if (!before) {
    remove_person(index);
    if (index + 1 == people.size()) people.pop_back();
    return;
  }
  auto& who = people[index];
  const bool was_gone = std::exchange(who, std::move(*before)).gone;
  if (was_gone && !who.gone) people_.emplace(who.msisdn, index);
}

std::optional<std::uint32_t> election::area_by_code(std::string_view code) const { return areas_.find(areas, code); }
std::optional<std::uint32_t> election::station_by_code(std::string_view code) const { return stations_.find(stations, code); }
std::optional<std::uint32_t> election::contest_by_code(std::string_view code) const { return contests_.find(contests, code); }
std::optional<std::uint32_t> election::office_by_code(std::string_view code) const { return offices_.find(offices, code); }

std::optional<std::uint32_t> election::person_by(std::uint64_t msisdn, std::string_view role) const {
  const auto [first, last] = people_.equal_range(msisdn);
  for (auto it = first; it != last; ++it)
    if (people[it->second].role == role) return it->second;
  return std::nullopt;
}

std::vector<std::uint32_t> election::people_with(std::uint64_t msisdn) const {
  std::vector<std::uint32_t> found;
  const auto [first, last] = people_.equal_range(msisdn);
  for (auto it = first; it != last; ++it)
    found.push_back(it->second);
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<std::uint32_t> election::contests_of_area(std::uint32_t area) const {
  std::vector<std::uint32_t> found;
  for (std::uint32_t i = 0; i < contests.size(); ++i)
    if (area_contains(contests[i].area, area)) found.push_back(i);
  return found;
}

bool election::area_contains(std::uint32_t outer, std::uint32_t inner) const {
  // The count bounds the walk even if a damaged database held a cycle.
  for (std::size_t steps = 0; inner < areas.size() && steps <= areas.size(); ++steps) {
    if (inner == outer) return true;
    inner = areas[inner].parent;
  }
  return false;
}

} // namespace tallyline::storage
