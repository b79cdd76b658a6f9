#include "gateway/authoring/play.h"

#include <charconv>
#include <fmt/format.h>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string prefixed(std::string_view mark, std::string_view text) {
  std::string out;
  for (const auto line : lines_of(text))
    out += fmt::format("{}{}{}\n", mark, line.empty() ? "" : " ", line);
  return out;
}

std::string recorded_lines(const trial& t) { return t.recorded().empty() ? "" : "! " + t.recorded() + '\n'; }

class player {
public:
  player(std::string_view text, const std::string& name,
         const std::function<std::unique_ptr<trial>(const play_head&)>& open)
      : lines_(lines_of(text)), name_(name), open_(open) {}

  played all() {
    while (at_ < lines_.size())
      line(lines_[at_]);
    if (!trial_) fail("there is nothing to play; begin with: dial *140#");
    return std::move(out_);
  }

private:
  [[noreturn]] void fail(std::string_view what) const {
    throw std::runtime_error(fmt::format("{}:{}: {}", name_, std::min(at_ + 1, lines_.size()), what));
  }

  void line(std::string_view l) {
    if (l.empty() || l.front() == '#') return keep(l);
    if (!trial_ && head(l)) return keep(l);
    if (l.front() == '|' || l.front() == '!') fail("there is no command before this that it could be compared with");
    if (!trial_) trial_ = open_(head_);
    const std::size_t from = at_ + 1;
    if (!obey(*trial_, l))
      fail(fmt::format("'{}' is not understood; there are: dial, sms, >, drop, time, lang, as, pin", l));
    keep(l);
    compare('|', shows_page(l) ? page_lines(*trial_) : std::string(), from);
    compare('!', shows_page(l) ? recorded_lines(*trial_) : std::string(), from);
  }

  void keep(std::string_view l) {
    (out_.transcript += l) += '\n';
    ++at_;
  }

  static bool shows_page(std::string_view l) {
    return l.front() == '>' || l.starts_with("dial") || l.starts_with("sms ") || l == "drop";
  }

  bool head(std::string_view l) {
    const auto colon = l.find(": ");
    if (colon == std::string_view::npos) return false;
    const auto key = l.substr(0, colon), value = l.substr(colon + 2);
    if (key == "menu")
      head_.menu = value;
    else if (key == "pack")
      head_.pack = value;
    else if (key == "at")
      head_.settings.at = value;
    else if (key == "lang")
      head_.settings.language = value;
    else if (key == "as") {
      if (std::from_chars(value.data(), value.data() + value.size(), head_.settings.as).ec != std::errc{})
        fail("'as' wants a telephone number in digits");
    } else
      return false;
    return true;
  }

  // What the file says here, against what is; the transcript gets what is.
  void compare(char mark, const std::string& is, std::size_t command_line) {
    std::string expected;
    for (; at_ < lines_.size() && !lines_[at_].empty() && lines_[at_].front() == mark; ++at_)
      (expected += lines_[at_]) += '\n';
    out_.transcript += is;
    if (expected.empty() || expected == is) return;
    std::string told = fmt::format("{}:{}: {}\n", name_, command_line, lines_[command_line - 1]);
    told += prefixed("-", expected) + prefixed("+", is.empty() ? std::string(1, mark) + " (nothing)\n" : is);
    out_.differences.push_back(std::move(told));
  }

  std::vector<std::string_view> lines_;
  const std::string& name_;
  const std::function<std::unique_ptr<trial>(const play_head&)>& open_;
  std::size_t at_ = 0;
  play_head head_;
  std::unique_ptr<trial> trial_;
  played out_;
};

} // namespace

bool obey(trial& t, std::string_view line) {
  const auto space = line.find(' ');
  const auto word = line.substr(0, space);
  const auto rest = space == std::string_view::npos ? std::string_view{} : line.substr(space + 1);
  if (word == "dial") return t.dial(rest.empty() ? std::string_view{t.menu().dial} : rest), true;
  if (word == "sms") return t.line(rest), true;
  if (word == ">") return t.answer(rest), true;
  if (word == "drop") return t.drop(), true;
  if (word == "time") return t.set_time(rest);
  if (word == "lang") return t.set_language(rest);
  if (word == "as") return t.set_person(rest);
  if (word != "pin") return false;
  if (rest != "wrong" && rest != "locked") return false;
  t.next_pin(rest == "wrong" ? menus::pin_verdict::wrong : menus::pin_verdict::locked);
  return true;
}

std::string page_lines(const trial& t) { return prefixed("|", t.page()); }

played play(std::string_view text, const std::string& name,
            const std::function<std::unique_ptr<trial>(const play_head&)>& open) {
  return player(text, name, open).all();
}

} // namespace tallyline::gateway
