// The GSM 7 bit default alphabet and its extension table (3GPP TS 23.038 6.2.1, 6.2.1.1), both ways.
#pragma once

#include <array>
#include <cstdint>

namespace tallyline::smpp::gsm {

inline constexpr std::uint8_t escape = 0x1B;
inline constexpr std::uint8_t carriage_return = 0x0D;

inline constexpr std::array<char16_t, 128> default_table = {
    u'@', u'£', u'$', u'¥', u'è', u'é', u'ù', u'ì',  u'ò', u'Ç', u'\n', u'Ø', u'ø', u'\r', u'Å', u'å', //
    u'Δ', u'_', u'Φ', u'Γ', u'Λ', u'Ω', u'Π', u'Ψ',  u'Σ', u'Θ', u'Ξ',  u' ', u'Æ', u'æ',  u'ß', u'É', //
    u' ', u'!', u'"', u'#', u'¤', u'%', u'&', u'\'', u'(', u')', u'*',  u'+', u',', u'-',  u'.', u'/', //
    u'0', u'1', u'2', u'3', u'4', u'5', u'6', u'7',  u'8', u'9', u':',  u';', u'<', u'=',  u'>', u'?', //
    u'¡', u'A', u'B', u'C', u'D', u'E', u'F', u'G',  u'H', u'I', u'J',  u'K', u'L', u'M',  u'N', u'O', //
    u'P', u'Q', u'R', u'S', u'T', u'U', u'V', u'W',  u'X', u'Y', u'Z',  u'Ä', u'Ö', u'Ñ',  u'Ü', u'§', //
    u'¿', u'a', u'b', u'c', u'd', u'e', u'f', u'g',  u'h', u'i', u'j',  u'k', u'l', u'm',  u'n', u'o', //
    u'p', u'q', u'r', u's', u't', u'u', u'v', u'w',  u'x', u'y', u'z',  u'ä', u'ö', u'ñ',  u'ü', u'à'};

struct pair {
  std::uint8_t septet;
  char16_t character;
};
inline constexpr std::array<pair, 10> extension_table = {{{0x0A, u'\f'},
                                                          {0x14, u'^'},
                                                          {0x28, u'{'},
                                                          {0x29, u'}'},
                                                          {0x2F, u'\\'},
                                                          {0x3C, u'['},
                                                          {0x3D, u'~'},
                                                          {0x3E, u']'},
                                                          {0x40, u'|'},
                                                          {0x65, u'€'}}};

// What stands behind an escape: the extension's character; where it has none, the default table's, as 6.2.1.1 bids; and
// a space for a second escape, which announces a table that nobody has defined.
constexpr std::array<char16_t, 128> make_escaped() {
  auto t = default_table;
  for (const auto& e : extension_table)
    t[e.septet] = e.character;
  t[escape] = u' ';
  return t;
}
inline constexpr auto escaped_table = make_escaped();

// A character's septet; with bit 8 set it is one of the extension table's and takes an escape before it.
inline constexpr std::uint16_t extended = 0x100, none = 0xFFFF;

// By character, for all below U+0400: ASCII, Latin and the Greek capitals; the euro sign alone lies outside.
constexpr std::array<std::uint16_t, 0x400> make_septets() {
  std::array<std::uint16_t, 0x400> t{};
  t.fill(none);
  for (std::uint16_t i = 0; i < 128; ++i)
    if (i != escape) t[default_table[i]] = i;
  for (const auto& e : extension_table)
    if (e.character < t.size()) t[e.character] = static_cast<std::uint16_t>(extended | e.septet);
  return t;
}
inline constexpr auto septets = make_septets();

constexpr std::uint16_t septet_of(char32_t c) noexcept {
  if (c < septets.size()) return septets[c];
  return c == U'€' ? std::uint16_t{extended | 0x65} : none;
}

// Septets that are the ASCII code of their character: all that most texts consist of.
constexpr std::array<bool, 256> make_plain() {
  std::array<bool, 256> t{};
  for (std::size_t i = 0; i < 128; ++i)
    t[i] = i != escape && default_table[i] == i;
  return t;
}
inline constexpr auto is_plain = make_plain();

} // namespace tallyline::smpp::gsm
