// What a modem's answers and unsolicited messages mean to its line.
#include "modem/line.h"

#include <algorithm>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace tallyline::modem {
namespace {

using namespace std::chrono_literals;
constexpr std::size_t compared_digits = 9; // of a number: what is before them is how one dials it from here

std::string digits_of(std::string_view number) {
  std::string d;
  for (const char c : number)
    if (c >= '0' && c <= '9') d += c;
  return d.size() > compared_digits ? d.substr(d.size() - compared_digits) : d;
}

bool holds(const std::vector<std::string>& all, std::string_view number) {
  const auto wanted = digits_of(number);
  return std::any_of(all.begin(), all.end(), [&](const auto& one) { return digits_of(one) == wanted; });
}

// The speed that some tell ahead of CONNECT: CARRIER 28800, +MRR: 28800 (V.250 6.4).
unsigned hint_in(const std::vector<std::string>& lines) {
  for (const auto& l : lines)
    if (l.starts_with("CARRIER ") || l.starts_with("+MRR:")) return connect_speed(l, 0);
  return 0;
}

bool is_registered(int stat) { return stat == 1 || stat == 5; }

std::string_view registration_in_words(int stat) {
  switch (stat) {
  case 0:
    return "not registered, and not looking for a network";
  case 2:
    return "looking for a network";
  case 3:
    return "the network refuses this SIM";
  default:
    return "registration unknown";
  }
}

} // namespace

void line::on_result(const at_result& r) {
  if (sms_fsm::is_ours(r.command.tag)) {
    if (r.status == at_status::silent && r.command.message.empty()) return step(line_event::silent);
    if (messages_) sms(messages_->result(r, port_->now()));
    if (idle()) owner_.in_service(number_);
    return;
  }
  const auto outcome = r.ok()                          ? line_event::answered
                       : r.status == at_status::silent ? line_event::silent
                                                       : line_event::refused;
  switch (static_cast<job>(r.command.tag)) {
  case setting_up:
    return on_set_up(r);
  case sim:
    return on_sim(r);
  case pin:
    return on_pin(r);
  case network:
    return on_network(r);
  case signal:
    for (const auto& l : r.lines)
      if (l.starts_with("+CSQ:")) figures_.signal = number_parameter(l, 0).value_or(-1);
    if (figures_.signal == 99) figures_.signal = -1; // 27.007 8.5: not known
    return;
  case check:
    return on_check(r);
  case answering:
  case dialling:
    return on_call_result(r);
  case alive:
  case hanging:
  case resetting:
    return step(outcome);
  case nobody:
    return;
  }
}

void line::on_set_up(const at_result& r) {
  if (r.status == at_status::silent) {
    dialog_.clear();
    return step(line_event::silent);
  }
  if (r.ok())
    ++set_up_taken_;
  else
    spdlog::warn("{}: {} was refused and is passed over: {}", settings_.name, r.command.text, r.said);
  if (--set_up_left_ == 0) step(set_up_taken_ > 0 ? line_event::answered : line_event::refused);
}

void line::on_sim(const at_result& r) {
  if (r.status == at_status::silent) return step(line_event::silent);
  if (!r.ok()) return step(line_event::blocked, r.said);
  std::string said;
  for (const auto& l : r.lines)
    if (l.starts_with("+CPIN:")) said = parameter(l, 0);
  if (said == "READY") return step(line_event::answered);
  if (said != "SIM PIN") return step(line_event::blocked, said.empty() ? "no word about its PIN" : said + " is wanted");
  if (settings_.sim_pin.empty()) return step(line_event::blocked, "a PIN is wanted: set sim_pin");
  // Three wrong ones lock the SIM for good.
  if (pin_refused_) return step(line_event::blocked, "the PIN was refused and is not tried again: correct sim_pin");
  ask(fmt::format("AT+CPIN=\"{}\"", settings_.sim_pin), pin, 30s);
}

void line::on_pin(const at_result& r) {
  if (r.status == at_status::silent) return step(line_event::silent);
  pin_refused_ = !r.ok();
  ask("AT+CPIN?", sim, 10s);
}

