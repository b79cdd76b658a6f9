#include "gateway/rehearsal/session_table.h"

#include <doctest/doctest.h>
#include <map>
#include <random>
#include <set>

using namespace tallyline::rehearsal;

TEST_CASE("a closed session is not found by its id again, even when its slot is used again") {
  session_table t({});
  const auto first = t.open(98912, 1140, 1, nullptr, 0);
  t.close(first);
  const auto second = t.open(98912, 1140, 1, nullptr, 0);
  CHECK(first != second);
  CHECK(t.find(first) == nullptr);
  REQUIRE(t.find(second) != nullptr);
  CHECK(t.of(98912) == second);
}

TEST_CASE("a number's next session has another octet than the one it replaced") {
  session_table t({});
  const auto first = t.open(98912, 1140, 1, nullptr, 0);
  const auto octet = t.find(first)->octet;
  t.close(first);
  CHECK(t.find(t.open(98912, 1140, 1, nullptr, 0))->octet != octet);
}

TEST_CASE("closing hands the phone back, once") {
  session_table t({});
  int told = 0;
  const auto s = t.open(
      1, 1140, 1, [&](const page&) { ++told; }, 0);
  t.close(s)(page{});
  CHECK(told == 1);
  CHECK_FALSE(t.close(s));
  CHECK_FALSE(t.close(12345));
}

TEST_CASE("the answer's limit runs only while the ESME is waited for, the session's always") {
  session_table t({1000, 100});
  const auto s = t.open(1, 1140, 1, nullptr, 50);
  CHECK(t.next_expiry() == 1050);
  t.wait_for_esme(s, 60);
  t.wait_for_esme(s, 90); // waits already: the time runs from the first
  CHECK(t.next_expiry() == 160);
  CHECK_FALSE(t.first_expired(159));
  REQUIRE(t.first_expired(160));
  CHECK_FALSE(t.first_expired(160)->whole);
  t.wait_for_subscriber(s);
  CHECK(t.next_expiry() == 1050);
  REQUIRE(t.first_expired(1050));
  CHECK(t.first_expired(1050)->whole);
  t.close(s);
  CHECK_FALSE(t.next_expiry());
}

TEST_CASE("sessions of a link are found, and all with link 0") {
  session_table t({});
  for (std::uint64_t n = 1; n <= 10; ++n)
    t.open(n, 1140, n % 2 == 0 ? 1 : 2, nullptr, 0);
  CHECK(t.on_link(1).size() == 5);
  CHECK(t.on_link(0).size() == 10);
  CHECK(t.on_link(3).empty());
}

// Neighbouring numbers, many closings: what open addressing gets wrong if it can.
TEST_CASE("the table agrees with a plain map through 200,000 random steps") {
  session_table t({1'000'000, 1'000});
  std::map<std::uint64_t, session_table::id> model;
  std::mt19937 random(7);
  for (std::uint64_t step = 0; step < 200'000; ++step) {
    const std::uint64_t number = 989120000000 + random() % 3000;
    const auto at = model.find(number);
    REQUIRE(t.of(number) == (at == model.end() ? 0 : at->second));
    if (at == model.end()) {
      model[number] = t.open(number, 1140, 1, nullptr, step);
    } else if (random() % 2 == 0) {
      t.close(at->second);
      model.erase(at);
    } else if (random() % 2 == 0) {
      t.wait_for_esme(at->second, step);
    } else {
      t.wait_for_subscriber(at->second);
    }
    REQUIRE(t.size() == model.size());
  }
  std::set<session_table::id> left;
  while (const auto expired = t.first_expired(~std::uint64_t{0} / 2)) {
    left.insert(expired->session);
    t.close(expired->session);
  }
  CHECK(left.size() == model.size());
}
