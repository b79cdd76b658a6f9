// What is kept in step with the records: totals, facts, views; and who was reminded.
#include "storage/totals.h"
#include "storage/facts.h"
#include "storage/form_views.h"
#include "storage/reader.h"
#include "storage/reminders.h"
#include "storage/sqlite/schema.h"
#include "tests/storage/support.h"

#include <doctest/doctest.h>
#include <map>

using namespace tallyline::storage;
using namespace tallyline::storage::test;

namespace {

std::map<std::string, sums> totals_of(const std::filesystem::path& database, const char* form) {
  auto r = reader::open(database).value();
  std::map<std::string, sums> all;
  REQUIRE(r.for_each_total(form, [&](std::string_view part, std::string_view area, const sums& s) {
    all[std::string(part) + "@" + std::string(area)] = s;
  }));
  return all;
}

std::int64_t item(const sums& s, std::int64_t number) {
  for (const auto& i : s.find("votes")->items)
    if (i.number == number) return i.value;
  return -1;
}

void check_derived(const std::filesystem::path& database) {
  auto db = sqlite::open_for_reading(database.string());
  CHECK(wrong_totals(db).empty());
  CHECK(wrong_facts(db).empty());
}

report flagged(report r) {
  r.flags = {"sum_differs"};
  return r;
}

} // namespace

TEST_CASE("Totals add up the current records of each area, and a correction replaces what it corrects") {
  night n;
  {
    blocking_store s(n.database);
    REQUIRE(s.submit(count_of("1001", sara, 60)).has_value());
    REQUIRE(s.submit(flagged(count_of("1002", reza, 70))).has_value());
    REQUIRE(s.submit(count_of("1001", sara, 60)).has_value()); // the same again
    REQUIRE(s.submit(count_of("1001", sara, 65)).has_value()); // corrected
  }
  const auto all = totals_of(n.database, "count");
  REQUIRE(all.size() == 1);
  const sums& alpha = all.at("president@A1");
  CHECK(alpha.records == 2);
  CHECK(alpha.flagged == 1);
  CHECK(alpha.find("ballots")->items.front().value == 135);
  CHECK(item(alpha, 41) == 60);
  CHECK(alpha.bearers == std::vector<list_item>{{1, 2}});
  check_derived(n.database);
}

TEST_CASE("What another person says differently is in no total") {
  night n;
  {
    blocking_store s(n.database);
    REQUIRE(s.submit(count_of("1001", sara, 60)).has_value());
    REQUIRE(s.submit(count_of("1001", mina, 61, "clerk"))->what == verdict::review);
  }
  CHECK(totals_of(n.database, "count").at("president@A1").find("ballots")->items.front().value == 60);
  check_derived(n.database);
}

TEST_CASE("Of two entries only the agreed one is in the total") {
  night n;
  blocking_store s(n.database);
  auto first = count_of("1001", sara, 60), second = count_of("1001", mina, 60, "clerk");
  first.entries = second.entries = 2;
  REQUIRE(s.submit(first)->what == verdict::first_entry);
  CHECK(totals_of(n.database, "count").empty());
  REQUIRE(s.submit(second)->what == verdict::agreed);
  CHECK(totals_of(n.database, "count").at("president@A1").records == 1);
  check_derived(n.database);
}

TEST_CASE("A total that somebody changes is found and named, and can be made anew") {
  night n;
  {
    blocking_store s(n.database);
    REQUIRE(s.submit(count_of("1001", sara, 60)).has_value());
  }
  auto db = sqlite::open_for_writing(n.database.string(), sqlite::mode::read_write);
  db.exec("UPDATE total SET records = 2");
  db.exec("UPDATE fact SET fields = replace(fields, '60', '66')");
  REQUIRE(wrong_totals(db).size() == 1);
  CHECK(wrong_totals(db).front() == "the total of 'count' president in A1 is kept as 2 records, the records say 1");
  REQUIRE(wrong_facts(db).size() == 1);
  rebuild_totals(db);
  rebuild_facts(db);
  CHECK(wrong_totals(db).empty());
  CHECK(wrong_facts(db).empty());
}

TEST_CASE("A station that an import moves to another area takes its figures along") {
  night n;
  {
    blocking_store s(n.database);
    REQUIRE(s.submit(count_of("1001", sara, 60)).has_value());
  }
  auto moved = small_pack();
  auto& stations = moved["stations.csv"];
  stations.replace(stations.find("1001,A1"), 7, "1001,A2");
  import_small(n.database, moved);
  const auto all = totals_of(n.database, "count");
  CHECK(all.size() == 1);
  CHECK(all.contains("president@A2"));
}

