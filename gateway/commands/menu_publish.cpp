// menu publish, approve, withdraw, rollback, retire: putting another script into service.
#include "gateway/authoring/elections.h"
#include "gateway/commands/commands_menu.h"
#include "gateway/commands/login_name.h"
#include "gateway/commands/menu_admin.h"
#include "gateway/control_link.h"
#include "gateway/exports/views.h"
#include "gateway/menu_files.h"

#include <iostream>

namespace tallyline::gateway {
namespace {

struct options {
  std::string what, database = "tallyline.db", by, note, at, in_freeze;
  std::int64_t to = 0;
};

// Where two people are asked for, nobody says himself who he is.
std::string who(const options& o) {
  const std::string own = login_name();
  if (o.by.empty() || o.by == own) return own;
  if (need(storage::read_menu_policy(o.database), o.database).approval)
    throw std::runtime_error("while each version needs a second person's approval, the login name counts; leave out "
                             "--by, and let the other person log in as himself");
  return o.by;
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
  refresh_views(o.database);
  const auto answer = ask_gateway(o.database, "menus");
  if (!answer)
    fmt::print(stderr, "{}: no gateway runs on this database now, the next one goes by it\n", done);
  else
    fmt::print(stderr, "{}; the gateway: {}\n", done, answer->text);
  return !answer || answer->done;
}

int refuse(const std::string& what) {
  fmt::print(stderr, "{} was not put into service; what was in service still is\n", what);
  return 1;
}

// What became of it, and of the gateway that has to know.
int tell(const options& o, const storage::menu_version& v) {
  if (v.state == storage::menu_state::proposed) {
    fmt::print(stderr,
               "version {0} of '{1}' is proposed; it serves when another person has looked at it (tallyline menu diff "
               "{1} {1}@{0}) and said so: tallyline menu approve {1}@{0}\n",
               v.number, v.menu);
    return 0;
  }
  if (v.state == storage::menu_state::scheduled)
    return tell_gateway(o, fmt::format("version {} of '{}' will be in service from {}", v.number, v.menu,
                                       election_clock(o.database).text_of(v.from_ms)))
               ? 0
               : 1;
  return tell_gateway(o, fmt::format("version {} of '{}' is in service", v.number, v.menu)) ? 0 : 1;
}

int put_into_service(const options& o, storage::menu_version v) {
  v.in_freeze = o.in_freeze;
  if (!o.at.empty()) {
    v.from_ms = election_clock(o.database).unix_ms_of(o.at);
    if (v.from_ms <= v.time_ms) throw std::runtime_error(o.at + " is past by the election's clock");
  }
  const auto done = need(storage::publish_menu(o.database, v), o.database);
  if (done.is_new) return tell(o, done.version);
  fmt::print(stderr, "this is version {} of '{}' and {} already\n", done.version.number, v.menu,
             done.version.live() ? "in service" : "waits");
  return 0;
}

int publish(const options& o) {
  const auto loaded = load_menu(o.what);
  return passes(loaded, o.database) ? put_into_service(o, version_of(loaded, who(o), o.note)) : refuse(o.what);
}

// The election may have changed since it was proposed: what serves has been proved on what it serves.
int approve(const options& o) {
  auto name = version_named(o.what);
  if (name.number == 0)
    for (const auto& v : need(storage::menu_versions(o.database, name.menu), o.database))
      if (v.state == storage::menu_state::proposed) name.number = v.number;
  if (name.number == 0)
    throw std::runtime_error(fmt::format("no version of '{}' is proposed; see: tallyline menu versions", name.menu));
  if (!passes(load_bundle(version_at(o.database, name).bundle), o.database)) return refuse(o.what);
  return tell(
      o, need(storage::approve_menu(o.database, name.menu, name.number, who(o), now_ms(), o.in_freeze), o.database));
}

int withdraw(const options& o) {
  const auto name = version_named(o.what);
  const auto v = need(storage::withdraw_menu(o.database, name.menu, name.number), o.database);
  return tell_gateway(o, fmt::format("version {} of '{}' is withdrawn", v.number, v.menu)) ? 0 : 1;
}

int retire(const options& o) {
  const auto live = need(storage::live_menus(o.database), o.database);
  if (live.size() == 1 && live.front().menu == o.what)
    throw std::runtime_error("'" + o.what + "' is the only menu in service; publish another one first");
  if (0 == need(storage::retire_menu(o.database, o.what, who(o), now_ms(), o.in_freeze), o.database))
    throw std::runtime_error("'" + o.what + "' is not in service; see: tallyline menu versions");
  return tell_gateway(o, "'" + o.what + "' is out of service") ? 0 : 1;
}

int rollback(const options& o) {
  const auto all = need(storage::menu_versions(o.database, o.what), o.database);
  const storage::menu_version* back = nullptr;
  for (const auto& v : all)
    if (o.to ? v.number == o.to : v.state == storage::menu_state::earlier) back = &v; // the last before this one
  if (!back) throw std::runtime_error(fmt::format("'{}' has no such version; see: tallyline menu versions", o.what));
  const auto loaded = load_bundle(back->bundle);
  if (!passes(loaded, o.database)) return refuse(fmt::format("version {} of '{}'", back->number, o.what));
  return put_into_service(o, version_of(loaded, who(o), fmt::format("back to version {}", back->number)));
}

void add_common(CLI::App* c, options& o, bool by = true) {
  c->add_option("--database,-d", o.database, "database file")->capture_default_str();
  if (!by) return;
  c->add_option("--by", o.by, "who does it (default: the login name)");
  c->add_option("--break-freeze", o.in_freeze, "why it has to be although menus are frozen; stands in the ledger");
}

} // namespace

void add_menu_publish(CLI::App& menu, job& chosen) {
  static options o;
  auto* p = menu.add_subcommand("publish",
                                "check a script and put it into service; sessions under way finish on the old one");
  p->add_option("file", o.what, "menu script")->required();
  p->add_option("--note", o.note, "why");
  p->add_option("--at", o.at, "when it begins its service, by the election's clock: \"2026-06-12 07:00\"");
  add_common(p, o);
  p->footer("Example: tallyline menu publish night.yaml --note \"shorter texts\"");
  p->callback([&] { chosen = [] { return publish(o); }; });

  auto* a = menu.add_subcommand("approve", "put a proposed version into service, as the second person");
  a->add_option("version", o.what, "MENU, or MENU@NUMBER")->required();
  add_common(a, o);
  a->footer("Example: tallyline menu approve polling@4");
  a->callback([&] { chosen = [] { return approve(o); }; });

  auto* w = menu.add_subcommand("withdraw", "take back a version that is proposed or waits for its time");
  w->add_option("version", o.what, "MENU, or MENU@NUMBER")->required();
  add_common(w, o, false);
  w->footer("Example: tallyline menu withdraw polling@4");
  w->callback([&] { chosen = [] { return withdraw(o); }; });

  auto* r = menu.add_subcommand("rollback", "put an earlier version into service again, as a new one");
  r->add_option("menu", o.what, "name of the menu")->required();
  r->add_option("--to", o.to, "its number (default: the one before)");
  add_common(r, o);
  r->footer("Example: tallyline menu rollback polling --to 2");
  r->callback([&] { chosen = [] { return rollback(o); }; });

  auto* t =
      menu.add_subcommand("retire", "take a menu out of service; calls under way finish on it, its versions stay");
  t->add_option("menu", o.what, "name of the menu")->required();
  add_common(t, o);
  t->footer("Example: tallyline menu retire polling");
  t->callback([&] { chosen = [] { return retire(o); }; });
}

} // namespace tallyline::gateway
