// Where something lies, asked of the database. Any thread with its own connection.
#pragma once

#include "storage/sqlite/database.h"

#include <string_view>

namespace tallyline::storage {

// Whether a station, an office or an area, by its code, is the area or lies within it. An empty area contains all.
bool lies_in(sqlite::database& db, std::string_view scope, std::string_view area);

} // namespace tallyline::storage
