#include "storage/status.h"

#include "storage/head_signer.h"
#include "storage/sqlite/schema.h"

namespace tallyline::storage {

namespace fs = std::filesystem;

disk_space space_of(const fs::path& database) {
  std::error_code failed;
  const auto size = [&](const std::string& file) {
    const auto bytes = fs::file_size(file, failed);
    return failed ? 0 : bytes;
  };
  disk_space s;
  s.database = size(database.string());
  s.log = size(database.string() + "-wal");
  const auto folder = database.parent_path();
  const auto room = fs::space(folder.empty() ? "." : folder, failed);
  if (!failed) s.free = room.available;
  return s;
}

boost::system::result<database_status> status_of(const fs::path& database) {
  return sqlite::guarded("reading the status", [&] {
    auto db = sqlite::open_for_reading(database.string());
    db.exec("BEGIN"); // one snapshot
    database_status s;
    sqlite::statement rows(db, "SELECT state, count(*), sum(flagged = 1 AND decided IS NULL), sum(decided IS NOT NULL) "
                               "FROM record GROUP BY state");
    while (rows.step()) {
      const auto state = rows.number(0);
      s.records += rows.number(1);
      if (state < 0 || state > 4) continue;
      s.by_state[state] = rows.number(1);
      if (state == 0) s.flagged = rows.number(2), s.accepted = rows.number(3);
    }
    s.entries = static_cast<std::int64_t>(ledger_rows::size(db));
    s.drafts = db.number("SELECT count(*) FROM draft");
    s.outbox = db.number("SELECT count(*) FROM outbox");
    s.heads = db.number("SELECT count(*) FROM head");
    s.newest = ledger_rows::newest_head(db);
    s.space = space_of(database);
    return s;
  });
}

boost::system::result<void> check_before_start(const fs::path& database) {
  const auto done = sqlite::guarded("checking the database", [&] {
    auto db = sqlite::open_for_writing(database.string(), sqlite::mode::read_write); // of an earlier version, too
    if (const auto found = db.text("PRAGMA quick_check(1)"); found != "ok")
      throw sqlite::failure(errc::corrupt, SQLITE_CORRUPT, found);
    checked_newest_head(db, database);
    return 1;
  });
  if (!done) return done.error();
  return {};
}

} // namespace tallyline::storage
