#include "gateway/election_world.h"

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
      within_(e.areas.size()), stations_(e.areas.size()), candidates_(e.contests.size()) {
  msisdns_.reserve(e.people.size());
  for (const auto& p : e.people)
    msisdns_.push_back(fmt::to_string(p.msisdn));
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
