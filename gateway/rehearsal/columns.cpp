#include "gateway/rehearsal/columns.h"

#include <algorithm>
#include <array>

namespace tallyline::rehearsal {
namespace {

struct range {
  char32_t first, last;
};

// Combining marks of the scripts that handsets here show, joiners and direction marks.
constexpr std::array<range, 13> no_columns = {{{0x0300, 0x036F},
                                               {0x0591, 0x05BD},
                                               {0x0610, 0x061A},
                                               {0x064B, 0x065F},
                                               {0x0670, 0x0670},
                                               {0x06D6, 0x06DC},
                                               {0x06DF, 0x06E4},
                                               {0x06E7, 0x06E8},
                                               {0x06EA, 0x06ED},
                                               {0x200B, 0x200F},
                                               {0x202A, 0x202E},
                                               {0x2060, 0x2069},
                                               {0xFE00, 0xFE0F}}};
constexpr std::array<range, 7> two_columns = {{{0x1100, 0x115F},
                                               {0x2E80, 0xA4CF},
                                               {0xAC00, 0xD7A3},
                                               {0xF900, 0xFAFF},
                                               {0xFF00, 0xFF60},
                                               {0x1F300, 0x1FAFF},
                                               {0x20000, 0x3FFFD}}};

template <std::size_t N> bool among(const std::array<range, N>& ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(), [c](const range& r) { return c >= r.first && c <= r.last; });
}

std::size_t width_of(char32_t c) {
  if (c < 0x0300) return c >= 0x20 ? 1 : 0;
  return among(no_columns, c) ? 0 : among(two_columns, c) ? 2 : 1;
}

struct character {
  char32_t value;
  std::size_t octets;
};

character first_of(std::string_view s) {
  const auto lead = static_cast<unsigned char>(s.front());
  const std::size_t octets = lead < 0x80   ? 1
                             : lead < 0xC0 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF8 ? 4
                                           : 0;
  if (octets <= 1 || s.size() < octets) return {octets == 1 ? lead : char32_t{0xFFFD}, 1};
  char32_t value = lead & (0xFFU >> (octets + 1));
  for (std::size_t i = 1; i < octets; ++i) {
    const auto tail = static_cast<unsigned char>(s[i]);
    if ((tail & 0xC0U) != 0x80U) return {0xFFFD, 1};
    value = value << 6U | (tail & 0x3FU);
  }
  return {value, octets};
}

void wrap_line(std::string_view line, std::size_t width, std::vector<std::string_view>& to) {
  while (columns(line) > width) {
    std::size_t at = 0, taken = 0, last_space = 0;
    while (at < line.size()) {
      const auto c = first_of(line.substr(at));
      taken += width_of(c.value);
      // Always one character, or a wide one on a narrow screen would never be done.
      if (taken > width && at > 0) break;
      if (c.value == ' ') last_space = at;
      at += c.octets;
    }
    // A space that falls just behind the last column breaks the line as well.
    const bool clean = at < line.size() && line[at] == ' ';
    const auto cut = clean ? at : last_space > 0 ? last_space : at;
    to.push_back(line.substr(0, cut));
    line.remove_prefix(cut + (cut < line.size() && line[cut] == ' ' ? 1 : 0));
    if (line.empty()) return;
  }
  to.push_back(line);
}

std::string bar(std::size_t width) {
  std::string b;
  for (std::size_t i = 0; i < width + 2; ++i)
    b += "─";
  return b;
}

} // namespace

std::size_t columns(std::string_view utf8) noexcept {
  std::size_t sum = 0;
  while (!utf8.empty()) {
    const auto c = first_of(utf8);
    sum += width_of(c.value);
    utf8.remove_prefix(c.octets);
  }
  return sum;
}

std::string printable(std::string_view utf8) {
  std::string kept;
  while (!utf8.empty()) {
    const auto c = first_of(utf8);
    if (c.value == '\n' || (c.value >= 0x20 && (c.value < 0x7F || c.value > 0x9F))) kept += utf8.substr(0, c.octets);
    utf8.remove_prefix(c.octets);
  }
  return kept;
}

std::vector<std::string_view> wrap(std::string_view utf8, std::size_t width) {
  std::vector<std::string_view> lines;
  while (true) {
    const auto end = utf8.find('\n');
    auto line = utf8.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    wrap_line(line, width, lines);
    if (end == utf8.npos || end + 1 == utf8.size()) return lines;
    utf8.remove_prefix(end + 1);
  }
}

std::string framed(std::string_view utf8, std::size_t width) {
  std::string box = "┌" + bar(width) + "┐\n";
  for (const auto line : wrap(utf8, width)) {
    const auto used = columns(line);
    box += "│ ";
    box += line;
    box += std::string(used < width ? width - used : 0, ' ') + " │\n";
  }
  return box + "└" + bar(width) + "┘\n";
}

} // namespace tallyline::rehearsal
