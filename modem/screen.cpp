#include "modem/screen.h"

#include "modem/charset.h"

#include <unicode/uchar.h>

namespace tallyline::modem {
namespace {

// Lays one paragraph; breaks at the last space, else before the character that does not fit.
class paragraph {
public:
  paragraph(std::size_t columns, std::vector<std::string>& lines) : columns_(columns), lines_(lines) {}

  void add(char32_t c) {
    const std::size_t width = columns_of(c);
    if (used_ + width > columns_ && !break_line(c)) return;
    append_utf8(line_, c);
    used_ += columns_of(c);
    if (c == U' ') space_ = line_.size();
  }
  void end() {
    lines_.push_back(std::move(line_));
    line_.clear();
    used_ = space_ = 0;
  }

private:
  // False when the character is a space that the break replaces.
  bool break_line(char32_t c) {
    std::string rest;
    if (c != U' ' && space_ > 0) {
      rest = line_.substr(space_);
      line_.resize(space_ - 1);
    }
    end();
    line_ = std::move(rest);
    used_ = columns_of(line_);
    return c != U' ';
  }

  std::size_t columns_;
  std::vector<std::string>& lines_;
  std::string line_;
  std::size_t used_ = 0, space_ = 0; // where the line goes on behind its last space
};

} // namespace

std::size_t columns_of(char32_t c) {
  const auto point = static_cast<UChar32>(c);
  if (c < 0x20 || (c >= 0x7F && c < 0xA0)) return 0;
  if (c < 0x300) return 1;
  const auto type = u_charType(point);
  if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR) return 0;
  const auto width = u_getIntPropertyValue(point, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

std::size_t columns_of(std::string_view utf8) {
  std::size_t sum = 0;
  for (const char32_t c : to_utf32(utf8))
    sum += columns_of(c);
  return sum;
}

std::vector<std::string> wrapped(std::string_view utf8, std::size_t columns) {
  std::vector<std::string> lines;
  paragraph p(columns < 2 ? 2 : columns, lines);
  for (const char32_t c : to_utf32(utf8)) {
    if (c == U'\n')
      p.end();
    else if (c != U'\r')
      p.add(c == U'\t' ? U' ' : c);
  }
  p.end();
  return lines;
}

} // namespace tallyline::modem
