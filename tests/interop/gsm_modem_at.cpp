// The simulated GSM modem: commands and their answers.
#include "tests/interop/gsm_modem.h"

#include <algorithm>
#include <fmt/format.h>

namespace tallyline::tests {
namespace {

int number_in(std::string_view text, std::size_t place) {
  for (; place > 0; --place) {
    const auto comma = text.find(',');
    if (comma == std::string_view::npos) return 0;
    text.remove_prefix(comma + 1);
  }
  return std::atoi(std::string(text).c_str());
}

std::string upper(std::string s) {
  for (char& c : s)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return s;
}

bool sets(const std::string& text, std::string_view name) { return text.starts_with(name); }
std::string_view value(const std::string& text) { return std::string_view(text).substr(text.find('=') + 1); }

constexpr double far_gathers = 0.05; // so that a page is one line of what is told

} // namespace

void gsm_modem::tell_far() {
  std::string shown;
  for (const char c : std::exchange(far_, {}))
    shown +=
        c >= 32 && c < 127 && c != '\\' ? std::string(1, c) : fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
  tell_("far " + shown);
}

void gsm_modem::say(std::string_view line) {
  if (!mute_) to_dte_(fmt::format("\r\n{}\r\n", line));
}
void gsm_modem::answer(std::string_view line) {
  if (!line.empty()) say(line);
  say("OK");
}
void gsm_modem::cme(int error) { say(cmee_ > 0 ? fmt::format("+CME ERROR: {}", error) : "ERROR"); }
void gsm_modem::cms(int error) { say(fmt::format("+CMS ERROR: {}", error)); }

void gsm_modem::from_dte(std::string_view octets) {
  if (online_ && octets == "+++") {
    online_ = false, off_hook_ = true;
    return say("OK");
  }
  if (online_) {
    far_ += octets;
    if (far_.size() == octets.size()) after(far_gathers, [this] { tell_far(); });
    return;
  }
  for (const char c : octets) {
    if (prompted_) {
      if (c != 0x1A && c != 0x1B) {
        typed_ += c;
        continue;
      }
      prompted_ = false;
      const auto pdu = std::exchange(typed_, {});
      c == 0x1A ? submit(pdu) : say("OK");
      continue;
    }
    if (echo_ && !mute_) to_dte_(std::string_view(&c, 1));
    if (c == '\r')
      run(std::exchange(typed_, {}));
    else if (c != '\n')
      typed_ += c;
  }
}

void gsm_modem::run(const std::string& line) {
  if (line.size() < 2 || upper(line.substr(0, 2)) != "AT") return;
  tell_("at " + line);
  if (mute_) return;
  if (all_error_) return say("ERROR");
  if (line.size() > 2 && (line[2] == '+' || line[2] == '^')) return extended(upper(line.substr(2)));
  basic(std::string_view(line).substr(2));
}

void gsm_modem::basic(std::string_view rest) {
  const auto c = rest.empty() ? '\0' : rest[0];
  if (c == 'I')
    return answer(make_ == "simcom"    ? "SIM800 R14.18"
                  : make_ == "quectel" ? "Quectel\r\nEC25\r\nRevision: EC25EFAR06A01M4G"
                                       : "WAVECOM MODEM\r\nMULTIBAND  900E  1800");
  if (c == 'A') return ringing_ ? connect() : say("NO CARRIER");
  if (c == 'H') {
    hang_up("by ATH");
    return answer("");
  }
  if (c == 'D') return say("NO CARRIER"); // it takes calls and makes none
  if (c == 'Z') echo_ = true;
  for (std::size_t i = 0; i + 1 < rest.size(); ++i)
    if (rest[i] == 'E') echo_ = rest[i + 1] == '1';
  answer("");
}

void gsm_modem::extended(const std::string& text) {
  if (identity(text) || settings(text) || network(text)) return;
  if (sets(text, "+CPIN")) return sim_pin(text);
  if (messages(text)) return;
  if (text == "+CFUN=1,1" || text == "+CFUN=1") {
    answer("");
    tell_("reset");
    return boot();
  }
  if (text == "+CHUP") {
    hang_up("by AT+CHUP");
    return answer("");
  }
  say("ERROR");
}

bool gsm_modem::identity(const std::string& text) {
  const bool maker = text == "+CGMI" || text == "+GMI", model = text == "+CGMM" || text == "+GMM";
  if (maker) answer(make_ == "simcom" ? "SIMCOM_Ltd" : make_ == "quectel" ? "Quectel" : "WAVECOM MODEM");
  if (model) answer(make_ == "simcom" ? "SIMCOM_SIM800" : make_ == "quectel" ? "EC25" : "MULTIBAND  900E  1800");
  if (text == "+CGMR") answer(make_ == "simcom" ? "Revision:1418B05SIM800" : "R06A01");
  if (text == "+GCAP") answer("+GCAP: +CGSM,+FCLASS,+DS");
  if (text == "+FCLASS=?") answer("0,1");
  return maker || model || text == "+CGMR" || text == "+GCAP" || text == "+FCLASS=?";
}

bool gsm_modem::settings(const std::string& text) {
  if (text == "+CLIP=?" || text == "+CMGF=?") return answer(text == "+CLIP=?" ? "+CLIP: (0,1)" : "+CMGF: (0,1)"), true;
  if (sets(text, "+CMEE="))
    cmee_ = number_in(value(text), 0);
  else if (sets(text, "+CLIP="))
    clip_ = number_in(value(text), 0) == 1;
  else if (sets(text, "+CREG="))
    creg_mode_ = number_in(value(text), 0);
  else if (!sets(text, "+CRC=") && !sets(text, "+IFC=") && !(sets(text, "+CBST=") && make_ != "quectel") &&
           !(sets(text, "+WIND=") && make_ == "wavecom"))
    return false;
  answer("");
  return true;
}

bool gsm_modem::network(const std::string& text) {
  if (text == "+CSQ")
    answer(fmt::format("+CSQ: {},0", signal_));
  else if (text == "+CREG?")
    answer(fmt::format("+CREG: {},{}", creg_mode_, starting_ ? 2 : registration_));
  else if (text == "+COPS?")
    answer("+COPS: 0,0,\"Test PLMN 001-01\"");
  else
    return false;
  return true;
}

void gsm_modem::sim_pin(const std::string& text) {
  if (text == "+CPIN?") {
    if (busy_answers_ > 0) {
      --busy_answers_;
      return cme(14); // SIM busy (27.007 9.2)
    }
    return answer(sim_open() ? "+CPIN: READY" : "+CPIN: SIM PIN");
  }
  if (value(text) != fmt::format("\"{}\"", pin_)) return cme(16);
  pin_given_ = true;
  answer("");
}

bool gsm_modem::messages(const std::string& text) {
  static constexpr std::string_view names[] = {"+CMGF=", "+CNMI=", "+CSMS",  "+CNMA",
                                               "+CMGL=", "+CMGR=", "+CMGD=", "+CMGS="};
  if (std::none_of(std::begin(names), std::end(names), [&](auto n) { return sets(text, n); })) return false;
  if (!sim_open()) return cms(311), true;
  if (text == "+CSMS?") return answer(fmt::format("+CSMS: {},1,1,1", service_)), true;
  if (sets(text, "+CNMA")) {
    if (service_ == 0 || awaited_.empty()) return cms(340), true; // no +CNMA acknowledgement expected
    acknowledge(!text.starts_with("+CNMA=2"));
    return answer(""), true;
  }
  const int first = number_in(value(text), 0);
  if (sets(text, "+CSMS=")) {
    service_ = first;
    return answer("+CSMS: 1,1,1"), true;
  }
  if (sets(text, "+CMGL=")) return list(), true;
  if (sets(text, "+CMGR=")) return read(first), true;
  if (sets(text, "+CMGD=")) {
    if (sim_.erase(first) == 0) return cms(321), true;
    tell_(fmt::format("deleted {}", first));
  }
  if (sets(text, "+CMGF=") && first != 0) return cms(305), true; // PDU mode is all it has
  if (sets(text, "+CNMI=")) mt_ = number_in(value(text), 1), ds_ = number_in(value(text), 3);
  if (sets(text, "+CMGS=")) {
    length_ = static_cast<std::size_t>(first);
    prompted_ = true;
    typed_.clear();
    if (!mute_) to_dte_("\r\n> ");
    return true;
  }
  return answer(""), true;
}

void gsm_modem::list() {
  for (auto& [index, m] : sim_) {
    say(fmt::format("+CMGL: {},{},,{}\r\n{}", index, m.read ? 1 : 0, m.pdu.size() / 2 - 1, m.pdu));
    m.read = true;
  }
  say("OK");
}

void gsm_modem::read(int index) {
  const auto m = sim_.find(index);
  if (m == sim_.end()) return cms(321);
  answer(fmt::format("+CMGR: {},,{}\r\n{}", m->second.read ? 1 : 0, m->second.pdu.size() / 2 - 1, m->second.pdu));
  m->second.read = true;
}

} // namespace tallyline::tests
