// What is in a database, how much room it has, and whether its file is whole. Any thread, beside a running gateway.
#pragma once

#include "storage/head.h"
#include "storage/reader.h"

#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace tallyline::storage {

struct disk_space {
  std::uint64_t free = 0;              // bytes that this user may still write
  std::uint64_t database = 0, log = 0; // bytes of the file and of its write-ahead log
};
disk_space space_of(const std::filesystem::path& database);

struct database_status {
  std::int64_t entries = 0, records = 0, flagged = 0, accepted = 0; // flagged: nobody has decided yet
  std::int64_t by_state[5] = {};                                    // by record_state
  std::int64_t drafts = 0, outbox = 0, heads = 0;
  std::optional<signed_head> newest;
  disk_space space;
};
boost::system::result<database_status> status_of(const std::filesystem::path& database);

// Before a gateway begins: SQLite's quick check of the file, and the newest head against the entries. Errors: corrupt,
// entries_missing, newer_schema, no_database, busy, io.
boost::system::result<void> check_before_start(const std::filesystem::path& database);

} // namespace tallyline::storage
