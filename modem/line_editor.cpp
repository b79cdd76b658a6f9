#include "modem/line_editor.h"

#include "modem/charset.h"
#include "modem/screen.h"

#include <utility>

namespace tallyline::modem {
namespace {

// C0 controls as keys (ECMA-48; the keys of a terminal's line discipline).
constexpr char32_t ctrl_c = 0x03, ctrl_d = 0x04, bell = 0x07, backspace = 0x08, tab = 0x09, lf = 0x0A, cr = 0x0D,
                   ctrl_r = 0x12, ctrl_u = 0x15, ctrl_w = 0x17, esc = 0x1B, del = 0x7F, replacement = 0xFFFD;

bool is_space(char32_t c) { return c == U' '; }

} // namespace

void line_editor::begin(std::string prompt, bool secret, std::size_t columns) {
  line_.clear();
  prompt_ = std::move(prompt);
  secret_ = secret;
  columns_ = columns;
  escape_ = escape::none;
}

// CSI … final, SS3 and one character, or ESC and one character (ECMA-48 5.4). Anything else ends it.
bool line_editor::in_escape(char32_t c) {
  switch (escape_) {
  case escape::none:
    if (c != esc) return false;
    escape_ = escape::started;
    return true;
  case escape::started:
    escape_ = c == U'[' ? escape::sequence : c == U'O' ? escape::one_more : escape::none;
    return c >= 0x20 && c != del;
  case escape::sequence:
    if (c >= 0x20 && c <= 0x3F) return true;
    escape_ = escape::none;
    return c >= 0x40 && c <= 0x7E;
  case escape::one_more:
    escape_ = escape::none;
    return c >= 0x20 && c != del;
  }
  return false;
}

key line_editor::take(char32_t c, std::string& echo) {
  if (c == lf && std::exchange(after_cr_, false)) return key::nothing; // CR LF is one line end
  if (c == 0) return key::nothing;                                     // CR NUL (RFC 854), and padding
  after_cr_ = c == cr;
  if (in_escape(c)) return key::nothing;
  if (c < 0x20 || c == del) return control(c, echo);
  if (c == replacement || (c >= 0x80 && c < 0xA0)) return key::garbage;
  insert(c, echo);
  return key::nothing;
}

key line_editor::control(char32_t c, std::string& echo) {
  switch (c) {
  case cr:
  case lf:
    echo += "\r\n";
    return key::enter;
  case backspace:
  case del:
    take_back(cluster_start(), echo);
    return key::nothing;
  case tab:
    insert(U' ', echo);
    return key::nothing;
  case ctrl_u:
    take_back(0, echo);
    return key::nothing;
  case ctrl_w: {
    std::size_t at = line_.size();
    while (at > 0 && is_space(line_[at - 1]))
      --at;
    while (at > 0 && !is_space(line_[at - 1]))
      --at;
    take_back(at, echo);
    return key::nothing;
  }
  case ctrl_r:
    show_again(echo);
    return key::nothing;
  case ctrl_c:
    line_.clear();
    echo += "^C\r\n";
    return key::interrupt;
  case ctrl_d:
    if (!line_.empty()) return key::nothing;
    echo += "\r\n";
    return key::end;
  default:
    return key::garbage;
  }
}

void line_editor::insert(char32_t c, std::string& echo) {
  if (line_.size() >= longest) {
    append_utf8(echo, bell);
    return;
  }
  line_ += c;
  if (secret_)
    echo += '*';
  else
    append_utf8(echo, c);
}

std::size_t line_editor::cluster_start() const {
  if (line_.empty()) return 0;
  std::size_t at = line_.size() - 1;
  while (at > 0 && !secret_ && columns_of(line_[at]) == 0)
    --at;
  return at;
}

std::size_t line_editor::width_from(std::size_t from) const {
  if (secret_) return line_.size() - from;
  std::size_t width = 0;
  for (std::size_t i = from; i < line_.size(); ++i)
    width += columns_of(line_[i]);
  return width;
}

void line_editor::take_back(std::size_t from, std::string& echo) {
  const std::size_t gone = width_from(from), all = columns_of(prompt_) + width_from(0);
  line_.resize(from);
  // A backspace does not go up to the row above.
  if (all >= columns_ && gone > 0) return show_again(echo);
  for (std::size_t i = 0; i < gone; ++i)
    echo += "\b \b";
}

void line_editor::show_again(std::string& echo) const {
  echo += "\r\n" + prompt_;
  for (const char32_t c : line_)
    append_utf8(echo, secret_ ? U'*' : c);
}

std::string line_editor::text() const {
  std::string out;
  for (const char32_t c : line_)
    append_utf8(out, c);
  return out;
}

} // namespace tallyline::modem
