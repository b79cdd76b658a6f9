// The simulated GSM modem: what its network, its callers and time do.
#include "tests/interop/gsm_modem.h"

#include <fmt/format.h>
#include <sstream>

namespace tallyline::tests {
namespace {

constexpr double ring_every = 1.0, training = 0.4, acknowledged_within = 3, report_after = 0.5, boot_takes = 0.5;

// "\r", "\n", "\\" and "\x1A" spelled.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    if (c == 'x' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += c == 'r' ? '\r' : c == 'n' ? '\n' : c;
    }
  }
  return out;
}

} // namespace

gsm_modem::gsm_modem(std::string make, std::function<void(std::string_view)> to_dte,
                     std::function<void(const std::string&)> tell)
    : make_(std::move(make)), to_dte_(std::move(to_dte)), tell_(std::move(tell)) {}

void gsm_modem::tick(double now) {
  now_ = now;
  while (!later_.empty() && later_.begin()->first <= now_) {
    const auto what = std::move(later_.begin()->second);
    later_.erase(later_.begin());
    what();
  }
}

void gsm_modem::boot() {
  later_.clear();
  echo_ = true;
  clip_ = pin_given_ = online_ = off_hook_ = ringing_ = prompted_ = false;
  cmee_ = creg_mode_ = mt_ = ds_ = 0;
  service_ = keeps_service_ ? 1 : 0;
  typed_.clear(), awaited_.clear(), far_.clear();
  starting_ = true;
  after(boot_takes, [this] {
    starting_ = false;
    if (make_ != "wavecom") say("RDY");
  });
}

void gsm_modem::submit(const std::string& pdu) {
  if (next_cms_ != 0) return cms(std::exchange(next_cms_, 0));
  const auto m = read_submit(pdu, length_);
  if (!m) return cms(304);
  after(submit_takes_, [this, m] {
    reference_ = (reference_ + 1) & 0xFF;
    tell_(m->part.total > 1 ? fmt::format("sent {} {}/{} {}", m->to, m->part.number, m->part.total, m->text)
                            : fmt::format("sent {} {}", m->to, m->text));
    answer(fmt::format("+CMGS: {}", reference_));
    if (!m->wants_report || !reports_) return;
    const auto report =
        pdu_writer::report(static_cast<unsigned>(reference_), m->to, static_cast<unsigned>(report_status_));
    after(report_after, [this, report] { arrive(report, true); });
  });
}

// 27.005 3.4.1: by +CNMI's <mt> and <ds>.
void gsm_modem::arrive(const std::string& pdu, bool is_report) {
  const int how = is_report ? ds_ : mt_;
  const bool direct = !online_ && (is_report ? how == 1 : how == 2);
  if (direct) {
    say(fmt::format("{}{}\r\n{}", is_report ? "+CDS: " : "+CMT: ,", pdu.size() / 2 - 1, pdu));
    if (service_ != 1) return;
    awaited_ = pdu;
    after(acknowledged_within, [this, pdu] {
      if (awaited_ == pdu) acknowledge(false), mt_ = ds_ = 0, tell_("unacknowledged: it tells of no more");
    });
    return;
  }
  if (is_report && how == 0) return tell_("a report has nowhere to go");
  int index = 1;
  while (sim_.contains(index))
    ++index;
  if (sim_.size() >= places_) return tell_("the SIM is full");
  sim_[index] = {pdu};
  tell_(fmt::format("stored {}", index));
  if (how != 0 && !online_) say(fmt::format("{}: \"SM\",{}", is_report ? "+CDSI" : "+CMTI", index));
}

void gsm_modem::acknowledge(bool well) {
  tell_(well ? "acknowledged" : "refused: the network will try again");
  awaited_.clear();
}

void gsm_modem::ring() {
  if (!ringing_) return;
  say("RING");
  if (clip_) say(fmt::format("+CLIP: \"{}\",145,\"\",,\"\",0", caller_));
  after(ring_every, [this] { ring(); });
}

void gsm_modem::connect() {
  ringing_ = false;
  after(training, [this] {
    online_ = true;
    say("CONNECT 9600/RLP");
    tell_("connected");
  });
}

void gsm_modem::noise(int octets) {
  std::string all;
  unsigned dice = 7;
  for (int i = 0; i < octets; ++i)
    all += static_cast<char>((dice = dice * 1664525 + 1013904223) >> 24);
  to_dte_(all);
  tell_("noise is over");
}

void gsm_modem::hang_up(std::string_view why) {
  if (online_ || off_hook_ || ringing_) tell_(fmt::format("hung up {}", why));
  online_ = off_hook_ = ringing_ = false;
}

bool gsm_modem::obey(const std::string& line) {
  std::istringstream in(line);
  std::string what;
  in >> what >> std::ws;
  const auto rest = [&] {
    std::string text;
    std::getline(in, text);
    return text;
  };
  const auto number = [&] {
    int n = 0;
    in >> n >> std::ws;
    return n;
  };
  const auto word = [&] {
    std::string w;
    in >> w >> std::ws;
    return w;
  };
  if (what == "sms") {
    const auto from = word();
    arrive(pdu_writer::deliver(from, rest()), false);
  } else if (what == "part") {
    const auto from = word();
    pdu_part p;
    in >> p.reference >> p.total >> p.number >> std::ws;
    arrive(pdu_writer::deliver(from, rest(), p), false);
  } else if (what == "pdu")
    arrive(rest(), false);
  else if (what == "cds")
    arrive(rest(), true);
  else if (what == "ring")
    caller_ = word(), ringing_ = true, ring();
  else if (what == "say")
    online_ ? to_dte_(unescaped(rest())) : tell_("nobody is connected");
  else if (what == "lose") // the carrier
    hang_up("by the far side"), say("NO CARRIER");
  else if (what == "raw") // octets to the DTE, whatever is going on
    to_dte_(unescaped(rest()));
  else if (what == "noise") // so many octets of it
    noise(number());
  else if (what == "mute")
    mute_ = word() != "off";
  else if (what == "error")
    all_error_ = word() != "off";
  else if (what == "pin")
    pin_ = word(), pin_given_ = false;
  else if (what == "busy") // so many answers to AT+CPIN?
    busy_answers_ = number();
  else if (what == "csq")
    signal_ = number();
  else if (what == "creg") {
    registration_ = number();
    if (creg_mode_ > 0) say(fmt::format("+CREG: {}", registration_));
  } else if (what == "cms") // the error of the next AT+CMGS
    next_cms_ = number();
  else if (what == "takes") // milliseconds to send one
    submit_takes_ = number() / 1000.0;
  else if (what == "status") // of the reports to come (TP-ST); none: no reports
    report_status_ = number();
  else if (what == "service") // +CSMS after the next boot
    keeps_service_ = number() == 1;
  else if (what == "boot")
    boot();
  else
    return false;
  return true;
}

} // namespace tallyline::tests
