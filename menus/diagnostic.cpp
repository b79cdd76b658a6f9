#include "menus/diagnostic.h"

#include "menus/utf8.h"

#include <fmt/format.h>

namespace tallyline::menus {
namespace {

constexpr std::size_t longest_shown = 160;

} // namespace

std::string to_string(const diagnostic& d) {
  auto out = fmt::format("{}:{}:{}: {}: {}\n", d.file, d.line, d.column,
                         d.level == diagnostic::severity::error ? "error" : "warning", d.what);
  // A long line is shown from where the caret is within sight.
  std::string_view line = d.source;
  auto caret = static_cast<std::size_t>(d.column > 0 ? d.column - 1 : 0);
  std::size_t from = 0;
  for (; caret > longest_shown / 2 && characters(line) > longest_shown && from < line.size(); --caret)
    next_character(line, from);
  line.remove_prefix(from);
  std::size_t to = 0;
  for (std::size_t i = 0; i < longest_shown && to < line.size(); ++i)
    next_character(line, to);
  if (!line.empty()) fmt::format_to(std::back_inserter(out), "  {}\n  {:>{}}\n", line.substr(0, to), '^', caret + 1);
  if (!d.hint.empty()) fmt::format_to(std::back_inserter(out), "  {}\n", d.hint);
  return out;
}

} // namespace tallyline::menus
