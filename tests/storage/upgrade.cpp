// Databases as each earlier version left them, with a row in every table it had, brought up to date.
#include "storage/canonical.h"
#include "storage/import.h"
#include "storage/ledger_rows.h"
#include "storage/receipt.h"
#include "storage/sqlite/schema.h"
#include "storage/status.h"
#include "storage/verify.h"
#include "tests/storage/support.h"

#include <fmt/format.h>

using namespace tallyline::storage;
using namespace tallyline::storage::test;

namespace {

// The SQL of its time: a later version's tables are not there yet.
struct old_database {
  old_database(const std::filesystem::path& file, int version_made)
      : version(version_made), db(sqlite::open_for_writing(file, sqlite::mode::create, {}, version)) {
    election();
    if (version >= 2) records();
    if (version >= 3) db.exec("INSERT INTO draft VALUES(4, 989120000001, 'polling', x'0102', 5)");
    if (version >= 4) db.exec("INSERT INTO preference VALUES(989120000001, 'en')");
    if (version >= 5) menu();
    if (version >= 6) policy();
    if (version >= 7) db.exec("INSERT INTO outbox VALUES(9, 989120000002, 'smsc', '140', 'Recorded', 1, 6)");
  }

  void election() {
    db.exec(
        "INSERT INTO setting VALUES('name', 'Test'), ('languages', 'en'), ('time_zone', 'Asia/Tehran');"
        "BEGIN; INSERT INTO area VALUES(0, 'A', NULL, 'country'); INSERT INTO station VALUES(0, '1001', 'A', 500);"
        "INSERT INTO office VALUES(0, 'O1', 'A'); INSERT INTO contest VALUES(0, 'president', 'A', 1, 1);"
        "INSERT INTO candidate VALUES(0, 'president', 1);"
        "INSERT INTO name VALUES('area', 'A', 'en', 'Country'), ('station', '1001', 'en', 'One'),"
        "('office', 'O1', 'en', 'Office'), ('contest', 'president', 'en', 'President'),"
        "('candidate', 'president/1', 'en', 'First'); COMMIT;"
        "INSERT INTO person(msisdn, role, pos, scope_kind, scope, name, language, pin_hash, wrong_pins, locked_until_ms) "
        "VALUES(989120000001, 'presiding_officer', 0, 0, '1001', 'Sara', 'en', zeroblob(32), 2, 0)");
  }

  void records() {
    ledger_rows::append(db, canonical::kind::import, canonical::import_bytes({}, {}, 1));
    record(60, 0);
    record(61, 2); // corrects the first
  }
  void record(std::int64_t ballots, std::int64_t supersedes) {
    const auto r = count_of("1001", sara, ballots);
    const canonical::salts salts(1, canonical::salt{1, 2, 3});
    const auto body = canonical::record_bytes(r, salts, supersedes, 0);
    const auto seq = ledger_rows::append(db, canonical::kind::record, body);
    if (supersedes)
      db.exec(fmt::format("UPDATE record SET state = 1, superseded_by = {} WHERE seq = {}", seq, supersedes).c_str());
    db.exec(fmt::format("INSERT INTO record(seq, form, key, state, receipt, flagged, supersedes) VALUES({}, 'count', "
                        "'1001/president', 0, {}, 0, {})",
                        seq, receipt::derive(ledger::leaf_hash(body), 0),
                        supersedes ? fmt::to_string(supersedes) : "NULL")
                .c_str());
    sqlite::statement(db, "INSERT INTO personal(seq, no, salt, name, value) VALUES(?1, 0, ?2, NULL, 989120000001)")
        .bind(1, seq)
        .bind_blob(2, {reinterpret_cast<const char*>(salts[0].data()), salts[0].size()})
        .run();
  }
  void menu() {
    ledger_rows::append(db, canonical::kind::menu, canonical::menu_bytes({"polling", 1, "00ff", "admin", 7, {}, {}}));
    db.exec("INSERT INTO menu_version(menu, number, digest, bundle, by, note, time_ms, live) "
            "VALUES('polling', 1, '00ff', x'01', 'admin', '', 7, 1)");
  }
  void policy() {
    ledger_rows::append(db, canonical::kind::policy, canonical::policy_bytes({{"approval", 1}}, "admin", 8));
    db.exec("INSERT INTO policy VALUES('approval', 1)");
  }

  int version;
  sqlite::database db;
};

std::vector<std::string> rows_of(sqlite::database& db, const std::string& table) {
  std::vector<std::string> all;
  sqlite::statement rows(db, "SELECT * FROM " + table + " ORDER BY 1, 2");
  while (rows.step()) {
    std::string row;
    // The columns there were; later ones have their defaults.
    for (int c = 0; c < std::min(rows.columns(), 5); ++c)
      row += std::string(rows.blob(c)) + '|';
    all.push_back(std::move(row));
  }
  return all;
}

} // namespace

TEST_CASE("a database of every earlier version is brought up to date with every row it had, and verifies") {
  for (int version = 1; version <= sqlite::newest_version(); ++version) {
    temporary_folder folder;
    const auto file = folder / "old.db";
    std::map<std::string, std::vector<std::string>> before;
    {
      old_database old(file, version);
      sqlite::statement tables(old.db, "SELECT name FROM sqlite_schema WHERE type = 'table'");
      while (tables.step())
        before[std::string(tables.text(0))] = rows_of(old.db, std::string(tables.text(0)));
    }
    const auto good = upgrade(file);
    REQUIRE_MESSAGE(good.has_value(), "version ", version);
    {
      auto db = sqlite::open_for_reading(file);
      for (const auto& [table, rows] : before)
        CHECK_MESSAGE(rows_of(db, table) == rows, "version ", version, ", ", table);
    }
    const auto v = verify_database(file, {}).value();
    CHECK_MESSAGE(!v.wrong, "version ", version, ": ", to_text(v.wrong.value_or(wrong_row{})));
    CHECK(v.what.records == (version >= 2 ? 2 : 0));
    CHECK(check_before_start(file).has_value());
    CHECK(load_election(file).value().people.size() == 1);
  }
}

TEST_CASE("a database of a newer version is refused by whatever would write, read or copy it, and stays as it is") {
  temporary_folder folder;
  const auto file = folder / "new.db";
  {
    auto db = sqlite::open_for_writing(file, sqlite::mode::create);
    db.exec(fmt::format("PRAGMA user_version={}", sqlite::newest_version() + 1).c_str());
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  const auto size = std::filesystem::file_size(file);
  CHECK(upgrade(file).error() == errc::newer_schema);
  CHECK(check_before_start(file).error() == errc::newer_schema);
  CHECK(status_of(file).error() == errc::newer_schema);
  CHECK(verify_database(file, {}).error() == errc::newer_schema);
  CHECK(std::filesystem::file_size(file) == size);
}
