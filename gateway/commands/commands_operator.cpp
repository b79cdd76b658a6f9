// operator: which logins may see and decide what.
#include "gateway/commands/commands.h"

#include "gateway/intake.h"
#include "gateway/table.h"
#include "gateway/viewer.h"
#include "storage/accounts.h"

#include <fmt/format.h>
#include <iostream>
#include <unistd.h>

namespace tallyline::gateway {
namespace {

struct options {
  std::string login, role = "supervisor", area, database = "tallyline.db", as = "table";
};

template <class T> T need(boost::system::result<T> got, const std::string& what) {
  if (!got) throw std::runtime_error(fmt::format("{}: {}", what, got.error().message()));
  if constexpr (!std::is_void_v<T>) return std::move(*got);
}

int list(const options& o) {
  table t{{{"login", "Login"}, {"role", "Role"}, {"area", "Area"}}, {}, {}};
  for (const auto& a : need(storage::accounts(o.database), o.database))
    t.rows.push_back({a.login, a.role, a.area});
  print(std::cout, t, format_named(o.as));
  return 0;
}

int add(const options& o) {
  const auto done = storage::put_account(o.database, {o.login, o.role, o.area}, login_of(::getuid()),
                                         intake_clock().unix_ms());
  if (!done && done.error() == storage::errc::out_of_scope)
    throw std::runtime_error(fmt::format("there is no area '{}'", o.area));
  need(done, o.login);
  fmt::print(stderr, "{} sees and decides what lies in {}; every other login without an account is refused now\n", o.login,
             o.area);
  return 0;
}

int remove(const options& o) {
  const auto done = storage::remove_account(o.database, o.login, login_of(::getuid()), intake_clock().unix_ms());
  if (!done && done.error() == storage::errc::no_such_person)
    throw std::runtime_error(fmt::format("'{}' has no account", o.login));
  need(done, o.login);
  fmt::print(stderr, "{} has no account any more\n", o.login);
  return 0;
}

} // namespace

void add_operator(CLI::App& app, job& chosen) {
  static options o;
  auto* c = app.add_subcommand("operator", "which logins of this machine may see and decide what");
  c->require_subcommand(1);
  const auto command = [&](const char* name, const char* what, int (*run)(const options&)) {
    auto* s = c->add_subcommand(name, what);
    s->add_option("--database,-d", o.database, "database file")->capture_default_str();
    s->callback([&chosen, run] { chosen = [run] { return run(o); }; });
    return s;
  };
  auto* a = command("add", "give a login an account, or change the one it has", add);
  a->add_option("login", o.login, "of this machine, as whoami prints it")->required();
  a->add_option("--role", o.role, "what they are, for the record")->capture_default_str();
  a->add_option("--area,-a", o.area, "they see and decide what lies in it; the highest one is the whole election")
      ->required();
  a->footer("Example: tallyline operator add maryam --role supervisor --area P02");
  command("remove", "take an account away", remove)->add_option("login", o.login, "whose")->required();
  command("list", "all accounts", list)->add_option("--format,-f", o.as, "table, csv or json");
  c->footer(
      "Without accounts everybody who can open the database sees all of it. With the first one, a login without an\n"
      "account is refused by every command, and one with an area sees and decides only what lies in it. Root and the\n"
      "owner of the database file are not held to it, since they could change it; each change is in the ledger. It is a\n"
      "rule for the commands: whoever can read the file can read the file, so let its permissions be the wall.\n"
      "Example: tallyline operator add maryam --area P02");
}

} // namespace tallyline::gateway
