// What a week of registration has left in the database, beside what its generator knows.
#pragma once

#include "gateway/rehearsal/office_week.h"
#include "gateway/table.h"

#include <filesystem>

namespace tallyline::gateway {

struct registration_check {
  table figures; // what, recorded, known, difference
  bool exact = true;
};

// Throws std::runtime_error when the database cannot be read.
registration_check check_registration(const std::filesystem::path& database, const rehearsal::week& w);

} // namespace tallyline::gateway
