// The folder of a rehearsal: made new each time, and never one that holds anything else.
#pragma once

#include "storage/pack.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace tallyline::gateway {

// Empties it when an earlier rehearsal made it. Throws std::runtime_error when it holds something else.
std::filesystem::path fresh_demo_folder(const std::filesystem::path& folder);
// Throws std::runtime_error with the first wrong line.
void import_demo(const storage::pack& p, const std::filesystem::path& database, std::int64_t time_ms);
std::string progress_bar(double part); // of 40 columns

} // namespace tallyline::gateway
