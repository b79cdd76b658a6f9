// report: what headquarters asks.
#include "gateway/commands/commands.h"

#include "gateway/menu_files.h"
#include "gateway/reports/cases.h"
#include "gateway/reports/report.h"
#include "gateway/reports/sites.h"
#include "gateway/share.h"
#include "gateway/viewer.h"
#include "storage/import.h"

#include <fmt/format.h>
#include <iostream>
#include <sstream>
#include <thread>
#include <unistd.h>

namespace tallyline::gateway {
namespace {

struct known_report {
  const char* name;
  table (*make)(const report_source&, const report_scope&); // nullptr: `sites` and `cases`, which read tables of their own
  bool people; // whether it names them
  const char* what;
};
constexpr known_report reports[] = {
    {"results", results, false, "votes by candidate, seats, how many stations are in"},
    {"turnout", turnout, false, "voters by hour; --against an earlier election's"},
    {"missing", missing, true, "who has not reported what, with telephone numbers; --by LEVEL counts"},
    {"flags", flags, false, "confirmed warnings and what is in review, by rule; --list names each"},
    {"hints", hints, false, "digit tests, outliers, arrival times: hints, not findings"},
    {"bearers", bearers, false, "by which way reports came in"},
    {"latency", latency, false, "from the polls' closing, or the --hour, to the record"},
    {"queues", queues, false, "who waits at the offices, how long, until when, and who nearby is less busy"},
    {"offices", offices, false, "registrations, times, errors, silence; a league; --commend, --look-into"},
    {"coverage", coverage, true, "of every process: expected, done by which way, from paper, missing, by computer"},
    {"support", support, false, "who asked for help: open, answered, ages, by category; --list names each"},
    {"cases", nullptr, false, "violation cases by area and rule; --list names each, with its evidence"},
    {"sites", nullptr, false, "what each site's calls cost and brought, and who is silent"},
};

const known_report& report_named(const std::string& name) {
  for (const auto& r : reports)
    if (name == r.name) return r;
  throw std::logic_error("a report that is in no list");
}

struct options {
  std::string name, database = "tallyline.db", menu, as = "table";
  unsigned every_s = 0;
  report_scope scope;
};

// Those in service say which answers a report reads; before the first start it is the polling menu that ships.
std::vector<live_menu> menus_of(const options& o) {
  if (!o.menu.empty()) return load_menus({o.menu});
  const auto live = storage::live_menus(o.database);
  if (!live) throw std::runtime_error(fmt::format("{}: {}", o.database, live.error().message()));
  std::vector<live_menu> menus;
  for (const auto& v : *live)
    menus.push_back(live_menu_of(v));
  return menus.empty() ? load_menus({shared_file("menus/scripts/polling.yaml")}) : std::move(menus);
}

// A row for each site, by its area.
table sites_seen(const options& o) {
  auto all = sites(o.database, now_ms());
  if (!the_viewer().limited()) return all;
  const auto e = storage::load_election(o.database, false);
  if (!e) throw std::runtime_error(fmt::format("{}: {}", o.database, e.error().message()));
  std::erase_if(all.rows, [&](const auto& row) { return !the_viewer().sees(*e, std::get<std::string>(row[1])); });
  return all;
}

table made(const options& o) {
  const auto& which = report_named(o.name);
  if (!which.make && o.name == "sites") return sites_seen(o);
  const auto loaded = storage::load_election(o.database, which.people);
  if (!loaded) throw std::runtime_error(fmt::format("{}: {}", o.database, loaded.error().message()));
  if (!which.make) {
    auto scope = o.scope;
    scope.area = the_viewer().area_for(*loaded, scope.area);
    return cases(o.database, *loaded, scope, now_ms());
  }
  auto reader = storage::reader::open(o.database);
  if (!reader) throw std::runtime_error(fmt::format("{}: {}", o.database, reader.error().message()));
  report_source s{*reader, *loaded, {}, now_ms()};
  for (const auto& m : menus_of(o))
    s.menus.push_back(m.script);
  auto scope = o.scope;
  scope.area = the_viewer().area_for(*loaded, scope.area);
  return which.make(s, scope);
}

int report(const options& o) {
  const bool terminal = ::isatty(STDOUT_FILENO) != 0;
  for (;;) {
    std::ostringstream page;
    print(page, made(o), format_named(o.as));
    if (o.every_s && terminal) std::cout << "\033[H\033[2J"; // ECMA-48: home, erase all
    std::cout << page.str() << std::flush;
    if (!o.every_s) return 0;
    std::this_thread::sleep_for(std::chrono::seconds(o.every_s)); // of a person's screen, not of the gateway
  }
}

std::string list_of_reports() {
  std::string out = "Reports:\n";
  for (const auto& r : reports)
    out += fmt::format("  {:<10} {}\n", r.name, r.what);
  return out;
}

} // namespace

void add_report(CLI::App& app, job& chosen) {
  static options o;
  auto* c = app.add_subcommand("report", "what has been reported so far");
  std::vector<std::string> names;
  for (const auto& r : reports)
    names.emplace_back(r.name);
  c->add_option("name", o.name, "which one, see below")->required()->check(CLI::IsMember(names));
  c->add_option("--database,-d", o.database, "database file")->capture_default_str();
  c->add_option("--menu,-m", o.menu, "menu script whose forms feed the report (default: those in service)");
  c->add_option("--area,-a", o.scope.area, "only this area, by its code");
  c->add_option("--by,-b", o.scope.by, "a row for each area of this level, or for each station");
  c->add_option("--contest", o.scope.contest, "only this contest, by its code");
  c->add_option("--form", o.scope.form, "only this form");
  c->add_option("--hour,--key", o.scope.key, "only what is reported for this hour, or other part of a report's key");
  c->add_option("--against", o.scope.against,
                "turnout: a CSV file of an earlier election, columns code,share or as printed")
      ->check(CLI::ExistingFile);
  c->add_flag("--list", o.scope.list, "flags, support, cases: each of them instead of counts");
  c->add_flag("--all", o.scope.all, "missing: also what is not due yet; queues: also where nobody waits");
  c->add_option("--processes", o.scope.coverage,
                "coverage: what an election's processes are (default: gateway/reports/coverage.yaml, which ships)")
      ->check(CLI::ExistingFile);
  c->add_flag("--commend", o.scope.commend, "offices: who is to be commended, by which rule, with figures and records");
  c->add_flag("--look-into", o.scope.look_into, "offices: who is to be looked into, likewise");
  c->add_option("--league", o.scope.league,
                "offices, queues: opening hours, score and rules (default: gateway/reports/league.yaml, which ships)")
      ->check(CLI::ExistingFile);
  c->add_option("--watch,-w", o.every_s, "again every so many seconds, until Ctrl-C")->expected(0, 1)->default_str("5");
  c->add_option("--format,-f", o.as, "table, csv or json")
      ->check(CLI::IsMember({"table", "csv", "json"}))
      ->capture_default_str();
  c->footer(list_of_reports() + "Example: tallyline report turnout --by district --format csv\n"
                                "         tallyline report missing --area D07 --hour 12:00\n"
                                "         tallyline report queues --area D07 --watch\n"
                                "         tallyline report offices --by county\n"
                                "         tallyline report coverage --area P02 --by county");
  c->callback([&, c] {
    if (c->count("--watch") && o.every_s == 0) o.every_s = 5;
    chosen = [] { return report(o); };
  });
}

} // namespace tallyline::gateway
