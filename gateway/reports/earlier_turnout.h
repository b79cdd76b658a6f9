// An earlier election's turnout, to hold this one's against: a CSV file with a line for each area or station.
//
// Columns, in any order: `area` or `code`; `share` in percent, such as 63.4, or `present` and `registered`; `hour`
// where it has several. What `report turnout --format csv` printed at that election is such a file.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tallyline::gateway {

class earlier_turnout {
public:
  // Throws std::runtime_error with file:line: what is wrong.
  static earlier_turnout read(const std::string& file);
  // In tenths of a percent. A file without hours answers for every hour.
  std::optional<std::int64_t> share_of(std::string_view code, std::string_view hour) const;

private:
  std::map<std::pair<std::string, std::string>, std::int64_t, std::less<>> shares_;
};

} // namespace tallyline::gateway
