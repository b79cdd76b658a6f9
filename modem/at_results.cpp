#include "modem/at_results.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <fmt/format.h>

namespace tallyline::modem {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool begins(std::string_view line, std::string_view with) {
  return line.size() >= with.size() &&
         std::equal(with.begin(), with.end(), line.begin(), [](char a, char b) { return a == upper(b); });
}
bool is(std::string_view line, std::string_view word) { return line.size() == word.size() && begins(line, word); }

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t'))
    s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t'))
    s.remove_suffix(1);
  return s;
}

std::optional<int> whole_number(std::string_view s) {
  int n = 0;
  const auto [end, failed] = std::from_chars(s.data(), s.data() + s.size(), n);
  return failed == std::errc{} && end == s.data() + s.size() ? std::optional(n) : std::nullopt;
}

struct word_code {
  std::string_view word;
  at_status status;
};
constexpr std::array<word_code, 17> words = {{{"OK", at_status::ok},
                                              {"ERROR", at_status::error},
                                              {"NO CARRIER", at_status::no_carrier},
                                              {"NO DIALTONE", at_status::no_dial_tone},
                                              {"NO DIAL TONE", at_status::no_dial_tone},
                                              {"BUSY", at_status::busy},
                                              {"NO ANSWER", at_status::no_answer},
                                              {"BLACKLISTED", at_status::refused},
                                              {"BLACKLIST", at_status::refused},
                                              {"DELAYED", at_status::refused},
                                              {"VOICE", at_status::no_carrier},
                                              {"FAX", at_status::no_carrier},
                                              {"FCERROR", at_status::no_carrier},
                                              {"COMMAND NOT SUPPORT", at_status::error},
                                              {"NOT SUPPORTED", at_status::error},
                                              {"TOO MANY PARAMETERS", at_status::error},
                                              {"LINE IN USE", at_status::no_dial_tone}}};

// V.250 5.7.1, table 1; from 5 on modems number the speeds of CONNECT each in its own way.
std::optional<at_code> numeric_code(std::string_view line) {
  if (line.size() > 2 || line.empty() || !std::all_of(line.begin(), line.end(), is_digit)) return std::nullopt;
  switch (*whole_number(line)) {
  case 0:
    return at_code{};
  case 2:
    return std::nullopt; // RING
  case 3:
    return at_code{.status = at_status::no_carrier, .said = {}};
  case 4:
    return at_code{.status = at_status::error, .said = {}};
  case 6:
    return at_code{.status = at_status::no_dial_tone, .said = {}};
  case 7:
    return at_code{.status = at_status::busy, .said = {}};
  case 8:
    return at_code{.status = at_status::no_answer, .said = {}};
  default:
    return at_code{.status = at_status::connect, .said = {}};
  }
}

std::string_view behind_colon(std::string_view line) {
  const auto colon = line.find(':');
  return colon == std::string_view::npos ? std::string_view{} : trimmed(line.substr(colon + 1));
}

// NMBR = 5551234, NMBR=P, DATE = 1124: caller identification between rings.
std::optional<at_event> formatted_caller(std::string_view line) {
  using kind = at_event::kind;
  for (const std::string_view passed_over : {"DATE", "TIME", "NAME", "DDN_NMBR", "MESG"})
    if (begins(line, passed_over) && trimmed(line.substr(passed_over.size())).starts_with('='))
      return at_event{kind::other, {}, -1};
  if (!begins(line, "NMBR")) return std::nullopt;
  const auto rest = trimmed(line.substr(4));
  if (!rest.starts_with('=')) return std::nullopt;
  const auto number = trimmed(rest.substr(1));
  const bool withheld = number.empty() || !(is_digit(number[0]) || number[0] == '+'); // P, O, PRIVATE
  return at_event{kind::caller, withheld ? std::string() : std::string(number), -1};
}

constexpr std::array<std::string_view, 7> booted = {"RDY",        "CALL READY",        "SMS READY",   "^SYSSTART",
                                                    "^BOOT_DONE", "NORMAL POWER DOWN", "POWERED DOWN"};
// Chatter of GSM modems that means nothing to us.
constexpr std::array<std::string_view, 22> chatter = {
    "^BOOT:",   "^RSSI:", "^MODE:", "^SRVST:", "^SIMST:", "^DSFLOWRPT:",  "^HCSQ:",   "^STIN:",
    "^NWTIME:", "+CIEV:", "+CUSD:", "+CBM:",   "+CSSI:",  "+CSSU:",       "*PSUTTZ:", "DST:",
    "+QIND:",   "+CFUN:", "+PACSP", "+WIND:",  "+CGEV:",  "UNDER-VOLTAGE"};

std::optional<at_event> message_event(std::string_view line) {
  using kind = at_event::kind;
  if (begins(line, "+CMTI:")) return at_event{kind::message_stored, {}, number_parameter(line, 1).value_or(-1)};
  if (begins(line, "+CDSI:")) return at_event{kind::report_stored, {}, number_parameter(line, 1).value_or(-1)};
  if (begins(line, "+CMT:")) return at_event{kind::message, {}, -1};
  if (begins(line, "+CDS:")) return at_event{kind::report, {}, -1};
  return std::nullopt;
}

