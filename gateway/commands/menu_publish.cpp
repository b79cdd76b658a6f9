// menu publish, versions, rollback, retire, show: which script is in service, and putting another one there.
#include "gateway/authoring/elections.h"
#include "gateway/commands/commands_menu.h"
#include "gateway/control_link.h"
#include "gateway/menu_files.h"
#include "gateway/table.h"

#include <boost/date_time/posix_time/posix_time.hpp>
#include <charconv>
#include <fmt/format.h>
#include <iostream>
#include <pwd.h>
#include <unistd.h>

namespace tallyline::gateway {
namespace {

struct options {
  std::string what, database = "tallyline.db", by, note, as = "table";
  std::int64_t to = 0;
};

std::string who(const options& o) {
  if (!o.by.empty()) return o.by;
  const passwd* user = ::getpwuid(::geteuid());
  return user ? user->pw_name : "unknown";
}

template <class T> T need(boost::system::result<T> got, const std::string& database) {
  if (!got) throw std::runtime_error(fmt::format("{}: {}", database, got.error().message()));
  return std::move(*got);
}

// Everything the check proves, on the election that the script will serve, and that its code is free.
bool passes(const menus::load_result& loaded, const std::string& database) {
  if (!loaded) return fmt::print(stderr, "{}", told(loaded.problems)), false;
  const auto got = prove(loaded, *election_for(*loaded.menu, {}, database));
  fmt::print(stderr, "{}", told(got.problems));
  const auto other = same_code(need(storage::live_menus(database), database), *loaded.menu);
  if (!other.empty())
    fmt::print(stderr,
               "{} is answered by the menu '{}' already: keep its name in 'menu:', give this one another 'dial:', or "
               "take the other out of service with: tallyline menu retire {}\n",
               loaded.menu->dial, other, other);
  return got.good() && other.empty();
}

// What the gateway made of it, behind what was done. False when one runs and could not take it.
bool tell_gateway(const options& o, const std::string& done) {
  const auto answer = ask_gateway(o.database, "menus");
  if (!answer)
    fmt::print(stderr, "{}: no gateway runs on this database now, the next one goes by it\n", done);
  else
    fmt::print(stderr, "{}; the gateway: {}\n", done, answer->text);
  return !answer || answer->done;
}

int put_into_service(const options& o, const storage::menu_version& v) {
  const auto done = need(storage::publish_menu(o.database, v), o.database);
  if (!done.is_new)
    fmt::print(stderr, "this is version {} of '{}' and in service already\n", done.version.number, v.menu);
  return !done.is_new || tell_gateway(o, fmt::format("version {} of '{}' is in service", done.version.number, v.menu))
             ? 0
             : 1;
}

int refuse(const std::string& what) {
  fmt::print(stderr, "{} was not put into service; what was in service still is\n", what);
  return 1;
}

int publish(const options& o) {
  const auto loaded = load_menu(o.what);
  return passes(loaded, o.database) ? put_into_service(o, version_of(loaded, who(o), o.note)) : refuse(o.what);
}

int retire(const options& o) {
  const auto live = need(storage::live_menus(o.database), o.database);
  if (live.size() == 1 && live.front().menu == o.what)
    throw std::runtime_error("'" + o.what + "' is the only menu in service; publish another one first");
  if (0 == need(storage::retire_menu(o.database, o.what, who(o), now_ms()), o.database))
    throw std::runtime_error("'" + o.what + "' is not in service; see: tallyline menu versions");
  return tell_gateway(o, "'" + o.what + "' is out of service") ? 0 : 1;
}

int rollback(const options& o) {
  const auto all = need(storage::menu_versions(o.database, o.what), o.database);
  const storage::menu_version* back = nullptr;
  for (const auto& v : all)
    if (o.to ? v.number == o.to : !v.live) back = &v; // the last before the one in service
  if (!back) throw std::runtime_error(fmt::format("'{}' has no such version; see: tallyline menu versions", o.what));
  const auto loaded = load_bundle(back->bundle);
  if (!passes(loaded, o.database)) return refuse(fmt::format("version {} of '{}'", back->number, o.what));
  return put_into_service(o, version_of(loaded, who(o), fmt::format("back to version {}", back->number)));
}

std::string when(std::int64_t ms) {
  using namespace boost::posix_time;
  return to_iso_extended_string(from_time_t(ms / 1000)) + "Z";
}

int versions(const options& o) {
  table t;
  t.columns = {{"menu", "menu"}, {"version", "version"}, {"state", "state"},  {"time", "when (UTC)"},
               {"by", "by"},     {"note", "note"},       {"digest", "digest"}};
  for (const auto& v : need(storage::menu_versions(o.database, o.what), o.database))
    t.rows.push_back({v.menu, v.number, std::string(v.live ? "in service" : "earlier"), when(v.time_ms), v.by, v.note,
                      v.digest.substr(0, 12)});
  print(std::cout, t, format_named(o.as));
  return 0;
}

int show(const options& o) {
  const auto at = o.what.find('@');
  const std::string menu = o.what.substr(0, at);
  std::int64_t number = 0;
  if (at != std::string::npos) {
    const char* end = o.what.data() + o.what.size();
    const auto read = std::from_chars(o.what.data() + at + 1, end, number);
    if (read.ec != std::errc{} || read.ptr != end || number < 1)
      throw std::runtime_error("'" + o.what + "' names no version; write it as polling@2");
  }
  for (const auto& v : need(storage::menu_versions(o.database, menu), o.database)) {
    if (number ? v.number != number : !v.live) continue;
    const auto files = files_of(v.bundle);
    for (const auto& [name, text] : files)
      std::cout << (files.size() > 1 ? "# --- " + name + "\n" : "") << text;
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

  auto* t =
      menu.add_subcommand("retire", "take a menu out of service; calls under way finish on it, its versions stay");
  t->add_option("menu", o.what, "name of the menu")->required();
  t->add_option("--by", o.by, "who does it (default: the login name)");
  add_common(t, o);
  t->footer("Example: tallyline menu retire polling");
  t->callback([&] { chosen = [] { return retire(o); }; });

  auto* s = menu.add_subcommand("show", "print a version's text");
  s->add_option("version", o.what, "MENU, or MENU@NUMBER")->required();
  add_common(s, o);
  s->footer("Example: tallyline menu show polling@2 > night.yaml");
  s->callback([&] { chosen = [] { return show(o); }; });
}

} // namespace tallyline::gateway
