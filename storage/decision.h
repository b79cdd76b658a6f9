// What a person at headquarters decides about a record: that it counts, or that it does not.
//
// accept: this version counts, and every other one of its key that stands or waits is rejected. Works on a rejected one
// too, so that a decision can be taken back by another.
// reject: this version does not count. When that leaves one other version and no more, that one counts; when nothing
// else stands, the key has no record until somebody reports again.
// Either way a key has at most one current record, and each decision is one entry of the ledger that names every record
// it changed. Runs in the caller's transaction; a refusal writes nothing.
#pragma once

#include "storage/record_door.h"
#include "storage/sqlite/database.h"
#include "storage/totals.h"

#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tallyline::storage {

struct decision {
  std::string receipt; // as shown or typed
  bool accept = true;
  std::string by, reason; // a name and one line; `by` is not empty
  std::int64_t time_ms = 0;
  std::string within = {}; // an area's code: a record that lies outside is none of who decides; empty: anywhere
};

struct decided {
  std::int64_t entry = 0; // its number in the ledger; of the earlier one when `again`
  bool again = false;     // it had been decided so already, and nothing was written
  struct change {
    std::int64_t seq = 0;
    record_state state = record_state::current;
    std::string receipt;
  };
  std::vector<change> changed;
};

// Errors: no_record, outside_area, not_open (superseded), several_left, bad_report (by or reason is no line of text). The caller
// flushes the totals before it commits.
boost::system::result<decided> decide(sqlite::database& db, totals& sums, const decision& d);

// The same on a database that no gateway runs on. Errors: also busy, no_database, disk_full, io.
boost::system::result<decided> decide_offline(const std::filesystem::path& database, const decision& d);

} // namespace tallyline::storage