// "+CREG: 1" and "+CREG: 5,\"00C3\",\"A1\"" come unasked, "+CREG: 2,1" answers AT+CREG?.
std::optional<at_event> network_event(std::string_view line, std::string_view asked) {
  using kind = at_event::kind;
  for (const std::string_view prefix : {"+CREG:", "+CGREG:", "+CEREG:"}) {
    if (!begins(line, prefix)) continue;
    const auto second = parameter(line, 1);
    if (prefix == asked && !second.empty() && second.size() == 1) return std::nullopt;
    if (prefix != "+CREG:") return at_event{};
    return at_event{kind::registration, {}, number_parameter(line, 0).value_or(-1)};
  }
  if (begins(line, "+CPIN:") && asked != "+CPIN:") return at_event{kind::sim, std::string(trimmed(line.substr(6))), -1};
  if (begins(line, "^RSSI:")) return at_event{kind::signal, {}, number_parameter(line, 0).value_or(-1)};
  return std::nullopt;
}

} // namespace

std::string_view describe(at_status s) noexcept {
  constexpr std::array<std::string_view, 9> names = {"OK",
                                                     "ERROR",
                                                     "connected",
                                                     "no carrier",
                                                     "busy",
                                                     "no answer",
                                                     "no dial tone",
                                                     "the modem will not dial",
                                                     "no answer from the modem"};
  return names[static_cast<std::size_t>(s)];
}

std::optional<at_code> read_code(std::string_view line, bool numeric) {
  line = trimmed(line);
  for (const auto& w : words)
    if (is(line, w.word)) return at_code{.status = w.status, .said = {}};
  // Not CONNECTED or CONNECTION: only the word, or the word and its text.
  if (begins(line, "CONNECT") && (line.size() == 7 || line[7] == ' ' || line[7] == '/' || line[7] == ':'))
    return at_code{.status = at_status::connect, .said = line};
  const bool equipment = begins(line, "+CME ERROR:");
  if (equipment || begins(line, "+CMS ERROR:")) {
    at_code c{.status = at_status::error, .equipment = equipment, .network = !equipment, .said = behind_colon(line)};
    c.number = whole_number(c.said).value_or(-1);
    return c;
  }
  return numeric ? numeric_code(line) : std::nullopt;
}

std::string in_words(const at_code& code) {
  if (code.status != at_status::error) return std::string(describe(code.status));
  if (!code.equipment && !code.network) return "ERROR";
  const auto* kind = code.equipment ? "+CME" : "+CMS";
  if (code.number < 0) return fmt::format("{} ({} ERROR)", code.said, kind);
  const auto words_for = code.equipment ? equipment_error(code.number) : network_error(code.number);
  return fmt::format("{} ({} ERROR {})", words_for.empty() ? "an error of its maker's own" : words_for, kind,
                     code.number);
}

std::optional<at_event> read_event(std::string_view line, std::string_view asked) {
  using kind = at_event::kind;
  line = trimmed(line);
  if (is(line, "RING") || begins(line, "+CRING:")) return at_event{kind::ring, {}, -1};
  // Some put it all in one line: RING; or the calling number behind RING.
  if (begins(line, "RING ") || begins(line, "RING;")) return at_event{kind::ring, {}, -1};
  if (begins(line, "+CLIP:")) {
    const auto rest = trimmed(line.substr(6));
    if (!rest.empty() && is_digit(rest[0])) return asked == "+CLIP:" ? std::nullopt : std::optional(at_event{});
    return at_event{kind::caller, std::string(parameter(line, 0)), -1};
  }
  if (auto e = formatted_caller(line)) return e;
  if (auto e = message_event(line)) return e;
  if (auto e = network_event(line, asked)) return e;
  for (const auto b : booted)
    if (is(line, b) || (b[0] == '^' && begins(line, b))) return at_event{kind::restarted, std::string(line), -1};
  for (const auto c : chatter)
    if (begins(line, c) && (asked.empty() || !begins(line, asked))) return at_event{kind::other, {}, -1};
  return std::nullopt;
}

unsigned connect_speed(std::string_view text, unsigned port_speed) noexcept {
  unsigned best = 0;
  bool port_too = false;
  for (std::size_t i = 0; i < text.size();) {
    if (!is_digit(text[i])) {
      ++i;
      continue;
    }
    const std::size_t start = i;
    while (i < text.size() && is_digit(text[i]))
      ++i;
    // V.34, V42BIS, MNP5 and the like are protocols.
    const char before = start > 0 ? text[start - 1] : ' ';
    if (before == '.' || std::isalpha(static_cast<unsigned char>(before)) != 0) continue;
    unsigned n = 0;
    std::from_chars(text.data() + start, text.data() + i, n);
    if (n < 75 || n > 4'000'000) continue;
    if (n == port_speed)
      port_too = true;
    else if (best == 0 || n < best)
      best = n;
  }
  return best != 0 ? best : port_too ? port_speed : 0;
}

std::string_view parameter(std::string_view line, std::size_t n) noexcept {
  const auto colon = line.find(':');
  if (colon != std::string_view::npos) line.remove_prefix(colon + 1);
  bool quoted = false;
  std::size_t start = 0, place = 0;
  for (std::size_t i = 0; i <= line.size(); ++i) {
    if (i < line.size() && line[i] == '"') quoted = !quoted;
    if (i < line.size() && (quoted || line[i] != ',')) continue;
    if (place++ == n) {
      auto p = trimmed(line.substr(start, i - start));
      if (p.size() >= 2 && p.front() == '"' && p.back() == '"') p = p.substr(1, p.size() - 2);
      return p;
    }
    start = i + 1;
  }
  return {};
}

std::optional<int> number_parameter(std::string_view line, std::size_t n) noexcept {
  return whole_number(parameter(line, n));
}

} // namespace tallyline::modem
