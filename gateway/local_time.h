// The clock on the wall where the election is.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tallyline::gateway {

// Network thread only.
class local_clock {
public:
  // `time_zone`: an IANA name such as "Asia/Tehran"; an unknown one is UTC. `unix_ms` is for tests.
  explicit local_clock(const std::string& time_zone, std::function<std::int64_t()> unix_ms = {});
  ~local_clock();
  local_clock(local_clock&&) noexcept;

  std::int64_t now_ms() const; // UTC
  // Minutes since 1970-01-01 00:00 by that clock, now and at a moment.
  std::int64_t minutes() const;
  std::int64_t minutes_at(std::int64_t unix_ms) const;

  // UTC ms of a moment by that clock; where the clock is put back, one of the two.
  std::int64_t unix_ms_of(std::int64_t minutes) const;

private:
  struct zone;
  std::unique_ptr<zone> zone_;
  std::function<std::int64_t()> unix_ms_;
};

// "2026-11-24 17:30", or "17:30" on `day` (days since 1970-01-01): minutes as above. Digits of any alphabet.
std::optional<std::int64_t> local_minutes(std::string_view text, std::int64_t day);
std::string local_text(std::int64_t minutes); // "2026-11-24 17:30"

} // namespace tallyline::gateway
