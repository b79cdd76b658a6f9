// A copy of the database while the gateway writes, and the way back. Any thread; opens and closes the files itself.
//
// Each makes everything under names of its own and gives it its name at the end, so that a failure leaves nothing
// behind and overwrites nothing. What is made has been verified: SQLite's own check and all that verify looks at.
#pragma once

#include "storage/verify.h"

#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace tallyline::storage {

struct backup_options {
  bool keys = true; // the PIN key and the signing key too, 0600; without them a restored gateway can check no PIN
  std::function<void(std::int64_t done, std::int64_t all)> copying;   // pages
  std::function<void(std::int64_t done, std::int64_t all)> verifying; // entries
  std::string vfs; // SQLite's VFS for what is written; empty for the system's
};

// `out` and, beside it, what the database has beside it: OUT.key, OUT.signing, OUT.head. With a wrong row nothing was
// made. Errors: exists, disk_full, no_database, newer_schema, corrupt, io.
boost::system::result<verification> backup(const std::filesystem::path& database, const std::filesystem::path& out,
                                           const backup_options& o);

// Puts a backup in place as `database`, which must not be there, nor anything of it; brings its schema up to date.
// Errors: as backup; no_database when there is no such backup.
boost::system::result<verification> restore(const std::filesystem::path& from, const std::filesystem::path& database,
                                            const backup_options& o);

} // namespace tallyline::storage
