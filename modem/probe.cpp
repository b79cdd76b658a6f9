#include "modem/probe.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace tallyline::modem {
namespace {

using namespace std::chrono_literals;
using lines = std::vector<std::string>;

std::string joined(const lines& all) {
  std::string s;
  for (const auto& l : all)
    s += (s.empty() ? "" : " ") + l;
  return s;
}
// Behind the prefix where there is one.
std::string answer(const lines& all) {
  std::string s = joined(all);
  if (s.starts_with('+'))
    if (const auto colon = s.find(':'); colon != std::string::npos)
      s.erase(0, std::min(s.find_first_not_of(' ', colon + 1), s.size()));
  if (s.size() > 1 && s.front() == '"' && s.back() == '"') s = s.substr(1, s.size() - 2);
  return s;
}
std::string signal(const lines& all) {
  const int n = all.empty() ? 99 : number_parameter(all[0], 0).value_or(99); // 27.007 8.5
  return n > 31 ? "not known"
                : fmt::format("{} of 31 ({} dBm){}", n, -113 + 2 * n, n < 10 ? ", weak: move the antenna" : "");
}
std::string registration(const lines& all) {
  constexpr std::array<std::string_view, 6> words = {
      "not registered",         "registered at home", "looking for a network",
      "refused by the network", "not known",          "registered, roaming"};
  const auto n = all.empty() ? std::nullopt : number_parameter(all[0], 1); // 27.007 7.2
  if (!n) return {};
  return std::string(*n >= 0 && *n < 6 ? words[static_cast<std::size_t>(*n)] : words[4]);
}
// Some modems without a SIM answer OK to whatever they do not know, or a digit.
std::string sim(const lines& all) {
  const auto said = answer(all);
  if (said.size() < 3) return {};
  if (said == "READY") return "open";
  if (said == "SIM PIN") return "wants its PIN: set sim_pin";
  return said == "SIM PUK" ? "locked: three wrong PINs were entered, only its PUK opens it" : said;
}
std::string operator_name(const lines& all) { return all.empty() ? "" : std::string(parameter(all[0], 2)); }
std::string can(const lines& all) {
  return joined(all).find_first_of("0123456789") == std::string::npos ? "" : "yes"; // the values that it takes
}

struct question {
  const char* command;
  const char* item; // nullptr: only tells who it is
  std::string (*read)(const lines&);
};
constexpr std::array questions = std::to_array<question>({
    {"ATE0V1Q0", nullptr, nullptr},
    {"ATI", "says of itself (ATI)", joined},
    {"ATI3", "and (ATI3)", joined},
    {"AT+CMEE=1", nullptr, nullptr},
    {"AT+CGMI", "manufacturer", answer},
    {"AT+CGMM", "model", answer},
    {"AT+CGMR", "firmware", answer},
    {"AT+GMI", "manufacturer", answer},
    {"AT+GMM", "model", answer},
    {"AT+CPIN?", "SIM", sim},
    {"AT+CREG?", "network", registration},
    {"AT+COPS?", "operator", operator_name},
    {"AT+CSQ", "signal", signal},
    {"AT+GCAP", "capabilities", answer},
    {"AT+FCLASS=?", "classes (0: data)", answer},
    {"AT+CLIP=?", "caller number, GSM", can},
    {"AT+VCID=?", "caller number, +VCID", can},
    {"AT+CMGF=?", "short messages", can},
});

constexpr auto refused_is_worth_telling = std::string_view("SIM");

} // namespace

probe::probe(port_maker& ports, port_settings s, std::vector<unsigned> speeds, std::vector<profile> profiles,
             std::function<void(const probe_result&)> done)
    : speeds_(std::move(speeds)), profiles_(std::move(profiles)), done_(std::move(done)) {
  s.speed = speeds_.front();
  s.flow = flow_control::none; // a modem that does not raise CTS would hear nothing
  port_ = ports.make(s, *this);
}

probe::~probe() = default;

void probe::on_opened() {
  port_->set_dtr(true);
  ask("AT", 1s);
  watch();
}

void probe::on_closed(const std::string& why) {
  result_.trouble = why;
  finish();
}

void probe::on_octets(octets_view octets) {
  heard_ = true;
  at_dialog::actions actions;
  dialog_.step(octets, port_->now(), actions);
  carry_out(actions);
  watch();
}

void probe::on_due() {
  at_dialog::actions actions;
  dialog_.tick(port_->now(), actions);
  carry_out(actions);
  watch();
}

void probe::ask(std::string text, std::chrono::milliseconds patience) {
  at_command c;
  c.text = std::move(text);
  c.patience = patience;
  at_dialog::actions actions;
  dialog_.submit(std::move(c), port_->now(), actions);
  carry_out(actions);
}

void probe::carry_out(at_dialog::actions& actions) {
  for (auto& a : actions) {
    if (const auto* octets = std::get_if<std::string>(&a))
      port_->write({reinterpret_cast<const std::uint8_t*>(octets->data()), octets->size()});
    else if (const auto* r = std::get_if<at_result>(&a))
      on_result(*r);
  }
}

void probe::on_result(const at_result& r) {
  if (asking_) {
    note(r);
    return next_question();
  }
  if (r.status != at_status::silent) {
    asking_ = result_.answered = true;
    result_.speed = speeds_[tries_ / 2];
    return next_question();
  }
  if (++tries_ < 2 * speeds_.size()) {
    if (tries_ % 2 == 0) port_->set_speed(speeds_[tries_ / 2]);
    return ask("AT", 1s);
  }
  std::string tried;
  for (const auto s : speeds_)
    tried += fmt::format("{}{}", tried.empty() ? "" : ", ", s);
  result_.trouble = fmt::format(
      "nothing answers AT at {} bit/s{}. Is it switched on, and is this its AT port (USB modems have several: try the "
      "next one)? Is its cable whole? If it may be in a call or stuck, switch it off and on",
      tried, heard_ ? ", though something is said that is no answer: perhaps at another speed (--speed)" : "");
  finish();
}

void probe::next_question() {
  if (question_ == questions.size()) {
    if (const auto* p = recognise(profiles_, identity_)) result_.profile = p->name;
    return finish();
  }
  ask(questions[question_].command, question_ == 0 ? 3s : 5s);
}

void probe::note(const at_result& r) {
  const auto& q = questions[question_++];
  if (!q.item) return;
  if (!r.ok()) {
    if (q.item == refused_is_worth_telling && r.code.equipment) result_.findings.push_back({q.item, r.said});
    return;
  }
  if (q.read == joined || q.read == answer) identity_ += joined(r.lines) + "\n";
  auto value = q.read(r.lines);
  const auto told = [&](const probe_finding& f) { return f.value == value; };
  if (value.empty() || std::any_of(result_.findings.begin(), result_.findings.end(),
                                   [&](const auto& f) { return told(f) && q.read != can; }))
    return;
  result_.findings.push_back({q.item, std::move(value)});
}

void probe::finish() {
  if (const auto done = std::exchange(done_, nullptr)) {
    dialog_.clear();
    if (port_) port_->release();
    done(result_);
  }
}

void probe::watch() {
  if (done_) port_->wake_at(dialog_.due());
}

} // namespace tallyline::modem
