// Numbers as octets, in the two ways of the link: varint (LEB128, 7 bits an octet, low bits first, the high bit says
// that more follow) and of fixed size, high octet first. A reader says after the last read whether all went well.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tallyline::modem::link {

inline void put_varint(std::string& out, std::uint64_t n) {
  for (; n >= 0x80; n >>= 7)
    out += static_cast<char>(n | 0x80);
  out += static_cast<char>(n);
}

inline void put_fixed(std::string& out, std::uint64_t n, int octets) {
  for (int i = octets; i-- > 0;)
    out += static_cast<char>(n >> (8 * i));
}

template <class Bytes> std::string_view as_text(const Bytes& b) {
  return {reinterpret_cast<const char*>(b.data()), b.size()};
}
inline const unsigned char* as_octets(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }

class octet_reader {
public:
  explicit octet_reader(std::string_view bytes) : left_(bytes) {}

  std::uint8_t octet() { return static_cast<std::uint8_t>(fixed(1)); }
  std::uint64_t fixed(std::size_t octets) {
    std::uint64_t n = 0;
    for (const char c : chunk(octets))
      n = n << 8 | static_cast<std::uint8_t>(c);
    return n;
  }
  // The shortest form only, so that a number has one encoding; 2^63 at most.
  std::uint64_t varint() {
    std::uint64_t n = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      const std::uint8_t o = octet();
      n |= static_cast<std::uint64_t>(o & 0x7F) << shift;
      if (o < 0x80) {
        if (o == 0 && shift > 0) good_ = false;
        return n;
      }
    }
    good_ = false;
    return 0;
  }
  std::string_view chunk(std::size_t octets) {
    if (!good_ || octets > left_.size()) return good_ = false, std::string_view{};
    const auto taken = left_.substr(0, octets);
    left_.remove_prefix(octets);
    return taken;
  }
  std::string_view rest() { return chunk(left_.size()); }
  std::size_t left() const { return left_.size(); }
  bool good() const { return good_; }
  bool done() const { return good_ && left_.empty(); }

private:
  std::string_view left_;
  bool good_ = true;
};

} // namespace tallyline::modem::link
