// report sites: what each site's calls have cost and brought, and who is silent.
#pragma once

#include "gateway/table.h"

#include <cstdint>
#include <filesystem>

namespace tallyline::gateway {

// `now_ms`: UTC, to tell how long ago. A site without a report, or an hour after its last, is silent. Throws
// std::runtime_error.
table sites(const std::filesystem::path& database, std::int64_t now_ms);

} // namespace tallyline::gateway
