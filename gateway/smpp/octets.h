// Big-endian numbers and a bounds-checked cursor: what reading and writing PDUs by hand comes down to.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace tallyline::smpp {

inline std::uint16_t get_u16(const std::uint8_t* p) noexcept { return static_cast<std::uint16_t>(p[0] << 8 | p[1]); }
inline std::uint32_t get_u32(const std::uint8_t* p) noexcept {
  return std::uint32_t{p[0]} << 24 | std::uint32_t{p[1]} << 16 | std::uint32_t{p[2]} << 8 | p[3];
}
inline std::uint8_t* put_u8(std::uint8_t* p, std::uint8_t v) noexcept {
  *p = v;
  return p + 1;
}
inline std::uint8_t* put_u16(std::uint8_t* p, std::uint16_t v) noexcept {
  p[0] = static_cast<std::uint8_t>(v >> 8);
  p[1] = static_cast<std::uint8_t>(v);
  return p + 2;
}
inline std::uint8_t* put_u32(std::uint8_t* p, std::uint32_t v) noexcept {
  return put_u16(put_u16(p, static_cast<std::uint16_t>(v >> 16)), static_cast<std::uint16_t>(v));
}

// What a C-octet string of at most `max` octets (the NUL counted) can hold of `s`: a longer one is cut and one with a
// NUL inside ends there, since either would shift every field behind it.
inline std::string_view fitting(std::string_view s, std::size_t max) noexcept {
  s = s.substr(0, max - 1);
  return s.substr(0, s.find('\0'));
}
inline std::uint8_t* put_c_string(std::uint8_t* p, std::string_view s, std::size_t max) noexcept {
  s = fitting(s, max);
  if (!s.empty()) std::memcpy(p, s.data(), s.size());
  return put_u8(p + s.size(), 0);
}

// Reads forward through octets it does not own. Every read says whether there was enough.
class cursor {
public:
  explicit cursor(std::span<const std::uint8_t> octets) noexcept : at_(octets.data()), end_(at_ + octets.size()) {}

  std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }
  std::span<const std::uint8_t> rest() const noexcept { return {at_, left()}; }

  bool u8(std::uint8_t& v) noexcept {
    if (at_ == end_) return false;
    v = *at_++;
    return true;
  }
  bool u16(std::uint16_t& v) noexcept {
    if (left() < 2) return false;
    v = get_u16(at_);
    at_ += 2;
    return true;
  }
  bool take(std::size_t n, std::span<const std::uint8_t>& v) noexcept {
    if (left() < n) return false;
    v = {at_, n};
    at_ += n;
    return true;
  }

  enum class found { whole, too_long, cut_off };
  // A C-octet string of at most `max` octets, the NUL counted (3.1).
  found c_string(std::size_t max, std::string_view& v) noexcept {
    const std::size_t within = std::min(max, left());
    const void* nul = within ? std::memchr(at_, 0, within) : nullptr;
    if (!nul) return left() < max ? found::cut_off : found::too_long;
    const auto size = static_cast<std::size_t>(static_cast<const std::uint8_t*>(nul) - at_);
    v = {reinterpret_cast<const char*>(at_), size};
    at_ += size + 1;
    return found::whole;
  }

private:
  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

} // namespace tallyline::smpp
