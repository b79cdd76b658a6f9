// UTF-8 by hand: what the menus need of it and no more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tallyline::menus {

// Decodes the character at `at` and moves past it. A malformed byte gives 0xFFFFFFFF and moves one byte.
char32_t next_character(std::string_view text, std::size_t& at);
inline constexpr char32_t malformed = 0xFFFFFFFF;

// The offset of the first malformed byte, or npos when all is well.
std::size_t first_malformed(std::string_view text);
// Characters in the text; a malformed byte counts as one.
std::size_t characters(std::string_view text);

constexpr bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// How a language writes digits: 0-9, ۰-۹ or ٠-٩.
enum class digit_style : std::uint8_t { latin, persian, arabic };
// The style a language tag has by nature.
digit_style native_digits(std::string_view language);
// Whether it is written from right to left.
bool is_right_to_left(std::string_view language);

// Appends the text with its ASCII digits in the given style. Control characters become spaces: a name must not break a
// page into lines.
void append_in_digits(std::string& out, std::string_view text, digit_style style);
void append_number(std::string& out, std::int64_t number, digit_style style);

// Without the spaces, control characters and invisible marks around it.
std::string_view trimmed(std::string_view text);
// With Persian and Arabic-Indic digits as 0-9.
void append_latin_digits(std::string& out, std::string_view text);

} // namespace tallyline::menus
