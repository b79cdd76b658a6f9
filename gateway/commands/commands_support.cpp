// support: calls for help, and their answers. cases: violation cases opened and closed at headquarters.
#include "gateway/commands/commands.h"

#include "gateway/desk.h"
#include "gateway/intake.h"
#include "gateway/local_time.h"
#include "gateway/table.h"
#include "gateway/viewer.h"
#include "storage/import.h"
#include "storage/receipt.h"
#include "storage/proof.h"

#include <fmt/format.h>
#include <iostream>

namespace tallyline::gateway {
namespace {

struct options {
  std::string database = "tallyline.db", area, ticket, text, as = "table";
  bool all = false;
  // cases
  std::string rule, office, decision;
  std::vector<std::string> evidence;
  bool unanswered = false;
};

storage::election election_of(const options& o) {
  auto e = storage::load_election(o.database, false);
  if (!e) throw std::runtime_error(fmt::format("{}: {}", o.database, e.error().message()));
  return std::move(*e);
}

std::string number_to_call(const storage::ticket& t) {
  if (!t.callback.empty()) return "+" + t.callback;
  return t.msisdn ? fmt::format("+{}", *t.msisdn) : std::string("(forgotten)");
}

std::string state_of(const storage::ticket& t) {
  if (t.done_ms == 0) return "waits";
  return t.done_form == "help_closed" ? "closed" : "answered by " + field_of(t.done_fields, "by");
}

int list(const options& o) {
  const auto e = election_of(o);
  const auto area = the_viewer().area_for(e, o.area);
  if (!area.empty() && !e.area_by_code(area)) throw std::runtime_error(fmt::format("there is no area '{}'", area));
  const viewer seen{the_viewer().login, area};
  const local_clock clock(e.time_zone);
  const auto now = intake_clock().unix_ms();
  auto all = storage::tickets(o.database, "help");
  if (!all) throw std::runtime_error(fmt::format("{}: {}", o.database, all.error().message()));
  table t{{{"ticket", "Ticket"}, {"place", "Place"}, {"category", "About"}, {"text", "What"}, {"call", "Call"},
           {"since", "Since"}, {"age_minutes", "Age, min"}, {"state", "State"}},
          {},
          {}};
  for (const auto& h : *all)
    if (seen.sees(e, h.scope) && (o.all || h.done_ms == 0))
      t.rows.push_back({storage::receipt::ticket_text(h.number), h.scope, field_of(h.fields, "category"),
                        field_of(h.fields, "text"), number_to_call(h), local_text(clock.minutes_at(h.since_ms)),
                        ((h.done_ms ? h.done_ms : now) - h.since_ms) / 60'000, state_of(h)});
  print(std::cout, t, format_named(o.as));
  return 0;
}

int show(const options& o) {
  const auto e = election_of(o);
  const auto t = ticket_named(o.database, "help", o.ticket);
  const local_clock clock(e.time_zone);
  fmt::print("ticket {}  receipt {}\n", storage::receipt::ticket_text(t.number), t.receipt);
  const auto line = [](const char* name, const std::string& value) {
    if (!value.empty()) fmt::print("  {:<10} {}\n", name, value);
  };
  line("place", t.scope);
  line("about", field_of(t.fields, "category"));
  line("what", field_of(t.fields, "text"));
  line("call", number_to_call(t));
  line("since", local_text(clock.minutes_at(t.since_ms)));
  line("state", state_of(t));
  if (t.done_ms == 0) return 0;
  line("answered", local_text(clock.minutes_at(t.done_ms)));
  line("answer", field_of(t.done_fields, "text"));
  return 0;
}

// A step of headquarters: the same key as the step it follows.
desk_report following(const storage::ticket& t, const char* form, const char* followed) {
  desk_report r;
  r.what.form = form, r.what.follows = followed;
  r.what.scope = t.scope;
  r.what.key = {t.scope, t.part};
  return r;
}

int answer(const options& o) {
  const auto t = ticket_named(o.database, "help", o.ticket);
  auto r = following(t, "help_answer", "help");
  r.what.fields = {{"text", o.text, false}};
  if (t.msisdn) r.told = *t.msisdn, r.text = fmt::format("{}: {}", storage::receipt::ticket_text(t.number), o.text);
  fmt::print(stderr, "answered, {}; {}\n", report_from_desk(o.database, r),
             t.msisdn ? "it goes out by SMS; where that does not arrive it is shown on the phone's next call"
                      : "who asked is no longer known");
  return 0;
}

int close(const options& o) {
  const auto t = ticket_named(o.database, "help", o.ticket);
  auto r = following(t, "help_closed", "help");
  r.what.fields = {{"text", o.text, false}};
  fmt::print(stderr, "closed, {}\n", report_from_desk(o.database, r));
  return 0;
}

int open_case(const options& o) {
  const auto e = election_of(o);
  if (!e.office_by_code(o.office)) throw std::runtime_error(fmt::format("there is no office '{}'", o.office));
  if (!the_viewer().sees(e, o.office))
    throw std::runtime_error(fmt::format("'{}' lies outside {}, the area that the account '{}' is for", o.office,
                                         the_viewer().area, the_viewer().login));
  std::string evidence;
  for (const auto& code : o.evidence) {
    const auto found = storage::find_with_proof(o.database, code);
    if (!found) throw std::runtime_error(fmt::format("{}: {}", code, found.error().message()));
    evidence += (evidence.empty() ? "" : " ") + found->record.receipt;
  }
  desk_report r;
  r.what.form = "case", r.what.once = r.what.many = true;
  r.what.scope = o.office, r.what.key = {o.office};
  r.what.fields = {{"office", o.office, false}, {"rule", o.rule, false}, {"text", o.text, false}, {"evidence", evidence, false}};
  fmt::print("{}\n", report_from_desk(o.database, r));
  return 0;
}

int close_case(const options& o) {
  const auto t = ticket_named(o.database, "case", o.ticket);
  auto r = following(t, "case_closed", o.unanswered ? "case" : "case_answer");
  r.what.fields = {{"decision", o.decision, false}, {"text", o.text, false}};
  fmt::print("{}\n", report_from_desk(o.database, r));
  return 0;
}

class commands {
public:
  commands(CLI::App& of, options& o, job& chosen) : of_(of), o_(o), chosen_(chosen) {}
  CLI::App* add(const char* name, const char* what, int (*run)(const options&)) {
    auto* c = of_.add_subcommand(name, what);
    c->add_option("--database,-d", o_.database, "database file")->capture_default_str();
    c->callback([&chosen = chosen_, &o = o_, run] { chosen = [&o, run] { return run(o); }; });
    return c;
  }

private:
  CLI::App& of_;
  options& o_;
  job& chosen_;
};

} // namespace

void add_support(CLI::App& app, job& chosen) {
  static options o;
  auto* s = app.add_subcommand("support", "calls for help from the phones, and their answers");
  s->require_subcommand(1);
  commands all(*s, o, chosen);
  auto* l = all.add("list", "what waits for an answer, the oldest first", list);
  l->add_option("--area,-a", o.area, "only this area, by its code");
  l->add_flag("--all", o.all, "also what is answered");
  l->add_option("--format,-f", o.as, "table, csv or json")->check(CLI::IsMember({"table", "csv", "json"}));
  all.add("show", "one of them", show)->add_option("ticket", o.ticket, "as the list has it")->required();
  auto* a = all.add("answer", "answer it: by SMS, or on the phone's next call", answer);
  a->add_option("ticket", o.ticket, "as the list has it")->required();
  a->add_option("text", o.text, "the answer; it stands in the ledger, so name nobody")->required();
  a->footer("Example: tallyline support answer 12-3 \"A new printer is on its way.\"");
  auto* c = all.add("close", "it needs no answer, or was answered by telephone", close);
  c->add_option("ticket", o.ticket, "as the list has it")->required();
  c->add_option("--note", o.text, "what became of it");
  s->footer("Example: tallyline support list --area P02\n"
            "         tallyline support answer 12-3 \"A new printer is on its way.\"");
}

void add_cases(CLI::App& app, job& chosen) {
  static options o;
  auto* s = app.add_subcommand("cases", "violation cases against offices: open and close them; see also: report cases");
  s->require_subcommand(1);
  commands all(*s, o, chosen);
  auto* a = all.add("open", "open one, with the records that show it", open_case);
  a->add_option("--rule,-r", o.rule, "which rule")->required();
  a->add_option("--office,-o", o.office, "the office's code")->required();
  a->add_option("--evidence,-e", o.evidence, "receipts of records")->expected(1, 20);
  a->add_option("--text,-t", o.text, "in a few words; it stands in the ledger, so name nobody");
  a->footer("Example: tallyline cases open --rule out_of_hours --office M0112 --evidence 482-193-7620 771-000-1234");
  auto* c = all.add("close", "decide on it", close_case);
  c->add_option("case", o.ticket, "its number, as report cases --list has it")->required();
  c->add_option("--decision", o.decision, "what was decided")
      ->required()
      ->check(CLI::IsMember({"upheld", "warned", "dismissed"}));
  c->add_option("--text,-t", o.text, "why");
  c->add_flag("--unanswered", o.unanswered, "although the office has not answered");
  c->footer("Example: tallyline cases close 7-2 --decision warned --text \"first time\"");
}

} // namespace tallyline::gateway
