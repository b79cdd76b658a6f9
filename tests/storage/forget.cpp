#include "storage/forget.h"

#include "storage/reader.h"
#include "tests/storage/proved_night.h"

#include <fstream>
#include <iterator>

using namespace tallyline::storage;
using namespace tallyline::storage::test;

namespace {

std::string all_bytes(const std::filesystem::path& folder) {
  std::string all;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(file.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(in), {});
  }
  return all;
}

// As SQLite stores an integer of five to six bytes.
std::string stored(std::uint64_t n) {
  std::string bytes;
  for (int i = 5; i >= 0; --i)
    bytes.push_back(static_cast<char>(n >> (8 * i)));
  return bytes;
}

} // namespace

TEST_CASE_FIXTURE(proved_night,
                  "a forgotten person is in no table and in no byte of the files, and the night verifies") {
  {
    blocking_store s(database);
    s.save(7, "half a report", sara);
    auto of_another = count_of("1002", reza, 64);
    of_another.fields.push_back({"call", std::string("989120000001"), true});
    s.submit(of_another).value();
  }
  {
    sqlite::database db(database.string(), sqlite::mode::read_write);
    db.exec("INSERT INTO reminder VALUES(1, 'count', '1001/president', 989120000001, 0, 1, 1, 1, 50, '')");
  }
  REQUIRE(all_bytes(database.parent_path()).find(stored(sara)) != std::string::npos);
  const auto done = forget(database, sara, "data office", "the term is over", 9000);
  REQUIRE_MESSAGE(done.has_value(), done.error().message());
  CHECK(done->roles == 1);
  CHECK(done->records == 3);
  CHECK(done->drafts == 1);
  CHECK(done->values == 3 + 3 + 1);
  const auto v = verified();
  REQUIRE_MESSAGE(!v.wrong, to_text(*v.wrong));
  CHECK(v.what.forgotten == 1);
  sqlite::database db(database.string(), sqlite::mode::read_only);
  CHECK(db.number("SELECT count(*) FROM person WHERE msisdn = 989120000001") == 0);
  CHECK(db.number("SELECT count(*) FROM personal WHERE value IN (989120000001, '989120000001', 'Zahra')") == 0);
  const auto bytes = all_bytes(database.parent_path());
  CHECK(bytes.find(stored(sara)) == std::string::npos);
  CHECK(bytes.find("989120000001") == std::string::npos);
  CHECK(bytes.find("Zahra") == std::string::npos);
  CHECK(bytes.find("Sara") == std::string::npos);
  // The record stands, and nobody knows any more whose it is.
  const auto kept = reader::open(database).value().find_record(corrected.seq).value();
  CHECK_FALSE(kept->msisdn.has_value());
}

TEST_CASE_FIXTURE(proved_night, "values that vanish without a word in the ledger are still found") {
  forget(database, sara, "data office", "", 9000).value();
  sqlite::database db(database.string(), sqlite::mode::read_write);
  db.exec("DELETE FROM personal WHERE value = 989120000002");
  const auto v = verified();
  REQUIRE(v.wrong.has_value());
  CHECK(v.wrong->table == "personal");
}

TEST_CASE_FIXTURE(night, "who is unknown cannot be forgotten, nor anybody while a gateway runs") {
  CHECK(forget(database, 989129999999, "office", "", 1).error() == errc::not_on_roster);
  {
    blocking_store s(database);
    CHECK(forget(database, sara, "office", "", 1).error() == errc::busy);
  }
  CHECK(forget(folder / "none.db", sara, "office", "", 1).error() == errc::no_database);
  CHECK(forget(database, sara, "office", "", 1).has_value());
  CHECK(forget(database, sara, "office", "", 1).error() == errc::not_on_roster);
}
