#include "storage/decision.h"

#include "storage/reader.h"
#include "storage/review_list.h"
#include "storage/verify.h"
#include "tests/storage/proved_night.h"

using namespace tallyline::storage;
using namespace tallyline::storage::test;

namespace {

struct deciding : night {
  record_state state_of(const outcome& o) { return reader::open(database).value().find_record(o.seq).value()->state; }
  std::size_t current() {
    std::size_t n = 0;
    REQUIRE(reader::open(database).value().for_each_current_record("count", [&](auto, auto) { ++n; }).has_value());
    return n;
  }
  void good() {
    const auto v = verify_database(database, {}).value();
    CHECK_MESSAGE(!v.wrong, to_text(*v.wrong));
  }
};

} // namespace

TEST_CASE_FIXTURE(deciding, "accepting a version makes it the one that counts and rejects every other") {
  blocking_store s(database);
  const auto first = s.submit(count_of("1001", sara, 60)).value();
  const auto second = s.submit(count_of("1001", omid, 61, "supervisor")).value();
  const auto third = s.submit(count_of("1001", mina, 62, "clerk")).value();
  const auto done = s.decide(ruling_of(second.receipt, true)).value();
  CHECK(done.changed.size() == 3);
  CHECK(state_of(first) == record_state::rejected);
  CHECK(state_of(second) == record_state::current);
  CHECK(state_of(third) == record_state::rejected);
  CHECK(current() == 1);
  good();
  SUBCASE("the same decision again changes nothing and names the first") {
    const auto again = s.decide(ruling_of(second.receipt, true)).value();
    CHECK(again.again);
    CHECK(again.entry == done.entry);
  }
  SUBCASE("and it can be taken back by another decision") {
    s.decide(ruling_of(first.receipt, true)).value();
    CHECK(state_of(first) == record_state::current);
    CHECK(state_of(second) == record_state::rejected);
    CHECK(current() == 1);
    good();
  }
  SUBCASE("who and why are kept") {
    const auto told = decisions_on(database, first.seq).value();
    REQUIRE(told.size() == 1);
    CHECK(told[0].by == "duty officer");
    CHECK(told[0].reason == "the signed sheet says so");
    CHECK(told[0].state == record_state::rejected);
  }
}

TEST_CASE_FIXTURE(deciding, "rejecting the last dissent leaves the current version, which is accepted thereby") {
  blocking_store s(database);
  const auto first = s.submit(count_of("1001", sara, 60)).value();
  const auto second = s.submit(count_of("1001", omid, 61, "supervisor")).value();
  CHECK(s.decide(ruling_of(second.receipt, false)).value().changed.size() == 2);
  CHECK(state_of(first) == record_state::current);
  CHECK(state_of(second) == record_state::rejected);
  CHECK(open_reviews(database).value().empty());
  good();
}

TEST_CASE_FIXTURE(deciding, "rejecting the current version lets the only other one count") {
  blocking_store s(database);
  const auto first = s.submit(count_of("1001", sara, 60)).value();
  const auto second = s.submit(count_of("1001", omid, 61, "supervisor")).value();
  s.decide(ruling_of(first.receipt, false)).value();
  CHECK(state_of(second) == record_state::current);
  CHECK(current() == 1);
  good();
}

TEST_CASE_FIXTURE(deciding, "rejecting the current version of three is refused, since two would be left") {
  blocking_store s(database);
  const auto first = s.submit(count_of("1001", sara, 60)).value();
  s.submit(count_of("1001", omid, 61, "supervisor")).value();
  s.submit(count_of("1001", mina, 62, "clerk")).value();
  CHECK(s.decide(ruling_of(first.receipt, false)).error() == errc::several_left);
  CHECK(state_of(first) == record_state::current);
  good();
}

TEST_CASE_FIXTURE(deciding, "a flagged record is accepted, or rejected and reported anew") {
  blocking_store s(database);
  auto r = count_of("1001", sara, 60);
  r.flags = {"many"};
  const auto flagged = s.submit(r).value();
  REQUIRE(open_reviews(database).value().size() == 1);
  SUBCASE("accepted, it waits no more") {
    s.decide(ruling_of(flagged.receipt, true)).value();
    CHECK(open_reviews(database).value().empty());
    CHECK(current() == 1);
  }
  SUBCASE("rejected, the key has no record until other figures come") {
    s.decide(ruling_of(flagged.receipt, false)).value();
    CHECK(current() == 0);
    const auto again = s.submit(r).value();
    CHECK(again.what == verdict::duplicate); // the same report twice is one record
    CHECK(again.receipt == flagged.receipt);
    CHECK(s.submit(count_of("1001", sara, 58)).value().what == verdict::recorded);
    CHECK(current() == 1);
  }
  good();
}

TEST_CASE_FIXTURE(deciding, "after a decision other values wait for another one, whoever sends them") {
  blocking_store s(database);
  const auto first = s.submit(count_of("1001", sara, 60)).value();
  s.decide(ruling_of(first.receipt, true)).value();
  CHECK(s.submit(count_of("1001", sara, 61)).value().what == verdict::review);
  CHECK(state_of(first) == record_state::current);
  good();
}

