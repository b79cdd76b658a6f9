// Every octet between us and a modem in a file that a person can read: the time, the direction, control characters
// spelled, PINs masked: those in AT commands, and what a call's handler says is secret (call::hide). A line of it ends where the modem's did, or when the direction changes.
//
// One owner. A file that cannot be written any more ends the log, not the modem.
#pragma once

#include "modem/call.h"

#include <filesystem>
#include <fstream>
#include <string>

namespace tallyline::modem {

class traffic_log {
public:
  // Throws std::runtime_error when the file cannot be written.
  explicit traffic_log(const std::filesystem::path& file);
  ~traffic_log();
  void octets(bool outgoing, octets_view octets);
  // A remark of ours, such as "DTR low".
  void remark(std::string_view text);
  void flush();
  // What comes in: from now on.
  void hide(hiding h) { hiding_ = h; }

private:
  void add(std::uint8_t octet);
  bool masks(std::uint8_t octet);
  void end_line();
  std::ofstream out_;
  std::string line_, began_; // and when its first octet passed
  std::size_t masked_from_ = std::string::npos; // in line_: what follows is a PIN
  hiding hiding_ = hiding::nothing;
  bool outgoing_ = false, ended_ = false;
};

} // namespace tallyline::modem
