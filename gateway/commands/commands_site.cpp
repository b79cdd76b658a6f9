// site: on the remote site its queue and calls; on the gateway its invitation and revocation.
#include "gateway/commands/commands.h"
#include "gateway/commands/login_name.h"
#include "gateway/commands/site_dial.h"

#include "gateway/control_link.h"
#include "gateway/menu_files.h"
#include "gateway/site/reports_file.h"
#include "gateway/site/site_wire.h"
#include "gateway/table.h"
#include "storage/sites.h"

#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <sstream>
#include <unistd.h>

namespace tallyline::gateway {
namespace {

namespace link = modem::link;

struct site_options {
  std::string folder = "site", database = "tallyline.db", code, site, form, file, gateway, port, as = "table";
  std::vector<std::string> answers, confirmed, leave_out;
  std::int64_t speed = 9600;
  bool raw = false, all = false;
  dial_options dial;
};
site_options o;

// --- on the gateway

void tell_gateway(const std::string& database) {
  if (const auto told = ask_gateway(database, "sites"); told && !told->done)
    fmt::print(stderr, "the running gateway could not read it: {}\n", told->text);
}

int set_key(const std::optional<link::secret>& key) {
  const auto done = storage::set_site_key(o.database, o.site, key, login_name(), now_ms());
  if (!done && done.error() == make_error_code(storage::errc::not_on_roster))
    throw std::runtime_error(
        fmt::format("there is no site '{}' in {}: sites.csv of the pack names them", o.site, o.database));
  if (!done) throw std::runtime_error(fmt::format("{}: {}", o.database, done.error().message()));
  tell_gateway(o.database);
  return 0;
}

int invite() {
  const auto code = link::new_code();
  set_key(link::key_of_code(code));
  fmt::print("{}\n", code);
  fmt::print(stderr,
             "Give this code to site {} by a way that others do not hear; it is not shown again. There:\n"
             "  tallyline site enrol {} --gateway HOST:PORT\nAny earlier key of the site is void.\n",
             o.site, code);
  return 0;
}

int revoke() {
  set_key(std::nullopt);
  fmt::print(stderr, "site {} has no key any more; its calls are refused until it is invited again\n", o.site);
  return 0;
}

// --- on the site

std::string gateway_of(site_desk& desk) {
  if (!o.gateway.empty()) return o.gateway;
  return desk.queue().setting("gateway");
}

// By the raw port that was named, by modem where numbers are known, or over the network.
wire_result call_by_what_is_known(site_desk& desk, const std::function<void(const site_desk::sent&)>& answered) {
  if (o.raw) {
    if (o.port.empty()) throw std::runtime_error("--raw wants the port that is connected: --port TTY");
    auto line = wire::to_tty(o.port, o.speed);
    return call_over(desk, line, {o.speed, link::line_care::none}, answered);
  }
  o.dial.port = o.port;
  if (o.gateway.empty())
    if (const auto plan = plan_of(desk.queue(), o.dial)) return call_by_modem(desk, *plan, answered);
  const auto where = gateway_of(desk);
  if (where.empty())
    throw std::runtime_error("where is the gateway? --gateway HOST:PORT, or --port TTY --number NUMBER to dial");
  auto line = wire::to_host(where);
  return call_over(desk, line, {}, answered);
}

int call(site_desk& desk) {
  const bool watched = ::isatty(STDERR_FILENO);
  const auto r = call_by_what_is_known(desk, [&](const site_desk::sent& s) {
    if (watched) fmt::print(stderr, "\r{} answered, {} wait ", s.answered + s.refused, s.waiting);
  });
  if (watched) fmt::print(stderr, "\r");
  fmt::print(stderr, "{} recorded, {} refused, {} still wait; {} octets out, {} in, {:.1f} s{}{}\n", r.what.answered,
             r.what.refused, r.what.waiting, r.octets_out, r.octets_in, r.seconds,
             r.again ? fmt::format(", {} sent again", r.again) : "", r.what.new_forms ? "; new forms came" : "");
  if (r.what.how.how != link::call_end::done) fmt::print(stderr, "{}\n", r.what.how.why);
  if (r.what.refused) fmt::print(stderr, "see `tallyline site queue` for what was refused and why\n");
  return r.what.how.how == link::call_end::done && r.what.refused == 0 ? 0 : 1;
}

void remember_dial() {
  o.dial.port = o.port;
  site_queue q(o.folder);
  o.dial.remember(q);
}

int enrol() {
  const auto key = link::key_of_code(o.code);
  if (!key) {
    fmt::print(stderr, "'{}' is no enrolment code: look at each character again\n", o.code);
    return 2;
  }
  site_queue::enrol(o.folder, *key);
  if (!o.gateway.empty()) site_queue(o.folder).set("gateway", o.gateway);
  remember_dial();
  fmt::print(stderr, "{} is a site's folder now; its key lies in {}/site.key\n", o.folder, o.folder);
  if (o.gateway.empty() && o.dial.numbers.empty()) return 0;
  site_desk desk(o.folder);
  return call(desk);
}

int send() {
  remember_dial();
  site_desk desk(o.folder);
  // Twice when the first call only learned where the counter stands, or brought forms that others wait for.
  const int first = call(desk);
  const auto& how = desk.outcome();
  const bool again =
      how.how.how == link::call_end::stale || (how.how.how == link::call_end::done && how.new_forms && how.waiting > 0);
  return again ? call(desk) : first;
}

int add_one(site_desk& desk) {
  const auto form = desk.forms().form_by_name(o.form);
  std::string scope;
  std::vector<std::pair<std::string, std::string>> cells;
  for (const auto& a : o.answers) {
    const auto eq = a.find('=');
    const auto name = a.substr(0, eq);
    if (eq == std::string::npos) throw std::runtime_error(fmt::format("'{}' is no NAME=ANSWER", a));
    if (name == "station" || name == "office" || name == "area" || name == "scope")
      scope = a.substr(eq + 1);
    else
      cells.emplace_back(name, a.substr(eq + 1));
  }
  queued_report r;
  r.form = o.form;
  if (form) r = desk.gathered(*form, scope, cells);
  r.confirmed = o.confirmed;
  if (const auto refused = desk.check(r)) {
    fmt::print(stderr, "{}{}\n", refused->about.empty() ? "" : refused->about + ": ", refused->why);
    if (refused->wants_confirming) fmt::print(stderr, "if that is right, add --confirm {}\n", refused->about);
    return 1;
  }
  fmt::print(stderr, "report {} waits to be sent\n", desk.queue().add(r));
  return 0;
}

int add() {
  site_desk desk(o.folder);
  if (o.file.empty()) return add_one(desk);
  std::ifstream in(o.file, std::ios::binary);
  if (!in) throw std::runtime_error(fmt::format("{} cannot be read", o.file));
  std::ostringstream all;
  all << in.rdbuf();
  std::size_t kept = 0, wrong = 0;
  for (const auto& l : read_reports(desk, all.view(), o.form, o.confirmed, o.leave_out))
    if (l.wrong.empty()) {
      desk.queue().add(l.report);
      ++kept;
    } else {
      fmt::print(stderr, "{}:{}: {}\n", o.file, l.line, l.wrong);
      ++wrong;
    }
  fmt::print(stderr, "{} reports wait to be sent, {} lines were refused\n", kept, wrong);
  return wrong ? 1 : 0;
}

int queue() {
  site_queue q(o.folder);
  table t{{{"number", "No"},
           {"form", "Form"},
           {"scope", "For"},
           {"state", "State"},
           {"receipt", "Receipt"},
           {"why", "Why"}},
          {},
          {}};
  for (const auto& r : q.all()) {
    if (!o.all && r.verdict == "recorded") continue;
    t.rows.push_back({static_cast<std::int64_t>(r.number), r.form, r.scope, r.verdict.empty() ? "waits" : r.verdict,
                      r.receipt, r.question.empty() ? r.text : r.question + ": " + r.text});
  }
  print(std::cout, t, format_named(o.as));
  return 0;
}

int status() {
  site_desk desk(o.folder);
  std::int64_t waits = 0, recorded = 0, refused = 0;
  for (const auto& r : desk.queue().all())
    ++(r.verdict.empty() ? waits : r.verdict == "refused" || r.verdict == "unread" ? refused : recorded);
  table t{{{"site", "Site"},
           {"gateway", "Gateway"},
           {"forms", "Forms"},
           {"waits", "Wait"},
           {"recorded", "Recorded"},
           {"refused", "Refused"},
           {"calls", "Calls"}},
          {},
          {}};
  std::string names;
  if (desk.has_forms())
    for (const auto& f : desk.forms().forms())
      names += (names.empty() ? "" : " ") + desk.forms().menus()[f.menu].script->forms[f.form].name;
  const auto calls = desk.queue().setting("last_call");
  t.rows.push_back({desk.has_forms() ? desk.forms().site() : "", desk.queue().setting("gateway"), names, waits,
                    recorded, refused,
                    calls.empty() ? std::int64_t{0} : static_cast<std::int64_t>(std::stoull(calls))});
  print(std::cout, t, format_named(o.as));
  return 0;
}

CLI::App* command(CLI::App& of, job& chosen, const char* name, const char* what, const char* example, int (*run)()) {
  auto* c = of.add_subcommand(name, what);
  c->footer(std::string("Example: ") + example);
  c->callback([&chosen, run] { chosen = run; });
  return c;
}

void for_site(CLI::App* c) { c->add_option("--folder", o.folder, "the site's folder")->capture_default_str(); }
void for_call(CLI::App* c) {
  c->add_option("--gateway,--connect", o.gateway, "HOST:PORT of the gateway's link, remembered by enrol");
  c->add_option("--port", o.port, "the modem's serial port; with --raw one that is connected already");
  c->add_option("--speed", o.speed, "bit/s of the port")->capture_default_str();
  c->add_flag("--raw", o.raw, "the port is connected to the gateway: nothing is dialled");
  o.dial.add_to(c);
}
void for_table(CLI::App* c) { c->add_option("--format", o.as, "table, csv or json")->capture_default_str(); }
void for_gateway(CLI::App* c) {
  c->add_option("site", o.site, "its code in sites.csv")->required();
  c->add_option("--database,-d", o.database, "database file of the gateway")->capture_default_str();
}

} // namespace

void add_site(CLI::App& app, job& chosen) {
  auto* site = app.add_subcommand("site", "a remote site with our program: its reports and calls");
  site->require_subcommand(1);
  site->footer("At headquarters: tallyline site invite S1\n"
               "On the site: tallyline site enrol CODE --gateway HOST:PORT; site add; site send");
  for_gateway(command(*site, chosen, "invite", "at headquarters: make a code with which a site enrols",
                      "tallyline site invite S1 --database night.db", invite));
  for_gateway(command(*site, chosen, "revoke", "at headquarters: a site's key opens nothing any more",
                      "tallyline site revoke S1 --database night.db", revoke));
  auto* e = command(*site, chosen, "enrol", "make this machine the site that a code is for, and fetch its forms",
                    "tallyline site enrol 7K3QX-… --gateway 10.1.0.5:7140\n"
                    "         tallyline site enrol 7K3QX-… --port /dev/ttyUSB0 --number 0211234567",
                    enrol);
  e->add_option("code", o.code, "from headquarters")->required();
  for_site(e), for_call(e);
  auto* a = command(*site, chosen, "add", "enter a report, or a file of them; the rules are checked at once",
                    "tallyline site add turnout station=01001 hour=12:00 present=233", add);
  a->add_option("form", o.form, "its name in the menu");
  a->add_option("answers", o.answers, "NAME=ANSWER: station=01001, a list as votes=12*0*7");
  a->add_option("--file", o.file, "CSV with a header: station, form (or as given), the questions' names, votes_1 …");
  a->add_option("--confirm", o.confirmed, "a warning that is right, by its name; may be given several times");
  a->add_option("--leave-out", o.leave_out, "columns of the file that are not the form's; may be given several times");
  for_site(a);
  auto* q = command(*site, chosen, "queue", "what waits, and what was not simply recorded",
                    "tallyline site queue --all", queue);
  q->add_flag("--all", o.all, "what was recorded, too, with its receipt");
  for_site(q), for_table(q);
  auto* s = command(*site, chosen, "send", "call the gateway: send what waits, fetch forms when there are newer ones",
                    "tallyline site send", send);
  for_site(s), for_call(s);
  auto* t = command(*site, chosen, "status", "one line: who this is, what waits", "tallyline site status --format json",
                    status);
  for_site(t), for_table(t);
}

} // namespace tallyline::gateway
