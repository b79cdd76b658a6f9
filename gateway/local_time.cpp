#include "gateway/local_time.h"

#include "menus/calendar.h"

#include <chrono>
#include <unicode/ucal.h>
#include <unicode/ustring.h>
#include <vector>

namespace tallyline::gateway {
namespace {

constexpr std::int64_t ms_of_minute = 60'000;
constexpr std::int64_t quarter = 15 * ms_of_minute; // no zone changes its offset between two of these

std::int64_t system_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::int64_t floored(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0); }

} // namespace

struct local_clock::zone {
  UCalendar* calendar = nullptr;
  mutable std::int64_t known = -1, offset_ms = 0; // the offset within the quarter of an hour `known`

  explicit zone(const std::string& name) {
    std::vector<UChar> wide(name.size() + 1);
    UErrorCode failed = U_ZERO_ERROR;
    u_charsToUChars(name.c_str(), wide.data(), static_cast<std::int32_t>(name.size()));
    calendar = ucal_open(wide.data(), static_cast<std::int32_t>(name.size()), "en", UCAL_GREGORIAN, &failed);
  }
  ~zone() { ucal_close(calendar); }
  zone(const zone&) = delete;
  zone& operator=(const zone&) = delete;

  std::int64_t offset(std::int64_t unix_ms) const {
    if (const auto now = floored(unix_ms, quarter); now != known) {
      UErrorCode failed = U_ZERO_ERROR;
      ucal_setMillis(calendar, static_cast<double>(unix_ms), &failed);
      offset_ms = ucal_get(calendar, UCAL_ZONE_OFFSET, &failed) + ucal_get(calendar, UCAL_DST_OFFSET, &failed);
      known = now;
    }
    return offset_ms;
  }
};

local_clock::local_clock(const std::string& time_zone, std::function<std::int64_t()> unix_ms)
    : zone_(std::make_unique<zone>(time_zone)), unix_ms_(unix_ms ? std::move(unix_ms) : system_ms) {}
local_clock::~local_clock() = default;
local_clock::local_clock(local_clock&&) noexcept = default;

std::int64_t local_clock::now_ms() const { return unix_ms_(); }

std::int64_t local_clock::minutes() const { return minutes_at(unix_ms_()); }

std::int64_t local_clock::minutes_at(std::int64_t unix_ms) const {
  return floored(unix_ms + zone_->offset(unix_ms), ms_of_minute);
}

std::int64_t local_clock::unix_ms_of(std::int64_t minutes) const {
  const std::int64_t near = minutes * ms_of_minute;
  const std::int64_t first = near - (minutes_at(near) - minutes) * ms_of_minute;
  return first - (minutes_at(first) - minutes) * ms_of_minute; // a change of the clock may lie between the two
}

std::optional<std::int64_t> local_minutes(std::string_view text, std::int64_t day) {
  if (text.size() == 16 && text[10] == ' ') {
    const auto own = menus::parse_iso_date(text.substr(0, 10));
    if (!own) return std::nullopt;
    day = *own;
    text.remove_prefix(11);
  }
  const auto minutes = menus::parse_clock_time(text);
  return minutes ? std::optional(day * menus::minutes_of_day + *minutes) : std::nullopt;
}

std::string local_text(std::int64_t minutes) {
  const auto day = floored(minutes, menus::minutes_of_day);
  return menus::iso_date(day) + ' ' + menus::clock_time(minutes - day * menus::minutes_of_day);
}

} // namespace tallyline::gateway
