// What reports and exports call things.
#pragma once

#include "storage/record_door.h"

#include <string_view>

namespace tallyline::gateway {

constexpr std::string_view bearer_name(storage::bearer b) {
  constexpr std::string_view names[] = {"?", "ussd", "sms", "terminal", "link", "console"};
  const auto i = static_cast<std::size_t>(b);
  return i < std::size(names) ? names[i] : names[0];
}

constexpr std::string_view state_name(storage::record_state s) {
  constexpr std::string_view names[] = {"current", "superseded", "review", "pending", "rejected"};
  const auto i = static_cast<std::size_t>(s);
  return i < std::size(names) ? names[i] : "?";
}

} // namespace tallyline::gateway
