// A CSV file of reports as the site's desk takes them: a header with the scope's column (station, office, area or
// scope), optionally `form` and `confirm` (warnings that are right, apart by blanks), and the questions' names; a list
// in one column (12*0*7) or in numbered ones (votes_1, votes_2, …).
#pragma once

#include "gateway/site/site_desk.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tallyline::gateway {

struct file_line {
  std::uint32_t line = 0;
  queued_report report;
  std::string wrong; // empty: it may be kept
};

// Every line of the file, checked by the form's rules. `form` is for lines without one. Throws std::runtime_error for
// a header that names no scope. Columns that the form does not ask are refused, unless in `leave_out`.
std::vector<file_line> read_reports(const site_desk& desk, std::string_view csv, const std::string& form,
                                    const std::vector<std::string>& confirmed,
                                    const std::vector<std::string>& leave_out);

} // namespace tallyline::gateway
