#include "storage/roster.h"

#include "storage/forget.h"
#include "storage/sqlite/schema.h"
#include "storage/verify.h"
#include "tests/storage/support.h"

#include <algorithm>
#include <fstream>

using namespace tallyline::storage;
using namespace tallyline::storage::test;

namespace {

constexpr std::uint64_t nima = 989120000005, fresh = 989121111111, omid2 = 989120000006, roya = 989120000007,
                        whole = 989120000008;
constexpr std::int64_t now = 1'780'000'000'000, hour = 3'600'000;

// The small pack with a second supervisor of the same area, one of the other area, and one of the country.
pack_files ruled_pack() {
  auto files = small_pack();
  for (auto& [name, text] : files)
    if (name == "people.csv")
      text += "989120000006,6789,supervisor,A1,Omid the second,fa\n989120000007,7890,supervisor,A2,Roya,fa\n"
              "989120000008,8901,supervisor,IR,Whole,fa\n989120000001,1234,clerk,2001,Sara,fa\n";
  return files;
}

report act(roster_act what, std::uint64_t whom, std::uint64_t by = omid, std::uint64_t to = 0, std::int64_t until = 0) {
  report r;
  r.form = "act";
  r.msisdn = by;
  r.role = "supervisor";
  r.scope = by == roya ? "A2" : by == whole ? "IR" : "A1";
  r.key = {r.scope};
  r.fields = {{"official", std::to_string(whom), true}};
  r.menu_version = "00ff";
  r.time_ms = now;
  r.does = roster_order{what, whom, to, until, {}};
  return r;
}

struct ruling {
  ruling() { import_small(database, ruled_pack()); }
  temporary_folder folder;
  std::filesystem::path database = folder / "night.db";
  pin_key key() { return pin_key::open(database).value(); }

  election roster() { return load_election(database).value(); }
  bool fits(std::uint64_t msisdn, std::string_view role, std::string_view pin) {
    const auto e = roster();
    const auto p = e.person_by(msisdn, role);
    return p && key().fits(e.people[*p].pin_hash, msisdn, role, pin);
  }
  std::int64_t entries(int kind) {
    auto db = sqlite::open_for_reading(database.string());
    return db.number(("SELECT count(*) FROM entry WHERE kind = " + std::to_string(kind)).c_str());
  }
  void good() {
    const auto v = verify_database(database, {}).value();
    CHECK_MESSAGE(!v.wrong, to_text(*v.wrong));
  }
  // Nothing was recorded or changed by what is refused.
  void refused(report r, errc why) {
    const auto records = entries(1), changes = entries(8);
    {
      blocking_store s(database);
      CHECK(s.submit(std::move(r)).error() == why);
      CHECK(s.roster_changes.empty());
    }
    CHECK(entries(1) == records);
    CHECK(entries(8) == changes);
    good();
  }
};

} // namespace

TEST_CASE_FIXTURE(ruling, "a new PIN is drawn, told once, and holds after a restart, the old one no longer fits") {
  outcome done;
  {
    blocking_store s(database);
    s.save_pin(sara, "presiding_officer", 5, now + hour);
    done = s.submit(act(roster_act::reset_pin, sara)).value();
    REQUIRE(s.roster_changes.size() == 1); // her role in the other area is nobody's business here
    CHECK(s.roster_changes[0].role == "presiding_officer");
    CHECK(s.load_pin(sara, "presiding_officer")->locked_until_ms == 0);
  }
  CHECK(done.what == verdict::recorded);
  REQUIRE(done.pin.size() == 6);
  CHECK(fits(sara, "presiding_officer", done.pin));
  CHECK_FALSE(fits(sara, "presiding_officer", "1234"));
  CHECK(fits(sara, "clerk", "1234"));
  CHECK(entries(1) == 1);
  CHECK(entries(8) == 1);
  good();
}

TEST_CASE_FIXTURE(ruling, "the PIN that was drawn is nowhere on disk") {
  std::string pin;
  {
    blocking_store s(database);
    s.save(1, "draft");
    pin = s.submit(act(roster_act::reset_pin, sara), 1).value().pin;
  }
  for (const auto& file : std::filesystem::directory_iterator(database.parent_path())) {
    std::ifstream in(file.path(), std::ios::binary);
    const std::string all((std::istreambuf_iterator<char>(in)), {});
    CHECK_MESSAGE(all.find(pin) == std::string::npos, file.path().string());
  }
}

