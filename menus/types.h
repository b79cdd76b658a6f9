// The types of the menu language and the typed catalogue of what can be asked of each noun of the election.
#pragma once

#include "menus/world.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tallyline::menus {

// A date counts days since 1970-01-01, a time the minutes of the day.
enum class base : std::uint8_t { nothing, number, truth, text, entity, date, time };

struct type {
  base what = base::nothing;
  noun of = noun::nothing; // of an entity
  bool list = false;
  friend bool operator==(type, type) = default;
};

inline constexpr type number_type{base::number};
inline constexpr type truth_type{base::truth};
inline constexpr type text_type{base::text};
inline constexpr type date_type{base::date};
inline constexpr type time_type{base::time};
constexpr type entity_type(noun of) { return {base::entity, of, false}; }
constexpr type list_of(noun of) { return {base::entity, of, true}; }
inline constexpr type numbers_type{base::number, noun::nothing, true};

struct catalogue_row {
  noun of;
  attribute what;
  std::string_view name;
  type is;
};

// Every attribute of every noun, once.
std::span<const catalogue_row> catalogue();
const catalogue_row* find_attribute(noun of, std::string_view name);

// "station"; the word a script uses for it.
std::string_view word(noun of);
noun noun_of(std::string_view word);

// For messages: "a number", "a list of candidates".
std::string describe(type t);

} // namespace tallyline::menus
