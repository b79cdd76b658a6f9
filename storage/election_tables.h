// The election's tables, read and written as a whole. Used by import.cpp only. Throws sqlite::failure.
#pragma once

#include "storage/election.h"
#include "storage/sqlite/database.h"

namespace tallyline::storage::detail {

// Not indexed yet. Throws no_database when nothing was imported.
election read_tables(sqlite::database& db, bool with_people = true);
bool has_election(sqlite::database& db);
// Replaces everything, inside the caller's transaction.
void write_tables(sqlite::database& db, const election& e);

} // namespace tallyline::storage::detail
