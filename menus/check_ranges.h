// The values that an expression can take, found by running its program over ranges. Internal to menus/check.
#pragma once

#include "menus/model.h"

#include <cstdint>
#include <limits>
#include <vector>

namespace tallyline::menus {

// A truth is 0 or 1. `known` is false for what is no number: a text, an entity, a list of entities.
struct range {
  std::int64_t low = std::numeric_limits<std::int64_t>::min();
  std::int64_t high = std::numeric_limits<std::int64_t>::max();
  bool known = false;
  std::int64_t count_low = 0, count_high = 1000; // of a list: how many
};

// Of each question's answer, from its kind and limits.
std::vector<range> ranges_of(const form& f);
// Of what the program gives. Sound: every value it can give when its answers lie in `fields` lies in the range.
range range_of(const program& p, const std::vector<range>& fields);

} // namespace tallyline::menus
