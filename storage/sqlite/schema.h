// The tables, and how a database of an earlier version gets them. Each step is one transaction with its version number.
#pragma once

#include "storage/sqlite/database.h"

namespace tallyline::storage::sqlite {

int newest_version();

// Opens for writing, sets and reads back the pragmas, and brings the schema up to date. Makes the file when `how` says
// so. Throws failure: newer_schema, corrupt (also for another program's database), no_database, busy, disk_full, io.
database open_for_writing(const std::string& path, mode how, const std::string& vfs = {}, int up_to = newest_version());
// For reports and look-ups; the schema must be the newest.
database open_for_reading(const std::string& path, const std::string& vfs = {});

} // namespace tallyline::storage::sqlite
