// The settings that a gateway runs with, in the ledger: an entry whenever they are not those of the last one.
#pragma once

#include "storage/canonical.h"

#include <boost/system/result.hpp>
#include <filesystem>

namespace tallyline::storage {

// 1 when an entry was added, 0 when nothing had to be. Safe beside a running gateway. Errors: busy, disk_full, no_database, io.
boost::system::result<int> note_settings(const std::filesystem::path& database, const canonical::named_texts& values,
                                          std::string_view by, std::int64_t now_ms);

} // namespace tallyline::storage
