// What the ledger says of sites' keys.
#include "storage/sites.h"

#include "storage/canonical.h"
#include "storage/ledger_rows.h"
#include "storage/sqlite/schema.h"
#include "storage/verify.h"
#include "tests/storage/support.h"

using namespace tallyline::storage;
using namespace tallyline::storage::test;

namespace {

// The entries about sites, in words and in their order.
std::vector<std::string> told(const std::filesystem::path& database) {
  sqlite::database db(database.string(), sqlite::mode::read_only);
  sqlite::statement rows(db, "SELECT seq, kind, body FROM entry WHERE kind IN (10, 11) ORDER BY seq");
  std::vector<std::string> all;
  std::vector<std::int64_t> seqs;
  while (rows.step()) {
    seqs.push_back(rows.number(0));
    if (const auto k = canonical::read_site_key(rows.blob(2)))
      all.push_back(std::string(k->site) + (k->invited ? " invited by " : " revoked by ") + std::string(k->by));
    else if (const auto e = canonical::read_enrolment(rows.blob(2)))
      all.push_back(std::string(e->site) + " enrolled, entry " +
                    std::to_string(std::find(seqs.begin(), seqs.end(), e->invitation) - seqs.begin()));
  }
  return all;
}

void key(const std::filesystem::path& database, bool invited, std::int64_t now_ms) {
  set_site_key(database, "S1", invited ? std::optional(site_secret{1}) : std::nullopt, "office", now_ms).value();
}

void call(const std::filesystem::path& database, std::int64_t began_ms, bool by_key = true) {
  blocking_store s(database);
  call_record c{"S1", "first", began_ms, 50, 10, 10, 0, 1, "over"};
  c.by_key = by_key;
  std::optional<boost::system::error_code> saved;
  s.worker->save_call(std::move(c), [&](auto e) { saved = e; });
  s.network().run_until([&] { return saved.has_value(); });
  CHECK_FALSE(*saved);
}

std::optional<wrong_row> verified(const std::filesystem::path& database) {
  return verify_database(database, {}).value().wrong;
}

void append(const std::filesystem::path& database, canonical::kind what, const std::string& body) {
  auto db = sqlite::open_for_writing(database.string(), sqlite::mode::read_write);
  ledger_rows::append(db, what, body);
}

} // namespace

TEST_CASE_FIXTURE(night, "invitations, the first call with each, and revocations are in the ledger, once") {
  key(database, true, 10);
  call(database, 5);         // by the key before it
  call(database, 11, false); // a person at the site's terminal
  CHECK(told(database) == std::vector<std::string>{"S1 invited by office"});
  call(database, 12);
  call(database, 13);
  key(database, false, 20);
  call(database, 21);
  key(database, true, 30);
  call(database, 31);
  CHECK(told(database) == std::vector<std::string>{"S1 invited by office", "S1 enrolled, entry 0",
                                                   "S1 revoked by office", "S1 invited by office",
                                                   "S1 enrolled, entry 3"});
  CHECK_FALSE(verified(database));
}

TEST_CASE_FIXTURE(night, "an enrolment without an open invitation is found by verify") {
  key(database, true, 10);
  sqlite::database db(database.string(), sqlite::mode::read_only);
  const auto invitation = db.number("SELECT max(seq) FROM entry");
  SUBCASE("another site's") {
    append(database, canonical::kind::enrolment, canonical::enrolment_bytes({"S2", invitation, 11}));
  }
  SUBCASE("an entry that is none") {
    append(database, canonical::kind::enrolment, canonical::enrolment_bytes({"S1", 1, 11}));
  }
  SUBCASE("one that was taken up") {
    for (int i = 0; i < 2; ++i)
      append(database, canonical::kind::enrolment, canonical::enrolment_bytes({"S1", invitation, 11}));
  }
  SUBCASE("one that was revoked") {
    key(database, false, 11);
    append(database, canonical::kind::enrolment, canonical::enrolment_bytes({"S1", invitation, 12}));
  }
  const auto wrong = verified(database);
  REQUIRE(wrong.has_value());
  CHECK(wrong->what.find("no invitation that was open for it") != std::string::npos);
}