TEST_CASE("Sums survive their bytes, and bytes that are none are refused") {
  sums s;
  s.records = 3;
  s.bearers = {{1, 2}, {4, 1}};
  s.fields = {{"ballots", false, {{0, -7}}}, {"votes", true, {{1, 10}, {41, 1'000'000'000'000}}}};
  const std::string bytes = to_bytes(s);
  sums back;
  back.records = 3;
  REQUIRE(from_bytes(bytes, back));
  CHECK(back == s);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut)
    CHECK_FALSE(from_bytes(std::string_view(bytes).substr(0, cut), back));
}

TEST_CASE("A view has a column for each answer, and gives way to an answer of its own columns' names") {
  night n;
  {
    blocking_store s(n.database);
    auto r = count_of("1001", sara, 60);
    r.fields.push_back({"state", std::string("it's \"fine\""), false});
    r.fields.push_back({"note", std::string("secret"), true});
    REQUIRE(s.submit(r).has_value());
  }
  using kind = form_view::column::kind;
  const form_view view{"count",
                       "station",
                       {{"ballots", "ballots", kind::field, 0},
                        {"votes_41", "votes", kind::item, 41},
                        {"votes_99", "votes", kind::item, 99},
                        {"state", "state", kind::field, 0},
                        {"note", "note", kind::personal, 0}}};
  REQUIRE(put_form_views(n.database, {view}));
  // As an analyst's program opens it: it trusts the schema, which JSON in a view needs.
  sqlite::database db(n.database.string(), sqlite::mode::read_only);
  CHECK(db.number("SELECT ballots + votes_41 FROM v_count WHERE station = '1001' AND area = 'A1'") == 90);
  CHECK(db.number("SELECT votes_99 IS NULL FROM v_count") == 1);
  CHECK(db.text("SELECT state FROM v_count") == "it's \"fine\"");
  CHECK(db.text("SELECT record_state FROM v_count") == "current");
  CHECK(db.text("SELECT station_name FROM v_count") == "شعبه ۱");
  CHECK(db.text("SELECT note FROM v_count") == "secret");
  CHECK(db.text("SELECT time FROM v_count") == "2026-05-28T20:26:40Z");
  CHECK(db.text("SELECT receipt FROM v_count").size() == 12);
  std::size_t rows = 0;
  REQUIRE(read_form_view(n.database, view, "current", [&](const auto& row) {
    CHECK(row.size() == 17);
    ++rows;
  }));
  CHECK(rows == 2); // the names, and a record
  REQUIRE(put_form_views(n.database, {}));
  CHECK(db.number("SELECT count(*) FROM sqlite_schema WHERE type = 'view'") == 0);
}

TEST_CASE("Nobody is written to twice within the set time, nor about what was reported meanwhile") {
  night n;
  auto kept = reminders::open(n.database).value();
  const reminders::wanted to_sara{"count", {"1001/president"}, sara};
  const reminders::wanted to_reza{"count", {"1002/president"}, reza};
  const std::int64_t half_hour = 1'800'000;
  auto rows = kept.plan({to_sara, to_reza}, 10'000'000, 10'000'000 - half_hour).value();
  CHECK(rows[0].size() == 1);
  CHECK(rows[1].size() == 1);
  rows = kept.plan({to_sara}, 11'000'000, 11'000'000 - half_hour).value();
  CHECK(rows[0].empty());
  {
    blocking_store s(n.database);
    REQUIRE(s.submit(count_of("1001", sara, 60)).has_value());
  }
  rows = kept.plan({to_sara, to_reza}, 13'000'000, 13'000'000 - half_hour).value();
  CHECK(rows[0].empty());
  CHECK(rows[1].size() == 1);
  std::vector<int> waves;
  REQUIRE(kept.for_each("count", [&](const reminder& r) { waves.push_back(r.wave); }));
  CHECK(waves == std::vector<int>{1, 1, 2});
}

TEST_CASE("A reminder that the gateway refused may go out again at once") {
  night n;
  auto kept = reminders::open(n.database).value();
  const reminders::wanted to_sara{"count", {"1001/president"}, sara};
  auto rows = kept.plan({to_sara}, 1'000, 0).value();
  REQUIRE(kept.settle(rows[0], false, "no bind can send now"));
  rows = kept.plan({to_sara}, 1'001, 0).value();
  REQUIRE(rows[0].size() == 1);
  REQUIRE(kept.for_each("", [&](const reminder& r) {
    CHECK(r.wave == 1);
    CHECK(r.why == (r.no == rows[0][0] ? "" : "no bind can send now"));
  }));
}
