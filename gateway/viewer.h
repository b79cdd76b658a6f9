// Who gives a command, and how much of the election they may see and decide: settled here and nowhere else.
//
// As long as a database has no accounts (`tallyline operator`), everybody who can open it sees all of it. Once there are
// any, a login without one is refused, and one with an area sees and decides what lies in it. The owner of the file and
// root are not held to it: they could change it.
#pragma once

#include "storage/accounts.h"
#include "storage/election.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace tallyline::gateway {

struct viewer {
  std::string login;
  std::string area = {}; // its code; empty: the whole election
  bool limited() const { return !area.empty(); }

  // The area that a command works on when it was asked for `asked` (empty: all). Throws std::runtime_error for one that
  // lies outside, or is not there.
  std::string area_for(const storage::election& e, const std::string& asked) const;
  // Whether a station, an office or an area, by its code, may be seen.
  bool sees(const storage::election& e, std::string_view scope) const;
  bool sees(const storage::election& e, const storage::person& who) const;
};

std::string login_of(::uid_t user);
// Throws std::runtime_error that says what to do when the login is refused.
viewer viewer_of(const std::filesystem::path& database, ::uid_t user);
// The same for a login by its name, who is not the owner.
viewer viewer_named(const std::filesystem::path& database, const std::string& login);

// Whoever gave the command of this process. Set once, before it runs.
const viewer& the_viewer();
void set_viewer(viewer v);

} // namespace tallyline::gateway
