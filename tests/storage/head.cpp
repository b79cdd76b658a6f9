#include "storage/head.h"
#include "storage/head_signer.h"
#include "storage/reader.h"
#include "tests/storage/support.h"

#include <fstream>
#include <sys/stat.h>

using namespace tallyline::storage;
using namespace tallyline::storage::test;

TEST_CASE("what is signed has the layout that is documented, byte for byte") {
  signed_head h;
  h.size = 0x0102030405060708;
  h.time_ms = 0x1112131415161718;
  for (std::size_t i = 0; i < h.root.size(); ++i)
    h.root[i] = static_cast<std::uint8_t>(0x80 + i);
  CHECK(to_hex(signed_bytes(h)) == "544c594845414431"
                                   "0102030405060708"
                                   "1112131415161718"
                                   "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
}

TEST_CASE_FIXTURE(night, "a head is signed for what there is, once, and its signature holds") {
  auto signer = head_signer::open(database).value();
  const auto first = signer.sign(5000).value();
  REQUIRE(first.has_value());
  CHECK(first->size == 1); // the import
  CHECK(good_signature(*first));
  CHECK(first->root == reader::open(database).value().tree_head().value().root);
  CHECK_FALSE(signer.sign(6000).value().has_value());
  {
    blocking_store s(database);
    s.submit(count_of("1001", sara, 60)).value();
  }
  const auto second = signer.sign(7000).value();
  REQUIRE(second.has_value());
  CHECK(second->size == 2);
  CHECK(second->key == first->key);
  auto bad = *second;
  bad.size = 3;
  CHECK_FALSE(good_signature(bad));
  bad = *second;
  bad.time_ms += 1;
  CHECK_FALSE(good_signature(bad));
  CHECK(head_from_text(to_text(*second)) == *second);
  CHECK(head_beside(database) == *second);
}

TEST_CASE_FIXTURE(night, "the signing key is nobody else's to read, and the same after a restart") {
  const auto key = head_signer::open(database).value().key();
  struct stat about {};
  REQUIRE(::stat(signing_key_file(database).c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  CHECK(head_signer::open(database).value().key() == key);
  ::chmod(signing_key_file(database).c_str(), 0644);
  CHECK(head_signer::open(database).error() == errc::key_exposed);
}

TEST_CASE_FIXTURE(night, "once heads are signed, another key or none is refused") {
  head_signer::open(database).value().sign(5000).value();
  std::filesystem::remove(signing_key_file(database));
  CHECK(head_signer::open(database).error() == errc::bad_signing_key);
  REQUIRE(signing_key::open_or_create(database).has_value());
  CHECK(head_signer::open(database).error() == errc::other_signing_key);
}

TEST_CASE_FIXTURE(night, "a database that lost entries a head was signed for is found out by the head beside it") {
  const auto earlier = folder / "earlier.db";
  std::filesystem::copy_file(database, earlier);
  {
    blocking_store s(database);
    s.submit(count_of("1001", sara, 60)).value();
  }
  head_signer::open(database).value().sign(5000).value();
  // As when the write-ahead log is lost, or an older copy is put in place.
  for (const char* end : {"-wal", "-shm"})
    std::filesystem::remove(database.string() + end);
  std::filesystem::copy_file(earlier, database, std::filesystem::copy_options::overwrite_existing);
  CHECK(head_signer::open(database).error() == errc::entries_missing);
}

TEST_CASE_FIXTURE(night, "heads and proofs go on over blocks of 1,024 leaves") {
  auto signer = head_signer::open(database).value();
  sqlite::database db(database.string(), sqlite::mode::read_write);
  ledger::tree all;
  sqlite::statement first(db, "SELECT leaf FROM entry");
  REQUIRE(first.step());
  all.append(ledger_rows::fixed<ledger::hash>(first.blob(0)));
  first.reset();
  const auto add = [&](int n) {
    sqlite::transaction some(db);
    for (int i = 0; i < n; ++i) {
      const auto body = canonical::settings_bytes({{"n", std::to_string(all.size())}}, "test", 1);
      ledger_rows::append(db, canonical::kind::settings, body);
      all.append(ledger::leaf_hash(body));
    }
    some.commit();
  };
  for (const int n : {1022, 1, 1, 1023, 700, 400}) {
    add(n);
    const auto head = signer.sign(static_cast<std::int64_t>(all.size())).value();
    REQUIRE(head.has_value());
    CHECK(head->size == all.size());
    CHECK(head->root == all.root(all.size()));
    // And after a restart, from the kept blocks.
    CHECK(ledger_rows::edge_at(db, head->size).root() == head->root);
    for (const std::uint64_t seq : {std::uint64_t{1}, all.size() / 2, all.size() - 1, all.size()})
      if (seq > 0)
        CHECK(ledger_rows::inclusion(db, static_cast<std::int64_t>(seq), head->size) ==
              all.inclusion(seq - 1, head->size));
  }
  CHECK(db.number("SELECT count(*) FROM subtree") == 3);
}
