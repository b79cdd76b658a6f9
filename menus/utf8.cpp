#include "menus/utf8.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace tallyline::menus {

char32_t next_character(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  if (lead < 0x80) return text[at++] & 0x7F;
  const std::size_t length = lead >= 0xF0 && lead <= 0xF4 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (length == 0 || lead > 0xF4 || at + length > text.size()) {
    ++at;
    return malformed;
  }
  char32_t c = lead & (0x7F >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues_character(text[at + i])) {
      ++at;
      return malformed;
    }
    c = c << 6 | (byte(at + i) & 0x3F);
  }
  const bool overlong = (length == 3 && c < 0x800) || (length == 4 && (c < 0x10000 || c > 0x10FFFF));
  if (overlong || (c >= 0xD800 && c < 0xE000)) {
    ++at;
    return malformed;
  }
  at += length;
  return c;
}

std::size_t first_malformed(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto here = at;
    if (next_character(text, at) == malformed) return here;
  }
  return std::string_view::npos;
}

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++count)
    next_character(text, at);
  return count;
}

digit_style native_digits(std::string_view language) {
  const auto root = language.substr(0, language.find('-'));
  if (root == "fa") return digit_style::persian;
  if (root == "ar" || root == "ckb") return digit_style::arabic;
  return digit_style::latin;
}

bool is_right_to_left(std::string_view language) {
  static constexpr std::array<std::string_view, 9> roots{"fa", "ar", "ckb", "ur", "ps", "he", "sd", "ug", "dv"};
  const auto root = language.substr(0, language.find('-'));
  return std::find(roots.begin(), roots.end(), root) != roots.end() || language.find("-Arab") != std::string_view::npos;
}

void append_in_digits(std::string& out, std::string_view text, digit_style style) {
  for (const char c : text) {
    if (c >= '0' && c <= '9' && style == digit_style::persian) {
      out += '\xDB';
      out += static_cast<char>(0xB0 + (c - '0'));
    } else if (c >= '0' && c <= '9' && style == digit_style::arabic) {
      out += '\xD9';
      out += static_cast<char>(0xA0 + (c - '0'));
    } else {
      out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    }
  }
}

void append_number(std::string& out, std::int64_t number, digit_style style) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  append_in_digits(out, {digits, static_cast<std::size_t>(end - digits)}, style);
}

namespace {
bool invisible(char32_t c) {
  return c <= 0x20 || (c >= 0x7F && c <= 0xA0) || (c >= 0x2000 && c <= 0x200F) || (c >= 0x2028 && c <= 0x202F) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0x3000 || c == 0xFEFF;
}
} // namespace

std::string_view trimmed(std::string_view text) {
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size() && invisible(next_character(text, at));)
    from = at;
  std::size_t to = from;
  for (std::size_t at = from; at < text.size();)
    if (!invisible(next_character(text, at))) to = at;
  return text.substr(from, to - from);
}

void append_latin_digits(std::string& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto from = at;
    const auto c = next_character(text, at);
    if (c >= 0x6F0 && c <= 0x6F9)
      out += static_cast<char>('0' + (c - 0x6F0));
    else if (c >= 0x660 && c <= 0x669)
      out += static_cast<char>('0' + (c - 0x660));
    else
      out += text.substr(from, at - from);
  }
}

} // namespace tallyline::menus
