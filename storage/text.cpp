#include "storage/text.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <unicode/utf8.h>
#include <utility>
#include <vector>

namespace tallyline::storage {
namespace {

constexpr int persian_zero = 0x6F0, arabic_zero = 0x660;

int digit_of(UChar32 c) {
  for (const int zero : {int{'0'}, persian_zero, arabic_zero})
    if (c >= zero && c <= zero + 9) return static_cast<int>(c - zero);
  return -1;
}

} // namespace

std::size_t bad_utf8_at(std::string_view text) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto size = static_cast<std::int64_t>(text.size());
  for (std::int64_t i = 0; i < size;) {
    if (bytes[i] < 0x80) {
      ++i;
      continue;
    }
    const std::int64_t start = i;
    UChar32 c = 0;
    U8_NEXT(bytes, i, size, c);
    if (c < 0) return static_cast<std::size_t>(start);
  }
  return std::string_view::npos;
}

std::optional<std::string> ascii_digits(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::string digits;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto size = static_cast<std::int64_t>(text.size());
  for (std::int64_t i = 0; i < size;) {
    UChar32 c = 0;
    U8_NEXT(bytes, i, size, c);
    const int digit = digit_of(c);
    if (digit < 0) return std::nullopt;
    digits.push_back(static_cast<char>('0' + digit));
  }
  return digits;
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  const bool minus = text.starts_with('-');
  const auto digits = ascii_digits(minus ? text.substr(1) : text);
  if (!digits) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits->data(), digits->data() + digits->size(), value);
  if (error != std::errc{} || end != digits->data() + digits->size() || value > largest_number) return std::nullopt;
  return minus ? -value : value;
}

bool is_identifier(std::string_view text) {
  if (text.empty() || text.size() > 64 || text[0] < 'a' || text[0] > 'z') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

bool is_form_name(std::string_view text) {
  return is_identifier(text.starts_with(training_prefix) ? text.substr(training_prefix.size()) : text);
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // Words longer than this are never a slip of a known column's name.
  if (a.size() > 64 || b.size() > 64) return std::max(a.size(), b.size());
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({replace, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

} // namespace tallyline::storage
