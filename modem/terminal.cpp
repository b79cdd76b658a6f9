#include "modem/terminal.h"

#include "modem/screen.h"

#include <algorithm>
#include <utility>

namespace tallyline::modem {
namespace {

constexpr std::uint8_t xon = 0x11, xoff = 0x13;
constexpr std::size_t most_ahead = 2048; // octets typed ahead; what comes beyond is lost
// So much more garbage than text, and nobody is there: half a second of noise at 2400 bit/s, or an evening of typing
// on a poor line.
constexpr std::size_t most_noise = 120;
constexpr std::size_t rows_kept = 3; // for what stands around a page: the line before it, its question, one to spare

// RFC 854: IAC, and what follows it.
constexpr std::uint8_t iac = 0xFF, will = 0xFB, dont = 0xFE, sub = 0xFA, sub_end = 0xF0;
enum telnet_state : std::uint8_t { plain, command, option, in_sub, in_sub_iac };

} // namespace

terminal::terminal(terminal_settings s, clock::time_point now)
    : settings_(s), reader_(s.set), last_heard_(now), held_since_(now) {}

void terminal::set_charset(charset set) {
  settings_.set = set;
  reader_ = charset_reader(set);
}

void terminal::take(octets_view octets, clock::time_point now) {
  last_heard_ = now;
  for (const std::uint8_t o : octets) {
    if (!pass(o, now)) continue;
    if (in_.size() - at_ < most_ahead)
      in_ += static_cast<char>(o);
    else
      spoilt(); // nobody types so far ahead
  }
}

bool terminal::pass(std::uint8_t octet, clock::time_point now) {
  if (telnet(octet)) return false;
  if (octet == xoff) {
    if (!std::exchange(held_, true)) held_since_ = now;
    return false;
  }
  if (octet == xon) {
    held_ = false;
    return false;
  }
  if (octet == '\r') held_ = false; // whoever presses Enter wants an answer
  return true;
}

// Commands of a Telnet client, which are nothing that anybody typed. Of the character sets only those of one octet
// have 0xFF as a letter, and a command is more than that letter.
bool terminal::telnet(std::uint8_t octet) {
  switch (telnet_) {
  case plain:
    if (octet != iac || settings_.set != charset::utf8) return false;
    telnet_ = command;
    return true;
  case command:
    telnet_ = octet >= will && octet <= dont ? option : octet == sub ? in_sub : plain;
    if (octet < sub_end) spoilt();
    return octet >= sub_end;
  case option:
    telnet_ = plain;
    return true;
  case in_sub:
    if (octet == iac) telnet_ = in_sub_iac;
    return octet != '\r' || (telnet_ = plain, false); // noise that only looked like one
  case in_sub_iac:
    telnet_ = octet == sub_end ? plain : in_sub;
    return true;
  default:
    return false;
  }
}

void terminal::spoilt() {
  ++garbage_;
  unreadable_ = true;
  if (++noise_ > most_noise) noisy_ = true;
}

std::optional<said_on_line> terminal::next(clock::time_point now) {
  if (over_) return std::nullopt;
  while (asking_ && !noisy_ && at_ < in_.size()) {
    const auto octet = static_cast<std::uint8_t>(in_[at_++]);
    if (auto said = read_one(octet)) return said;
  }
  if (at_ == in_.size()) in_.clear(), at_ = 0;
  const auto end_with = [this](heard what) {
    over_ = true;
    asking_ = false;
    return said_on_line{what, {}};
  };
  if (noisy_) return end_with(heard::noise);
  if (held_ && now >= held_since_ + settings_.held) return held_ = false, end_with(heard::held);
  if (now >= last_heard_ + settings_.idle) return end_with(heard::idle);
  return std::nullopt;
}

std::optional<said_on_line> terminal::read_one(std::uint8_t octet) {
  std::string echo;
  std::optional<said_on_line> said;
  for (const char32_t c : reader_.take(octet)) {
    const key k = editor_.take(c, echo);
    if (k == key::garbage) {
      spoilt();
    } else if (k == key::enter) {
      said = line_done();
    } else if (k == key::interrupt || k == key::end) {
      said = said_on_line{k == key::end ? heard::bye : heard::interrupt, {}};
      asking_ = unreadable_ = false;
    }
    if (said) break;
  }
  say(echo);
  return said;
}

std::optional<said_on_line> terminal::line_done() {
  asking_ = false;
  if (std::exchange(unreadable_, false)) return said_on_line{heard::unreadable, {}};
  noise_ /= 2; // a whole line of text: somebody is there
  return said_on_line{heard::line, editor_.text()};
}

std::optional<clock::time_point> terminal::deadline() const {
  if (over_) return std::nullopt;
  const auto idle = last_heard_ + settings_.idle;
  return held_ ? std::min(idle, held_since_ + settings_.held) : idle;
}

void terminal::say(std::string_view utf8) { out_ += encoded(settings_.set, utf8); }

void terminal::print(std::string_view utf8) {
  for (const auto& line : wrapped(utf8, settings_.columns - 1)) {
    say(line);
    out_ += "\r\n";
  }
}

void terminal::page(std::string_view utf8) {
  const auto lines = wrapped(utf8, settings_.columns - 1);
  out_ += settings_.ansi ? "\x1B[H\x1B[2J\x1B[1m" : "\r\n"; // ECMA-48: home, erase all, bold
  for (std::size_t i = 0; i < lines.size(); ++i) {
    say(lines[i]);
    if (i == 0 && settings_.ansi) out_ += "\x1B[0m";
    out_ += "\r\n";
  }
}

void terminal::ask(std::string_view prompt, bool secret) {
  say(prompt);
  editor_.begin(std::string(prompt), secret, settings_.columns);
  asking_ = true;
  unreadable_ = false;
}

std::string terminal::output(std::size_t most) {
  if (held_) return {};
  std::string some = out_.substr(0, most);
  out_.erase(0, some.size());
  return some;
}

std::vector<std::uint8_t> terminal::unread() {
  std::vector<std::uint8_t> rest(in_.begin() + static_cast<std::ptrdiff_t>(at_), in_.end());
  in_.clear();
  at_ = 0;
  asking_ = false;
  return rest;
}

bool terminal::fits(std::string_view utf8) const {
  return wrapped(utf8, settings_.columns - 1).size() + rows_kept <= settings_.rows;
}

} // namespace tallyline::modem