TEST_CASE_FIXTURE(deciding, "two who agree do not overrule a decision, their entries wait for another one") {
  blocking_store s(database);
  auto r = count_of("1001", sara, 60);
  const auto first = s.submit(r).value();
  s.decide(ruling_of(first.receipt, true)).value();
  r = count_of("1001", mina, 61, "clerk");
  r.entries = 2;
  CHECK(s.submit(r).value().what == verdict::review);
  r.msisdn = omid, r.role = "supervisor";
  CHECK(s.submit(r).value().what == verdict::review);
  CHECK(state_of(first) == record_state::current);
  good();
}

TEST_CASE_FIXTURE(deciding, "two entries that differ are decided like any two versions") {
  blocking_store s(database);
  auto r = count_of("1001", sara, 60);
  r.entries = 2;
  const auto first = s.submit(r).value();
  auto other = count_of("1001", mina, 61, "clerk");
  other.entries = 2;
  const auto second = s.submit(other).value();
  CHECK(second.what == verdict::differs);
  s.decide(ruling_of(first.receipt, false)).value();
  CHECK(state_of(second) == record_state::current);
  CHECK(current() == 1);
  good();
}

TEST_CASE_FIXTURE(deciding, "what cannot be decided on is refused, and nothing is written") {
  blocking_store s(database);
  const auto first = s.submit(count_of("1001", sara, 60)).value();
  const auto second = s.submit(count_of("1001", sara, 61)).value();
  const auto size = reader::open(database).value().leaves().value().size();
  CHECK(s.decide(ruling_of(first.receipt, true)).error() == errc::not_open);
  CHECK(s.decide(ruling_of("000-000-0000", true)).error() == errc::no_record);
  CHECK(s.decide(ruling_of("12", true)).error() == errc::no_record);
  auto nobody = ruling_of(second.receipt, true);
  nobody.by.clear();
  CHECK(s.decide(nobody).error() == errc::bad_report);
  nobody = ruling_of(second.receipt, true);
  nobody.reason = "two\nlines";
  CHECK(s.decide(nobody).error() == errc::bad_report);
  CHECK(reader::open(database).value().leaves().value().size() == size);
}

TEST_CASE_FIXTURE(deciding, "without a gateway a decision is made on the file, beside one it is refused") {
  outcome first;
  {
    blocking_store s(database);
    first = s.submit(count_of("1001", sara, 60)).value();
    CHECK(decide_offline(database, ruling_of(first.receipt, true)).error() == errc::busy);
  }
  CHECK(decide_offline(database, ruling_of(first.receipt, true)).value().changed.size() == 1);
  CHECK(decide_offline(folder / "none.db", ruling_of(first.receipt, true)).error() == errc::no_database);
  CHECK(decide_offline(database, ruling_of("000-000-0000", true)).error() == errc::no_record);
  good();
}

TEST_CASE_FIXTURE(deciding, "what waits is listed with its versions side by side, the current one first") {
  blocking_store s(database);
  const auto first = s.submit(count_of("1001", sara, 60)).value();
  const auto second = s.submit(count_of("1001", omid, 61, "supervisor")).value();
  s.submit(count_of("1002", reza, 5)).value();
  const auto waiting = open_reviews(database).value();
  REQUIRE(waiting.size() == 1);
  CHECK(waiting[0].form == "count");
  REQUIRE(waiting[0].versions.size() == 2);
  CHECK(waiting[0].versions[0].seq == first.seq);
  CHECK(waiting[0].versions[1].seq == second.seq);
}

TEST_CASE_FIXTURE(deciding, "a form says who may correct it and until when, and the door holds it") {
  blocking_store s(database);
  const auto by = [](report r, bool own, std::vector<std::string> roles, std::int64_t until) {
    r.corrections = {own, std::move(roles), until};
    return r;
  };
  const auto now = count_of("1001", sara, 60).time_ms;
  s.submit(count_of("1001", sara, 60)).value();
  CHECK(s.submit(by(count_of("1001", sara, 61), false, {}, 0)).error() == errc::correction_refused);
  CHECK(s.submit(by(count_of("1001", sara, 61), true, {}, now - 1)).error() == errc::correction_late);
  CHECK(current() == 1);
  CHECK(s.submit(by(count_of("1001", sara, 61), true, {}, now)).value().what == verdict::corrected);
  // A role that is named corrects; in time only, and anybody else dissents.
  CHECK(s.submit(by(count_of("1001", mina, 62, "clerk"), true, {"supervisor"}, 0)).value().what == verdict::review);
  CHECK(s.submit(by(count_of("1001", omid, 63, "supervisor"), true, {"supervisor"}, now - 1)).value().what ==
        verdict::review);
  CHECK(s.submit(by(count_of("1001", omid, 64, "supervisor"), true, {"supervisor"}, 0)).value().what ==
        verdict::corrected);
  // The same values again are the same record, however late.
  CHECK(s.submit(by(count_of("1001", omid, 64, "supervisor"), false, {}, now - 1)).value().what == verdict::duplicate);
  CHECK(current() == 1);
  good();
}
