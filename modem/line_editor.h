// One line as a person types it: what has been typed, and what the screen must show of each key.
//
// A state machine over characters; pure. Backspace and DEL take back a character with its marks, ^W a word, ^U all, ^R
// shows the line again. Escape sequences (arrow keys, ECMA-48) are swallowed whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tallyline::modem {

enum class key : std::uint8_t {
  nothing,   // more is to come
  enter,     // the line is there
  interrupt, // ^C: what was typed is gone
  end,       // ^D on an empty line
  garbage,   // a control or a byte that nobody types: passed over
};

class line_editor {
public:
  static constexpr std::size_t longest = 400; // characters; more are refused with a bell

  // A new line behind `prompt`, which is on the screen already. `secret`: shown as stars.
  void begin(std::string prompt, bool secret, std::size_t columns);
  // `echo`: UTF-8 for the screen, appended.
  key take(char32_t c, std::string& echo);
  // Without what is no text, such as format characters at its ends.
  std::string text() const;
  bool secret() const { return secret_; }
  bool empty() const { return line_.empty(); }
  // Prompt and line once more, on a new line of the screen.
  void show_again(std::string& echo) const;

private:
  bool in_escape(char32_t c);
  key control(char32_t c, std::string& echo);
  void insert(char32_t c, std::string& echo);
  void take_back(std::size_t from, std::string& echo); // all from there on
  std::size_t cluster_start() const;
  std::size_t width_from(std::size_t from) const;

  enum class escape : std::uint8_t { none, started, sequence, one_more };
  std::u32string line_;
  std::string prompt_;
  std::size_t columns_ = 80;
  bool secret_ = false, after_cr_ = false;
  escape escape_ = escape::none;
};

} // namespace tallyline::modem
