// The accounts of headquarters: which login may see and decide what. Any thread; each call opens and closes the database
// itself, also while a gateway runs on it.
//
// This is a rule for the commands, not a wall: who can read the file can read the file.
#pragma once

#include "storage/errors.h"

#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::storage {

struct account {
  std::string login, role;
  std::string area; // its code; empty: the whole election
};

// In order of login. Empty, too, for a database that is not there or of an earlier version: then nobody has an account.
boost::system::result<std::vector<account>> accounts(const std::filesystem::path& database);

// Each is an entry of the ledger. An account that is there already is changed. Errors: out_of_scope when there is no such
// area, bad_report when a text is no word.
boost::system::result<void> put_account(const std::filesystem::path& database, const account& a, std::string_view by,
                                        std::int64_t now_ms);
// Errors: also no_such_person.
boost::system::result<void> remove_account(const std::filesystem::path& database, std::string_view login,
                                           std::string_view by, std::int64_t now_ms);

} // namespace tallyline::storage
