// import, unlock: what works on the database alone.
#include "gateway/commands/commands.h"

#include "gateway/viewer.h"
#include "storage/import.h"
#include "storage/pack.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>

namespace tallyline::gateway {
namespace {

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

int import(const std::string& folder, const std::string& database) {
  const auto pack = storage::read_pack(std::filesystem::path(folder));
  if (!pack) {
    for (const auto& p : pack.error().list)
      fmt::print(stderr, "{}/{}\n", folder, storage::to_text(p));
    fmt::print(stderr, "{} problems; nothing was imported\n", pack.error().total);
    return 1;
  }
  const auto done = storage::import_pack(database, *pack, now_ms());
  if (!done) {
    fmt::print(stderr, "{}: {}; nothing was imported\n", database, done.error().message());
    return 1;
  }
  fmt::print(stderr, "{}{}: {} areas, {} stations, {} contests, {} candidates, {} offices, {} people{}\n",
             done->unchanged ? "unchanged since the last import, " : "imported into ", database, done->areas,
             done->stations, done->contests, done->candidates, done->offices, done->people,
             done->sites ? fmt::format(", {} sites", done->sites) : "");
  for (const auto& kept : done->kept)
    fmt::print(stderr, "kept although the pack no longer has it, since records speak of it: {}\n", kept);
  return 0;
}

} // namespace

void add_import(CLI::App& app, job& chosen) {
  static std::string folder, database = "tallyline.db";
  auto* c = app.add_subcommand("import", "load an election pack, all of it or nothing");
  c->add_option("pack", folder, "folder with election.csv, areas.csv, stations.csv, …")
      ->required()
      ->check(CLI::ExistingDirectory);
  c->add_option("--database,-d", database, "database file")->capture_default_str();
  c->footer("Example: tallyline import scripts/demo/georgia-2013 --database night.db");
  c->callback([&] { chosen = [] { return import(folder, database); }; });
}

void add_unlock(CLI::App& app, job& chosen) {
  static std::string number, database = "tallyline.db";
  auto* c = app.add_subcommand("unlock", "let a number in again that wrong PINs have locked out");
  c->add_option("msisdn", number, "digits with the country code")->required();
  c->add_option("--database,-d", database, "database file")->capture_default_str();
  c->footer("Example: tallyline unlock 989121234567");
  c->callback([&] {
    chosen = [] {
      if (number.find_first_not_of("0123456789") != std::string::npos || number.size() > 15 || number.empty()) {
        fmt::print(stderr, "'{}' is no MSISDN: digits only, with the country code\n", number);
        return 2;
      }
      if (the_viewer().limited()) {
        const auto e = storage::load_election(database);
        if (!e) throw std::runtime_error(fmt::format("{}: {}", database, e.error().message()));
        const auto theirs = e->people_with(std::stoull(number));
        if (std::none_of(theirs.begin(), theirs.end(),
                         [&](auto p) { return the_viewer().sees(*e, e->people[p]); }))
          throw std::runtime_error(fmt::format("{}: nobody in {}, the area that the account '{}' is for", number,
                                               the_viewer().area, the_viewer().login));
      }
      const auto done = storage::unlock(database, std::stoull(number));
      if (!done) throw std::runtime_error(fmt::format("{}: {}", number, done.error().message()));
      fmt::print(stderr, "{} may try its PIN again\n", number);
      return 0;
    };
  });
}

} // namespace tallyline::gateway
