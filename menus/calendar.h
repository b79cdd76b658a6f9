// Dates and times as people type them, in the Gregorian and the Solar Hijri (Jalali) calendar.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tallyline::menus {

enum class calendar : std::uint8_t { gregorian, jalali };

inline constexpr std::int64_t minutes_of_day = 24 * 60;

struct day_of_year { // of either calendar
  int year = 0, month = 0, day = 0;
};

// Days since 1970-01-01; nothing for a day that does not exist or lies outside the years 1000 to 2999 (Gregorian) and
// 1178 to 1633 (Jalali, where the 33-year rule of leap years agrees with the equinox).
std::optional<std::int64_t> days_from(calendar c, day_of_year d);
day_of_year day_from(calendar c, std::int64_t days);

// "1404/9/3", "2026-11-24", "14040903", with any digits and any of / - . * and space between. A year below 1700 is
// Jalali, any other Gregorian.
std::optional<std::int64_t> read_date(std::string_view text);
// "17:30", "1730", "17.30", "17*30", "930", "9" in minutes of the day.
std::optional<std::int64_t> read_time(std::string_view text);

// "2026-11-24" and "17:30": as records hold them, and as literals in scripts.
std::string iso_date(std::int64_t days);
std::string clock_time(std::int64_t minutes);
std::optional<std::int64_t> parse_iso_date(std::string_view text);
std::optional<std::int64_t> parse_clock_time(std::string_view text);
// "1404/09/03" or "2026-11-24", by the calendar.
std::string shown_date(std::int64_t days, calendar c);

// Whole years from one day to another, birthdays counted in the calendar.
std::int64_t years_between(std::int64_t from, std::int64_t to, calendar c);

// The calendar a language tag has by nature: Jalali for fa.
calendar native_calendar(std::string_view language);

} // namespace tallyline::menus
