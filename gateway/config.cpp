#include "gateway/config.h"

#include "gateway/local_time.h"
#include "gateway/yaml_settings.h"

#include <fmt/format.h>

namespace tallyline::gateway {
namespace {

void tls_of(const settings_reader& r, const YAML::Node& n, smpp::tls_settings& t) {
  t.on = true;
  const auto file = [&](std::string& into) {
    return [&](const YAML::Node& v) {
      r.text(into)(v);
      into = r.beside(into).string();
    };
  };
  r.section(n, "tls",
            {{"ca", file(t.ca)},
             {"certificate", file(t.certificate)},
             {"key", file(t.key)},
             {"name", r.text(t.name)},
             {"verify", r.flag(t.verify)}});
}

void smsc_of(const settings_reader& r, const YAML::Node& n, smsc_settings& s) {
  auto& l = s.link;
  const auto one_of = [&r](const YAML::Node& v, std::initializer_list<const char*> words) {
    std::string all;
    for (const auto* w : words) {
      if (v.IsScalar() && v.Scalar() == w) return std::string(w);
      all += (all.empty() ? "" : " or ") + std::string(w);
    }
    r.refuse(v.Mark(), all + " is wanted here");
  };
  const auto word = [&r](std::string& into, std::size_t longest) {
    return [&r, &into, longest](const YAML::Node& v) {
      r.text(into)(v);
      if (into.size() > longest) r.refuse(v.Mark(), fmt::format("SMPP carries at most {} characters here", longest));
    };
  };
  r.section(n, "smsc",
            {{"name", r.text(s.name)},
             {"host", r.text(l.host)},
             {"port", r.number(l.port, 1, 65535)},
             {"system_id", word(l.system_id, 15)},
             {"password", word(l.password, 8)},
             {"system_type", word(l.system_type, 12)},
             {"interface_version",
              [&](const YAML::Node& v) {
                l.interface_version = one_of(v, {"3.4", "5.0"}) == "5.0" ? 0x50 : 0x34;
              }},
             {"address",
              [&](const YAML::Node& v) {
                r.section(v, "address",
                          {{"ton", r.number(l.address_ton, 0, 255)},
                           {"npi", r.number(l.address_npi, 0, 255)},
                           {"range", word(l.address_range, 40)}});
              }},
             {"source_ip", r.text(l.source_ip)},
             {"tls", [&](const YAML::Node& v) { tls_of(r, v, l.tls); }},
             {"dialect",
              [&](const YAML::Node& v) {
                r.text(s.dialect)(v);
                if (s.dialect.find_first_of("./") != std::string::npos) s.dialect = r.beside(s.dialect).string();
              }},
             {"service_type", word(s.service_type, 5)},
             {"bind",
              [&](const YAML::Node& v) {
                s.pairs = one_of(v, {"transceiver", "pair"}) == "pair";
              }},
             {"binds", r.number(s.binds, 1, 64)},
             {"window", r.number(l.window, 1, 100'000)},
             {"rate", r.number(l.rate, 0, 1'000'000)}});
}

// One as a map, several as a list, or none: a gateway of modems alone.
void smscs_of(const settings_reader& r, const YAML::Node& n, std::vector<smsc_settings>& all) {
  if (n.IsScalar() && n.Scalar() == "none") return all.clear();
  if (!n.IsSequence()) return smsc_of(r, n, all.front());
  if (n.size() == 0) r.refuse(n.Mark(), "at least one SMSC is wanted here, or none: smsc: none");
  all.assign(n.size(), {});
  for (std::size_t i = 0; i < n.size(); ++i) {
    all[i].name = fmt::format("smsc{}", i + 1);
    smsc_of(r, n[i], all[i]);
  }
}

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
  r.section(n, "publishing",
            {{"approval", r.flag(p.approval)}, {"freeze", [&](const YAML::Node& f) { freeze_of(r, f, p); }}});
}

void queues_of(const settings_reader& r, const YAML::Node& n, queue_settings& q) {
  q.given = true;
  r.section(n, "queues",
            {{"form", r.text(q.form)},
             {"older_than_minutes", r.number(q.older_than_minutes, 1, 100'000)},
             {"again_after_minutes", r.number(q.again_after_minutes, 1, 100'000)},
             {"by", [&](const YAML::Node& v) {
                if (!v.IsScalar() || (v.Scalar() != "sms" && v.Scalar() != "ussd"))
                  r.refuse(v.Mark(), "sms or ussd is wanted here");
                q.by = v.Scalar() == "ussd" ? storage::bearer::ussd : storage::bearer::sms;
              }}});
}

void read_all(const settings_reader& r, const YAML::Node& root, config& c) {
  std::string database, trace;
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
             {"smsc", [&](const YAML::Node& n) { smscs_of(r, n, c.smscs); }},
             {"session",
              [&](const YAML::Node& n) {
                r.section(n, "session",
                          {{"idle_s", r.number(c.sessions.idle, 10, 86'400)},
                           {"operator_total_s", r.number(c.operator_total_s, 10, 86'400)},
                           {"answer_takes_s", r.number(c.answer_takes_s, 1, 600)}});
              }},
             {"trace_pdu",
              [&](const YAML::Node& n) {
                r.text(trace)(n);
                c.trace_pdu = r.beside(trace);
              }},
             {"link",
              [&](const YAML::Node& n) {
                r.section(n, "link", {{"listen", r.text(c.link_listen)}});
              }},
             {"metrics_port", r.number(c.metrics_port, 0, 65535)},
             {"modems", [&](const YAML::Node& n) { modems_of(r, n, c.dial_up.modems); }},
             {"modem_sms", [&](const YAML::Node& n) { modem_sms_of(r, n, c.dial_up); }},
             {"terminal", [&](const YAML::Node& n) { terminal_of(r, n, c.dial_up); }},
             {"ppp", [&](const YAML::Node& n) { ppp_of(r, n, c.dial_up.ppp); }},
             {"ledger",
              [&](const YAML::Node& n) {
                r.section(n, "ledger", {{"head_every_s", r.number(c.head_every_s, 1, 86'400)}});
              }},
             {"disk",
              [&](const YAML::Node& n) {
                r.section(n, "disk",
                          {{"warn_mb", r.number(c.disk.warn_mb, 0, 1'000'000'000)},
                           {"stop_mb", r.number(c.disk.stop_mb, 0, 1'000'000'000)}});
                if (c.disk.stop_mb > c.disk.warn_mb) r.refuse(n.Mark(), "stop_mb is more than warn_mb");
              }},
             {"queues", [&](const YAML::Node& n) { queues_of(r, n, c.queues); }},
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
smsc:                  # or a list of several, each with its name; or none, for a gateway of modems alone
  host: {}
  port: {}
  system_id: {}
  password: ""
  system_type: ""
  dialect: standard    # how it speaks USSD: see tallyline smpp dialects, or a file of your own
  bind: transceiver    # or pair: a transmitter and a receiver
  binds: 1             # how many of these; the load is shared, and goes on by the others when one dies
  window: {}         # requests without a response yet, at most, each bind
  rate: 0              # requests a second at most, each bind; 0: no limit
  # interface_version: 3.4   # or 5.0
  # address: {{ton: 0, npi: 0, range: ""}}
  # service_type: USSD       # instead of the dialect's
  # source_ip: 10.1.0.7      # of this machine
  # tls: {{ca: operator.pem, certificate: ours.pem, key: ours.key}}
session:
  idle_s: {}            # operators commonly end a USSD session after 180 s
  operator_total_s: {}  # what `tallyline menu check` reckons with
  answer_takes_s: {}     # and how long a person takes for one answer
pin:
  tries: {}
  lock_minutes: {}
ledger:
  head_every_s: {}      # how often the ledger's head is signed
disk:
  warn_mb: {}         # less free than this is told in the log and in tallyline status
  stop_mb: {}           # less than this: no new report is begun until there is room
{}# publishing:          # how menus may change; without it, what the database was told last stays
#   approval: false    # true: a second person approves each version, see tallyline menu approve
#   freeze: none       # polling_day (midnight before it to noon after it), or [from, until]
# queues:              # tells offices and their supervisors of queues that are old; without it nobody is told
#   older_than_minutes: 60
#   again_after_minutes: 120   # nobody is written to twice within
#   form: documents    # what waits
#   by: sms            # or ussd: a page that is shown on the phone
metrics_port: 0        # on this machine only, for Prometheus: GET /metrics; 0: none
# link:                # the report link for sites on a private network (tallyline site)
#   listen: 127.0.0.1:7140
# trace_pdu: wire.pcap # every PDU, for Wireshark; or wire.log in lines. PINs are masked
log: {}                # trace, debug, info, warn, error
)",
      c.database.string(), c.smscs[0].link.host, c.smscs[0].link.port, c.smscs[0].link.system_id,
      c.smscs[0].link.window, c.sessions.idle.count(), c.operator_total_s, c.answer_takes_s, c.pins.tries,
      c.pins.lock_ms / 60'000, c.head_every_s, c.disk.warn_mb, c.disk.stop_mb, sample_dial_up(), c.log);
}

} // namespace tallyline::gateway
