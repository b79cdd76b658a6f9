#include "gateway/figures_modems.h"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

namespace json = boost::json;
using modem::line_figures;

struct modem_column {
  const char* name;
  const char* title;
  const char* help;
  bool gauge;
  std::int64_t (*of)(const line_figures&);
  bool trouble = false; // nothing to see while it is 0
};
template <auto Member> std::int64_t count(const line_figures& m) { return static_cast<std::int64_t>(m.*Member); }

constexpr modem_column columns[] = {
    {"speed", "bit/s", "of the call under way", true, count<&line_figures::speed>},
    {"signal", "signal", "+CSQ, 0 to 31; -1: not known", true, count<&line_figures::signal>},
    {"rings", "rings", "rings heard", false, count<&line_figures::rings>},
    {"answered", "answered", "calls answered", false, count<&line_figures::answered>},
    {"connected", "connected", "of these and of those dialled, connected", false, count<&line_figures::connected>},
    {"refused", "refused", "calls not answered by list", false, count<&line_figures::refused>, true},
    {"dialled", "dialled", "calls made", false, count<&line_figures::dialled>, true},
    {"failed_calls", "failed", "calls that did not connect", false, count<&line_figures::failed_calls>, true},
    {"lost_carrier", "lost", "calls that the carrier ended", false, count<&line_figures::lost_carrier>, true},
    {"octets_in", "octets in", "octets that came in calls", false, count<&line_figures::octets_in>},
    {"octets_out", "out", "octets that left in calls", false, count<&line_figures::octets_out>},
    {"seconds", "seconds", "seconds of all calls", false, count<&line_figures::seconds>},
    {"recoveries", "recovered", "times the modem had to be recovered", false, count<&line_figures::recoveries>, true},
    {"resets", "resets", "of these, by a reset", false, count<&line_figures::resets>, true},
    {"port_losses", "port lost", "times the port vanished", false, count<&line_figures::port_losses>, true},
    {"garbage", "garbage", "octets between lines that were none", false, count<&line_figures::garbage>, true},
    {"sms_in", "SMS in", "short messages that came", false, count<&line_figures::sms_in>, true},
    {"sms_out", "SMS out", "short messages that left", false, count<&line_figures::sms_out>, true},
    {"sms_failed", "SMS failed", "short messages that did not leave", false, count<&line_figures::sms_failed>, true},
};

const json::array* part(const json::value& all, const char* name) {
  const auto* object = all.if_object();
  const auto* list = object ? object->if_contains(name) : nullptr;
  if (!list || !list->is_array()) throw std::runtime_error("the gateway's answer was not understood");
  return &list->get_array();
}

std::string text_of(const json::object& o, const char* name) { return std::string(o.at(name).as_string()); }
std::int64_t number_of(const json::object& o, const char* name) { return o.at(name).to_number<std::int64_t>(); }

} // namespace

json::array modems_json(const gateway_figures& f) {
  json::array all;
  const auto now = modem::clock::now();
  for (const auto& m : f.modems) {
    json::object o{{"name", m.name},
                   {"port", m.port},
                   {"profile", m.profile},
                   {"state", m.state},
                   {"detail", m.detail},
                   {"caller", m.caller},
                   {"last_recovery", m.last_recovery},
                   {"last_connect", m.last_connect}};
    for (const auto& c : columns)
      o[c.name] = c.of(m);
    o["good_s"] = m.last_good ? std::chrono::duration_cast<std::chrono::seconds>(now - *m.last_good).count() : -1;
    all.push_back(std::move(o));
  }
  return all;
}

json::array calls_json(const gateway_figures& f) {
  json::array all;
  for (const auto& c : f.calls)
    all.push_back(json::object{{"call", c.number},
                               {"line", c.line},
                               {"caller", c.peer},
                               {"what", c.what},
                               {"doing", c.doing},
                               {"speed", c.speed},
                               {"seconds", c.seconds},
                               {"octets_in", c.octets_in},
                               {"octets_out", c.octets_out}});
  return all;
}

void append_modems_prometheus(const gateway_figures& f, const metric_head& head, std::string& out) {
  if (f.modems.empty()) return;
  const auto each = [&](const char* name, const char* help, bool gauge, auto value) {
    const auto full = head("modem_", name, help, gauge);
    for (const auto& m : f.modems)
      out += fmt::format("{}{{modem=\"{}\"}} {}\n", full, m.name, value(m)); // a name is checked to be plain
  };
  each("up", "1 while it is idle or in a call", true,
       [](const line_figures& m) { return m.state == "idle" || m.state == "connected" ? 1 : 0; });
  for (const auto& c : columns)
    each(c.name, c.help, c.gauge, c.of);
}

table modems_table(const std::string& line, bool brief) {
  const auto all = json::parse(line);
  const auto* modems = part(all, "modems");
  table t;
  t.columns = {{"name", "modem"}, {"profile", "profile"}, {"state", "state"}, {"caller", "caller"}};
  const auto nowhere = [&](const char* name) {
    return std::all_of(modems->begin(), modems->end(),
                       [&](const json::value& m) { return number_of(m.as_object(), name) == 0; });
  };
  std::vector<const char*> numbers;
  for (const auto& c : columns)
    if (!(brief && c.trouble && nowhere(c.name))) {
      numbers.push_back(c.name);
      t.columns.push_back({c.name, c.title});
    }
  t.columns.push_back({"detail", "what it does"});
  t.columns.push_back({"last_recovery", "last recovery"});
  for (const auto& m : *modems) {
    const auto& o = m.as_object();
    std::vector<cell> row{text_of(o, "name"), text_of(o, "profile"), text_of(o, "state"), text_of(o, "caller")};
    for (const char* name : numbers)
      row.emplace_back(number_of(o, name));
    row.emplace_back(text_of(o, "detail"));
    row.emplace_back(text_of(o, "last_recovery"));
    t.rows.push_back(std::move(row));
  }
  return t;
}

table calls_table(const std::string& line) {
  const auto all = json::parse(line);
  table t;
  t.columns = {{"call", "call"},       {"line", "line"},           {"caller", "caller"},
               {"what", "what"},       {"doing", "doing"},         {"speed", "bit/s"},
               {"seconds", "seconds"}, {"octets_in", "octets in"}, {"octets_out", "out"}};
  for (const auto& c : *part(all, "calls_under_way")) {
    const auto& o = c.as_object();
    t.rows.push_back({number_of(o, "call"), text_of(o, "line"), text_of(o, "caller"), text_of(o, "what"),
                      text_of(o, "doing"), number_of(o, "speed"), number_of(o, "seconds"), number_of(o, "octets_in"),
                      number_of(o, "octets_out")});
  }
  return t;
}

} // namespace tallyline::gateway
