// When the offices are open, by the clock on their wall, for hundreds of thousands of moments.
#pragma once

#include "gateway/local_time.h"
#include "gateway/reports/league.h"

#include <cstdint>
#include <string>
#include <unordered_map>

namespace tallyline::gateway {

class opening_hours {
public:
  opening_hours(const opening_rule& rule, const std::string& time_zone) : rule_(rule), clock_(time_zone) {}
  // Moments in UTC, ms.
  bool open_at(std::int64_t ms) { return open_at_minute(minute_of(ms)); }
  // Whole minutes between two moments at which they were open.
  std::int64_t open_minutes(std::int64_t from_ms, std::int64_t to_ms);
  std::int64_t minute_of(std::int64_t ms); // local, since 1970

private:
  bool closed_on(std::int64_t day) const;
  bool open_at_minute(std::int64_t minute) const;

  opening_rule rule_;
  local_clock clock_;
  std::unordered_map<std::int64_t, std::int64_t>
      offsets_; // minutes, by quarter of an hour: a zone's do not change within
};

} // namespace tallyline::gateway
