// Violation cases: opened by a supervisor's phone or by headquarters, answered by the office, closed with a decision.
#pragma once

#include "gateway/reports/report.h"

#include <filesystem>

namespace tallyline::gateway {

// Rows by area (of `scope.by`, a level; otherwise the case's own) and rule, with counts and the oldest; with scope.list
// each case with its evidence. Throws std::runtime_error.
table cases(const std::filesystem::path& database, const storage::election& e, const report_scope& scope,
            std::int64_t now_ms);

} // namespace tallyline::gateway
