#include "gateway/dial_up.h"

#include "gateway/share.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace tallyline::gateway {
namespace {

settings_reader::setting texts(const settings_reader& r, std::vector<std::string>& into) {
  return [&](const YAML::Node& n) {
    if (!n.IsSequence()) r.refuse(n.Mark(), "a list is wanted here, such as [one, two]");
    into.clear();
    for (const auto& one : n) {
      if (!one.IsScalar()) r.refuse(one.Mark(), "a text is wanted here");
      into.push_back(one.Scalar());
    }
  };
}

// By the name of one that ships, or a file.
modem::profile profile_named(const settings_reader& r, const YAML::Node& n) {
  std::string name;
  r.text(name)(n);
  if (name.find_first_of("./") != std::string::npos) return modem::read_profile(r.beside(name));
  const auto folder = shared_file("modem/profiles");
  const auto all = modem::read_profiles(folder);
  const auto found = std::find_if(all.begin(), all.end(), [&](const modem::profile& p) { return p.name == name; });
  if (found != all.end()) return *found;
  std::string names;
  for (const auto& p : all)
    names += (names.empty() ? "" : ", ") + p.name;
  r.refuse(n.Mark(), fmt::format("no such profile ships; there are: {}, or a file of your own", names));
}

modem::flow_control flow_named(std::string_view word) {
  return word == "software" ? modem::flow_control::software
         : word == "none"   ? modem::flow_control::none
                            : modem::flow_control::hardware;
}

void one_modem(const settings_reader& r, const YAML::Node& n, modem::line_settings& m) {
  bool calls = true;
  unsigned speed = 0;
  const auto uses = [&](const YAML::Node& v) {
    std::vector<std::string> words;
    texts(r, words)(v);
    calls = m.messages = false;
    for (const auto& w : words) {
      if (w != "calls" && w != "sms") r.refuse(v.Mark(), "use knows: calls, sms");
      (w == "calls" ? calls : m.messages) = true;
    }
  };
  m.profile = modem::profile{};
  r.section(n, "a modem",
            {{"name", r.text(m.name)},
             {"port", r.text(m.port.path)},
             {"profile", [&](const YAML::Node& v) { m.profile = profile_named(r, v); }},
             {"speed", r.number(speed, 300, 4'000'000)},
             {"answer_after", r.number(m.answer_after, 1, 20)},
             {"allow", texts(r, m.allow)},
             {"refuse", texts(r, m.refuse)},
             {"anonymous", r.flag(m.anonymous)},
             {"sim_pin", r.text(m.sim_pin)},
             {"power", r.text(m.power_command)},
             {"locks", r.text(m.port.lock_folder)},
             {"traffic_log",
              [&](const YAML::Node& v) {
                r.text(m.traffic_log)(v);
                m.traffic_log = r.beside(m.traffic_log).string();
              }},
             {"use", uses}});
  if (m.port.path.empty()) r.refuse(n.Mark(), "a modem wants its port, such as port: /dev/serial/by-path/…");
  if (m.messages && !m.profile.messages)
    r.refuse(n.Mark(), fmt::format("the profile {} knows no short messages", m.profile.name));
  if (!calls) m.answer_after = 0;
  m.port.speed = speed ? speed : m.profile.speeds.empty() ? 115200 : m.profile.speeds.front();
  m.port.flow = flow_named(m.profile.flow);
}

void listen_at(const settings_reader& r, const YAML::Node& n, listen_settings& l) {
  std::string where;
  r.text(where)(n);
  const auto colon = where.rfind(':');
  unsigned port = 0;
  const char* end = where.data() + where.size();
  const auto got = colon == std::string::npos ? std::from_chars_result{end, std::errc::invalid_argument}
                                              : std::from_chars(where.data() + colon + 1, end, port);
  if (got.ec != std::errc{} || got.ptr != end || port > 65535)
    r.refuse(n.Mark(), "an address and a port are wanted here, such as 127.0.0.1:7023");
  l.address = where.substr(0, colon);
  l.port = static_cast<std::uint16_t>(port);
}

} // namespace

