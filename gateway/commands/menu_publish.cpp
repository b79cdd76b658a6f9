// menu publish, versions, rollback, show: which script is in service, and putting another one there.
#include "gateway/authoring/elections.h"
#include "gateway/commands/commands_menu.h"
#include "gateway/control_link.h"
#include "gateway/menu_files.h"
#include "gateway/share.h"
#include "gateway/table.h"
#include "gateway/ussd_bearer.h"
#include "menus/check.h"

#include <boost/date_time/posix_time/posix_time.hpp>
#include <charconv>
#include <fmt/format.h>
#include <iostream>
#include <map>
#include <unistd.h>

namespace tallyline::gateway {
namespace {

struct options {
  std::string what, database = "tallyline.db", by, note, as = "table";
  std::int64_t to = 0;
};

std::string who(const options& o) {
  if (!o.by.empty()) return o.by;
  const char* name = ::getlogin();
  return name ? name : "unknown";
}

template <class T> T need(boost::system::result<T> got, const std::string& database) {
  if (!got) throw std::runtime_error(fmt::format("{}: {}", database, got.error().message()));
  return std::move(*got);
}

// Everything the check proves, on the election that the script will serve.
bool passes(const menus::load_result& loaded, const std::string& database) {
  auto problems = loaded.problems;
  bool good = static_cast<bool>(loaded);
  if (good) {
    const auto election = election_for(*loaded.menu, {}, database);
    const election_world world(*election);
    const ussd_page ussd;
    auto got = menus::check(loaded, {&world, everything(*election), {{"ussd", &ussd}}});
    good = got.good();
    problems = std::move(got.problems);
  }
  for (const auto& p : problems)
    fmt::print(stderr, "{}\n", menus::to_string(p));
  return good;
}

int put_into_service(const options& o, const storage::menu_version& v) {
  const auto done = need(storage::publish_menu(o.database, v), o.database);
  if (!done.is_new) {
    fmt::print(stderr, "this is version {} of '{}' and in service already\n", done.version.number, v.menu);
    return 0;
  }
  const auto answer = ask_gateway(o.database, "menus");
  fmt::print(stderr, "version {} of '{}' is in service{}\n", done.version.number, v.menu,
             answer ? "; " + *answer : ": no gateway runs on this database now, the next one serves it");
  return 0;
}

int publish(const options& o) {
  const auto loaded = menus::load_script(o.what, {shared_file("menus/scripts/texts.yaml").parent_path()});
  if (!passes(loaded, o.database)) {
    fmt::print(stderr, "{} was not published; what was in service still is\n", o.what);
    return 1;
  }
  return put_into_service(o, version_of(loaded, who(o), o.note));
}

int rollback(const options& o) {
  const auto all = need(storage::menu_versions(o.database, o.what), o.database);
  const storage::menu_version* back = nullptr;
  for (const auto& v : all)
    if (o.to ? v.number == o.to : !v.live) back = &v; // the last before the one in service
  if (!back) throw std::runtime_error(fmt::format("'{}' has no such version; see: tallyline menu versions", o.what));
  const auto loaded = load_bundle(back->bundle);
  if (!passes(loaded, o.database)) return 1;
  return put_into_service(o, version_of(loaded, who(o), fmt::format("back to version {}", back->number)));
}

std::string when(std::int64_t ms) {
  using namespace boost::posix_time;
  return to_iso_extended_string(from_time_t(ms / 1000)) + "Z";
}

int versions(const options& o) {
  static const std::map<std::string, format> formats{
      {"table", format::table}, {"csv", format::csv}, {"json", format::json}};
  table t;
  t.columns = {{"menu", "menu"}, {"version", "version"}, {"state", "state"},  {"time", "when (UTC)"},
               {"by", "by"},     {"note", "note"},       {"digest", "digest"}};
  for (const auto& v : need(storage::menu_versions(o.database, o.what), o.database))
    t.rows.push_back({v.menu, v.number, std::string(v.live ? "in service" : "earlier"), when(v.time_ms), v.by, v.note,
                      v.digest.substr(0, 12)});
  print(std::cout, t, formats.at(o.as));
  return 0;
}

int show(const options& o) {
  const auto at = o.what.find('@');
  const std::string menu = o.what.substr(0, at);
  std::int64_t number = 0;
  if (at != std::string::npos) std::from_chars(o.what.data() + at + 1, o.what.data() + o.what.size(), number);
  for (const auto& v : need(storage::menu_versions(o.database, menu), o.database)) {
    if (number ? v.number != number : !v.live) continue;
    for (const auto& [name, text] : files_of(v.bundle))
      std::cout << (files_of(v.bundle).size() > 1 ? "# --- " + name + "\n" : "") << text;
    return 0;
  }
  throw std::runtime_error(fmt::format("there is no '{}'; see: tallyline menu versions", o.what));
}

void add_common(CLI::App* c, options& o) {
  c->add_option("--database,-d", o.database, "database file")->capture_default_str();
}

} // namespace

void add_menu_publish(CLI::App& menu, job& chosen) {
  static options o;
  auto* p = menu.add_subcommand("publish",
                                "check a script and put it into service; sessions under way finish on the old one");
  p->add_option("file", o.what, "menu script")->required();
  p->add_option("--by", o.by, "who publishes it (default: the login name)");
  p->add_option("--note", o.note, "why");
  add_common(p, o);
  p->footer("Example: tallyline menu publish night.yaml --note \"shorter texts\"");
  p->callback([&] { chosen = [] { return publish(o); }; });

  auto* v = menu.add_subcommand("versions", "the scripts that are and were in service");
  v->add_option("menu", o.what, "only this menu");
  v->add_option("--format,-f", o.as, "table, csv or json")->check(CLI::IsMember({"table", "csv", "json"}));
  add_common(v, o);
  v->footer("Example: tallyline menu versions polling");
  v->callback([&] { chosen = [] { return versions(o); }; });

  auto* r = menu.add_subcommand("rollback", "put an earlier version into service again, as a new one");
  r->add_option("menu", o.what, "name of the menu")->required();
  r->add_option("--to", o.to, "its number (default: the one before)");
  r->add_option("--by", o.by, "who does it (default: the login name)");
  add_common(r, o);
  r->footer("Example: tallyline menu rollback polling --to 2");
  r->callback([&] { chosen = [] { return rollback(o); }; });

  auto* s = menu.add_subcommand("show", "print a version's text");
  s->add_option("version", o.what, "MENU, or MENU@NUMBER")->required();
  add_common(s, o);
  s->footer("Example: tallyline menu show polling@2 > night.yaml");
  s->callback([&] { chosen = [] { return show(o); }; });
}

} // namespace tallyline::gateway
