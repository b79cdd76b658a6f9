// Removes a person from everything that is kept, and leaves the ledger provable: bodies hold salted commitments only,
// and without the salts nobody can tell whose they were. Any thread; no gateway may run, whose memory holds the number
// too.
//
// Gone are: the person's rows of the roster, the sender and every personal field of the records they sent, personal
// fields of other records that hold the number, unfinished reports, the chosen language, short messages that wait.
// Freed pages are overwritten. Earlier backups and bundles made with personal values keep what they had.
#pragma once

#include "storage/errors.h"

#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <string_view>

namespace tallyline::storage {

struct forgotten {
  std::int64_t entry = 0; // of the ledger, which says of which records something was forgotten, not of whom
  std::int64_t roles = 0, records = 0, values = 0, drafts = 0, messages = 0;
};

// Errors: not_on_roster when nothing is known of the number, busy while a gateway runs, as import.
boost::system::result<forgotten> forget(const std::filesystem::path& database, std::uint64_t msisdn,
                                        std::string_view by, std::string_view reason, std::int64_t now_ms);

} // namespace tallyline::storage
