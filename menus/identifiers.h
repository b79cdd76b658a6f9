// Numbers that name a person or a telephone, as people type them and as records hold them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tallyline::menus {

// An Iranian national code: ten digits, the last of them the check digit (weights 10 to 2, modulo 11), not all the
// same.
bool is_national_code(std::string_view digits);
// With any digits; leading zeros that a phone dropped are put back. Nothing when the check digit is wrong.
std::optional<std::string> read_national_code(std::string_view text);

// E.164: 8 to 15 digits without a plus, the first not 0.
bool is_msisdn(std::string_view digits);
// "+98 912…", "0098912…", and, where the country's code is known, "0912…". Nothing for anything else.
std::optional<std::string> read_phone(std::string_view text, std::string_view country);

} // namespace tallyline::menus
