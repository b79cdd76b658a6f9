#include "storage/sqlite/schema.h"

#include "storage/facts.h"
#include "storage/totals.h"

#include <array>
#include <filesystem>
#include <fmt/format.h>

namespace tallyline::storage::sqlite {
namespace {

constexpr std::int64_t application_id = 0x544C4C59; // "TLLY"

struct migration {
  const char* sql;
  void (*fill)(database&) = nullptr; // what SQL cannot say, in the same transaction
};

void fill_derived(database& db) {
  rebuild_totals(db);
  rebuild_facts(db);
}

// Never edit one that has shipped: add another.
const std::array migrations = {
    // 1: what an election consists of. `pos` keeps the pack's order.
    migration{R"sql(
CREATE TABLE setting(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE area(pos INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, parent TEXT REFERENCES area(code) DEFERRABLE INITIALLY DEFERRED,
  level TEXT NOT NULL) STRICT;
CREATE TABLE station(pos INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, area TEXT NOT NULL REFERENCES area(code) DEFERRABLE INITIALLY DEFERRED,
  registered INTEGER NOT NULL) STRICT;
CREATE TABLE office(pos INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, area TEXT NOT NULL REFERENCES area(code) DEFERRABLE INITIALLY DEFERRED) STRICT;
CREATE TABLE contest(pos INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, area TEXT NOT NULL REFERENCES area(code) DEFERRABLE INITIALLY DEFERRED,
  seats INTEGER NOT NULL, max_choices INTEGER NOT NULL) STRICT;
CREATE TABLE candidate(pos INTEGER PRIMARY KEY, contest TEXT NOT NULL REFERENCES contest(code) DEFERRABLE INITIALLY DEFERRED,
  number INTEGER NOT NULL, UNIQUE(contest, number)) STRICT;
-- kind: area, station, office, contest, candidate; code of a candidate: CONTEST/NUMBER
CREATE TABLE name(kind TEXT NOT NULL, code TEXT NOT NULL, language TEXT NOT NULL, name TEXT NOT NULL,
  PRIMARY KEY(kind, code, language)) STRICT, WITHOUT ROWID;
-- scope_kind: 0 station, 1 office, 2 area
CREATE TABLE person(msisdn INTEGER NOT NULL, role TEXT NOT NULL, pos INTEGER NOT NULL, scope_kind INTEGER NOT NULL, scope TEXT NOT NULL,
  name TEXT NOT NULL, language TEXT NOT NULL, pin_hash BLOB NOT NULL, wrong_pins INTEGER NOT NULL DEFAULT 0,
  locked_until_ms INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(msisdn, role)) STRICT, WITHOUT ROWID;
)sql"},
    // 2: the ledger and the records. kind: 1 record, 2 import, 3 menu; state: 0 current, 1 superseded, 2 review.
    migration{R"sql(
CREATE TABLE entry(seq INTEGER PRIMARY KEY, kind INTEGER NOT NULL, body BLOB NOT NULL, leaf BLOB NOT NULL) STRICT;
CREATE TABLE record(seq INTEGER PRIMARY KEY REFERENCES entry(seq), form TEXT NOT NULL, key TEXT NOT NULL, state INTEGER NOT NULL,
  receipt INTEGER NOT NULL, flagged INTEGER NOT NULL, supersedes INTEGER, superseded_by INTEGER) STRICT;
CREATE UNIQUE INDEX record_receipt ON record(receipt);
CREATE UNIQUE INDEX record_current ON record(form, key) WHERE state = 0;
CREATE INDEX record_review ON record(form, key) WHERE state = 2;
-- no 0: who sent it, an MSISDN; 1 and up: the form's personal fields. Deleting the rows forgets the person.
CREATE TABLE personal(seq INTEGER NOT NULL REFERENCES entry(seq), no INTEGER NOT NULL, salt BLOB NOT NULL, name TEXT, value ANY NOT NULL,
  PRIMARY KEY(seq, no)) STRICT, WITHOUT ROWID;
)sql"},
    // 3: dialogues under way.
    migration{R"sql(
CREATE TABLE draft(slot INTEGER PRIMARY KEY, msisdn INTEGER NOT NULL, menu TEXT NOT NULL, bytes BLOB NOT NULL, saved_ms INTEGER NOT NULL) STRICT;
)sql"},
    // 4: records that wait for a second person's entry have state 3; the language a subscriber chose.
    migration{R"sql(
CREATE INDEX record_pending ON record(form, key) WHERE state = 3;
CREATE TABLE preference(msisdn INTEGER PRIMARY KEY, language TEXT NOT NULL) STRICT;
)sql"},
    // 5: the menu scripts in service, now and before.
    migration{R"sql(
CREATE TABLE menu_version(menu TEXT NOT NULL, number INTEGER NOT NULL, digest TEXT NOT NULL, bundle BLOB NOT NULL, by TEXT NOT NULL,
  note TEXT NOT NULL, time_ms INTEGER NOT NULL, live INTEGER NOT NULL, PRIMARY KEY(menu, number)) STRICT;
CREATE UNIQUE INDEX menu_live ON menu_version(menu) WHERE live = 1;
)sql"},
    // 6: how menus may change. live: 0 earlier, 1 in service, 2 proposed, 3 waits for its time, 4 withdrawn.
    migration{R"sql(
ALTER TABLE menu_version ADD COLUMN approved_by TEXT NOT NULL DEFAULT '';
ALTER TABLE menu_version ADD COLUMN from_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE menu_version ADD COLUMN in_freeze TEXT NOT NULL DEFAULT '';
CREATE TABLE policy(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
)sql"},
    // 7: short messages that wait to be sent.
    migration{R"sql(
CREATE TABLE outbox(slot INTEGER PRIMARY KEY, msisdn INTEGER NOT NULL, smsc TEXT NOT NULL, code TEXT NOT NULL, text TEXT NOT NULL,
  last INTEGER NOT NULL, since_ms INTEGER NOT NULL) STRICT;
)sql"},
    // 8: what headquarters decided, and the signed heads. Entry kinds 5 decision, 6 settings, 7 forgetting; record
    // state 4 is rejected. record.decided: the decision (an entry) that made it current or rejected it. decision: a row
    // for each record that an entry of kind 5 speaks of, with the state it gives it (0 or 4). head: see storage/head.h.
    // subtree: roots that proofs and the next head start from, see storage/ledger_rows.h.
    migration{R"sql(
ALTER TABLE record ADD COLUMN decided INTEGER REFERENCES entry(seq);
CREATE INDEX record_rejected ON record(form, key) WHERE state = 4;
CREATE INDEX record_flagged ON record(seq) WHERE flagged = 1 AND state = 0 AND decided IS NULL;
CREATE TABLE decision(seq INTEGER NOT NULL REFERENCES entry(seq), record INTEGER NOT NULL REFERENCES record(seq),
  state INTEGER NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL, time_ms INTEGER NOT NULL,
  PRIMARY KEY(seq, record)) STRICT, WITHOUT ROWID;
CREATE INDEX decision_record ON decision(record);
CREATE TABLE head(size INTEGER PRIMARY KEY, root BLOB NOT NULL, time_ms INTEGER NOT NULL, key BLOB NOT NULL,
  signature BLOB NOT NULL) STRICT;
CREATE INDEX entry_rare ON entry(kind, seq) WHERE kind <> 1;
CREATE TABLE subtree(no INTEGER PRIMARY KEY, root BLOB NOT NULL) STRICT;
)sql"},
    // 9: what current records add up to (storage/totals.h), and what each says as columns (storage/facts.h).
    migration{R"sql(
CREATE TABLE total(form TEXT NOT NULL, part TEXT NOT NULL, area TEXT NOT NULL, records INTEGER NOT NULL, flagged INTEGER NOT NULL,
  sums BLOB NOT NULL, PRIMARY KEY(form, part, area)) STRICT, WITHOUT ROWID;
CREATE TABLE fact(seq INTEGER PRIMARY KEY REFERENCES record(seq), scope TEXT NOT NULL, time_ms INTEGER NOT NULL, bearer INTEGER NOT NULL,
  flags TEXT NOT NULL, reason TEXT NOT NULL, fields TEXT NOT NULL) STRICT;
)sql",
              fill_derived},
    // 10: who was reminded of what (gateway/chase.h). kind: 0 who reports, 1 their supervisor; state: 0 about to be handed
    // to the gateway, 1 on its way, 2 refused.
    migration{R"sql(
CREATE TABLE reminder(no INTEGER PRIMARY KEY, form TEXT NOT NULL, key TEXT NOT NULL, msisdn INTEGER NOT NULL, kind INTEGER NOT NULL,
  wave INTEGER NOT NULL, bearer INTEGER NOT NULL, state INTEGER NOT NULL, time_ms INTEGER NOT NULL, why TEXT NOT NULL) STRICT;
CREATE INDEX reminder_person ON reminder(msisdn, form);
)sql"},
    // 11: sites on the report link. site: as the pack has them. site_key: a key that was made by invitation, sealed; empty:
    // revoked. site_state: the highest call. site_answer: what became of records that the site may not know of yet.
    migration{R"sql(
CREATE TABLE site(code TEXT PRIMARY KEY, pos INTEGER NOT NULL, area TEXT NOT NULL REFERENCES area(code) DEFERRABLE INITIALLY DEFERRED,
  msisdn INTEGER NOT NULL, key BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE site_key(code TEXT PRIMARY KEY, key BLOB NOT NULL, since_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE site_state(code TEXT PRIMARY KEY, last_call INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE site_answer(code TEXT NOT NULL, number INTEGER NOT NULL, content BLOB NOT NULL, time_ms INTEGER NOT NULL, drawn BLOB NOT NULL,
  verdict INTEGER NOT NULL, derivable INTEGER NOT NULL, receipt INTEGER NOT NULL, PRIMARY KEY(code, number)) STRICT, WITHOUT ROWID;
CREATE TABLE call(id INTEGER PRIMARY KEY, site TEXT NOT NULL, bearer TEXT NOT NULL, began_ms INTEGER NOT NULL, took_ms INTEGER NOT NULL,
  octets_in INTEGER NOT NULL, octets_out INTEGER NOT NULL, retries INTEGER NOT NULL, reports INTEGER NOT NULL, ended TEXT NOT NULL) STRICT;
CREATE INDEX call_site ON call(site, began_ms);
)sql"},
    // 12: what waits for its next step, such as documents for a registration: a row for each key of a form that is `once`
    // in the whole election. part: the record's key without its scope; seq: its first record, scope: where; ticket: a
    // running number of the form; done_*: the first record of the form that follows it.
    migration{R"sql(
CREATE TABLE step(form TEXT NOT NULL, part TEXT NOT NULL, seq INTEGER NOT NULL REFERENCES record(seq), scope TEXT NOT NULL,
  ticket INTEGER NOT NULL, since_ms INTEGER NOT NULL, done_seq INTEGER REFERENCES record(seq), done_form TEXT, done_ms INTEGER,
  PRIMARY KEY(form, part)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX step_ticket ON step(form, ticket);
CREATE INDEX step_waiting ON step(form, scope, since_ms) WHERE done_ms IS NULL;
CREATE INDEX step_done ON step(form, scope, done_ms) WHERE done_ms IS NOT NULL;
)sql"},
    // 13: one's own reports.
    migration{R"sql(
CREATE INDEX personal_sender ON personal(value, seq) WHERE no = 0;
)sql"},
    // 14: the numbers that accepted candidates got; entry kind 9. part: what names the person in the records' keys.
    migration{R"sql(
CREATE TABLE numbered(part TEXT PRIMARY KEY, contest TEXT NOT NULL, number INTEGER NOT NULL,
  decision INTEGER NOT NULL REFERENCES record(seq), entry INTEGER NOT NULL REFERENCES entry(seq), UNIQUE(contest, number)) STRICT, WITHOUT ROWID;
)sql"},
    // 15: what was corrected, found without a look at all that was not.
    migration{R"sql(
CREATE INDEX record_superseded ON record(form, key) WHERE state = 1;
)sql"},
    // 16: the roster as it changes during the election (storage/roster.h). person.until_ms: of a delegation, 0 otherwise.
    // person_change: who has another number or PIN than the pack gave them, and what that was. account: who may see and
    // decide what at headquarters, by login; notice: what a number is shown before its next first page; entry kinds 8 roster, 12 account.
    migration{R"sql(
ALTER TABLE person ADD COLUMN until_ms INTEGER NOT NULL DEFAULT 0;
CREATE TABLE person_change(msisdn INTEGER NOT NULL, role TEXT NOT NULL, pack_msisdn INTEGER NOT NULL, pack_hash BLOB NOT NULL,
  PRIMARY KEY(msisdn, role)) STRICT, WITHOUT ROWID;
CREATE TABLE account(login TEXT PRIMARY KEY, role TEXT NOT NULL, area TEXT NOT NULL, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE notice(no INTEGER PRIMARY KEY, msisdn INTEGER NOT NULL, text TEXT NOT NULL, since_ms INTEGER NOT NULL) STRICT;
CREATE INDEX notice_of ON notice(msisdn);
)sql"},
};

struct pragma {
  const char* set;
  const char* read;
  std::int64_t expected;
};
// Read back, because SQLite passes over a misspelt pragma in silence.
constexpr pragma writing[] = {
    {"PRAGMA synchronous=FULL", "PRAGMA synchronous", 2},
    {"PRAGMA foreign_keys=ON", "PRAGMA foreign_keys", 1},
    {"PRAGMA trusted_schema=OFF", "PRAGMA trusted_schema", 0},
    {"PRAGMA busy_timeout=250", "PRAGMA busy_timeout", 250},
    {"PRAGMA cache_size=-65536", "PRAGMA cache_size", -65536},
    // 2 is FAST: what is deleted is overwritten where that costs no further page.
    {"PRAGMA secure_delete=FAST", "PRAGMA secure_delete", 2},
    // The store worker checkpoints by itself, after the answers have gone out.
    {"PRAGMA wal_autocheckpoint=0", "PRAGMA wal_autocheckpoint", 0},
    {"PRAGMA journal_size_limit=67108864", "PRAGMA journal_size_limit", 67108864},
};

void expect(bool good, const char* what) {
  if (!good) throw failure(errc::io, SQLITE_ERROR, fmt::format("SQLite did not take: {}", what));
}

void set_pragmas(database& db) {
  // First, so that setting the journal mode waits for a moment too instead of failing at once.
  for (const auto& p : writing) {
    db.exec(p.set);
    expect(db.number(p.read) == p.expected, p.set);
  }
  expect(db.text("PRAGMA journal_mode=WAL") == "wal", "PRAGMA journal_mode=WAL");
}

std::int64_t checked_version(database& db) {
  const auto version = db.number("PRAGMA user_version");
  const auto made_by = db.number("PRAGMA application_id");
  const bool empty = version == 0 && db.number("SELECT count(*) FROM sqlite_schema") == 0;
  if (!empty && made_by != application_id)
    throw failure(errc::corrupt, SQLITE_NOTADB, "this is another program's database");
  if (version > newest_version())
    throw failure(errc::newer_schema, SQLITE_ERROR,
                  fmt::format("schema {} is newer than {}", version, newest_version()));
  return version;
}

void upgrade(database& db, int up_to) {
  for (auto version = checked_version(db); version < up_to; ++version) {
    transaction step(db);
    // Another program may have been faster between the look and the lock.
    if (db.number("PRAGMA user_version") != version) continue;
    const auto& step_up = migrations[static_cast<std::size_t>(version)];
    db.exec(step_up.sql);
    if (step_up.fill) step_up.fill(db);
    db.exec(fmt::format("PRAGMA application_id={}; PRAGMA user_version={}", application_id, version + 1).c_str());
    step.commit();
  }
}

} // namespace

int newest_version() { return static_cast<int>(migrations.size()); }

database open_for_writing(const std::string& path, mode how, const std::string& vfs, int up_to) {
  if (how != mode::create && !std::filesystem::exists(path))
    throw failure(errc::no_database, SQLITE_CANTOPEN, path + " is not there");
  database db(path, how, vfs);
  checked_version(db); // before the journal mode is touched: a refused file stays as it is
  set_pragmas(db);
  upgrade(db, up_to);
  return db;
}

database open_for_reading(const std::string& path, const std::string& vfs) {
  if (!std::filesystem::exists(path)) throw failure(errc::no_database, SQLITE_CANTOPEN, path + " is not there");
  database db(path, mode::read_only, vfs);
  db.exec("PRAGMA query_only=ON; PRAGMA busy_timeout=1000; PRAGMA cache_size=-65536; PRAGMA trusted_schema=OFF");
  const auto version = checked_version(db);
  if (version == 0) throw failure(errc::no_database, SQLITE_ERROR, path + " is empty");
  if (version < newest_version())
    throw failure(errc::io, SQLITE_ERROR,
                  path + " is of an earlier version: start the gateway or import once to upgrade it");
  return db;
}

} // namespace tallyline::storage::sqlite