TEST_CASE_FIXTURE(ruling, "a replaced phone loses its role in the very commit, and the new one has it with a PIN of its own") {
  std::string pin;
  {
    blocking_store s(database);
    // In one group: the report of the old phone comes right behind.
    std::optional<result<outcome>> replaced, late;
    s.worker->submit(act(roster_act::replace_phone, sara, omid, fresh), 0, [&](auto r) { replaced = std::move(r); });
    s.worker->submit(count_of("1001", sara, 60), 0, [&](auto r) { late = std::move(r); });
    s.network().run_until([&] { return replaced && late; });
    pin = replaced->value().pin;
    CHECK(late->error() == errc::not_on_roster);
    CHECK(s.submit(count_of("1001", fresh, 60)).value().what == verdict::recorded);
  }
  CHECK(fits(fresh, "presiding_officer", pin));
  CHECK_FALSE(roster().person_by(sara, "presiding_officer"));
  CHECK(roster().person_by(sara, "clerk")); // in an area that the supervisor has no say in
  good();
}

TEST_CASE_FIXTURE(ruling, "a delegate acts until the time, is the reporter of what they send, and can be ended before") {
  {
    blocking_store s(database);
    const auto done = s.submit(act(roster_act::delegate, sara, omid, fresh, now + hour)).value();
    CHECK(done.pin.size() == 6);
    CHECK(s.submit(count_of("1001", fresh, 60)).value().what == verdict::recorded);
    CHECK(s.submit(count_of("1001", sara, 60)).value().what == verdict::duplicate); // she may still, too
    auto late = count_of("1001", fresh, 61);
    late.time_ms = now + hour;
    CHECK(s.submit(late).error() == errc::not_on_roster);
  }
  good();
  SUBCASE("by whoever is above") {
    {
      blocking_store s(database);
      CHECK(s.submit(act(roster_act::end_delegation, fresh, whole)).has_value());
      CHECK(s.submit(count_of("1001", fresh, 61)).error() == errc::not_on_roster);
    }
    CHECK_FALSE(roster().person_by(fresh, "presiding_officer"));
    good();
  }
  SUBCASE("when it has run out, the same number can be given the place again") {
    auto again = act(roster_act::delegate, sara, omid, fresh, now + 3 * hour);
    again.time_ms = now + 2 * hour;
    {
      blocking_store s(database);
      CHECK(s.submit(again).has_value());
    }
    CHECK(roster().people_with(fresh).size() == 1);
    good();
  }
  SUBCASE("nobody who is there by the roster itself can be ended") {
    refused(act(roster_act::end_delegation, sara), errc::no_delegation);
  }
}

TEST_CASE_FIXTURE(ruling, "each doing is a record of its own, however often") {
  blocking_store s(database);
  const auto one = s.submit(act(roster_act::reset_pin, sara)).value(), two = s.submit(act(roster_act::reset_pin, sara)).value();
  CHECK(one.seq != two.seq);
  CHECK(one.pin != two.pin);
  CHECK(two.what == verdict::recorded);
}

TEST_CASE_FIXTURE(ruling, "who may not is refused, and nothing is written") {
  refused(act(roster_act::reset_pin, 989120000002, roya), errc::not_below); // a supervisor of another area
  refused(act(roster_act::reset_pin, omid), errc::oneself);
  refused(act(roster_act::reset_pin, omid2), errc::not_below); // a peer
  refused(act(roster_act::reset_pin, whole), errc::not_below); // somebody above
  refused(act(roster_act::replace_phone, sara, omid, omid), errc::oneself); // one's own number in another's place
  refused(act(roster_act::delegate, sara, omid, omid, now + hour), errc::oneself);
  refused(act(roster_act::replace_phone, sara, omid, reza), errc::number_taken);
  refused(act(roster_act::replace_phone, sara, omid, sara), errc::number_taken);
  refused(act(roster_act::replace_phone, sara, omid, 12), errc::number_taken); // no number at all
  refused(act(roster_act::reset_pin, 989129999999), errc::no_such_person);
  refused(act(roster_act::delegate, sara, omid, fresh, now), errc::bad_report); // would be over at once
  auto clerk = act(roster_act::reset_pin, reza, nima);
  clerk.role = "clerk";
  clerk.scope = "O1", clerk.key = {"O1"};
  refused(clerk, errc::not_below); // answers for an office, not for an area
  auto pretended = act(roster_act::reset_pin, reza, sara);
  refused(pretended, errc::not_on_roster); // says that she is a supervisor
  auto elsewhere = act(roster_act::reset_pin, reza, roya);
  elsewhere.scope = "A1", elsewhere.key = {"A1"};
  refused(elsewhere, errc::out_of_scope); // says that her area is another one
  auto limited = act(roster_act::reset_pin, reza);
  limited.does->roles = {"clerk"};
  refused(limited, errc::no_such_person); // the form does not do it for this role
}

TEST_CASE_FIXTURE(ruling, "a supervisor above may change one below, who loses the role at once") {
  blocking_store s(database);
  CHECK(s.submit(act(roster_act::replace_phone, omid, whole, fresh)).has_value());
  CHECK(s.submit(act(roster_act::reset_pin, sara, omid)).error() == errc::not_on_roster);
  CHECK(s.submit(act(roster_act::reset_pin, sara, fresh)).has_value());
}

