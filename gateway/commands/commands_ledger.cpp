// status, verify, export bundle: what is there, and whether it is what was reported.
#include "gateway/commands/commands.h"

#include "gateway/commands/progress.h"
#include "gateway/control_link.h"
#include "gateway/local_time.h"
#include "gateway/table.h"
#include "gateway/viewer.h"
#include "storage/bundle.h"
#include "storage/status.h"
#include "storage/facts.h"
#include "storage/totals.h"
#include "storage/verify.h"

#include <fmt/format.h>
#include <fstream>
#include <iostream>

namespace tallyline::gateway {
namespace {

struct status_options {
  std::string database = "tallyline.db", as = "table";
};

std::string shown_size(std::uint64_t bytes) {
  if (bytes < 1 << 20) return fmt::format("{} KiB", (bytes + 1023) / 1024);
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / 1048576.0);
}

int status(const status_options& o) {
  const auto s = storage::status_of(o.database);
  if (!s) throw std::runtime_error(fmt::format("{}: {}", o.database, s.error().message()));
  const auto gateway = ask_gateway(o.database, "status");
  table t;
  t.columns = {{"name", "what"}, {"value", "value"}};
  const auto add = [&](const char* name, cell value) { t.rows.push_back({std::string(name), std::move(value)}); };
  if (the_viewer().limited()) { // figures of the whole election are nothing for an area
    add("gateway", std::string(gateway ? "running" : "not running"));
    add("account", fmt::format("{}, for {}", the_viewer().login, the_viewer().area));
    print(std::cout, t, format_named(o.as));
    return 0;
  }
  add("gateway", gateway ? "running, " + gateway->text : std::string("not running"));
  add("database", o.database);
  add("entries", s->entries);
  add("records", s->records);
  const char* states[] = {"current", "superseded", "in review", "waiting for a second entry", "rejected"};
  for (int i = 0; i < 5; ++i)
    add(states[i], s->by_state[i]);
  add("flagged, undecided", s->flagged);
  add("accepted", s->accepted);
  add("unfinished reports", s->drafts);
  add("short messages waiting", s->outbox);
  add("signed heads", s->heads);
  if (s->newest) {
    add("newest head covers", static_cast<std::int64_t>(s->newest->size));
    add("its time (UTC)", local_text(s->newest->time_ms / 60'000));
    add("its root", storage::to_hex(s->newest->root));
    add("public key", storage::to_hex(s->newest->key));
  }
  add("database size", shown_size(s->space.database));
  add("write-ahead log", shown_size(s->space.log));
  add("free on its disk", shown_size(s->space.free));
  print(std::cout, t, format_named(o.as));
  return 0;
}

struct verify_command {
  std::string file, key;
};

// What zstd begins its frames with (RFC 8878 3.1.1).
bool is_bundle(const std::string& file) {
  char magic[4] = {};
  std::ifstream(file, std::ios::binary).read(magic, 4);
  return std::string_view(magic, 4) == std::string_view("\x28\xB5\x2F\xFD", 4);
}

// The first of what `wrong` finds, as a row of the table.
std::function<std::optional<storage::wrong_row>(storage::sqlite::database&)>
derived(std::string table, std::vector<std::string> (*wrong)(storage::sqlite::database&, std::size_t)) {
  return [table = std::move(table), wrong](storage::sqlite::database& db) -> std::optional<storage::wrong_row> {
    auto found = wrong(db, 1);
    if (found.empty()) return std::nullopt;
    return storage::wrong_row{table, 0, std::move(found.front())};
  };
}

int verify(const verify_command& o) {
  storage::verify_options options;
  options.more = {derived("total", storage::wrong_totals), derived("fact", storage::wrong_facts)};
  if (!o.key.empty() && !storage::from_hex(o.key, options.key.emplace())) {
    fmt::print(stderr, "--public-key wants 64 hex digits\n");
    return 2;
  }
  const bool bundle = is_bundle(o.file);
  const auto done = [&] {
    progress shown("verifying");
    options.progress = [&](std::int64_t n, std::int64_t all) { shown(n, all); };
    return bundle ? storage::verify_bundle(o.file, options) : storage::verify_database(o.file, options);
  }();
  if (!done) throw std::runtime_error(fmt::format("{}: {}", o.file, done.error().message()));
  if (done->wrong) {
    fmt::print("{}\n", storage::to_text(*done->wrong));
    fmt::print(stderr, "{}: this is not what was recorded; keep it as it is, and restore a backup that verifies\n",
               o.file);
    return 1;
  }
  const auto& v = done->what;
  fmt::print("{}: {} entries, {} records, {} decisions, {} signed heads: all good\n", o.file, v.entries, v.records,
             v.decisions, v.heads);
  fmt::print("root {} of all {} entries\n", storage::to_hex(v.root), v.entries);
  if (v.newest) fmt::print("signed by {}{}\n", storage::to_hex(v.newest->key), options.key ? ", the key given" : "");
  if (!v.newest) fmt::print("no head is signed yet: a gateway that runs signs them\n");
  if (v.newest && v.unsigned_entries) fmt::print("{} came after the newest head\n", v.unsigned_entries);
  if (v.newest && !options.key)
    fmt::print(stderr, "compare the key with the one that was published, or give it: --public-key\n");
  return 0;
}

struct bundle_command {
  std::string out, database = "tallyline.db";
  bool personal = false;
};

int bundle(const bundle_command& o) {
  const auto done = [&] {
    progress shown("bundling");
    return storage::write_bundle(o.database, o.out,
                                 {o.personal, [&](std::int64_t n, std::int64_t all) { shown(n, all); }});
  }();
  if (!done)
    throw std::runtime_error(
        fmt::format("{}: {}", done.error() == storage::errc::exists ? o.out : o.database, done.error().message()));
  fmt::print(stderr, "{}: {} entries and {} heads in {}; check it with: tallyline verify {}\n", o.out, done->entries,
             done->heads, shown_size(done->bytes), o.out);
  return 0;
}

} // namespace

void add_status(CLI::App& app, job& chosen) {
  static status_options o;
  auto* c = app.add_subcommand("status", "whether the gateway runs, what is recorded, the newest signed head, room");
  c->add_option("--database,-d", o.database, "database file")->capture_default_str();
  c->add_option("--format,-f", o.as, "table, csv or json")->check(CLI::IsMember({"table", "csv", "json"}));
  c->footer("Example: tallyline status --database night.db");
  c->callback([&] { chosen = [] { return status(o); }; });
}

void add_verify(CLI::App& app, job& chosen) {
  static verify_command o;
  o.file = "tallyline.db";
  auto* c = app.add_subcommand("verify", "check every record, hash and signature; names the first wrong row");
  c->add_option("file", o.file, "a database, or a bundle of one")->check(CLI::ExistingFile);
  c->add_option("--database,-d", o.file, "the same")->check(CLI::ExistingFile);
  c->add_option("--public-key,-k", o.key, "every head must be signed by this key, 64 hex digits");
  c->footer("Example: tallyline verify night.db --public-key 0a1b…");
  c->callback([&] { chosen = [] { return verify(o); }; });
}

void add_export_bundle(CLI::App& app, job& chosen) {
  static bundle_command o;
  const auto there = app.get_subcommands([](CLI::App* a) { return a->get_name() == "export"; });
  auto* all =
      there.empty() ? app.add_subcommand("export", "hand on what was recorded")->require_subcommand(1) : there.front();
  auto* c = all->add_subcommand("bundle", "the ledger in one file that tallyline verify takes with no database");
  c->add_option("out", o.out, "the file to write; it must not be there")->required();
  c->add_option("--database,-d", o.database, "database file")->capture_default_str();
  c->add_flag("--personal", o.personal, "with who reported, and all personal values");
  c->footer("Example: tallyline export bundle night.tlb --database night.db");
  c->callback([&] { chosen = [] { return bundle(o); }; });
}

} // namespace tallyline::gateway
