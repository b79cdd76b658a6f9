// chase: remind those who have not reported, by the gateway that runs.
#include "gateway/commands/commands.h"

#include "gateway/chase.h"
#include "gateway/control_link.h"
#include "gateway/menu_files.h"
#include "gateway/reports/names.h"
#include "gateway/share.h"
#include "gateway/viewer.h"
#include "storage/import.h"

#include <fmt/format.h>
#include <iostream>
#include <set>

namespace tallyline::gateway {
namespace {

constexpr std::size_t batch = 50; // between two looks at who has reported meanwhile

struct options {
  std::string database = "tallyline.db", by = "sms", as = "table";
  report_scope scope;
  chase_rules rules;
  unsigned again_after_min = 30, at_most = 5000;
  bool dry_run = false, status = false, history = false;
};

struct sums_of_chase {
  std::size_t sent = 0, escalated = 0, refused = 0, held_back = 0;
};

storage::reminders open_reminders(const options& o) {
  auto opened = storage::reminders::open(o.database);
  if (!opened) throw std::runtime_error(fmt::format("{}: {}", o.database, opened.error().message()));
  return std::move(*opened);
}

reminded reminded_so_far(storage::reminders& from, const std::string& form) {
  reminded all;
  must(from.for_each(form, [&](const storage::reminder& r) {
    if (r.kind != storage::reminder_kind::reminder || r.state == storage::reminder_state::refused) return;
    auto& of = all[{r.key, r.msisdn}];
    ++of.times;
    of.last_ms = r.time_ms;
  }));
  return all;
}

struct desk { // what a look at the database needs, opened once
  explicit desk(const options& o)
      : e(must_open(storage::load_election(o.database), o)), from(must_open(storage::reader::open(o.database), o)),
        world(e) {
    const auto live = storage::live_menus(o.database);
    if (!live) throw std::runtime_error(fmt::format("{}: {}", o.database, live.error().message()));
    for (const auto& v : *live)
      menus.push_back(live_menu_of(v).script);
    if (menus.empty())
      throw std::runtime_error(o.database + ": no menu is in service; start the gateway with: tallyline serve");
    expected = expected_of(menus, world);
  }
  template <class T> static T must_open(boost::system::result<T> got, const options& o) {
    if (!got) throw std::runtime_error(fmt::format("{}: {}", o.database, got.error().message()));
    return std::move(*got);
  }
  gaps look(const options& o) {
    const report_source s{from, e, menus, now_ms()};
    const storage::reader::snapshot one_moment(from);
    return gaps_of(s, expected, o.scope, world.clock().minutes_at(s.now_ms));
  }
  storage::election e;
  storage::reader from;
  election_world world;
  std::vector<std::shared_ptr<const menus::script>> menus;
  std::vector<expected_form> expected;
};

void print_messages(const chase_plan& plan, const options& o) {
  table t{{{"to", "To"}, {"telephone", "Telephone"}, {"for", "For"}, {"text", "Text"}}, {}, {}};
  for (const auto& m : plan.messages)
    t.rows.push_back({m.to, fmt::format("+{}", m.what.msisdn), m.station, m.text});
  print(std::cout, t, format_named(o.as));
}

// Hands one over; why not, or nothing.
std::string send(const chase_message& m, const options& o) {
  const auto word = o.rules.by == storage::bearer::ussd ? "notify" : "sms";
  const auto answer = ask_gateway(o.database, fmt::format("{} {} {}", word, m.what.msisdn, m.text));
  if (!answer) return "no gateway runs on this database now";
  return answer->done ? std::string() : answer->text;
}

void send_batch(storage::reminders& kept, std::span<const chase_message> messages, const options& o,
                sums_of_chase& sums) {
  std::vector<storage::reminders::wanted> wanted;
  for (const auto& m : messages)
    wanted.push_back(m.what);
  const auto now = now_ms();
  const auto rows = must(kept.plan(wanted, now, now - std::int64_t{o.again_after_min} * 60'000));
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (rows[i].empty()) {
      ++sums.held_back;
      continue;
    }
    const auto why = send(messages[i], o);
    must(kept.settle(rows[i], why.empty(), why));
    const bool escalation = messages[i].what.kind == storage::reminder_kind::escalation;
    ++(!why.empty() ? sums.refused : escalation ? sums.escalated : sums.sent);
    if (!why.empty()) fmt::print(stderr, "{} +{}: {}\n", messages[i].to, messages[i].what.msisdn, why);
  }
}

int chase(options o) {
  desk d(o);
  o.rules.area = the_viewer().area_for(d.e, o.rules.area);
  auto kept = open_reminders(o);
  const auto g = d.look(o);
  if (g.forms.empty()) {
    fmt::print(stderr, "nothing of '{}' is due yet; to chase it all the same name the --hour\n", o.scope.form);
    return 0;
  }
  auto rules = o.rules;
  rules.quiet_since_ms = now_ms() - std::int64_t{o.again_after_min} * 60'000;
  auto plan = plan_chase(d.e, d.world, g, rules, reminded_so_far(kept, o.scope.form));
  if (plan.nobody)
    fmt::print(stderr, "{} stations have nobody on the roster to remind; see: tallyline report missing\n", plan.nobody);
  if (plan.no_supervisor) fmt::print(stderr, "{} stations have no supervisor to tell\n", plan.no_supervisor);
  if (o.dry_run) return print_messages(plan, o), 0;
  if (!plan.messages.empty() && !ask_gateway(o.database, "status"))
    throw std::runtime_error(o.database + ": no gateway runs on this database now; start it with: tallyline serve");
  sums_of_chase sums;
  // Who is held back takes nobody's place in the wave.
  const auto gone_out = [&] { return static_cast<std::size_t>(sums.sent + sums.escalated + sums.refused); };
  std::size_t at = 0;
  while (at < plan.messages.size() && gone_out() < o.at_most) {
    const auto size = std::min({batch, plan.messages.size() - at, o.at_most - gone_out()});
    send_batch(kept, std::span(plan.messages).subspan(at, size), o, sums);
    at += size;
  }
  fmt::print(stderr,
             "{} reminded, {} supervisors told, {} held back (written to within {} minutes, or reported meanwhile), {} "
             "refused{}\n",
             sums.sent, sums.escalated, sums.held_back, o.again_after_min, sums.refused,
             at < plan.messages.size() ? fmt::format("; {} more wait for the next call", plan.messages.size() - at)
                                       : "");
  return sums.refused ? 1 : 0;
}

int status(const options& o) {
  desk d(o);
  const auto seen = [&](std::string_view key) { return the_viewer().sees(d.e, key.substr(0, key.find('/'))); };
  auto kept = open_reminders(o);
  std::map<std::pair<std::string, int>, std::array<std::int64_t, 3>> waves; // sent, refused, reported since
  std::map<std::pair<std::string, std::string>, bool> open;                 // form and key: still missing
  report_scope everything = o.scope;
  everything.all = true;
  options all = o;
  all.scope = everything;
  for (const auto& f : d.look(all).forms)
    for (const auto& p : f.parts)
      for (std::size_t i = 0; i < p.at.size(); ++i)
        if (p.at[i] == standing_of_report::missing) {
          const auto code =
              storage::joined_key({std::string(code_of_scope(d.e, {f.expected->menu->scope, p.expected->where[i]}))});
          open[{f.expected->what().name, p.expected->part.empty() ? code : code + '/' + p.expected->part}] = true;
        }
  must(kept.for_each(o.scope.form, [&](const storage::reminder& r) {
    if (!seen(r.key)) return;
    const int wave = r.kind == storage::reminder_kind::escalation ? 0 : r.wave;
    auto& w = waves[{r.form, wave}];
    if (r.state == storage::reminder_state::refused) return void(++w[1]);
    ++w[0];
    if (wave > 0 && !open.contains({r.form, r.key})) ++w[2];
  }));
  table t{
      {{"form", "Form"}, {"wave", "Wave"}, {"sent", "Sent"}, {"refused", "Refused"}, {"reported", "Reported since"}},
      {},
      {}};
  for (const auto& [key, w] : waves)
    t.rows.push_back({key.first, key.second == 0 ? std::string("supervisors") : fmt::to_string(key.second), w[0], w[1],
                      key.second == 0 ? cell{} : cell(w[2])});
  print(std::cout, t, format_named(o.as));
  return 0;
}

int history(const options& o) {
  const auto e = desk::must_open(storage::load_election(o.database, false), o);
  const local_clock clock(e.time_zone);
  auto kept = open_reminders(o);
  table t{{{"at", "At"},
           {"form", "Form"},
           {"for", "For"},
           {"telephone", "Telephone"},
           {"wave", "Wave"},
           {"by", "By"},
           {"state", "State"}},
          {},
          {}};
  static constexpr std::string_view states[] = {"planned", "sent", "refused: "};
  must(kept.for_each(o.scope.form, [&](const storage::reminder& r) {
    if (!the_viewer().sees(e, std::string_view(r.key).substr(0, r.key.find('/')))) return;
    t.rows.push_back({local_text(clock.minutes_at(r.time_ms)), r.form, r.key, fmt::format("+{}", r.msisdn),
                      r.kind == storage::reminder_kind::escalation ? std::string("supervisor") : fmt::to_string(r.wave),
                      std::string(bearer_name(r.by)), std::string(states[static_cast<std::size_t>(r.state)]) + r.why});
  }));
  print(std::cout, t, format_named(o.as));
  return 0;
}

} // namespace

void add_chase(CLI::App& app, job& chosen) {
  static options o;
  auto* c = app.add_subcommand("chase", "remind those who have not reported, and their supervisors after some times");
  c->add_option("form", o.scope.form, "which form, by its name in the menu");
  c->add_option("--database,-d", o.database, "the gateway's database file")->capture_default_str();
  c->add_option("--area,-a", o.rules.area, "only this area, by its code");
  c->add_option("--hour,--key", o.scope.key, "only what is reported for this hour, or other part of a report's key");
  c->add_option("--by", o.by, "sms, or ussd: a page that is shown on the phone")
      ->check(CLI::IsMember({"sms", "ussd"}))
      ->capture_default_str();
  c->add_option("--again-after", o.again_after_min, "minutes within which nobody is written to twice")
      ->capture_default_str();
  c->add_option("--escalate-after", o.rules.escalate_after, "reminders, then the supervisor is told instead; 0: never")
      ->capture_default_str();
  c->add_option("--at-most", o.at_most, "messages in this wave")->capture_default_str();
  c->add_flag("--dry-run,-n", o.dry_run, "print who would get which text, send and note nothing");
  c->add_flag("--status", o.status, "how many were reminded in which wave, and reported since");
  c->add_flag("--history", o.history, "every message that went out");
  c->add_option("--format,-f", o.as, "table, csv or json")->check(CLI::IsMember({"table", "csv", "json"}));
  c->footer("Each call is one wave; it sends nothing twice within --again-after, and nothing to who has reported.\n"
            "Example: tallyline chase turnout --hour 12:00 --area D07");
  c->callback([&] {
    chosen = [] {
      o.rules.by = o.by == "ussd" ? storage::bearer::ussd : storage::bearer::sms;
      if (o.history) return history(o);
      if (o.status) return status(o);
      if (!o.scope.form.empty()) return chase(o);
      fmt::print(stderr, "say which form, such as: tallyline chase turnout --hour 12:00\n");
      return 2;
    };
  });
}

} // namespace tallyline::gateway
