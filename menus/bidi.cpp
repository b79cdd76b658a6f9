// A handset shows a page by the Unicode Bidirectional Algorithm (UAX #9) and takes a line's direction from its first
// strong character. A Persian page whose line begins with a Latin name or a bare number would be shown with that line
// from left to right; "*140#" among Persian words would be shown as "#140*".
#include "menus/turn.h"
#include "menus/utf8.h"

#include <unicode/uchar.h>

namespace tallyline::menus {
namespace {

constexpr std::string_view right_to_left = "\u200F", left_to_right = "\u200E";

bool in_dial_code(char c) { return (c >= '0' && c <= '9') || c == '*' || c == '#'; }

// True when no letter says that the line runs from right to left before one says the opposite, or none says anything
// and there is something to be ordered.
bool needs_mark(std::string_view line) {
  bool weak = false;
  for (std::size_t at = 0; at < line.size();) {
    switch (u_charDirection(static_cast<UChar32>(next_character(line, at)))) {
    case U_RIGHT_TO_LEFT:
    case U_RIGHT_TO_LEFT_ARABIC:
      return false;
    case U_LEFT_TO_RIGHT:
      return true;
    case U_EUROPEAN_NUMBER:
    case U_ARABIC_NUMBER:
      weak = true;
      break;
    default:
      break;
    }
  }
  return weak && line.find_first_of(" =+-/") != std::string_view::npos;
}

// Where the dial code that begins at `at` ends: one that has digits and a star or a hash at an end. `at` when there is
// none.
std::size_t dial_code_end(std::string_view line, std::size_t at) {
  std::size_t end = at;
  bool digit = false;
  for (; end < line.size() && in_dial_code(line[end]); ++end)
    digit = digit || (line[end] >= '0' && line[end] <= '9');
  const bool marked = end > at && (line[at] < '0' || line[end - 1] < '0');
  return digit && marked && end - at > 1 ? end : at;
}

} // namespace

void mark_right_to_left(std::string& text, std::size_t& choices_at) {
  std::string out;
  out.reserve(text.size() + 16);
  std::size_t choices = choices_at;
  const std::string_view all = text;
  for (std::size_t at = 0; at <= all.size();) {
    const std::size_t end = std::min(all.find('\n', at), all.size());
    if (at != 0) out += '\n';
    if (choices_at == at) choices = out.size();
    const auto line = all.substr(at, end - at);
    if (needs_mark(line)) out += right_to_left;
    for (std::size_t c = 0; c < line.size();) {
      const std::size_t code = dial_code_end(line, c);
      if (code == c) {
        const bool digits = in_dial_code(line[c]);
        do
          out += line[c++];
        while (c < line.size() && digits && in_dial_code(line[c]));
        continue;
      }
      (out += left_to_right).append(line.substr(c, code - c)) += left_to_right;
      c = code;
    }
    at = end + 1;
  }
  text = std::move(out);
  choices_at = choices;
}

} // namespace tallyline::menus
