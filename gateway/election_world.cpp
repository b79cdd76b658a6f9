#include "gateway/election_world.h"

#include "storage/roster.h"

#include <algorithm>

#include <fmt/format.h>

namespace tallyline::gateway {
namespace {

using menus::attribute;
using menus::entity;
using menus::noun;

std::uint32_t index(std::size_t i) { return static_cast<std::uint32_t>(i); }

} // namespace

election_world::election_world(const storage::election& e, std::function<std::int64_t()> unix_ms)
    : election_(e), clock_(e.time_zone, std::move(unix_ms)), date_(menus::parse_iso_date(e.date).value_or(0)),
      polls_open_(menus::parse_clock_time(e.polls_open).value_or(0)),
      polls_close_(menus::parse_clock_time(e.polls_close).value_or(0)), contests_(e.areas.size()),
      within_(e.areas.size()), stations_(e.areas.size()), candidates_(e.contests.size()), offices_(e.areas.size()), people_(e.areas.size()),
      delegates_(e.areas.size()) {
  for (std::size_t a = 0; a < e.areas.size(); ++a)
    for (std::uint32_t c : e.contests_of_area(index(a)))
      contests_[a].push_back({noun::contest, c});
  for (std::size_t c = 0; c < e.contests.size(); ++c)
    for (std::uint32_t a = e.contests[c].area; a != storage::none; a = e.areas[a].parent)
      within_[a].push_back({noun::contest, index(c)});
  for (std::size_t s = 0; s < e.stations.size(); ++s)
    for (std::uint32_t a = e.stations[s].area; a != storage::none; a = e.areas[a].parent)
      stations_[a].push_back({noun::station, index(s)});
  for (std::size_t c = 0; c < e.contests.size(); ++c)
    for (std::uint32_t candidate : e.contests[c].candidates)
      candidates_[c].push_back({noun::candidate, candidate});
  for (std::size_t o = 0; o < e.offices.size(); ++o)
    for (std::uint32_t a = e.offices[o].area; a != storage::none; a = e.areas[a].parent)
      offices_[a].push_back({noun::office, index(o)});
  roster_changed();
}

// In every area strictly above what they answer for.
void election_world::list_person(std::uint32_t person, bool there) {
  const auto& p = election_.people[person];
  if (p.role == storage::site_role) return;
  std::uint32_t area = p.scope == storage::scope_kind::station  ? election_.stations[p.scope_index].area
                       : p.scope == storage::scope_kind::office ? election_.offices[p.scope_index].area
                                                                : election_.areas[p.scope_index].parent;
  const entity who{noun::person, person};
  for (; area != storage::none; area = election_.areas[area].parent)
    for (auto* all : {&people_[area], p.until_ms != 0 ? &delegates_[area] : nullptr}) {
      if (!all) continue;
      if (there)
        all->push_back(who);
      else if (const auto at = std::find(all->begin(), all->end(), who); at != all->end())
        all->erase(at);
    }
}

void election_world::roster_changed() {
  for (auto p = index(msisdns_.size()); p < election_.people.size(); ++p) {
    msisdns_.push_back(fmt::to_string(election_.people[p].msisdn));
    listed_.push_back(false);
  }
  for (std::uint32_t p = 0; p < listed_.size(); ++p)
    if (const bool there = !election_.people[p].gone; listed_[p] != there) {
      list_person(p, there);
      listed_[p] = there;
    }
}

std::optional<std::uint32_t> election_world::acting(std::uint64_t msisdn, std::string_view role) const {
  const auto person = election_.person_by(msisdn, role);
  return person && acts(*person) ? person : std::nullopt;
}

std::size_t election_world::language_index(std::string_view tag) const {
  for (std::size_t i = 0; i < election_.languages.size(); ++i)
    if (election_.languages[i] == tag) return i;
  return 0;
}

std::string_view election_world::name(entity of, std::size_t language) const {
  switch (of.kind) {
  case noun::area:
    return storage::in_language(election_.areas[of.index].name, language);
  case noun::station:
    return storage::in_language(election_.stations[of.index].name, language);
  case noun::contest:
    return storage::in_language(election_.contests[of.index].name, language);
  case noun::candidate:
    return storage::in_language(election_.candidates[of.index].name, language);
  case noun::office:
    return storage::in_language(election_.offices[of.index].name, language);
  case noun::person:
    return election_.people[of.index].name;
  case noun::election:
    return election_.name;
  case noun::record:
  case noun::nothing:
    break;
  }
  return {};
}

std::string_view election_world::code(entity of) const {
  switch (of.kind) {
  case noun::area:
    return election_.areas[of.index].code;
  case noun::station:
    return election_.stations[of.index].code;
  case noun::contest:
    return election_.contests[of.index].code;
  case noun::office:
    return election_.offices[of.index].code;
  default:
    return {};
  }
}

std::string_view election_world::text(entity of, attribute what, std::string_view language) const {
  switch (what) {
  case attribute::name:
    return name(of, language_index(language));
  case attribute::code:
    return code(of);
  case attribute::level:
    return of.kind == noun::area ? std::string_view{election_.areas[of.index].level} : std::string_view{};
  case attribute::role:
    return of.kind == noun::person ? std::string_view{election_.people[of.index].role} : std::string_view{};
  case attribute::place:
    return of.kind == noun::person ? storage::scope_code(election_, election_.people[of.index]) : std::string_view{};
  case attribute::msisdn:
    return of.kind == noun::person ? std::string_view{msisdns_[of.index]} : std::string_view{};
  default:
    return {};
  }
}

std::int64_t election_world::number(entity of, attribute what) const {
  switch (what) {
  case attribute::registered:
    return of.kind == noun::station ? election_.stations[of.index].registered : 0;
  case attribute::number:
    return of.kind == noun::candidate ? election_.candidates[of.index].number : 0;
  case attribute::seats:
    return of.kind == noun::contest ? election_.contests[of.index].seats : 0;
  case attribute::max_choices:
    return of.kind == noun::contest ? election_.contests[of.index].max_choices : 0;
  case attribute::date:
    return date_;
  case attribute::polls_open:
    return polls_open_;
  case attribute::polls_close:
    return polls_close_;
  default:
    return 0;
  }
}

entity election_world::link(entity of, attribute what) const {
  std::uint32_t to = storage::none;
  if (what == attribute::parent && of.kind == noun::area) to = election_.areas[of.index].parent;
  if (what == attribute::area && of.kind == noun::station) to = election_.stations[of.index].area;
  if (what == attribute::area && of.kind == noun::contest) to = election_.contests[of.index].area;
  if (what == attribute::area && of.kind == noun::office) to = election_.offices[of.index].area;
  return to == storage::none ? entity{} : entity{noun::area, to};
}

std::span<const entity> election_world::list(entity of, attribute what) const {
  if (what == attribute::candidates && of.kind == noun::contest) return candidates_[of.index];
  if (what == attribute::stations && of.kind == noun::area) return stations_[of.index];
  if (what == attribute::contests_within) {
    if (of.kind == noun::area) return within_[of.index];
    if (of.kind == noun::office) return within_[election_.offices[of.index].area];
  }
  if (what == attribute::offices && of.kind == noun::area) return offices_[of.index];
  if (what == attribute::people && of.kind == noun::area) return people_[of.index];
  if (what == attribute::delegates && of.kind == noun::area) return delegates_[of.index];
  if (what == attribute::contests) {
    if (of.kind == noun::area) return contests_[of.index];
    if (of.kind == noun::station) return contests_[election_.stations[of.index].area];
  }
  return {};
}

std::vector<std::string> election_world::places_in(entity scope) const {
  if (scope.kind != noun::area) return {menus::code_of(*this, scope)};
  std::vector<std::string> all;
  for (std::size_t a = 0; a < election_.areas.size(); ++a)
    if (election_.area_contains(scope.index, index(a))) all.push_back(election_.areas[a].code);
  for (const auto& o : election_.offices)
    if (election_.area_contains(scope.index, o.area)) all.push_back(o.code);
  return all;
}

menus::subject election_world::subject_of(std::uint32_t person) const {
  const auto& p = election_.people[person];
  menus::subject who{{noun::person, person}, {}};
  if (p.scope == storage::scope_kind::station) who.scope = {noun::station, p.scope_index};
  if (p.scope == storage::scope_kind::office) who.scope = {noun::office, p.scope_index};
  if (p.scope == storage::scope_kind::area) who.scope = {noun::area, p.scope_index};
  return who;
}

} // namespace tallyline::gateway
