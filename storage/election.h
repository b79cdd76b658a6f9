// The election as it stands in memory: areas, stations, contests, candidates, offices, people, with their names.
//
// Built by `load` from the database or by the pack reader. What it says of places and candidates is immutable afterwards;
// its people change with the roster (storage/roster.h), so that each thread that must know them at once has an election
// of its own. Indices are positions in these containers and stay what they are for the object's life.
#pragma once

#include "storage/code_index.h"

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tallyline::storage {

inline constexpr std::uint32_t none = 0xFFFFFFFF;

// Names by language, in the order of election::languages; an empty one falls back to the first.
using names = std::vector<std::string>;

struct area {
  std::string code;
  std::uint32_t parent = none;
  std::string level;
  names name;
};
struct station {
  std::string code;
  std::uint32_t area = none;
  names name;
  std::int64_t registered = 0;
};
struct contest {
  std::string code;
  std::uint32_t area = none;
  names name;
  std::int64_t seats = 1;
  std::int64_t max_choices = 1;
  std::vector<std::uint32_t> candidates; // in order of number
};
struct candidate {
  std::uint32_t contest = none;
  std::int64_t number = 0;
  names name;
};
struct office {
  std::string code;
  std::uint32_t area = none;
  names name;
};
enum class scope_kind : std::uint8_t { station, office, area };
struct person {
  std::uint64_t msisdn = 0;
  std::string role;
  scope_kind scope = scope_kind::station;
  std::uint32_t scope_index = none;
  std::string name;
  std::string language;
  std::array<std::uint8_t, 32> pin_hash{}; // see storage/pin.h
  int wrong_pins = 0;
  std::int64_t locked_until_ms = 0;
  std::int64_t until_ms = 0; // of a delegation: its end, UTC; 0: none
  bool gone = false;         // no longer on the roster; nobody finds it but by its index

  // Whether they may act now. A delegation that has run out stays on the roster until somebody needs its place.
  bool acts_at(std::int64_t now_ms) const { return !gone && (until_ms == 0 || now_ms < until_ms); }
};

// A place with the report link. It speaks for its area as a person with role `site`, whom no PIN fits.
struct site {
  std::string code;
  std::uint32_t area = none;
  std::uint64_t msisdn = 0; // its caller id
  std::string key; // in a pack its 32 octets, in the database sealed (storage/sites.h); empty: none yet
};
inline constexpr std::string_view site_role = "site";

struct election {
  std::string name, date, time_zone, polls_open, polls_close;
  std::vector<std::string> languages; // the first is the default
  std::vector<area> areas;
  std::vector<station> stations;
  std::vector<contest> contests;
  std::vector<candidate> candidates;
  std::vector<office> offices;
  std::deque<person> people; // stay where they are while others are added
  std::vector<site> sites;

  std::optional<std::uint32_t> area_by_code(std::string_view code) const;
  std::optional<std::uint32_t> station_by_code(std::string_view code) const;
  std::optional<std::uint32_t> contest_by_code(std::string_view code) const;
  std::optional<std::uint32_t> office_by_code(std::string_view code) const;
  // A person is msisdn + role. Who is gone is not found.
  std::optional<std::uint32_t> person_by(std::uint64_t msisdn, std::string_view role) const;
  // All of somebody's roles, in the pack's order.
  std::vector<std::uint32_t> people_with(std::uint64_t msisdn) const;
  // Contests whose area is the given one or contains it, in the pack's order.
  std::vector<std::uint32_t> contests_of_area(std::uint32_t area) const;
  bool area_contains(std::uint32_t outer, std::uint32_t inner) const;

  // Appends the sites as people; before index().
  void let_sites_speak();

  // How the roster changes; used by storage/roster.cpp alone.
  std::uint32_t add_person(person who);
  void remove_person(std::uint32_t index);
  // As it was; the last one goes away when it was not there.
  void put_back(std::uint32_t index, std::optional<person> before) noexcept;

  // Must be called once after the vectors are filled; builds the look-up tables.
  void index();

private:
  code_index areas_, stations_, contests_, offices_;
  std::unordered_multimap<std::uint64_t, std::uint32_t> people_;
};

// The name in a language (index into election::languages), or in the first where it is missing.
inline std::string_view in_language(const names& n, std::size_t language) {
  if (language < n.size() && !n[language].empty()) return n[language];
  return n.empty() ? std::string_view{} : std::string_view{n.front()};
}

} // namespace tallyline::storage
