#include "gateway/config.h"

#include "gateway/local_time.h"
#include "gateway/yaml_settings.h"

#include <fmt/format.h>

namespace tallyline::gateway {
namespace {

void freeze_of(const settings_reader& r, const YAML::Node& n, publishing_settings& p) {
  const auto moment = [&](const YAML::Node& at) {
    if (!at.IsScalar() || at.Scalar().size() != 16 || !local_minutes(at.Scalar(), 0))
      r.refuse(at.Mark(), "a day and a time are wanted here, such as \"2026-06-12 00:00\"");
    return at.Scalar();
  };
  if (n.IsScalar() && n.Scalar() == "none") return;
  if (n.IsScalar() && n.Scalar() == "polling_day") {
    p.freeze_polling_day = true;
    return;
  }
  if (!n.IsSequence() || n.size() != 2)
    r.refuse(n.Mark(), "freeze wants polling_day, none, or two moments: [\"2026-06-12 00:00\", \"2026-06-13 12:00\"]");
  p.freeze_from = moment(n[0]);
  p.freeze_until = moment(n[1]);
  if (p.freeze_until <= p.freeze_from) r.refuse(n.Mark(), "the freeze ends before it begins");
}

void publishing_of(const settings_reader& r, const YAML::Node& n, publishing_settings& p) {
  p.given = true;
  r.section(n, "publishing", {{"approval", r.flag(p.approval)}, {"freeze", [&](const YAML::Node& f) { freeze_of(r, f, p); }}});
}

void read_all(const settings_reader& r, const YAML::Node& root, config& c) {
  std::string database;
  long long lock_minutes = c.pins.lock_ms / 60'000;
  r.section(root, "the configuration",
            {{"database", r.text(database)},
             {"log", r.text(c.log)},
             {"menus",
              [&](const YAML::Node& n) {
                if (!n.IsSequence()) r.refuse(n.Mark(), "menus wants a list of files, such as [polling.yaml]");
                for (const auto& file : n)
                  c.menus.push_back(r.beside(file.as<std::string>()));
              }},
             {"smsc",
              [&](const YAML::Node& n) {
                r.section(n, "smsc",
                          {{"host", r.text(c.smsc.host)},
                           {"port", r.number(c.smsc.port, 1, 65535)},
                           {"system_id", r.text(c.smsc.system_id)},
                           {"password", r.text(c.smsc.password)},
                           {"system_type", r.text(c.smsc.system_type)},
                           {"window", r.number(c.smsc.window, 1, 100'000)}});
              }},
             {"session",
              [&](const YAML::Node& n) {
                r.section(n, "session",
                          {{"idle_s", r.number(c.sessions.idle, 10, 86'400)},
                           {"operator_total_s", r.number(c.operator_total_s, 10, 86'400)},
                           {"answer_takes_s", r.number(c.answer_takes_s, 1, 600)}});
              }},
             {"publishing", [&](const YAML::Node& n) { publishing_of(r, n, c.publishing); }},
             {"pin", [&](const YAML::Node& n) {
                r.section(
                    n, "pin",
                    {{"tries", r.number(c.pins.tries, 1, 100)}, {"lock_minutes", r.number(lock_minutes, 1, 10'080)}});
              }}});
  c.pins.lock_ms = lock_minutes * 60'000;
  if (!database.empty()) c.database = r.beside(database);
}

} // namespace

config read_config(const std::filesystem::path& file) {
  config c;
  read_settings(file, "`tallyline serve --print-config` prints one to start from",
                [&](const settings_reader& r, const YAML::Node& root) { read_all(r, root, c); });
  return c;
}

std::string sample_config() {
  const config c;
  return fmt::format(
      R"(# A tallyline gateway. Every setting is optional; these are the defaults. Paths are relative to this file.
database: {}
menus: []                # menu scripts, such as [polling.yaml]; none: the polling menu that ships
smsc:
  host: {}
  port: {}
  system_id: {}
  password: ""
  system_type: ""
  window: {}           # submit_sm without a response yet, at most
session:
  idle_s: {}            # operators commonly end a USSD session after 180 s
  operator_total_s: {}  # what `tallyline menu check` reckons with
  answer_takes_s: {}     # and how long a person takes for one answer
pin:
  tries: {}
  lock_minutes: {}
# publishing:          # how menus may change; without it, what the database was told last stays
#   approval: false    # true: a second person approves each version, see tallyline menu approve
#   freeze: none       # polling_day (midnight before it to noon after it), or [from, until]
log: {}                # trace, debug, info, warn, error
)",
      c.database.string(), c.smsc.host, c.smsc.port, c.smsc.system_id, c.smsc.window, c.sessions.idle.count(),
      c.operator_total_s, c.answer_takes_s, c.pins.tries, c.pins.lock_ms / 60'000, c.log);
}

} // namespace tallyline::gateway
