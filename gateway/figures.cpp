#include "gateway/figures.h"

#include "gateway/figures_modems.h"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <functional>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

namespace json = boost::json;

// Each figure of a bind once: its name for programs, its title for people, what it counts, and where it is.
struct bind_column {
  const char* name;
  const char* title;
  const char* help;
  bool gauge;
  std::uint64_t (*of)(const bind_figures&);
  bool trouble = false; // nothing to see while it is 0
};
constexpr bind_column columns[] = {
    {"pdus_in", "PDUs in", "PDUs that came", false, [](const bind_figures& b) { return b.counters.pdus_in; }},
    {"pdus_out", "out", "PDUs that left", false, [](const bind_figures& b) { return b.counters.pdus_out; }},
    {"octets_in", "octets in", "octets that came", false, [](const bind_figures& b) { return b.counters.octets_in; }},
    {"octets_out", "out", "octets that left", false, [](const bind_figures& b) { return b.counters.octets_out; }},
    {"unanswered", "open", "requests without a response yet", true,
     [](const bind_figures& b) { return std::uint64_t{b.unanswered}; }},
    {"waiting", "waiting", "requests that may not leave yet", true,
     [](const bind_figures& b) { return std::uint64_t{b.waiting}; }},
    {"refused", "refused", "requests that the SMSC refused", false,
     [](const bind_figures& b) { return b.counters.refused; }, true},
    {"throttled", "throttled", "of these, because it was too much", false,
     [](const bind_figures& b) { return b.counters.throttled; }, true},
    {"timeouts", "timeouts", "requests without a response in time", false,
     [](const bind_figures& b) { return b.counters.timeouts; }, true},
    {"too_late", "too late", "requests dropped because they waited too long", false,
     [](const bind_figures& b) { return b.counters.too_late; }, true},
    {"malformed", "malformed", "PDUs that were none", false,
     [](const bind_figures& b) { return b.counters.malformed + b.counters.unknown_commands; }, true},
    {"unmatched", "unmatched", "responses to nothing", false,
     [](const bind_figures& b) { return b.counters.unmatched; }, true},
    {"reconnects", "reconnects", "connections after the first", false,
     [](const bind_figures& b) { return b.counters.reconnects; }, true},
    {"p50_us", "p50 µs", "median from a page to the SMSC's response, microseconds", true,
     [](const bind_figures& b) { return b.p50_us; }},
    {"p99_us", "p99 µs", "99th percentile of the same", true, [](const bind_figures& b) { return b.p99_us; }},
    {"max_us", "max µs", "longest of the same", true, [](const bind_figures& b) { return b.max_us; }},
};

struct whole {
  const char* name;
  const char* help;
  bool gauge;
  std::uint64_t value;
};
std::vector<whole> wholes(const gateway_figures& f) {
  return {{"sessions_open", "USSD sessions under way", true, f.sessions},
          {"sessions_on_earlier_menus", "of these, on a menu version no longer in service", true, f.on_earlier_menus},
          {"drafts", "unfinished reports on disk", true, f.drafts},
          {"sessions", "sessions begun", false, f.intake.sessions},
          {"turns", "what subscribers said", false, f.intake.turns},
          {"resumed", "sessions that went on with an unfinished report", false, f.intake.resumed},
          {"records", "reports recorded", false, f.intake.records},
          {"duplicates", "of these, the same report again", false, f.intake.duplicates},
          {"corrections", "of these, corrections", false, f.intake.corrections},
          {"reviews", "of these, put into review", false, f.intake.reviews},
          {"wrong_pins", "PINs that were wrong or locked", false, f.intake.wrong_pins},
          {"strangers", "calls of numbers that are not on the roster", false, f.intake.strangers},
          {"lost_sessions", "answers in sessions that were over", false, f.intake.lost_sessions},
          {"repeated", "what the network sent twice", false, f.intake.repeated},
          {"store_errors", "answers and reports the disk did not take", false, f.intake.store_errors},
          {"commits", "commits to the disk", false, f.commits},
          {"failed_commits", "of these, failed", false, f.failed_commits},
          {"disk_fails", "1 while the disk takes nothing", true, f.disk_fails ? 1U : 0U},
          {"disk_free_mb", "room on the database's disk, MiB", true, f.ledger.disk_free_mb},
          {"disk_room", "0 enough, 1 low, 2 none: no new report is begun", true,
           static_cast<std::uint64_t>(f.ledger.room)},
          {"heads", "heads of the ledger signed", false, f.ledger.heads},
          {"heads_failed", "heads that could not be signed", false, f.ledger.failed_heads},
          {"head_size", "entries that the newest head covers", true, f.ledger.head_size},
          {"not_ussd", "messages that are no USSD", false, f.ussd.not_ussd},
          {"pages_undelivered", "pages that nobody took", false, f.ussd.undelivered},
          {"pages_resent", "pages that went out again, throttled or by another bind", false, f.ussd.resent},
          {"sms_received", "short messages, each with all its parts", false, f.sms.received},
          {"sms_sent", "short messages sent", false, f.sms.sent},
          {"sms_parts_in", "parts that came", false, f.sms.parts_in},
          {"sms_parts_out", "parts that left", false, f.sms.parts_out},
          {"sms_damaged", "short messages that could not be read", false, f.sms.damaged},
          {"sms_refused", "parts that the SMSC refused for good", false, f.sms.refused},
          {"sms_delivered", "messages that a delivery receipt says have arrived", false, f.sms.delivered},
          {"sms_undelivered", "messages that one says have not", false, f.sms.undelivered},
          {"sms_kept", "messages that went to disk before the SMSC had taken them", false, f.sms.kept},
          {"sms_put_off", "short messages that the SMSC was told to send again", false, f.sms.put_off},
          {"calls", "calls of modems and over TCP", false, f.callers.calls},
          {"calls_open", "of these, under way", true, f.calls.size()},
          {"calls_people", "of these, people at a terminal", false, f.callers.people},
          {"calls_links", "of these, sites' programs", false, f.callers.links},
          {"calls_ppp", "of these, PPP", false, f.callers.ppp},
          {"calls_silent", "of these, of callers who never spoke", false, f.callers.silent},
          {"calls_refused", "of these, of a kind that is not configured", false, f.callers.refused},
          {"call_seconds", "seconds of all calls that are over", false, f.callers.seconds},
          {"call_octets_in", "octets that came in these", false, f.callers.octets_in},
          {"call_octets_out", "octets that left", false, f.callers.octets_out},
          {"terminal_logins", "people who logged in at a terminal", false, f.terminals.logins},
          {"terminal_wrong_logins", "logins that were wrong or locked", false, f.terminals.wrong_logins},
          {"terminal_noisy", "terminal calls cut off because of noise", false, f.terminals.noisy},
          {"terminal_idle", "terminal calls cut off because nothing came", false, f.terminals.idle},
          {"files", "files of reports that came at terminals", false, f.terminals.files},
          {"files_failed", "of these, not whole, or none of reports", false, f.terminals.files_failed},
          {"file_rows_recorded", "rows of these recorded", false, f.terminals.rows_recorded},
          {"file_rows_refused", "rows of these refused", false, f.terminals.rows_refused},
          {"turn_p50_us", "median from a word to the page that answers it, microseconds", true, f.turn_p50_us},
          {"turn_p99_us", "99th percentile of the same", true, f.turn_p99_us},
          {"turn_max_us", "longest of the same", true, f.turn_max_us}};
}

