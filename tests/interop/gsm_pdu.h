// Short messages as a network's own side writes and reads them (3GPP TS 23.040 9.2), in hexadecimal with the service
// centre's address in front (27.005 3.1). Shares nothing with the gateway's, so that each is held against the other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::tests {

inline std::string hex_of(const std::vector<std::uint8_t>& octets) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string s;
  for (const auto o : octets)
    (s += digits[o >> 4]) += digits[o & 15U];
  return s;
}

inline std::vector<std::uint8_t> octets_of_hex(std::string_view hex) {
  std::vector<std::uint8_t> all;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    all.push_back(static_cast<std::uint8_t>(std::stoul(std::string(hex.substr(i, 2)), nullptr, 16)));
  return all;
}

struct pdu_part {
  unsigned reference = 0, total = 1, number = 1;
};

class pdu_writer {
public:
  // SMS-DELIVER of letters that are the same in ASCII and in GSM's default alphabet (23.038 6.2.1).
  static std::string deliver(std::string_view from, std::string_view text, const pdu_part& part = {}) {
    pdu_writer w;
    const bool header = part.total > 1;
    w.octets_ = {0, static_cast<std::uint8_t>(header ? 0x44 : 0x04)};
    w.address(from);
    w.octets_.insert(w.octets_.end(), {0, 0});
    w.time();
    std::vector<std::uint8_t> head;
    if (header)
      head = {5,
              0,
              3,
              static_cast<std::uint8_t>(part.reference),
              static_cast<std::uint8_t>(part.total),
              static_cast<std::uint8_t>(part.number)};
    w.septets(text, head);
    return hex_of(w.octets_);
  }
  // SMS-STATUS-REPORT.
  static std::string report(unsigned reference, std::string_view to, unsigned status) {
    pdu_writer w;
    w.octets_ = {0, 0x06, static_cast<std::uint8_t>(reference)};
    w.address(to);
    w.time(), w.time();
    w.octets_.push_back(static_cast<std::uint8_t>(status));
    return hex_of(w.octets_);
  }

private:
  void address(std::string_view digits) {
    octets_.push_back(static_cast<std::uint8_t>(digits.size()));
    octets_.push_back(0x91);
    for (std::size_t i = 0; i < digits.size(); i += 2)
      octets_.push_back(
          static_cast<std::uint8_t>((i + 1 < digits.size() ? static_cast<unsigned>(digits[i + 1] - '0') : 15U) << 4 |
                                    static_cast<unsigned>(digits[i] - '0')));
  }
  void time() { octets_.insert(octets_.end(), {0x62, 0x11, 0x42, 0x81, 0x03, 0x00, 0x00}); }
  void septets(std::string_view text, const std::vector<std::uint8_t>& head) {
    const std::size_t before = (head.size() * 8 + 6) / 7;
    octets_.push_back(static_cast<std::uint8_t>(before + text.size()));
    std::vector<std::uint8_t> data(((before + text.size()) * 7 + 7) / 8);
    std::copy(head.begin(), head.end(), data.begin());
    for (std::size_t i = 0; i < text.size(); ++i)
      for (std::size_t b = 0; b < 7; ++b)
        if (static_cast<unsigned char>(text[i]) >> b & 1U) {
          const std::size_t bit = (before + i) * 7 + b;
          data[bit / 8] = static_cast<std::uint8_t>(data[bit / 8] | 1U << bit % 8);
        }
    octets_.insert(octets_.end(), data.begin(), data.end());
  }
  std::vector<std::uint8_t> octets_;
};

// What was given to AT+CMGS: a SMS-SUBMIT.
struct submitted {
  std::string to, text; // text: as far as it is in the default alphabet
  pdu_part part;
  bool wants_report = false;
};

// Nothing when it is malformed or has another number of octets than was said (27.005 3.5.1: <length>, less the service
// centre's address).
inline std::optional<submitted> read_submit(std::string_view hex, std::size_t length) {
  if (hex.size() % 2 != 0 || hex.find_first_not_of("0123456789ABCDEFabcdef") != std::string_view::npos) return {};
  const auto all = octets_of_hex(hex);
  if (all.empty() || all.size() != all[0] + 1U + length) return {};
  std::size_t at = all[0] + 1U;
  const auto left = [&](std::size_t n) { return at + n <= all.size(); };
  if (!left(4) || (all[at] & 3U) != 1) return {};
  submitted s;
  const unsigned first = all[at];
  s.wants_report = first & 0x20U;
  const std::size_t digits = all[at + 2];
  at += 4;
  if (!left((digits + 1) / 2 + 4)) return {};
  for (std::size_t i = 0; i < digits; ++i)
    s.to += static_cast<char>('0' + (all[at + i / 2] >> (i % 2 * 4) & 15U));
  at += (digits + 1) / 2 + 2; // and TP-PID, TP-DCS
  if ((first & 0x18U) == 0x10) ++at;
  if (!left(1)) return {};
  const std::size_t septets = all[at++];
  if (all.size() - at != (septets * 7 + 7) / 8) return s; // in another alphabet: its text is not looked at
  std::size_t skip = 0;
  if (first & 0x40U) {
    skip = ((all[at] + 1U) * 8 + 6) / 7;
    if (all[at] == 5) s.part = {all[at + 3], all[at + 4], all[at + 5]};
  }
  for (std::size_t i = skip; i < septets; ++i) {
    unsigned septet = 0;
    for (std::size_t b = 0; b < 7; ++b)
      septet |= (all[at + (i * 7 + b) / 8] >> (i * 7 + b) % 8 & 1U) << b;
    s.text += septet == 0 ? '@' : static_cast<char>(septet);
  }
  return s;
}

} // namespace tallyline::tests
