// What waits at the offices, checked against what the generator knows.
#include "gateway/reports/queues.h"
#include "tests/gateway/reports/office_kit.h"

using namespace tallyline;
using namespace tallyline::tests;
using gateway::queues;

namespace {

ticket waits(const char* office, std::size_t n, std::int64_t since) {
  return {office, registration::person(n), since, 0, 0, 0, storage::bearer::ussd};
}
ticket done(const char* office, std::size_t n, std::int64_t since, std::int64_t at) {
  auto t = waits(office, n, since);
  t.done = at;
  return t;
}

} // namespace

TEST_CASE_FIXTURE(registration, "A queue says how many wait, how long, and when it will be empty by the local clock") {
  const auto now = saturday + 12 * hour_ms;
  write({waits("O1", 1, now - 90 * minute_ms), waits("O1", 2, now - 30 * minute_ms),
         waits("O1", 3, now - 5 * minute_ms), done("O1", 4, now - 80 * minute_ms, now - 20 * minute_ms),
         done("O1", 5, now - 80 * minute_ms, now - 59 * minute_ms),
         done("O1", 6, now - 300 * minute_ms, now - 61 * minute_ms)});
  // Three at two an hour: an hour and a half.
  CHECK(csv(queues, {}, now) == "مرکزی,O1,دفتر 1,3,90,30,2,2026-05-02 13:30,,,\n");
}

TEST_CASE_FIXTURE(registration, "A queue from which nothing leaves is never empty at this rate") {
  const auto now = saturday + 12 * hour_ms;
  write({waits("O1", 1, now - 90 * minute_ms), done("O1", 2, now - 5 * hour_ms, now - 2 * hour_ms)});
  CHECK(csv(queues, {}, now) == "مرکزی,O1,دفتر 1,1,90,90,0,never at this rate,,,\n");
}

TEST_CASE_FIXTURE(registration,
                  "The less busy office is one of the same district, else of the same county, that works") {
  const auto now = saturday + 12 * hour_ms, at = now - hour_ms;
  std::vector<ticket> all;
  std::size_t n = 0;
  const auto queue = [&](const char* office, int length, bool works) {
    for (int i = 0; i < length; ++i)
      all.push_back(waits(office, ++n, at));
    if (works) all.push_back(done(office, ++n, at, at + minute_ms));
  };
  queue("O1", 5, true), queue("O2", 3, true), queue("O3", 1, true), queue("O4", 0, false), queue("O5", 9, true);
  write(all);
  const auto t = made(queues, {}, now);
  REQUIRE(t.rows.size() == 4);
  std::map<std::string, std::string> near;
  for (std::size_t r = 0; r < t.rows.size(); ++r)
    near[text_at(t, r, "office")] = text_at(t, r, "near");
  CHECK(near["O1"] == "O2"); // the same district, though O3 of the county has less to do
  CHECK(near["O2"] == "O3"); // nobody in the district has less to do
  CHECK(near["O3"] == "");   // O4 has an empty queue because nobody is there
  CHECK(near["O5"] == "");   // another county is not near
}

TEST_CASE_FIXTURE(registration, "Queues by area add up to what the offices have, as the generator knows it") {
  write(generated(240, 7, 2));
  const auto now = saturday + 2 * day_ms;
  struct sum {
    std::int64_t waiting = 0, last_hour = 0, oldest = 0;
    std::vector<std::int64_t> ages;
  };
  std::map<std::string, sum> by_county;
  for (const auto& t : written) {
    auto& s = by_county[t.office < "O5" ? "C1" : "C2"];
    if (t.done > now - hour_ms) ++s.last_hour;
    if (t.done) continue;
    ++s.waiting;
    s.ages.push_back((now - t.since) / minute_ms);
  }
  gateway::report_scope scope;
  scope.by = "county";
  const auto t = made(queues, scope, now);
  REQUIRE(t.rows.size() == 2);
  for (std::size_t r = 0; r < 2; ++r) {
    auto& s = by_county[text_at(t, r, "area")];
    std::sort(s.ages.begin(), s.ages.end());
    CHECK(number_at(t, r, "waiting") == s.waiting);
    CHECK(number_at(t, r, "done_last_hour") == s.last_hour);
    CHECK(number_at(t, r, "oldest_minutes") == s.ages.back());
    CHECK(number_at(t, r, "median_minutes") == s.ages[(s.ages.size() + 1) / 2 - 1]);
  }
  CHECK(number_at(t, 0, "offices") + number_at(t, 1, "offices") == 7);
}

TEST_CASE_FIXTURE(registration,
                  "An area's queues are those of the offices in it, and another form has queues of its own") {
  const auto now = saturday + 12 * hour_ms;
  write({waits("O1", 1, now - 90 * minute_ms), waits("O5", 2, now - 30 * minute_ms)});
  gateway::report_scope scope;
  scope.area = "C2";
  CHECK(made(queues, scope, now).rows.size() == 1);
  scope.form = "help";
  CHECK(made(queues, scope, now).rows.empty());
  scope.all = true;
  CHECK(made(queues, scope, now).rows.size() == 3);
  scope.area = "nowhere";
  CHECK_THROWS(made(queues, scope, now));
}
