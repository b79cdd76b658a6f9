// What the compiler and the evaluator must agree on. Internal to menus/expression.
#pragma once

#include "menus/expression.h"

namespace tallyline::menus {

inline constexpr int stack_size = 16;

// How many values more (or fewer) the stack holds after an instruction. `both` and `either` drop the left side when
// they do not jump, and the right side takes its place.
constexpr int stack_effect(op what) {
  switch (what) {
  case op::number:
  case op::text:
  case op::truth:
  case op::date:
  case op::time:
  case op::scope:
  case op::person:
  case op::election:
  case op::now:
  case op::today:
  case op::corrects:
  case op::records:
  case op::queue:
  case op::field:
  case op::local:
    return 1;
  case op::get_text:
  case op::get_number:
  case op::get_link:
  case op::get_list:
  case op::negate:
  case op::invert:
  case op::sum:
  case op::count:
  case op::least_of:
  case op::most_of:
  case op::absolute:
  case op::given:
    return 0;
  case op::earlier: // and one less for each key
    return 1;
  case op::select:
    return -2;
  default:
    return -1;
  }
}

} // namespace tallyline::menus
