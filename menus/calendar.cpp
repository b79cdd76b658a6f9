#include "menus/calendar.h"

#include "menus/utf8.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <memory>
#include <unicode/ucal.h>
#include <vector>

namespace tallyline::menus {
namespace {

using namespace std::chrono;

constexpr int first_jalali = 1178, last_jalali = 1633;
constexpr int first_gregorian_year = 1700; // as typed: below it a year is Jalali
constexpr double ms_of_day = 86'400'000;

// ICU's Persian calendar; one a thread, since making it costs more than asking it.
class persian {
public:
  persian() {
    UErrorCode failed = U_ZERO_ERROR;
    constexpr std::array<UChar, 3> utc{'U', 'T', 'C'};
    calendar_.reset(ucal_open(utc.data(), utc.size(), "fa_IR@calendar=persian", UCAL_TRADITIONAL, &failed));
    if (calendar_) ucal_setAttribute(calendar_.get(), UCAL_LENIENT, 0);
  }
  std::optional<std::int64_t> days(day_of_year d) {
    UErrorCode failed = U_ZERO_ERROR;
    ucal_clear(calendar_.get());
    ucal_setDate(calendar_.get(), d.year, d.month - 1, d.day, &failed);
    const double ms = ucal_getMillis(calendar_.get(), &failed);
    return U_FAILURE(failed) ? std::nullopt : std::optional(static_cast<std::int64_t>(ms / ms_of_day));
  }
  day_of_year day(std::int64_t days) {
    UErrorCode failed = U_ZERO_ERROR;
    ucal_setMillis(calendar_.get(), static_cast<double>(days) * ms_of_day, &failed);
    const auto get = [&](UCalendarDateFields f) { return ucal_get(calendar_.get(), f, &failed); };
    return {get(UCAL_YEAR), get(UCAL_MONTH) + 1, get(UCAL_DAY_OF_MONTH)};
  }

private:
  struct closer {
    void operator()(void** c) const { ucal_close(c); }
  };
  std::unique_ptr<void*, closer> calendar_;
};

persian& jalali_calendar() {
  thread_local persian c;
  return c;
}

// The groups of digits in what was typed; nothing when there is anything else than digits and separators.
std::optional<std::vector<std::string>> digit_groups(std::string_view text, std::string_view separators) {
  if (text.size() > 40) return std::nullopt;
  std::string latin;
  append_latin_digits(latin, text);
  std::vector<std::string> groups(1);
  for (const char c : latin) {
    if (c >= '0' && c <= '9')
      groups.back() += c;
    else if (separators.find(c) == std::string_view::npos || groups.back().empty())
      return std::nullopt;
    else
      groups.emplace_back();
  }
  return groups.back().empty() ? std::nullopt : std::optional(std::move(groups));
}

int number(std::string_view digits) {
  int n = -1;
  if (digits.size() <= 4) std::from_chars(digits.data(), digits.data() + digits.size(), n);
  return n;
}

std::string printed(const char* format, int a, int b, int c) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), format, a, b, c);
  return text.data();
}

} // namespace

std::optional<std::int64_t> days_from(calendar c, day_of_year d) {
  if (d.month < 1 || d.month > 12 || d.day < 1 || d.day > 31) return std::nullopt;
  if (c == calendar::jalali) {
    if (d.year < first_jalali || d.year > last_jalali) return std::nullopt;
    return jalali_calendar().days(d);
  }
  const year_month_day day{year(d.year), month(static_cast<unsigned>(d.month)),
                           std::chrono::day(static_cast<unsigned>(d.day))};
  if (!day.ok() || d.year < 1000 || d.year > 2999) return std::nullopt;
  return sys_days(day).time_since_epoch().count();
}

day_of_year day_from(calendar c, std::int64_t days) {
  if (c == calendar::jalali) return jalali_calendar().day(days);
  const year_month_day day{sys_days(std::chrono::days(static_cast<int>(days)))};
  return {int(day.year()), static_cast<int>(unsigned(day.month())), static_cast<int>(unsigned(day.day()))};
}

std::optional<std::int64_t> read_date(std::string_view text) {
  auto groups = digit_groups(text, "/-.* ");
  if (!groups) return std::nullopt;
  if (groups->size() == 1 && groups->front().size() == 8) {
    const std::string all = groups->front();
    groups = {all.substr(0, 4), all.substr(4, 2), all.substr(6)};
  }
  if (groups->size() != 3 || (*groups)[0].size() != 4 || (*groups)[1].size() > 2 || (*groups)[2].size() > 2)
    return std::nullopt;
  const day_of_year d{number((*groups)[0]), number((*groups)[1]), number((*groups)[2])};
  return days_from(d.year < first_gregorian_year ? calendar::jalali : calendar::gregorian, d);
}

std::optional<std::int64_t> read_time(std::string_view text) {
  auto groups = digit_groups(text, ":.* ");
  if (!groups || groups->size() > 2) return std::nullopt;
  if (groups->size() == 1) {
    const std::string all = groups->front();
    if (all.size() > 4) return std::nullopt;
    groups = all.size() <= 2 ? std::vector<std::string>{all, "00"}
                             : std::vector<std::string>{all.substr(0, all.size() - 2), all.substr(all.size() - 2)};
  }
  const int hours = number((*groups)[0]), minutes = number((*groups)[1]);
  if ((*groups)[0].size() > 2 || (*groups)[1].size() != 2 || hours > 23 || minutes > 59) return std::nullopt;
  return hours * 60 + minutes;
}

std::string iso_date(std::int64_t days) {
  const auto d = day_from(calendar::gregorian, days);
  return printed("%04d-%02d-%02d", d.year, d.month, d.day);
}

std::string clock_time(std::int64_t minutes) {
  return printed("%02d:%02d", static_cast<int>(minutes / 60), static_cast<int>(minutes % 60), 0);
}

std::optional<std::int64_t> parse_iso_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const day_of_year d{number(text.substr(0, 4)), number(text.substr(5, 2)), number(text.substr(8))};
  return days_from(calendar::gregorian, d);
}

std::optional<std::int64_t> parse_clock_time(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const int hours = number(text.substr(0, 2)), minutes = number(text.substr(3));
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  return hours * 60 + minutes;
}

std::string shown_date(std::int64_t days, calendar c) {
  const auto d = day_from(c, days);
  return printed(c == calendar::jalali ? "%04d/%02d/%02d" : "%04d-%02d-%02d", d.year, d.month, d.day);
}

std::int64_t years_between(std::int64_t from, std::int64_t to, calendar c) {
  const auto a = day_from(c, from), b = day_from(c, to);
  const bool had_birthday = b.month > a.month || (b.month == a.month && b.day >= a.day);
  return b.year - a.year - !had_birthday;
}

calendar native_calendar(std::string_view language) {
  return language.substr(0, language.find('-')) == "fa" ? calendar::jalali : calendar::gregorian;
}

} // namespace tallyline::menus
