// Who somebody on a terminal is: a number and a PIN, and in which roles the PIN is theirs.
//
// Network thread only.
#pragma once

#include "gateway/election_world.h"
#include "gateway/pin_guard.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::gateway {

struct login_result {
  menus::pin_verdict verdict = menus::pin_verdict::wrong;
  std::vector<std::uint32_t> people; // when right: the roles, as indices into election::people
};

// `done` runs at once or after the disk; with an error when it could not be found out. A number that nobody has is as
// wrong as a wrong PIN, and sounds like it. A PIN that fits none of somebody's roles counts as a try against each.
void log_in(const election_world& world, pin_guard& pins, std::uint64_t msisdn, std::string digits, std::int64_t now_ms,
            std::function<void(storage::result<login_result>)> done);

} // namespace tallyline::gateway
