// UTF-8 in and out, one code point at a time. Reading never fails: what is malformed counts as U+FFFD.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tallyline::smpp {

inline constexpr char32_t replacement = 0xFFFD;

namespace utf8_detail {

constexpr bool is_continuation(char c) { return (static_cast<std::uint8_t>(c) & 0xC0) == 0x80; }

// How many octets a sequence has after its first, by the first; -1 where none starts so.
constexpr int continuations(std::uint8_t first) {
  if (first < 0x80) return 0;
  if (first >= 0xC2 && first <= 0xDF) return 1;
  if (first >= 0xE0 && first <= 0xEF) return 2;
  if (first >= 0xF0 && first <= 0xF4) return 3;
  return -1;
}

// The second octet's narrower range keeps out overlong forms, surrogates and what lies above U+10FFFF (Unicode table
// 3-7).
constexpr bool second_fits(std::uint8_t first, std::uint8_t second) {
  switch (first) {
  case 0xE0:
    return second >= 0xA0;
  case 0xED:
    return second < 0xA0;
  case 0xF0:
    return second >= 0x90;
  case 0xF4:
    return second < 0x90;
  default:
    return true;
  }
}

} // namespace utf8_detail

// Takes the first code point off `text`, which must not be empty. A malformed sequence goes with its longest valid
// prefix.
constexpr char32_t take_code_point(std::string_view& text) noexcept {
  using namespace utf8_detail;
  const auto first = static_cast<std::uint8_t>(text[0]);
  text.remove_prefix(1);
  const int more = continuations(first);
  if (more <= 0) return more == 0 ? char32_t{first} : replacement;
  char32_t c = first & (0x3F >> more);
  for (int i = 0; i < more; ++i) {
    if (text.empty() || !is_continuation(text[0])) return replacement;
    const auto octet = static_cast<std::uint8_t>(text[0]);
    if (i == 0 && !second_fits(first, octet)) return replacement;
    c = c << 6 | (octet & 0x3F);
    text.remove_prefix(1);
  }
  return c;
}

inline void append_code_point(std::string& to, char32_t c) {
  const auto put = [&](char32_t octet) { to.push_back(static_cast<char>(octet)); };
  if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) c = replacement;
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | c >> 6);
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

} // namespace tallyline::smpp
