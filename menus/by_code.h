// Finding one thing of a list by what a person types: its code, and of people their number or their place's code. Pure.
#pragma once

#include "menus/world.h"

#include <optional>
#include <span>
#include <string_view>

namespace tallyline::menus {

struct code_found {
  std::optional<entity> which;
  bool several = false; // different ones fit: more must be said
};

// Digits of any alphabet, small letters for large ones. A telephone number may lack the country or begin with 0. Of
// somebody with several roles the first entry.
code_found find_by_code(const world& election, std::span<const entity> items, std::string_view typed);

} // namespace tallyline::menus
