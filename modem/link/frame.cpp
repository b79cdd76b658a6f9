#include "modem/link/frame.h"

#include "modem/link/octets.h"

#include <algorithm>
#include <array>

namespace tallyline::modem::link {
namespace {

constexpr std::size_t checksum_size = 2;
// A body spread over 7 bits, with each octet escaped.
constexpr std::size_t most_held = (longest_frame + checksum_size) * 2;

constexpr std::array<std::uint16_t, 256> crc_table = [] {
  std::array<std::uint16_t, 256> table{};
  for (unsigned i = 0; i < 256; ++i) {
    unsigned c = i;
    for (int bit = 0; bit < 8; ++bit)
      c = c & 1 ? c >> 1 ^ 0x8408 : c >> 1;
    table[i] = static_cast<std::uint16_t>(c);
  }
  return table;
}();

bool must_escape(std::uint8_t c, line_care care) {
  if (c == frame_mark || c == escape_mark) return true;
  if (care >= line_care::flow_control && ((c & 0x7F) == 0x11 || (c & 0x7F) == 0x13)) return true;
  return care >= line_care::telnet && (c == 0xFF || c == 0x0D || c == 0x0A || c == 0x1D || c == 0x2B);
}
// The least care with which this octet is escaped.
line_care care_for(std::uint8_t c) {
  if (must_escape(c, line_care::none)) return line_care::none;
  return must_escape(c, line_care::flow_control) ? line_care::flow_control : line_care::telnet;
}
// Of the octets of a frame of 7 bits: nothing below a space but the marks, and no DEL.
bool must_escape_seven(std::uint8_t c) { return c < 0x20 || c == 0x7F || c == 0x2B; }

void put_escaped(std::string& out, std::uint8_t c) {
  out += escape_mark;
  out += static_cast<char>(c ^ 0x40);
}

// Bits in order, seven an octet, the last filled up with zeros.
std::string spread(std::string_view bytes) {
  std::string out;
  unsigned held = 0, bits = 0;
  for (const char c : bytes) {
    held = held << 8 | static_cast<std::uint8_t>(c);
    for (bits += 8; bits >= 7; bits -= 7)
      out += static_cast<char>(held >> (bits - 7) & 0x7F);
  }
  if (bits > 0) out += static_cast<char>(held << (7 - bits) & 0x7F);
  return out;
}

std::string gather(std::string_view sevens) {
  std::string out;
  unsigned held = 0, bits = 0;
  for (const char c : sevens) {
    held = held << 7 | static_cast<std::uint8_t>(c);
    bits += 7;
    if (bits >= 8) out += static_cast<char>(held >> (bits -= 8) & 0xFF);
  }
  return out;
}

} // namespace

std::uint16_t checksum(std::string_view body) {
  unsigned c = 0xFFFF;
  for (const char o : body)
    c = c >> 8 ^ crc_table[(c ^ static_cast<std::uint8_t>(o)) & 0xFF];
  return static_cast<std::uint16_t>(~c);
}

std::string enframe(std::string_view body, line_care care, bool open) {
  std::string whole(body), out;
  put_fixed(whole, checksum(body), checksum_size);
  const bool seven = care == line_care::seven_bits;
  const char mark = seven ? seven_bit_mark : frame_mark;
  if (open) out += mark;
  for (const char c : seven ? spread(whole) : whole) {
    const auto o = static_cast<std::uint8_t>(c);
    if (seven ? must_escape_seven(o) : must_escape(o, care))
      put_escaped(out, o);
    else
      out += c;
  }
  return out += mark;
}

std::size_t eaten(std::string_view body, line_care with, line_care wants) {
  return static_cast<std::size_t>(std::count_if(body.begin(), body.end(), [=](char c) {
    const auto o = static_cast<std::uint8_t>(c);
    if (must_escape(o, with)) return false;
    if (wants == line_care::seven_bits) return o >= 0x80;
    return must_escape(o, line_care::flow_control) || (wants == line_care::telnet && o == 0xFF);
  }));
}

void deframer::take(std::string_view octets, const std::function<void(const found&)>& each) {
  for (const char c : octets) {
    take_eight(c, each);
    take_seven(static_cast<char>(c & 0x7F), each);
  }
}

void deframer::begin(half& h) {
  h.held.clear();
  h.escaped = false, h.open = true, h.care = line_care::none;
}

void deframer::take_eight(char c, const std::function<void(const found&)>& each) {
  half& h = eight_;
  if (c == frame_mark) {
    if (h.open && !h.held.empty()) close(h, h.held, true, each);
    begin(h);
  } else if (!h.open) {
    return;
  } else if (c == escape_mark) {
    h.escaped = true;
  } else {
    if (h.escaped) {
      c = static_cast<char>(c ^ 0x40), h.escaped = false;
      h.care = std::max(h.care, care_for(static_cast<std::uint8_t>(c)));
    }
    h.held += c;
    if (h.held.size() > longest_frame + checksum_size) h.open = false, h.held.clear();
  }
}

void deframer::take_seven(char c, const std::function<void(const found&)>& each) {
  half& h = seven_;
  if (c == seven_bit_mark) {
    if (h.open && !h.held.empty()) close(h, gather(h.held), seen_ == line_care::seven_bits, each);
    begin(h);
  } else if (!h.open) {
    return;
  } else if (c == escape_mark) {
    h.escaped = true;
  } else {
    if (h.escaped) c = static_cast<char>(c ^ 0x40), h.escaped = false;
    h.held += c;
    if (h.held.size() > most_held) h.open = false, h.held.clear();
  }
}

void deframer::close(half& h, std::string_view bytes, bool tell_damage, const std::function<void(const found&)>& each) {
  const bool sound = bytes.size() > checksum_size && !h.escaped;
  const auto body = sound ? bytes.substr(0, bytes.size() - checksum_size) : std::string_view{};
  if (sound && octet_reader(bytes.substr(body.size())).fixed(checksum_size) == checksum(body)) {
    seen_ = std::max(seen_, &h == &seven_ ? line_care::seven_bits : h.care);
    each({found::kind::frame, body, 0, seen_});
  } else if (tell_damage) {
    each({found::kind::damage, {}, bytes.size(), seen_});
  }
}

} // namespace tallyline::modem::link
