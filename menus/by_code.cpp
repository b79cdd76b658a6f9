#include "menus/by_code.h"

#include "menus/utf8.h"

#include <algorithm>
#include <string>

namespace tallyline::menus {
namespace {

constexpr std::size_t least_digits = 8; // of a telephone number without its country

std::string folded(std::string_view text) {
  std::string out;
  append_latin_digits(out, text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return out;
}

std::string number_in(const std::string& typed) {
  std::string digits;
  for (const char c : typed) {
    if (c >= '0' && c <= '9')
      digits += c;
    else if (c != '+' && c != '-' && c != ' ')
      return {};
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  return digits.size() < least_digits ? std::string() : digits;
}

bool fits(const world& election, entity e, const std::string& code, const std::string& number) {
  if (e.kind != noun::person) return folded(code_of(election, e)) == code;
  if (!number.empty() && election.text(e, attribute::msisdn, {}).ends_with(number)) return true;
  return folded(election.text(e, attribute::place, {})) == code;
}

} // namespace

code_found find_by_code(const world& election, std::span<const entity> items, std::string_view typed) {
  code_found found;
  const std::string code = folded(trimmed(typed)), number = number_in(code);
  for (const entity e : items) {
    if (!fits(election, e, code, number)) continue;
    if (!found.which)
      found.which = e;
    else if (code_of(election, *found.which) != code_of(election, e))
      found.several = true;
  }
  return found;
}

} // namespace tallyline::menus
