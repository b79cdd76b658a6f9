#include "storage/proof.h"

#include "storage/status.h"
#include "tests/storage/proved_night.h"

using namespace tallyline::storage;
using namespace tallyline::storage::test;

TEST_CASE_FIXTURE(proved_night, "a receipt proves its record to whoever has the public key and nothing else") {
  const auto key = head_signer::open(database).value().key();
  for (const auto* o : {&first, &corrected, &dissent, &other, &agreed}) {
    const auto found = find_with_proof(database, o->receipt).value();
    REQUIRE(found.proof.has_value());
    CHECK_FALSE(wrong_with(*found.proof, key).has_value());
    auto bad = *found.proof;
    bad.body[5] = static_cast<char>(bad.body[5] ^ 1);
    CHECK(wrong_with(bad, key).has_value());
    bad = *found.proof;
    bad.seq += 1;
    CHECK(wrong_with(bad, key).has_value());
    bad = *found.proof;
    bad.receipt += 10;
    CHECK(wrong_with(bad, key).has_value());
    bad = *found.proof;
    bad.head.root[0] ^= 1;
    CHECK(wrong_with(bad, key).has_value());
    bad = *found.proof;
    if (!bad.path.empty()) bad.path[0][0] ^= 1;
    CHECK(wrong_with(bad, key).has_value());
    auto other_key = key;
    other_key[1] ^= 1;
    CHECK(wrong_with(*found.proof, other_key) == "the head is signed by another key than the one given");
  }
}

TEST_CASE_FIXTURE(proved_night, "a record that no head covers yet has no proof, and no such receipt is told") {
  {
    blocking_store s(database);
    const auto late = s.submit(count_of("1002", reza, 64)).value();
    CHECK_FALSE(find_with_proof(database, late.receipt).value().proof.has_value());
  }
  CHECK(find_with_proof(database, "000-000-0000").error() == errc::no_record);
}

TEST_CASE_FIXTURE(proved_night, "the status tells states, heads and what waits") {
  const auto s = status_of(database).value();
  CHECK(s.records == 6);
  CHECK(s.by_state[0] == 3);
  CHECK(s.by_state[1] == 2);
  CHECK(s.by_state[4] == 1);
  CHECK(s.flagged == 1);
  CHECK(s.accepted == 1);
  CHECK(s.heads == 2);
  CHECK(s.newest->size == static_cast<std::uint64_t>(s.entries));
  CHECK(s.space.free > 0);
  CHECK(s.space.database > 0);
  CHECK(check_before_start(database).has_value());
}

TEST_CASE_FIXTURE(proved_night, "a damaged file is told before a gateway starts on it") {
  {
    sqlite::database db(database.string(), sqlite::mode::read_write);
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  for (const char* end : {"-wal", "-shm"})
    std::filesystem::remove(database.string() + end);
  std::filesystem::resize_file(database, std::filesystem::file_size(database) / 2);
  CHECK(check_before_start(database).error() == errc::corrupt);
}
