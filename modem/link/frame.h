// Frames on a line that eats, strips and flips: a mark, escaped octets, a checksum, a mark.
//
// Two forms, told apart by their mark, so that a receiver needs no agreement: of 8 bits (mark 01, SOH, as Kermit's
// packets begin; escape 10, DLE) and of 7 (mark 02, STX; what is framed is spread over 7 bits an octet). Which octets
// are escaped beyond the mark and the escape themselves is the sender's choice, see line_care. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace tallyline::modem::link {

inline constexpr char frame_mark = 0x01, escape_mark = 0x10, seven_bit_mark = 0x02;
inline constexpr std::size_t longest_frame = 1100; // octets of a body

// What the line was found to do, each with what the ones before it do.
enum class line_care : std::uint8_t {
  none,         // everything passes
  flow_control, // 11 and 13 and their twins 91 and 93 are escaped
  telnet,       // FF too, CR and LF, and the telnet and modem escapes 1D, 2B
  seven_bits,   // only octets from 20 to 7E are sent, with the marks
};

// The octets of one frame; `body` is at most longest_frame long. `open` puts a mark in front: needed at the beginning
// of a flight, since a frame's closing mark opens the next.
std::string enframe(std::string_view body, line_care care, bool open);

// How many octets of a frame, checksum included, a line that wants the care `wants` takes or changes when it is sent
// with less.
std::size_t eaten(std::string_view body, line_care with, line_care wants);

class deframer {
public:
  struct found {
    enum class kind : std::uint8_t { frame, damage };
    kind what = kind::frame;
    std::string_view body;            // of a frame
    std::size_t size = 0;             // of damage: octets between the marks, unescaped, checksum included
    line_care seen = line_care::none; // the most that this stream's frames have needed so far
  };
  // Calls each(found) for what these octets complete, in order. Noise costs no memory beyond one frame.
  void take(std::string_view octets, const std::function<void(const found&)>& each);

  // Whether octets have come that no mark has closed, in the form that is spoken.
  bool inside() const { return !(seen_ == line_care::seven_bits ? seven_ : eight_).held.empty(); }

private:
  struct half {
    std::string held;
    bool escaped = false, open = false;
    line_care care = line_care::none; // what was escaped in it
  };
  static void begin(half& h);
  void take_eight(char c, const std::function<void(const found&)>& each);
  void take_seven(char c, const std::function<void(const found&)>& each);
  void close(half& h, std::string_view body, bool tell_damage, const std::function<void(const found&)>& each);
  half eight_, seven_;
  line_care seen_ = line_care::none;
};

// CRC-16 as X.25 has it (ITU-T V.42 8.1.1.6.1), over a body.
std::uint16_t checksum(std::string_view body);

} // namespace tallyline::modem::link
