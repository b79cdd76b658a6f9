// Reports that two people enter, records that a dialogue looks back at, and the language a subscriber chose.
#include "storage/reader.h"
#include "tests/storage/support.h"

using namespace tallyline::storage;
using namespace tallyline::storage::test;

namespace {

record_state state_in(const std::filesystem::path& database, std::int64_t seq) {
  auto r = reader::open(database).value();
  const auto found = r.find_record(seq).value();
  REQUIRE(found.has_value());
  return found->state;
}

report entry_of(std::uint64_t msisdn, std::int64_t ballots, std::string role) {
  auto r = count_of("1001", msisdn, ballots, std::move(role));
  r.entries = 2;
  return r;
}
report of_sara(std::int64_t ballots) { return entry_of(sara, ballots, "presiding_officer"); }
report of_mina(std::int64_t ballots) { return entry_of(mina, ballots, "clerk"); }
report of_omid(std::int64_t ballots) { return entry_of(omid, ballots, "supervisor"); }

std::vector<past_entry> past(blocking_store& s, std::string_view scope, std::vector<std::string_view> forms) {
  std::optional<result<std::vector<past_entry>>> got;
  s.worker->load_past(scope, forms, [&](result<std::vector<past_entry>> r) { got = std::move(r); });
  s.network().run_until([&] { return got.has_value(); });
  return std::move(got->value());
}

} // namespace

TEST_CASE_FIXTURE(night, "a first entry does not count until another person enters the same") {
  blocking_store s(database);
  const auto first = s.submit(of_sara(60)).value();
  CHECK(first.what == verdict::first_entry);
  CHECK(state_in(database, first.seq) == record_state::pending);
  CHECK(s.submit(of_sara(60)).value().what == verdict::duplicate);
  const auto second = s.submit(of_mina(60)).value();
  CHECK(second.what == verdict::agreed);
  CHECK(second.supersedes == first.seq);
  CHECK(state_in(database, first.seq) == record_state::superseded);
  CHECK(state_in(database, second.seq) == record_state::current);
  const auto third = s.submit(of_omid(60)).value();
  CHECK(third.what == verdict::duplicate);
  CHECK(third.receipt == second.receipt);
}

TEST_CASE_FIXTURE(night, "entries that differ wait for review, and count as soon as two people agree") {
  blocking_store s(database);
  const auto first = s.submit(of_sara(60)).value();
  const auto other = s.submit(of_mina(61)).value();
  CHECK(other.what == verdict::differs);
  CHECK(state_in(database, first.seq) == record_state::review);
  CHECK(state_in(database, other.seq) == record_state::review);
  const auto mended = s.submit(of_mina(60)).value(); // it was the second who had misread
  CHECK(mended.what == verdict::agreed);
  for (const auto seq : {first.seq, other.seq})
    CHECK(state_in(database, seq) == record_state::superseded);
  CHECK(state_in(database, mended.seq) == record_state::current);
}

TEST_CASE_FIXTURE(night, "a person's new first entry takes the place of the old one") {
  blocking_store s(database);
  const auto first = s.submit(of_sara(60)).value();
  const auto again = s.submit(of_sara(62)).value();
  CHECK(again.what == verdict::first_entry);
  CHECK(again.supersedes == first.seq);
  CHECK(state_in(database, first.seq) == record_state::superseded);
  CHECK(s.submit(of_mina(60)).value().what == verdict::differs);
}

TEST_CASE_FIXTURE(night, "what counts is changed only by two people who agree on the change") {
  blocking_store s(database);
  s.submit(of_sara(60)).value();
  const auto counted = s.submit(of_mina(60)).value();
  CHECK(s.submit(of_sara(70)).value().what == verdict::differs);
  CHECK(state_in(database, counted.seq) == record_state::current);
  const auto changed = s.submit(of_mina(70)).value();
  CHECK(changed.what == verdict::agreed);
  CHECK(state_in(database, counted.seq) == record_state::superseded);
  CHECK(state_in(database, changed.seq) == record_state::current);
}

TEST_CASE_FIXTURE(night, "the bytes say that a report was entered twice, and are read strictly") {
  blocking_store s(database);
  const auto first = s.submit(of_sara(60)).value();
  const auto second = s.submit(of_mina(60)).value();
  const auto plain = s.submit(count_of("1002", reza, 60)).value();
  auto r = reader::open(database).value();
  canonical::record_view v;
  const auto body = r.find_record(first.seq).value()->body;
  REQUIRE(canonical::read_record(body, v));
  CHECK(v.entry == 1);
  const auto agreed = r.find_record(second.seq).value()->body;
  REQUIRE(canonical::read_record(agreed, v));
  CHECK(v.entry == 2); // and not to be taken for a person's own entry that is replaced
  auto wrong = body;
  wrong.back() = 3;
  CHECK_FALSE(canonical::read_record(wrong, v));
  REQUIRE(canonical::read_record(r.find_record(plain.seq).value()->body, v));
  CHECK(v.entry == 0);
}

TEST_CASE_FIXTURE(night, "a dialogue looks back at what stands for its scope, and at nothing else") {
  blocking_store s(database);
  s.submit(count_of("1001", sara, 60)).value();
  const auto stands = s.submit(count_of("1001", sara, 61)).value();
  s.submit(count_of("1002", reza, 5)).value();
  auto council = of_sara(9);
  council.key[1] = "council";
  s.submit(council).value();
  const auto found = past(s, "1001", {"turnout", "count"});
  REQUIRE(found.size() == 2);
  CHECK(found[0].receipt == stands.receipt);
  CHECK(found[0].msisdn == sara);
  CHECK_FALSE(found[0].pending);
  CHECK(found[1].pending);
  CHECK(past(s, "1001", {"turnout"}).empty());
  CHECK(past(s, "100", {"count"}).empty());
}

TEST_CASE_FIXTURE(night, "the language a subscriber chose is known after a restart") {
  const auto choose = [&](blocking_store& s, std::string_view tag) {
    bool done = false;
    s.worker->save_language(sara, tag, [&](boost::system::error_code failed) { done = !failed; });
    s.network().run_until([&] { return done; });
  };
  {
    blocking_store s(database);
    choose(s, "fa");
    choose(s, "en");
  }
  blocking_store s(database);
  REQUIRE(s.worker->languages().size() == 1);
  CHECK(s.worker->languages()[0].msisdn == sara);
  CHECK(s.worker->languages()[0].language == "en");
}
