#include "modem/line.h"

#include <algorithm>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <utility>

namespace tallyline::modem {
namespace {

using namespace std::chrono_literals;

line_traits traits_of(const line_settings& s) {
  return {.gsm = s.profile.gsm,
          .dtr_hangs_up = s.profile.dtr_hangs_up,
          .has_power = !s.power_command.empty(),
          .speeds = s.profile.speeds.size()};
}

line_timing timing_of(const line_settings& s) {
  line_timing t;
  t.guard = s.profile.guard;
  t.answer_within = s.profile.answer_within + 5s;
  return t;
}

octets_view octets_of(std::string_view s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }

} // namespace

line::line(std::size_t number, line_settings s, port_maker& ports, line_owner& owner)
    : number_(number), settings_(std::move(s)), ports_(ports), owner_(owner), dialog_(settings_.profile.pause),
      fsm_(timing_of(settings_), traits_of(settings_)) {
  if (settings_.messages && settings_.profile.messages) messages_.emplace(settings_.profile.new_messages);
  if (!settings_.traffic_log.empty()) log_.emplace(settings_.traffic_log);
  figures_.name = settings_.name;
  figures_.port = settings_.port.path;
  figures_.profile = settings_.profile.name;
}

line::~line() = default;

void line::start() {
  const profile& p = settings_.profile;
  settings_.port.speed = p.speeds.front();
  settings_.port.flow = p.flow == "hardware"   ? flow_control::hardware
                        : p.flow == "software" ? flow_control::software
                                               : flow_control::none;
  port_ = ports_.make(settings_.port, *this);
}

void line::stop() {
  if (!port_) return owner_.released(number_);
  step(line_event::stop);
  watch();
}

void line::step(line_event e, std::string_view why, std::chrono::seconds limit) {
  perform(fsm_.step({e, why, limit}, port_->now()));
}

void line::perform(const line_fsm::outcome& out) {
  tell(out);
  for (const auto a : out.actions)
    perform(a, out);
}

void line::tell(const line_fsm::outcome& out) {
  if (out.report.empty() || out.report == figures_.detail) return;
  figures_.detail = out.report;
  if (fsm_.state() == line_state::recovering || fsm_.state() == line_state::broken) figures_.last_recovery = out.report;
  if (log_) log_->remark(out.report);
  spdlog::log(out.warning ? spdlog::level::warn : spdlog::level::info, "{}: {}", settings_.name, out.report);
}

void line::perform(line_action a, const line_fsm::outcome& out) {
  const profile& p = settings_.profile;
  switch (a) {
  case line_action::ask_alive:
    return ask("AT", alive, 2s);
  case line_action::first_speed:
  case line_action::next_speed:
    told_in_service_ = false;
    speed_ = a == line_action::first_speed ? 0 : (speed_ + 1) % p.speeds.size();
    return port_->set_speed(p.speeds[speed_]);
  case line_action::set_up:
    return set_up();
  case line_action::unlock:
    return ask("AT+CPIN?", sim, 10s);
  case line_action::ask_network:
    ask("AT+CSQ", signal);
    return ask("AT+CREG?", network);
  case line_action::check:
    if (p.gsm) ask("AT+CSQ", signal);
    ask(p.gsm ? "AT+CREG?" : "AT", check);
    if (messages_) sms(messages_->look_again(port_->now()));
    return;
  case line_action::in_service:
    return in_service();
  case line_action::answer:
    return ask(p.answer, answering, p.answer_within);
  case line_action::dial:
    return ask(p.dial + dialling_->numbers[dialled_], dialling, std::chrono::seconds(dialling_->answer_s));
  case line_action::call_up:
    return call_up();
  case line_action::call_down:
    return call_down(out.end);
  case line_action::call_failed:
    return call_failed();
  case line_action::forget:
    dialog_.clear();
    port_->discard_unsent();
    if (messages_) sms(messages_->out_of_service());
    return;
  case line_action::dtr_low:
  case line_action::dtr_high: {
    const bool high = a == line_action::dtr_high;
    const bool has = port_->set_dtr(high);
    if (log_ && has) log_->remark(high ? "DTR high" : "DTR low");
    fsm_.set_dtr_works(has && p.dtr_hangs_up);
    return;
  }
  case line_action::escape:
    return write(p.escape);
  case line_action::hang_up:
    return ask(p.hang_up, hanging, 10s);
  case line_action::reset:
    ++figures_.resets;
    return ask(p.reset, resetting, 10s);
  case line_action::power:
    return port_->run_power(settings_.power_command);
  case line_action::reopen:
    return port_->reopen();
  case line_action::release:
    if (log_) log_->flush();
    port_->release();
    return owner_.released(number_);
  }
}

void line::ask(std::string text, job whose, std::chrono::milliseconds patience) {
  at_command c;
  c.text = std::move(text);
  c.patience = patience;
  c.tag = whose;
  c.connects = whose == answering || whose == dialling;
  at_dialog::actions actions;
  // A call does not wait behind short messages.
  if (c.connects)
    dialog_.submit_next(std::move(c), port_->now(), actions);
  else
    dialog_.submit(std::move(c), port_->now(), actions);
  carry_out(actions);
}

void line::set_up() {
  const profile& p = settings_.profile;
  set_up_left_ = p.init.size() + (p.caller_id_on.empty() ? 0 : 1) + 1;
  set_up_taken_ = 0;
  ask("AT", setting_up); // what refuses even this is no modem, or has gone mad
  for (const auto& command : p.init)
    ask(command, setting_up);
  if (!p.caller_id_on.empty()) ask(p.caller_id_on, setting_up);
}

void line::in_service() {
  rings_ = 0;
  figures_.caller.clear();
  figures_.speed = 0;
  if (dialling_) {
    if (dialled_ < dialling_->numbers.size())
      return step(line_event::dial, {}, std::chrono::seconds(dialling_->answer_s));
    const auto failed = std::move(dialling_->failed);
    dialling_.reset();
    if (failed) failed(dial_failures_);
    if (!idle()) return; // it dials again
  }
  figures_.detail =
      settings_.profile.gsm && figures_.signal >= 0 ? fmt::format("registered, signal {}", figures_.signal) : "";
  if (!std::exchange(told_in_service_, true))
    spdlog::info("{}: in service{}{}", settings_.name, figures_.detail.empty() ? "" : ", ", figures_.detail);
  if (messages_) sms(messages_->in_service());
  owner_.in_service(number_);
}

void line::dial(dial_request r) {
  dialling_ = std::move(r);
  dialled_ = 0;
  dial_failures_.clear();
  step(line_event::dial, {}, std::chrono::seconds(dialling_->answer_s));
  watch();
}

bool line::in_call() const { return fsm_.state() == line_state::connected || fsm_.state() == line_state::draining; }

void line::write(std::string_view octets) {
  if (log_) log_->octets(true, octets_of(octets));
  port_->write(octets_of(octets));
}

void line::carry_out(at_dialog::actions& actions) {
  for (auto& a : actions) {
    if (auto* octets = std::get_if<std::string>(&a))
      write(*octets);
    else if (const auto* result = std::get_if<at_result>(&a))
      on_result(*result);
    else
      on_event(std::get<at_event>(a));
  }
}

// Everything the port tells ends with this: the port has one timer, set to what is due first.
void line::watch() {
  if (!port_ || stopped()) return;
  std::optional<clock::time_point> first;
  const auto sooner = [&](const std::optional<clock::time_point>& t) {
    if (t && (!first || *t < *first)) first = t;
  };
  sooner(fsm_.due());
  if (!in_call()) sooner(dialog_.due());
  if (in_call()) {
    sooner(wake_);
    sooner(carrier_.due());
  }
  sooner(soon_);
  if (first == watched_) return;
  watched_ = first;
  port_->wake_at(first);
}

void line::on_due() {
  watched_.reset();
  const auto now = port_->now();
  if (soon_ && *soon_ <= now) {
    soon_.reset();
    if (has_left()) step(line_event::sent);
  }
  if (!in_call()) {
    at_dialog::actions actions;
    dialog_.tick(now, actions);
    carry_out(actions);
  } else {
    if (carrier_.due() && *carrier_.due() <= now) {
      octets_view rest;
      if (carrier_.silent(rest))
        step(line_event::carrier_lost);
      else if (!rest.empty() && handler_)
        handler_->on_bytes(rest);
    }
    if (in_call() && handler_ && wake_ && *wake_ <= now) {
      wake_.reset();
      handler_->on_wake(now);
    }
  }
  if (fsm_.due() && *fsm_.due() <= now) step(line_event::timer);
  watch();
}

void line::on_opened() {
  speed_ = 0;
  figures_.detail.clear();
  spdlog::info("{}: {} is open", settings_.name, settings_.port.path);
  step(line_event::opened);
  watch();
}

void line::on_closed(const std::string& why) {
  if (fsm_.state() != line_state::absent) ++figures_.port_losses;
  step(line_event::closed, why);
  watch();
}

void line::on_power_done(const std::string& failure) {
  step(line_event::power_done, failure);
  watch();
}

void line::on_octets(octets_view octets) {
  if (log_) log_->octets(false, octets);
  while (!octets.empty()) {
    if (in_call()) {
      take_call_octets(octets);
      break;
    }
    at_dialog::actions actions;
    octets = octets.subspan(dialog_.step(octets, port_->now(), actions));
    carry_out(actions);
  }
  watch();
}

void line::on_sent() {
  if (has_left()) step(line_event::sent);
  if (in_call() && refused_octets_ && port_->unsent() <= low_water) {
    refused_octets_ = false;
    if (handler_) handler_->on_writable();
  }
  watch();
}

void line::on_carrier(bool there) {
  if (!settings_.profile.carrier_follows) return;
  if (there) saw_carrier_ = true;
  if (!there && saw_carrier_ && in_call() && !lent_) {
    if (log_) log_->remark("DCD fell");
    step(line_event::carrier_lost);
  }
  watch();
}

line_figures line::figures() const {
  line_figures f = figures_;
  f.state = rule_of(fsm_.state()).name;
  f.recoveries = fsm_.recoveries();
  f.state_since = fsm_.since();
  f.garbage = dialog_.noise();
  if (fsm_.state() == line_state::connected) {
    f.detail = fmt::format("{} octets in, {} out", carried_.octets_in, carried_.octets_out);
    f.seconds += static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::seconds>(port_->now() - info_.since).count());
    f.octets_in += carried_.octets_in;
    f.octets_out += carried_.octets_out;
  }
  return f;
}

void line::sms(sms_fsm::outcome out) {
  if (!out.report.empty()) spdlog::warn("{}: {}", settings_.name, out.report);
  at_dialog::actions actions;
  for (auto& c : out.commands)
    dialog_.submit(std::move(c), port_->now(), actions);
  carry_out(actions);
  figures_.sms_in += out.messages.size();
  for (const auto& m : out.messages)
    owner_.message_came(number_, m.ticket, m.tpdu);
  if (!out.sent) return;
  ++(out.sent->ok ? figures_.sms_out : figures_.sms_failed);
  out.sent->line = number_;
  owner_.message_left(*out.sent);
}

void line::send_message(octets_view tpdu, std::uint64_t token) {
  sms(messages_->send(tpdu, token));
  watch();
}

void line::message_kept(std::uint64_t ticket) {
  if (!messages_) return;
  sms(messages_->kept(ticket));
  watch();
}

void line::message_later(std::uint64_t ticket) {
  if (!messages_) return;
  sms(messages_->later(ticket));
  watch();
}

} // namespace tallyline::modem
