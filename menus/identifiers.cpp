#include "menus/identifiers.h"

#include "menus/utf8.h"

#include <algorithm>

namespace tallyline::menus {
namespace {

constexpr std::size_t national_code_size = 10, fewest_national_digits = 8; // two leading zeros occur
constexpr std::size_t longest_typed = 60;

bool all_digits(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Without what people put between the digits.
std::string latin(std::string_view text) {
  std::string out;
  if (text.size() > longest_typed) return out;
  append_latin_digits(out, text);
  std::erase_if(out, [](char c) { return c == ' ' || c == '-' || c == '(' || c == ')' || c == '.'; });
  return out;
}

} // namespace

bool is_national_code(std::string_view digits) {
  if (digits.size() != national_code_size || !all_digits(digits)) return false;
  if (std::all_of(digits.begin(), digits.end(), [&](char c) { return c == digits.front(); })) return false;
  int sum = 0;
  for (std::size_t i = 0; i + 1 < national_code_size; ++i)
    sum += (digits[i] - '0') * static_cast<int>(national_code_size - i);
  const int rest = sum % 11;
  return digits.back() - '0' == (rest < 2 ? rest : 11 - rest);
}

std::optional<std::string> read_national_code(std::string_view text) {
  std::string digits = latin(text);
  if (digits.size() < fewest_national_digits || digits.size() > national_code_size) return std::nullopt;
  digits.insert(0, national_code_size - digits.size(), '0');
  return is_national_code(digits) ? std::optional(std::move(digits)) : std::nullopt;
}

bool is_msisdn(std::string_view digits) {
  return digits.size() >= 8 && digits.size() <= 15 && digits.front() != '0' && all_digits(digits);
}

std::optional<std::string> read_phone(std::string_view text, std::string_view country) {
  std::string digits = latin(text);
  if (digits.starts_with('+'))
    digits.erase(0, 1);
  else if (digits.starts_with("00"))
    digits.erase(0, 2);
  else if (digits.starts_with('0') && !country.empty())
    digits.replace(0, 1, country);
  return is_msisdn(digits) ? std::optional(std::move(digits)) : std::nullopt;
}

} // namespace tallyline::menus
