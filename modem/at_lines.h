// What a modem says in command mode, cut into lines (V.250 5.7.1): CR and LF in any number and order end one, empty
// ones are none. No sockets and no clock; one owner.
#pragma once

#include "modem/call.h"

#include <cstdint>
#include <string>

namespace tallyline::modem {

class at_lines {
public:
  static constexpr std::size_t longest = 2048; // a line of +CMGL with its PDU has some 400; more is noise

  enum class item : std::uint8_t { nothing, line, prompt, noise };
  // The next octet. `line`: text() is one until the next call. `noise`: what went before was no text.
  item push(std::uint8_t octet);
  const std::string& text() const { return line_; }
  // While true, a line that begins with '>' is the prompt for a message's text (3GPP TS 27.005 3.5.1).
  void expect_prompt(bool yes) { prompt_ = yes; }
  void clear();

private:
  item end_of_line();
  std::string line_;
  std::size_t strange_ = 0; // octets of it that no modem's text has
  bool prompt_ = false, ended_ = false, overlong_ = false, after_prompt_ = false;
};

} // namespace tallyline::modem
