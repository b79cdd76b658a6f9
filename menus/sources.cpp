#include "menus/sources.h"

#include "menus/utf8.h"

#include <algorithm>

namespace tallyline::menus {
namespace {

// A line as it can be printed: what is no character, or none that shows, replaced.
std::string printable(std::string_view line) {
  std::string out;
  for (std::size_t at = 0; at < line.size();) {
    const auto from = at;
    const char32_t c = next_character(line, at);
    if (c == 0xFEFF) continue;
    if (c == malformed)
      out += "\uFFFD";
    else if (c < 0x20 || c == 0x7F)
      out += ' ';
    else
      out += line.substr(from, at - from);
  }
  return out;
}

// In a block scalar (after '|' or '>'): its lines lose their indentation, and each line end is one character.
std::size_t place_in_block(std::string_view source, std::size_t at, std::size_t wanted) {
  const auto first = source.find('\n', at);
  if (first == std::string_view::npos) return at;
  const auto begin = source.find_first_not_of(" \r\n", first);
  if (begin == std::string_view::npos) return at;
  const auto indent = begin - (source.rfind('\n', begin) + 1);
  auto place = begin;
  for (std::size_t value = 0; value < wanted && place < source.size(); ++value)
    if (source[place++] == '\n')
      for (std::size_t i = 0; i < indent && place < source.size() && source[place] == ' '; ++i)
        ++place;
  return place;
}

// The byte of `source` where byte `wanted` of the scalar that starts at `at` is written.
std::size_t place_in_scalar(std::string_view source, std::size_t at, std::size_t wanted) {
  if (at >= source.size()) return at;
  if (source[at] == '|' || source[at] == '>') return place_in_block(source, at, wanted);
  const char quote = source[at] == '"' || source[at] == '\'' ? source[at] : '\0';
  if (quote) ++at;
  const auto begin = at;
  for (std::size_t value = 0; value < wanted && at < source.size(); ++value) {
    const char c = source[at];
    if (c == '\n' || c == '\r') { // folded into one space
      while (at < source.size() && (source[at] == '\n' || source[at] == '\r' || source[at] == ' '))
        ++at;
    } else if (quote == '"' && c == '\\' && at + 1 < source.size()) {
      const char e = source[at + 1];
      if (e == 'x' || e == 'u' || e == 'U') return begin; // as good as it gets
      at += 2;
    } else {
      at += quote == '\'' && source.substr(at, 2) == "''" ? 2 : 1;
    }
  }
  return at;
}

} // namespace

std::size_t sources::add(std::string name, std::string text) {
  // One more than the text is long: the end of a file is no place in the next one.
  const std::uint32_t base =
      files_.empty() ? 0 : files_.back()->base + static_cast<std::uint32_t>(files_.back()->text.size()) + 1;
  files_.push_back(std::make_unique<file>(file{std::move(name), std::move(text), base}));
  return files_.size() - 1;
}

const sources::file& sources::of(std::size_t place) const {
  const auto after = std::find_if(files_.begin() + 1, files_.end(), [&](const auto& f) { return f->base > place; });
  return **(after - 1);
}

diagnostic sources::tell(diagnostic::severity level, std::size_t place, std::string what, std::string hint) const {
  const file& f = of(place);
  const std::string_view text = f.text;
  const auto at = std::min(place - f.base, text.size());
  const auto before = text.substr(0, at);
  const auto start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  diagnostic d;
  d.level = level;
  d.file = f.name;
  d.line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
  d.column = static_cast<int>(characters(before.substr(start))) + 1;
  d.what = std::move(what);
  d.hint = std::move(hint);
  auto line = text.substr(start, text.find('\n', start) - start);
  if (line.ends_with('\r')) line.remove_suffix(1);
  d.source = printable(line);
  return d;
}

std::size_t sources::inside(std::size_t scalar, std::size_t offset) const {
  const file& f = of(scalar);
  return f.base + place_in_scalar(f.text, scalar - f.base, offset);
}

} // namespace tallyline::menus
