#include "gateway/reports/opening_hours.h"

#include <algorithm>

namespace tallyline::gateway {
namespace {

constexpr std::int64_t minutes_of_day = 24 * 60, ms_of_quarter = 15 * 60'000, first_thursday = 3;

std::int64_t floored(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0); }

} // namespace

std::int64_t opening_hours::minute_of(std::int64_t ms) {
  const auto quarter = floored(ms, ms_of_quarter);
  const auto [at, is_new] = offsets_.try_emplace(quarter, 0);
  if (is_new) at->second = clock_.minutes_at(quarter * ms_of_quarter) - quarter * 15;
  return floored(ms, 60'000) + at->second;
}

bool opening_hours::closed_on(std::int64_t day) const {
  const auto weekday = (day % 7 + 7 + first_thursday) % 7; // 1970-01-01 was a Thursday; Monday is 0
  return rule_.closed[static_cast<std::size_t>(weekday)];
}

bool opening_hours::open_at_minute(std::int64_t minute) const {
  const auto day = floored(minute, minutes_of_day), at = minute - day * minutes_of_day;
  return at >= rule_.from && at < rule_.until && !closed_on(day);
}

std::int64_t opening_hours::open_minutes(std::int64_t from_ms, std::int64_t to_ms) {
  const auto from = minute_of(from_ms), to = minute_of(to_ms);
  std::int64_t open = 0;
  for (auto day = floored(from, minutes_of_day); day * minutes_of_day < to; ++day) {
    if (closed_on(day)) continue;
    const auto begins = std::max(from, day * minutes_of_day + rule_.from);
    const auto ends = std::min(to, day * minutes_of_day + rule_.until);
    open += std::max<std::int64_t>(ends - begins, 0);
  }
  return open;
}

} // namespace tallyline::gateway
