// What headquarters answers and opens at a command: by the gateway that runs, or on the file itself when none does.
#pragma once

#include "gateway/desk_line.h"
#include "storage/tickets.h"

#include <filesystem>
#include <string>

namespace tallyline::gateway {

// "RECEIPT", or "RECEIPT, ticket 12-3". Throws std::runtime_error with what it is refused for.
std::string report_from_desk(const std::filesystem::path& database, desk_report r);

// The ticket of a form as it is typed, within what the viewer may see. Throws std::runtime_error when there is none.
storage::ticket ticket_named(const std::filesystem::path& database, const std::string& form, const std::string& typed);

// A value of a record's fields in JSON, or nothing.
std::string field_of(const std::string& fields, const std::string& name);

} // namespace tallyline::gateway
