// A person at a terminal program: what comes off the line becomes lines of text, what is to be said becomes octets.
//
// A state machine without I/O. The caller feeds it octets, asks `next` what they mean until nothing is left, and sends
// what `output` gives. Typing ahead is kept until a question is open, so that nothing is echoed that a secret question
// would have hidden. Text is UTF-8 on the inside, whatever the terminal's character set.
#pragma once

#include "modem/call.h"
#include "modem/charset.h"
#include "modem/line_editor.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::modem {

struct terminal_settings {
  std::size_t columns = 80, rows = 24;
  bool ansi = false; // bold headlines and a cleared screen (ECMA-48); without it nothing but text and line ends
  charset set = charset::utf8;
  std::chrono::seconds idle{120}; // nothing typed for so long
  std::chrono::seconds held{60};  // stopped by XOFF for so long
};

enum class heard : std::uint8_t {
  line,       // `text`
  unreadable, // a line with octets in it that are no text
  interrupt,  // ^C
  bye,        // ^D
  idle,
  held,  // XOFF came and no XON: a line that eats them, or noise
  noise, // more garbage than text: there is nobody
};
struct said_on_line {
  heard what = heard::line;
  std::string text;
};

class terminal {
public:
  terminal(terminal_settings s, clock::time_point now);

  void take(octets_view octets, clock::time_point now);
  // What it means, one after the other; lines only while a question is open, and each closes it.
  std::optional<said_on_line> next(clock::time_point now);
  // When `next` should be asked though nothing came.
  std::optional<clock::time_point> deadline() const;

  // Wrapped to the screen.
  void print(std::string_view utf8);
  // A page of its own: the first line stands out.
  void page(std::string_view utf8);
  void ask(std::string_view prompt, bool secret = false);
  // For the octets of another program's protocol: as they are.
  void raw(std::string_view octets) { out_ += octets; }

  // What may leave now, at most so much.
  std::string output(std::size_t most);
  bool has_output() const { return !out_.empty() && !held_; }

  // What was typed ahead and not read yet, for a program that reads on.
  std::vector<std::uint8_t> unread();
  void heard_now(clock::time_point now) { last_heard_ = now; } // something else has kept the line busy

  const terminal_settings& settings() const { return settings_; }
  void set_columns(std::size_t columns) { settings_.columns = columns; }
  void set_ansi(bool on) { settings_.ansi = on; }
  void set_charset(charset set);
  // Whether a page of this text stands on the screen with its question.
  bool fits(std::string_view utf8) const;
  // What came that was no text.
  std::uint64_t garbage() const { return garbage_; }

private:
  bool pass(std::uint8_t octet, clock::time_point now); // false when it steers the line and is no text
  bool telnet(std::uint8_t octet);
  std::optional<said_on_line> read_one(std::uint8_t octet);
  std::optional<said_on_line> line_done();
  void spoilt();
  void say(std::string_view utf8);

  terminal_settings settings_;
  charset_reader reader_;
  line_editor editor_;
  std::string in_; // not read yet
  std::size_t at_ = 0;
  std::string out_;
  bool asking_ = false, held_ = false, unreadable_ = false, noisy_ = false, over_ = false;
  std::uint8_t telnet_ = 0; // how far in one of its commands
  std::uint64_t garbage_ = 0;
  std::size_t noise_ = 0;
  clock::time_point last_heard_, held_since_;
};

} // namespace tallyline::modem
