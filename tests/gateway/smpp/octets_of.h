// Octets as a test likes to write them.
#pragma once

#include "gateway/smpp/codec.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace tallyline::smpp::test {

// "00 1f" and blanks anywhere; hexadecimal digits only.
inline buffer hex(std::string_view digits) {
  buffer octets;
  int high = -1;
  for (const char c : digits) {
    if (c == ' ') continue;
    const int value = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    if (high < 0) {
      high = value;
    } else {
      octets.push_back(static_cast<std::uint8_t>(high << 4 | value));
      high = -1;
    }
  }
  return octets;
}

inline buffer octets(std::string_view text) { return {text.begin(), text.end()}; }
inline std::string text(std::span<const std::uint8_t> octets) { return {octets.begin(), octets.end()}; }

inline std::span<const std::uint8_t> body(const buffer& pdu) { return std::span(pdu).subspan(header_size); }

} // namespace tallyline::smpp::test
