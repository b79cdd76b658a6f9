#include "gateway/decision_line.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace tallyline::gateway {
namespace {

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\t' || c == '\n' || c == '\r'; }, ' ');
  return text;
}

// What stands before the separator, which is taken off with it.
std::string_view part(std::string_view& rest, char separator) {
  const auto end = std::min(rest.find(separator), rest.size());
  const auto first = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return first;
}

bool number(std::string_view text, std::int64_t& value) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failed == std::errc() && end == text.data() + text.size();
}

} // namespace

std::string to_line(const storage::decision& d) {
  return fmt::format("decide {} {}\t{}\t{}", d.accept ? "accept" : "reject", one_line(d.receipt), one_line(d.by),
                     one_line(d.reason));
}

std::optional<storage::decision> decision_from_line(std::string_view line) {
  if (part(line, ' ') != "decide") return std::nullopt;
  const auto word = part(line, ' ');
  if (word != "accept" && word != "reject") return std::nullopt;
  storage::decision d;
  d.accept = word == "accept";
  d.receipt = part(line, '\t');
  d.by = part(line, '\t');
  d.reason = line;
  return d;
}

std::string to_line(const storage::decided& d) {
  std::string line = fmt::format("{} {}", d.entry, d.again ? "again" : "new");
  for (const auto& c : d.changed)
    line += fmt::format(" {}:{}:{}", c.seq, static_cast<int>(c.state), c.receipt);
  return line;
}

std::optional<storage::decided> decided_from_line(std::string_view line) {
  storage::decided d;
  if (!number(part(line, ' '), d.entry)) return std::nullopt;
  d.again = part(line, ' ') == "again";
  while (!line.empty()) {
    auto word = part(line, ' ');
    std::int64_t seq = 0, state = 0;
    if (!number(part(word, ':'), seq) || !number(part(word, ':'), state) || state < 0 || state > 4) return std::nullopt;
    d.changed.push_back({seq, static_cast<storage::record_state>(state), std::string(word)});
  }
  return d;
}

} // namespace tallyline::gateway