// A label's value (text format 0.0.4).
std::string label(std::string_view value) {
  std::string out;
  for (const char c : value)
    out += c == '"' ? "\\\"" : c == '\\' ? "\\\\" : c == '\n' ? "\\n" : std::string(1, c);
  return out;
}

} // namespace

std::string to_json(const gateway_figures& f) {
  json::object all;
  for (const auto& w : wholes(f))
    all[w.name] = w.value;
  json::array binds;
  for (const auto& b : f.binds) {
    json::object o{{"name", b.name}, {"peer", b.peer}, {"bound", b.bound}};
    for (const auto& c : columns)
      o[c.name] = c.of(b);
    binds.push_back(std::move(o));
  }
  all["binds"] = std::move(binds);
  all["modems"] = modems_json(f);
  all["calls_under_way"] = calls_json(f);
  return json::serialize(all);
}

std::string to_prometheus(const gateway_figures& f) {
  std::string out;
  const auto head = [&](const char* prefix, const char* name, const char* help, bool gauge) {
    const std::string full = fmt::format("tallyline_{}{}{}", prefix, name, gauge ? "" : "_total");
    out += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", full, help, gauge ? "gauge" : "counter");
    return full;
  };
  for (const auto& w : wholes(f))
    out += fmt::format("{} {}\n", head("", w.name, w.help, w.gauge), w.value);
  const auto per_bind = [&](const char* name, const char* help, bool gauge, auto value) {
    const auto full = head("bind_", name, help, gauge);
    for (const auto& b : f.binds)
      out += fmt::format("{}{{bind=\"{}\",peer=\"{}\"}} {}\n", full, label(b.name), label(b.peer), value(b));
  };
  per_bind("up", "1 while bound", true, [](const bind_figures& b) { return b.bound ? 1 : 0; });
  for (const auto& c : columns)
    per_bind(c.name, c.help, c.gauge, c.of);
  append_modems_prometheus(f, head, out);
  return out;
}

table lines_table(const std::string& line, bool brief) {
  boost::system::error_code failed;
  const auto all = json::parse(line, failed);
  const auto* object = all.if_object();
  const auto* binds = failed || !object ? nullptr : object->if_contains("binds");
  if (!binds || !binds->is_array())
    throw std::runtime_error("the gateway's answer was not understood: " + line.substr(0, 80));
  const auto nowhere = [&](const char* name) {
    return std::all_of(binds->get_array().begin(), binds->get_array().end(),
                       [&](const json::value& b) { return b.as_object().at(name).to_number<std::int64_t>() == 0; });
  };
  table t;
  t.columns = {{"name", "line"}, {"peer", "SMSC"}, {"bound", "state"}};
  for (const auto& c : columns)
    if (std::string_view(c.name).substr(0, 6) != "octets" && !(brief && c.trouble && nowhere(c.name)))
      t.columns.push_back({c.name, c.title});
  for (const auto& bind : binds->get_array()) {
    const auto& b = bind.as_object();
    std::vector<cell> row{std::string(b.at("name").as_string()), std::string(b.at("peer").as_string()),
                          std::string(b.at("bound").as_bool() ? "bound" : "down")};
    for (std::size_t c = 3; c < t.columns.size(); ++c)
      row.emplace_back(b.at(t.columns[c].name).to_number<std::int64_t>());
    t.rows.push_back(std::move(row));
  }
  return t;
}

} // namespace tallyline::gateway
