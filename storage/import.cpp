#include "storage/import.h"

#include "storage/canonical.h"
#include "storage/election_tables.h"
#include "storage/file_lock.h"
#include "storage/merge.h"
#include "storage/sites.h"
#include "storage/sqlite/schema.h"
#include "storage/totals.h"

namespace tallyline::storage {
namespace {

template <class Bytes> std::string_view view(const Bytes& b) {
  return {reinterpret_cast<const char*>(b.data()), b.size()};
}

void hash_pins(election& e, const pack& p, const pin_key& key) {
  for (std::size_t i = 0; i < e.people.size(); ++i)
    e.people[i].pin_hash = key.hash(e.people[i].msisdn, e.people[i].role, p.pins[i]);
}

void seal_site_keys(election& e, const pin_key& key) {
  for (auto& s : e.sites) {
    site_secret secret;
    if (s.key.size() != secret.size()) continue;
    std::copy(s.key.begin(), s.key.end(), secret.begin());
    s.key = seal_secret(key, s.code, secret);
  }
}

// Everything the body says but its time.
bool same_pack(std::string_view last, const pack& p, const ledger::hash& sealed) {
  const std::string now = canonical::import_bytes(p.public_digest, sealed, 0);
  const std::size_t digests = now.size() - 2; // the key of the time and a zero
  return last.substr(0, digests) == std::string_view(now).substr(0, digests);
}

// True when the ledger got a new entry.
bool note_in_ledger(sqlite::database& db, const pack& p, const pin_key& key, std::int64_t now_ms) {
  const auto sealed = key.seal(view(p.personal_digest));
  sqlite::statement last(db, "SELECT body FROM entry WHERE kind = 2 ORDER BY seq DESC LIMIT 1");
  if (last.step() && same_pack(last.blob(0), p, sealed)) return false;
  last.reset();
  const std::string body = canonical::import_bytes(p.public_digest, sealed, now_ms);
  const auto leaf = ledger::leaf_hash(body);
  sqlite::statement(db, "INSERT INTO entry(kind, body, leaf) VALUES(2, ?1, ?2)")
      .bind_blob(1, body)
      .bind_blob(2, view(leaf))
      .run();
  return true;
}

imported import_into(sqlite::database& db, const pack& p, const pin_key& key, std::int64_t now_ms) {
  sqlite::transaction all(db);
  imported done;
  election e = p.contents;
  hash_pins(e, p, key);
  seal_site_keys(e, key);
  if (detail::has_election(db)) {
    election before = detail::read_tables(db);
    before.index();
    detail::keep_roster_changes(db, e, before, now_ms);
    done.people_removed = detail::keep_pin_state(e, before);
    done.kept = detail::keep_referenced(e, before, detail::referenced_by_records(db));
  }
  detail::write_tables(db, e);
  rebuild_totals(db); // a station may have moved to another area
  done.unchanged = !note_in_ledger(db, p, key, now_ms);
  all.commit();
  done.areas = e.areas.size(), done.stations = e.stations.size(), done.contests = e.contests.size();
  done.candidates = e.candidates.size(), done.offices = e.offices.size(), done.people = e.people.size();
  done.sites = e.sites.size();
  return done;
}

} // namespace

boost::system::result<imported> import_pack(const std::filesystem::path& database, const pack& p, std::int64_t now_ms) {
  std::error_code ignored; // the lock or SQLite says what is wrong with the folder
  if (database.has_parent_path()) std::filesystem::create_directories(database.parent_path(), ignored);
  const auto lock = file_lock::take(database);
  if (!lock) return lock.error();
  const auto key = pin_key::open_or_create(database);
  if (!key) return key.error();
  return sqlite::guarded("import", [&] {
    auto db = sqlite::open_for_writing(database.string(), sqlite::mode::create);
    auto done = import_into(db, p, *key, now_ms);
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return done;
  });
}

boost::system::result<election> load_election(const std::filesystem::path& database, bool with_people) {
  return sqlite::guarded("loading the election", [&] {
    auto db = sqlite::open_for_reading(database.string());
    db.exec("BEGIN"); // one snapshot for all the tables
    election e = detail::read_tables(db, with_people);
    e.let_sites_speak();
    e.index();
    return e;
  });
}

boost::system::result<void> upgrade(const std::filesystem::path& database) {
  const auto done = sqlite::guarded("upgrade", [&] {
    sqlite::open_for_writing(database.string(), sqlite::mode::read_write);
    return 1;
  });
  if (!done) return done.error();
  return {};
}

boost::system::result<void> unlock(const std::filesystem::path& database, std::uint64_t msisdn) {
  const auto changed = sqlite::guarded("unlock", [&] {
    auto db = sqlite::open_for_writing(database.string(), sqlite::mode::read_write);
    db.exec("PRAGMA busy_timeout=5000"); // a running gateway holds the database for moments only
    sqlite::statement(db, "UPDATE person SET wrong_pins = 0, locked_until_ms = 0 WHERE msisdn = ?1")
        .bind(1, static_cast<std::int64_t>(msisdn))
        .run();
    return db.changes();
  });
  if (!changed) return changed.error();
  if (*changed == 0) return make_error_code(errc::not_on_roster);
  return {};
}

} // namespace tallyline::storage