TEST_CASE_FIXTURE(ruling, "of two supervisors who replace the same phone at once one does, the other is told") {
  {
    blocking_store s(database);
    std::optional<result<outcome>> first, second;
    s.worker->submit(act(roster_act::replace_phone, sara, omid, fresh), 0, [&](auto r) { first = std::move(r); });
    s.worker->submit(act(roster_act::replace_phone, sara, omid2, fresh + 1), 0, [&](auto r) { second = std::move(r); });
    s.network().run_until([&] { return first && second; });
    CHECK(first->has_value());
    CHECK(second->error() == errc::not_below); // the number's only role left is out of reach
  }
  CHECK(roster().person_by(fresh, "presiding_officer"));
  CHECK_FALSE(roster().person_by(fresh + 1, "presiding_officer"));
  good();
}

TEST_CASE_FIXTURE(ruling, "a later import leaves what was changed, unless the pack says something new") {
  std::string pin, lent;
  {
    blocking_store s(database);
    pin = s.submit(act(roster_act::replace_phone, sara, omid, fresh)).value().pin;
    lent = s.submit(act(roster_act::delegate, reza, omid, fresh + 1, now + hour)).value().pin;
    s.submit(act(roster_act::reset_pin, nima)).value();
  }
  auto files = ruled_pack();
  SUBCASE("the same pack") {
    import_small(database, files);
    CHECK(fits(fresh, "presiding_officer", pin));
    CHECK_FALSE(roster().person_by(sara, "presiding_officer")); // a lost phone does not come back
    CHECK(fits(fresh + 1, "presiding_officer", lent));
    CHECK_FALSE(fits(nima, "clerk", "5678"));
  }
  SUBCASE("a new PIN for one of them") {
    for (auto& [name, text] : files)
      if (name == "people.csv") text.replace(text.find("5678"), 4, "9753");
    import_small(database, files);
    CHECK(fits(nima, "clerk", "9753"));
  }
  SUBCASE("a pack that knows the new number") {
    for (auto& [name, text] : files)
      if (name == "people.csv") text += "989121111111,8642,presiding_officer,1001,Sara,fa\n";
    import_small(database, files);
    CHECK(fits(fresh, "presiding_officer", "8642"));
    CHECK_FALSE(roster().person_by(sara, "presiding_officer"));
  }
  good();
}

TEST_CASE_FIXTURE(ruling, "verify names a roster that is not what the ledger says") {
  {
    blocking_store s(database);
    s.submit(act(roster_act::replace_phone, sara, omid, fresh)).value();
    s.submit(act(roster_act::delegate, reza, omid, fresh + 1, now + hour)).value();
  }
  const auto broken_by = [&](const char* sql) {
    {
      auto db = sqlite::open_for_writing(database.string(), sqlite::mode::read_write);
      db.exec(sql);
    }
    const auto v = verify_database(database, {}).value();
    return v.wrong ? v.wrong->table : std::string();
  };
  CHECK(broken_by("UPDATE person SET msisdn = 989120000001 WHERE msisdn = 989121111111") == "person");
  CHECK(broken_by("UPDATE person SET msisdn = 989121111111 WHERE msisdn = 989120000001 AND role = 'presiding_officer'")
            .empty());
  CHECK(broken_by("UPDATE person SET until_ms = until_ms + 1 WHERE until_ms > 0") == "person");
  CHECK(broken_by("UPDATE person SET until_ms = until_ms - 1 WHERE until_ms > 0").empty());
  CHECK(broken_by("UPDATE personal SET value = 989120000002 WHERE value = 989121111111") == "personal");
}

TEST_CASE_FIXTURE(ruling, "a person can be forgotten after a change of the roster, and the ledger still verifies") {
  {
    blocking_store s(database);
    s.submit(act(roster_act::replace_phone, sara, omid, fresh)).value();
  }
  CHECK(forget(database, sara, "office", "asked for", now).has_value());
  good();
  CHECK(forget(database, fresh, "office", "asked for", now).has_value());
  good();
}

TEST_CASE("a change that is not committed is taken back from memory") {
  auto e = good(ruled_pack()).contents;
  e.index();
  const auto before = e.people.size();
  roster_undo undo;
  CHECK(apply(e, {roster_act::replace_phone, sara, "presiding_officer", fresh, 0, {}}, &undo));
  CHECK(apply(e, {roster_act::delegate, reza, "presiding_officer", fresh + 1, now, {}}, &undo));
  CHECK(apply(e, {roster_act::end_delegation, fresh + 1, "presiding_officer", 0, 0, {}}, &undo));
  CHECK(e.person_by(fresh, "presiding_officer"));
  CHECK_FALSE(e.person_by(sara, "presiding_officer"));
  take_back(e, undo);
  CHECK(e.people.size() == before);
  CHECK(e.person_by(sara, "presiding_officer"));
  CHECK_FALSE(e.person_by(fresh, "presiding_officer"));
  CHECK_FALSE(e.people[*e.person_by(sara, "presiding_officer")].gone);
}
