// backup, restore, forget: keeping what was recorded, and not keeping a person longer than need be.
#include "gateway/commands/commands.h"

#include "gateway/commands/progress.h"
#include "gateway/intake.h"
#include "storage/backup.h"
#include "storage/forget.h"

#include <csignal>
#include <fmt/format.h>

namespace tallyline::gateway {
namespace {

struct copy_options {
  std::string from, to, database = "tallyline.db";
  bool no_keys = false;
};

using copier = boost::system::result<storage::verification> (*)(const std::filesystem::path&,
                                                                const std::filesystem::path&,
                                                                const storage::backup_options&);

// Both go the same way: copy, verify, name.
int copy(copier how, const copy_options& o, const char* doing) {
  std::signal(SIGXFSZ, SIG_IGN); // a limit on the file's size is told as a full disk
  storage::backup_options options;
  options.keys = !o.no_keys;
  const auto done = [&] {
    progress copying(doing), verifying("verifying");
    options.copying = [&](std::int64_t n, std::int64_t all) { copying(n, all); };
    options.verifying = [&](std::int64_t n, std::int64_t all) { verifying(n, all); };
    return how(o.from, o.to, options);
  }();
  if (!done) {
    const bool target = done.error() == storage::errc::exists || done.error() == storage::errc::disk_full;
    throw std::runtime_error(fmt::format("{}: {}", target ? o.to : o.from, done.error().message()));
  }
  if (done->wrong) {
    fmt::print("{}\n", storage::to_text(*done->wrong));
    fmt::print(stderr, "{}: {}\n", o.from, storage::make_error_code(storage::errc::not_verified).message());
    return 1;
  }
  fmt::print(stderr, "{}: {} entries, {} records, verified; {}\n", o.to, done->what.entries, done->what.records,
             o.no_keys ? "without the keys" : "the keys are beside it, keep them apart from what is handed on");
  return 0;
}

struct forget_options {
  std::string number, database = "tallyline.db", by, reason;
};

int forget(const forget_options& o) {
  if (o.number.find_first_not_of("0123456789") != std::string::npos || o.number.size() > 15 || o.number.empty()) {
    fmt::print(stderr, "'{}' is no MSISDN: digits only, with the country code\n", o.number);
    return 2;
  }
  const auto done = storage::forget(o.database, std::stoull(o.number), o.by, o.reason, intake_clock().unix_ms());
  if (!done) {
    if (done.error() == storage::errc::busy)
      throw std::runtime_error(o.database + ": a gateway runs on it and holds the number in its memory: stop it first");
    throw std::runtime_error(fmt::format("{}: {}", o.database, done.error().message()));
  }
  fmt::print(stderr,
             "forgotten: {} roles, the sender of {} records, {} values in all, {} unfinished reports, {} short "
             "messages; entry {} of the ledger says so without the number\nearlier backups still have it\n",
             done->roles, done->records, done->values, done->drafts, done->messages, done->entry);
  return 0;
}

} // namespace

void add_backup(CLI::App& app, job& chosen) {
  static copy_options o;
  auto* c = app.add_subcommand("backup", "copy the database while the gateway writes, and verify the copy");
  c->add_option("out", o.to, "the file to make; it must not be there")->required();
  c->add_option("--database,-d", o.database, "database file")->capture_default_str();
  c->add_flag("--no-keys", o.no_keys, "leave out the keys of the PINs and of the signed heads");
  c->footer("Example: tallyline backup /media/stick/night-2200.db --database night.db");
  c->callback([&] {
    chosen = [] {
      o.from = o.database;
      return copy(storage::backup, o, "copying");
    };
  });
}

void add_restore(CLI::App& app, job& chosen) {
  static copy_options o;
  auto* c = app.add_subcommand("restore", "put a backup in place where no database is, once it is verified");
  c->add_option("backup", o.from, "what tallyline backup made")->required();
  c->add_option("--database,-d", o.database, "the database to make; it must not be there")->capture_default_str();
  c->footer("Example: tallyline restore /media/stick/night-2200.db --database night.db");
  c->callback([&] {
    chosen = [] {
      o.to = o.database;
      return copy(storage::restore, o, "restoring");
    };
  });
}

void add_forget(CLI::App& app, job& chosen) {
  static forget_options o;
  auto* c =
      app.add_subcommand("forget", "remove a person's number and name from everything; the ledger stays provable");
  c->add_option("msisdn", o.number, "digits with the country code")->required();
  c->add_option("--database,-d", o.database, "database file")->capture_default_str();
  c->add_option("--by", o.by, "who says so")->required();
  c->add_option("--reason", o.reason, "why");
  c->footer("Example: tallyline forget 989120000001 --by \"data protection office\" --reason \"term is over\"");
  c->callback([&] { chosen = [] { return forget(o); }; });
}

} // namespace tallyline::gateway
