#include "storage/sqlite/schema.h"

#include "tests/storage/support.h"

using namespace tallyline::storage;
using namespace tallyline::storage::test;

namespace {

std::string shape(sqlite::database& db) {
  std::string all;
  sqlite::statement rows(db, "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name");
  while (rows.step())
    all += std::string(rows.text(0)) + " " + std::string(rows.text(1)) + " " + std::string(rows.text(2)) + "\n";
  return all;
}

} // namespace

TEST_CASE("a database upgraded from any version has the schema of a fresh one") {
  temporary_folder folder;
  auto fresh = sqlite::open_for_writing(folder / "fresh.db", sqlite::mode::create);
  for (int version = 1; version < sqlite::newest_version(); ++version) {
    const std::string path = folder / ("old" + std::to_string(version) + ".db").c_str();
    {
      auto old = sqlite::open_for_writing(path, sqlite::mode::create, {}, version);
      CHECK(old.number("PRAGMA user_version") == version);
      old.exec("INSERT INTO setting VALUES('name', 'kept')");
    }
    auto upgraded = sqlite::open_for_writing(path, sqlite::mode::read_write);
    CHECK(upgraded.number("PRAGMA user_version") == sqlite::newest_version());
    CHECK(shape(upgraded) == shape(fresh));
    CHECK(upgraded.text("SELECT value FROM setting WHERE key = 'name'") == "kept");
  }
}

TEST_CASE("the database that writes is in WAL mode, syncs each commit and checks foreign keys") {
  temporary_folder folder;
  auto db = sqlite::open_for_writing(folder / "a.db", sqlite::mode::create);
  CHECK(db.text("PRAGMA journal_mode") == "wal");
  CHECK(db.number("PRAGMA synchronous") == 2);
  CHECK(db.number("PRAGMA foreign_keys") == 1);
  CHECK_THROWS_AS(db.exec("INSERT INTO record VALUES(9, 'f', 'k', 0, 1, 0, NULL, NULL, NULL)"), sqlite::failure);
}

TEST_CASE("a reader cannot write") {
  temporary_folder folder;
  sqlite::open_for_writing(folder / "a.db", sqlite::mode::create);
  auto db = sqlite::open_for_reading(folder / "a.db");
  CHECK_THROWS_AS(db.exec("DELETE FROM entry"), sqlite::failure);
}
