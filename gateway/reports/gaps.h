// What is expected and not there: the reports that are in held against those that are expected. For `report missing`
// and for the chase.
#pragma once

#include "gateway/reports/expected.h"
#include "gateway/reports/report.h"

#include <cstdint>
#include <vector>

namespace tallyline::gateway {

enum class standing_of_report : std::uint8_t { missing, waits_for_second, in_review, in };

struct gaps {
  struct part {
    const expected_part* expected = nullptr;
    std::vector<standing_of_report> at; // in step with expected->where
  };
  struct form {
    const expected_form* expected = nullptr;
    std::vector<part> parts;
  };
  std::vector<form> forms;
};

// Of the expected reports that the scope names by form and key, and, unless scope.all, that are due by now.
// `expected` must outlive what comes back. Throws std::runtime_error when the scope names no expected form or key.
gaps gaps_of(const report_source& s, const std::vector<expected_form>& expected, const report_scope& scope,
             std::int64_t now_minute);

} // namespace tallyline::gateway
