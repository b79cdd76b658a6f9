// Who is at the keyboard, as the system knows them; for the ledger.
#pragma once

#include <fmt/format.h>
#include <pwd.h>
#include <string>
#include <unistd.h>

namespace tallyline::gateway {

inline std::string login_name() {
  const passwd* user = ::getpwuid(::getuid());
  return user ? user->pw_name : fmt::format("user {}", ::getuid());
}

} // namespace tallyline::gateway
