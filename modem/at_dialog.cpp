#include "modem/at_dialog.h"

#include <algorithm>

namespace tallyline::modem {
namespace {

constexpr char ctrl_z = 0x1A, escape_key = 0x1B;
constexpr std::uint8_t lf = 0x0A;
constexpr std::size_t most_lines = 1024; // of one answer

// "AT+CREG?" is answered by "+CREG:".
std::string asked_by(std::string_view command) {
  const auto sign = command.find_first_of("+^$*%", 2);
  if (sign != 2) return {};
  const auto end = command.find_first_of("=?;", sign);
  std::string prefix(command.substr(sign, end == std::string_view::npos ? end : end - sign));
  for (char& c : prefix)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return prefix + ":";
}

bool is_hex(std::string_view s) {
  return s.size() >= 2 && s.size() % 2 == 0 && s.find_first_not_of("0123456789ABCDEFabcdef") == std::string_view::npos;
}

// A PDU that the line or the SIM has spoilt: told as it is, lest the next message's be taken for it.
bool is_nearly_hex(std::string_view s) {
  constexpr std::size_t shortest = 16;
  const auto digits = std::count_if(s.begin(), s.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
  });
  return s.size() >= shortest && static_cast<std::size_t>(digits) * 4 >= s.size() * 3;
}

} // namespace

void at_dialog::submit(at_command c, clock::time_point now, actions& out) {
  queue_.push_back(std::move(c));
  start_next(now, out);
}

void at_dialog::submit_next(at_command c, clock::time_point now, actions& out) {
  queue_.push_front(std::move(c));
  start_next(now, out);
}

void at_dialog::start_next(clock::time_point now, actions& out) {
  if (running_ || queue_.empty() || (next_at_ && now < *next_at_)) return;
  next_at_.reset();
  running r;
  r.so_far.command = std::move(queue_.front());
  queue_.pop_front();
  r.asked = asked_by(r.so_far.command.text);
  r.until = now + r.so_far.command.patience;
  last_sent_ = r.so_far.command.text;
  splitter_.expect_prompt(!r.so_far.command.message.empty());
  out.emplace_back(r.so_far.command.text + '\r');
  running_ = std::move(r);
}

std::size_t at_dialog::step(octets_view octets, clock::time_point now, actions& out) {
  connected_ = false;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const auto what = splitter_.push(octets[i]);
    if (what == at_lines::item::noise) ++noise_;
    if (what == at_lines::item::prompt) on_prompt(out);
    if (what == at_lines::item::line) on_line(now, out);
    if (!connected_) continue;
    // The LF of CONNECT's CR LF is no octet of the call (V.250 5.7.1); digits come with a CR alone.
    takes_line_feed_ = verbose_ && octets[i] != lf;
    splitter_.clear();
    return i + 1;
  }
  return octets.size();
}

void at_dialog::on_prompt(actions& out) {
  if (!running_ || running_->prompted) return;
  running_->prompted = true;
  last_sent_ = running_->so_far.command.message;
  out.emplace_back(running_->so_far.command.message + ctrl_z);
}

bool at_dialog::is_echo(std::string_view line) {
  if (last_sent_.empty() || line != last_sent_) return false;
  echoes_ = true;
  return true;
}

bool at_dialog::is_awaited_pdu(std::string_view line, actions& out) {
  if (!without_pdu_ || !is_hex(line)) return false;
  take_pdu(line, out);
  return true;
}

void at_dialog::take_pdu(std::string_view line, actions& out) {
  without_pdu_->text = line;
  out.emplace_back(std::move(*without_pdu_));
  without_pdu_.reset();
}

void at_dialog::on_line(clock::time_point now, actions& out) {
  const std::string& line = splitter_.text();
  if (is_echo(line) || is_awaited_pdu(line, out)) return;
  if (line == "OK" || line == "ERROR") verbose_ = true;
  if (const auto code = read_code(line, !verbose_)) {
    const bool of_a_call = code->status != at_status::ok && code->status != at_status::error;
    if (running_ && (!of_a_call || running_->so_far.command.connects)) return finish(code->status, *code, now, out);
    // NO CARRIER tells of a call that is over, whatever is being asked meanwhile.
    if (code->status == at_status::no_carrier)
      out.emplace_back(at_event{at_event::kind::carrier_gone, {}, -1});
    else if (!running_)
      ++noise_; // an answer to what was given up already
    return;
  }
  if (!verbose_ && line == "2") return out.emplace_back(at_event{at_event::kind::ring, {}, -1}), void();
  if (auto event = read_event(line, running_ ? std::string_view(running_->asked) : std::string_view{})) {
    const bool pdu_follows = event->what == at_event::kind::message || event->what == at_event::kind::report;
    if (pdu_follows)
      without_pdu_ = std::move(*event);
    else
      out.emplace_back(std::move(*event));
    return;
  }
  if (without_pdu_ && is_nearly_hex(line)) return take_pdu(line, out);
  if (running_ && running_->so_far.lines.size() < most_lines)
    running_->so_far.lines.push_back(line);
  else
    ++noise_;
}

void at_dialog::finish(at_status s, const at_code& code, clock::time_point now, actions& out) {
  at_result result = std::move(running_->so_far);
  running_.reset();
  result.status = s;
  result.code = code;
  result.said = s == at_status::connect ? std::string(code.said) : in_words(code);
  result.code.said = {};
  splitter_.expect_prompt(false);
  connected_ = s == at_status::connect;
  next_at_ = now + pause_;
  out.emplace_back(std::move(result));
}

void at_dialog::tick(clock::time_point now, actions& out) {
  if (running_ && running_->until <= now) {
    // It may still wait for the rest of a message (3GPP TS 27.005 3.5.1).
    if (!running_->so_far.command.message.empty()) out.emplace_back(std::string(1, escape_key));
    finish(at_status::silent, at_code{.status = at_status::silent, .said = {}}, now, out);
  }
  start_next(now, out);
}

std::optional<clock::time_point> at_dialog::due() const {
  if (running_) return running_->until;
  if (!queue_.empty()) return next_at_;
  return std::nullopt;
}

void at_dialog::clear() {
  queue_.clear();
  running_.reset();
  without_pdu_.reset();
  next_at_.reset();
  last_sent_.clear();
  splitter_.clear();
  splitter_.expect_prompt(false);
  takes_line_feed_ = false;
}

} // namespace tallyline::modem
