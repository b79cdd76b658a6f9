#include "storage/head_signer.h"

#include "storage/key_file.h"
#include "storage/sqlite/schema.h"

namespace tallyline::storage {
std::optional<signed_head> checked_newest_head(sqlite::database& db, const std::filesystem::path& database) {
  const auto newest = ledger_rows::newest_head(db);
  const auto size = ledger_rows::size(db);
  const auto seen = head_beside(database);
  for (const auto& head : {newest, seen}) {
    if (!head) continue;
    if (head->size > size || ledger_rows::edge_at(db, head->size).root() != head->root)
      throw sqlite::failure(errc::entries_missing, SQLITE_CORRUPT,
                            "the entries are not those of the head of size " + std::to_string(head->size));
  }
  return newest;
}

boost::system::result<head_signer> head_signer::open(const std::filesystem::path& database) {
  return sqlite::guarded("opening the ledger", [&] {
    auto db = sqlite::open_for_writing(database.string(), sqlite::mode::read_write);
    db.exec("PRAGMA busy_timeout=5000"); // the store worker holds the database for moments only
    const auto newest = checked_newest_head(db, database);
    // A key that is gone is not made anew: whoever verifies would find two gateways.
    auto key = newest ? signing_key::open(database) : signing_key::open_or_create(database);
    if (!key) throw sqlite::failure(static_cast<errc>(key.error().value()), SQLITE_ERROR, "the signing key");
    if (newest && newest->key != key->shown())
      throw sqlite::failure(errc::other_signing_key, SQLITE_ERROR, "the signing key");
    head_signer s(database, std::move(db), std::move(*key));
    s.newest_ = newest;
    s.edge_ = ledger_rows::edge_at(s.db_, newest ? newest->size : 0);
    return s;
  });
}

boost::system::result<std::optional<signed_head>> head_signer::sign(std::int64_t now_ms) {
  return sqlite::guarded("signing the ledger's head", [&] {
    auto next = edge_; // taken over only when it is on disk
    ledger_rows::append_leaves(db_, next, ledger_rows::size(db_));
    if (newest_ && newest_->size == next.size()) return std::optional<signed_head>();
    signed_head head;
    head.size = next.size();
    head.time_ms = now_ms;
    head.root = next.root();
    key_.sign(head);
    sqlite::transaction all(db_);
    std::uint64_t no = next.blocks.size() - next.finished.size();
    for (const auto& root : next.finished)
      sqlite::statement(db_, "REPLACE INTO subtree(no, root) VALUES(?1, ?2)")
          .bind(1, static_cast<std::int64_t>(no++))
          .bind_blob(2, {reinterpret_cast<const char*>(root.data()), root.size()})
          .run();
    ledger_rows::put_head(db_, head);
    all.commit();
    next.finished.clear();
    edge_ = std::move(next);
    newest_ = head;
    // Beside the database and not in it: what is lost with the write-ahead log is missed by what is not.
    if (const errc failed = key_file::replace(head_file(database_), to_text(head) + "\n"); failed != errc{})
      throw sqlite::failure(failed, SQLITE_IOERR, "writing " + head_file(database_).string());
    return std::optional(head);
  });
}

} // namespace tallyline::storage
