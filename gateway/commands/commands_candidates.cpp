// candidates: numbers for whom the board has accepted.
#include "gateway/commands/commands.h"

#include "gateway/intake.h"
#include "gateway/menu_files.h"
#include "gateway/table.h"
#include "storage/candidates.h"

#include <algorithm>
#include <fmt/format.h>
#include <iostream>
#include <pwd.h>
#include <unistd.h>

namespace tallyline::gateway {
namespace {

std::string login_name() {
  const passwd* user = ::getpwuid(::getuid());
  return user ? user->pw_name : std::to_string(::getuid());
}

struct number_options {
  std::string database = "tallyline.db", order = "name", as = "table", by;
  std::vector<std::string> contests;
  std::int64_t seed = 0;
  bool dry_run = false;
};

table shown(const storage::numbering& done) {
  table t;
  t.columns = {{"contest", "Contest"}, {"number", "No."}, {"name", "Name"}, {"what", ""}};
  for (const auto& c : done.candidates)
    t.rows.push_back({c.contest, c.number, c.name,
                      std::string(c.given_now        ? "new"
                                  : c.still_accepted ? ""
                                                     : "no longer accepted; the number stays")});
  t.grouped = 1;
  t.notes = done.passed_over;
  return t;
}

int number(const number_options& o, bool seeded) {
  if ((o.order == "lot") != seeded) {
    fmt::print(stderr, "a lot is drawn with a seed that was agreed on in public: --order lot --seed NUMBER\n");
    return 2;
  }
  storage::numbering_options how;
  how.contests = o.contests;
  if (seeded) how.lot = o.seed;
  how.dry_run = o.dry_run, how.by = o.by, how.now_ms = intake_clock().unix_ms();
  const auto done = storage::number_candidates(o.database, how);
  if (!done) {
    if (done.error() == storage::errc::busy)
      throw std::runtime_error(o.database +
                               ": a gateway runs on it and has the candidates in its memory: stop it first");
    throw std::runtime_error(fmt::format("{}: {}", o.database, done.error().message()));
  }
  print(std::cout, shown(*done), format_named(o.as));
  const auto given =
      std::count_if(done->candidates.begin(), done->candidates.end(), [](const auto& c) { return c.given_now; });
  const std::string order =
      seeded ? fmt::format("by lot with seed {}: SHA-256 of \"{}/\" and the candidate's pseudonym", o.seed, o.seed)
             : "in the alphabetical order of Persian, equal names in the order of their tickets";
  fmt::print(stderr, "{} {} numbers {}{}\n", given, o.dry_run ? "would be given" : "given", order,
             done->entry ? fmt::format("; entry {} of the ledger says so", done->entry) : "");
  return 0;
}

} // namespace

void add_candidates(CLI::App& app, job& chosen) {
  static number_options o;
  auto* all = app.add_subcommand("candidates", "the candidates that the board has accepted");
  all->require_subcommand(1);
  auto* c = all->add_subcommand("number", "give the accepted their numbers; run again it numbers the new ones only");
  c->add_option("--database,-d", o.database, "database file")->capture_default_str();
  c->add_option("--contest", o.contests, "only these contests");
  c->add_option("--order", o.order, "name, or lot with a seed")
      ->check(CLI::IsMember({"name", "lot"}))
      ->capture_default_str();
  auto* seed = c->add_option("--seed", o.seed, "of the lot");
  c->add_flag("--dry-run", o.dry_run, "show what would be given, and give nothing");
  c->add_option("--by", o.by, "who says so, for the ledger; your login by itself");
  c->add_option("--format", o.as, "table, csv or json")->check(CLI::IsMember({"table", "csv", "json"}));
  c->footer("Example: tallyline candidates number --database night.db --contest city --dry-run");
  c->callback([&chosen, seed] {
    if (o.by.empty()) o.by = login_name();
    chosen = [seeded = seed->count() > 0] { return number(o, seeded); };
  });
}

} // namespace tallyline::gateway