void line::on_network(const at_result& r) {
  if (r.status == at_status::silent) return step(line_event::silent);
  int stat = -1;
  for (const auto& l : r.lines)
    if (l.starts_with("+CREG:")) stat = number_parameter(l, 1).value_or(-1);
  if (is_registered(stat)) return step(line_event::registered);
  figures_.detail = r.ok() ? registration_in_words(stat) : r.said;
}

void line::on_check(const at_result& r) {
  if (r.status == at_status::silent) return step(line_event::silent);
  for (const auto& l : r.lines)
    if (l.starts_with("+CREG:"))
      if (const auto stat = number_parameter(l, 1); stat && !is_registered(*stat))
        return step(line_event::unregistered);
  if (settings_.profile.gsm && figures_.signal >= 0)
    figures_.detail = fmt::format("registered, signal {}", figures_.signal);
  step(r.ok() ? line_event::answered : line_event::refused);
}

void line::on_call_result(const at_result& r) {
  if (r.status == at_status::connect) {
    speed_hint_ = hint_in(r.lines);
    info_.connect = r.said;
    return step(line_event::connected);
  }
  call_failure_ = r.said;
  // Without a word it may still be training, or stuck.
  step(r.status == at_status::silent ? line_event::silent : line_event::failed, r.said);
}

void line::on_event(const at_event& e) {
  using kind = at_event::kind;
  switch (e.what) {
  case kind::ring:
    return on_ring();
  case kind::caller:
    return on_caller(e.text);
  case kind::carrier_gone:
    return step(line_event::carrier_lost);
  case kind::registration:
    if (is_registered(e.number)) return step(line_event::registered);
    // Cells are left and entered all the time: asked at the next check before it counts.
    return;
  case kind::sim:
    if (e.text == "READY" && fsm_.state() == line_state::blocked) return step(line_event::answered);
    if (e.text == "NOT INSERTED" || e.text == "NOT READY") return step(line_event::blocked, e.text);
    return;
  case kind::signal:
    figures_.signal = e.number;
    return;
  case kind::restarted:
    return step(line_event::restarted);
  case kind::message:
  case kind::report:
  case kind::message_stored:
  case kind::report_stored:
    if (messages_) sms(messages_->event(e, port_->now()));
    return;
  case kind::other:
    return;
  }
}

void line::on_ring() {
  if (fsm_.state() != line_state::idle && fsm_.state() != line_state::ringing) return;
  if (fsm_.state() == line_state::idle) {
    rings_ = 0;
    caller_told_ = passed_over_ = false;
    caller_.clear();
    ++figures_.rings;
  }
  ++rings_;
  step(line_event::ring);
  decide_on_call();
}

// Some tell the number ahead of the first RING.
void line::on_caller(std::string_view number) {
  if (fsm_.state() == line_state::idle) on_ring();
  caller_ = number;
  caller_told_ = true;
  figures_.caller = caller_;
  decide_on_call();
}

bool line::welcome(std::string_view caller) const {
  if (digits_of(caller).empty()) return settings_.anonymous && settings_.allow.empty();
  if (holds(settings_.refuse, caller)) return false;
  return settings_.allow.empty() || holds(settings_.allow, caller);
}

void line::decide_on_call() {
  if (fsm_.state() != line_state::ringing || passed_over_ || settings_.answer_after == 0) return;
  // The number comes with the first ring (GSM) or behind it: one ring more is worth knowing who it is.
  const bool known = caller_told_ || settings_.profile.caller_id_on.empty() || rings_ > settings_.answer_after;
  if (!known || (rings_ < settings_.answer_after && welcome(caller_))) return;
  if (welcome(caller_)) {
    ++figures_.answered;
    return step(line_event::accept);
  }
  if (!caller_told_ && rings_ < settings_.answer_after) return;
  passed_over_ = true;
  ++figures_.refused;
  spdlog::info("{}: a call from {} is not answered: not allowed", settings_.name, caller_.empty() ? "nobody" : caller_);
  // A line's own modem can only let it ring; a GSM modem can say no.
  if (settings_.profile.gsm) step(line_event::reject);
}

} // namespace tallyline::modem