void modems_of(const settings_reader& r, const YAML::Node& n, std::vector<modem::line_settings>& all) {
  if (!n.IsSequence()) r.refuse(n.Mark(), "modems wants a list: - {port: /dev/ttyUSB0, profile: generic}");
  all.assign(n.size(), {});
  for (std::size_t i = 0; i < n.size(); ++i) {
    all[i].name = fmt::format("modem{}", i + 1);
    one_modem(r, n[i], all[i]);
    if (all[i].name.find_first_of(" \"\\\n") != std::string::npos)
      r.refuse(n[i].Mark(), "a modem's name is one plain word");
    const auto same = [&](const modem::line_settings& m) {
      return m.name == all[i].name || m.port.path == all[i].port.path;
    };
    if (std::any_of(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(i), same))
      r.refuse(n[i].Mark(), "another modem has this name or this port already");
  }
}

void terminal_of(const settings_reader& r, const YAML::Node& n, dial_up_settings& d) {
  auto& t = d.terminal;
  r.section(n, "terminal",
            {{"listen", [&](const YAML::Node& v) { listen_at(r, v, d.listen); }},
             {"columns", r.number(t.screen.columns, 20, 200)},
             {"rows", r.number(t.screen.rows, 10, 200)},
             {"ansi", r.flag(t.screen.ansi)},
             {"charset",
              [&](const YAML::Node& v) {
                std::string word;
                r.text(word)(v);
                const auto set = modem::charset_named(word);
                if (!set) r.refuse(v.Mark(), "utf-8, latin-1 or windows-1256 is wanted here");
                t.screen.set = *set;
              }},
             {"idle_s", r.number(t.screen.idle, 10, 3600)},
             {"logins", r.number(t.logins, 1, 20)},
             {"zmodem", r.text(t.zmodem)},
             {"ymodem", r.text(t.ymodem)},
             {"largest_file", r.number(t.largest_file, 1000, 100'000'000)}});
}

void modem_sms_of(const settings_reader& r, const YAML::Node& n, dial_up_settings& d) {
  r.section(n, "modem_sms", {{"code", r.text(d.sms_code)}, {"country", r.text(d.sms_country)}});
  if (d.sms_country.find_first_not_of("0123456789") != std::string::npos)
    r.refuse(n.Mark(), "country wants digits, such as \"98\"");
}

void ppp_of(const settings_reader& r, const YAML::Node& n, ppp_settings& p) {
  p.on = true;
  r.section(n, "ppp",
            {{"program", r.text(p.program)},
             {"options", texts(r, p.options)},
             {"local", r.text(p.local)},
             {"remote", r.text(p.remote)}});
}

std::string sample_dial_up() {
  const dial_up_settings d;
  return fmt::format(
      R"(# modems:              # callers: sites' programs, people at a terminal, PPP; and short messages over GSM modems
#   - name: first
#     port: /dev/serial/by-path/platform-xhci-usb-0:1:1.0-port0   # stays the same when it is plugged in again
#     profile: generic     # tallyline modem probe PORT says which; or a file of your own
#     answer_after: 2      # rings
#     use: [calls]         # or [sms], or both
#     refuse: ["+98912000000"]   # who is not answered; allow: only these; anonymous: false: none without a number
#     sim_pin: "0000"
#     power: "/usr/local/sbin/outlet 3 cycle"   # what turns it off and on again, the last thing that is tried
#     # speed: 115200      # between here and the modem, instead of the profile's
#     # traffic_log: first.log   # every octet, for finding a fault; PINs are masked, votes are not
# modem_sms:             # what comes as SMS by those modems
#   code: "140"          # which menu's, as in its dial code
#   country: "98"        # of numbers that come as 0912…
terminal:              # for people at a terminal program
  # listen: 127.0.0.1:7023   # callers over TCP, for trying without a modem and for private networks
  columns: {}
  rows: {}
  ansi: {}
  charset: {}      # or latin-1, windows-1256; a caller may choose
  idle_s: {}
  logins: {}            # wrong ones, and the call is over
  largest_file: {} # octets, of a file by ZMODEM or YMODEM
# ppp:                   # without it callers that speak PPP are refused
#   program: {}
#   options: [auth]      # pppd(8); our part (nodetach, local, nocrtscts, logfd 2) comes behind them
#   local: 10.64.0.1
#   remote: 10.64.0.2
)",
      d.terminal.screen.columns, d.terminal.screen.rows, d.terminal.screen.ansi, modem::name_of(d.terminal.screen.set),
      d.terminal.screen.idle.count(), d.terminal.logins, d.terminal.largest_file, d.ppp.program);
}

} // namespace tallyline::gateway
