#include "gateway/smpp/pace.h"

#include <doctest/doctest.h>

using namespace tallyline::smpp;
using namespace std::chrono_literals;

namespace {
const pace::clock::time_point start{1h};
}

TEST_CASE("WithoutARateOnlyTheWindowHolds") {
  pace p(0, 4);
  for (std::size_t open = 0; open < 4; ++open)
    CHECK(p.take(open, start));
  CHECK_FALSE(p.take(4, start));
  CHECK(p.next(start) == start); // a response, not time, moves it
}

TEST_CASE("ARateIsKeptOverAnySecondAndItsFirstTenthMayLeaveAtOnce") {
  pace p(100, 10'000);
  std::size_t left = 0;
  for (auto now = start; now < start + 5s; now += 1ms)
    while (p.take(0, now))
      ++left;
  CHECK(left >= 500);
  CHECK(left <= 511);
}

TEST_CASE("TheNextTimeOfARateIsWhenOneMayLeave") {
  pace p(10, 100);
  REQUIRE(p.take(0, start));
  CHECK_FALSE(p.take(0, start));
  const auto at = p.next(start);
  CHECK(at > start);
  CHECK_FALSE(p.take(0, at - 1ms));
  CHECK(p.take(0, at));
}

TEST_CASE("ThrottlingHalvesTheWindowAndHoldsTwiceAsLongEachTimeInARow") {
  pace p(0, 64);
  p.throttled(start);
  CHECK(p.window() == 32);
  CHECK_FALSE(p.take(0, start + 99ms));
  p.throttled(start + 50ms); // left together with the first
  CHECK(p.window() == 32);
  CHECK(p.take(0, start + 100ms));
  p.throttled(start + 100ms);
  CHECK(p.window() == 16);
  CHECK_FALSE(p.take(0, start + 299ms));
  CHECK(p.take(0, start + 300ms));
  for (int i = 0; i < 20; ++i)
    p.throttled(start + 1min * (i + 1));
  CHECK(p.window() == 1);
  CHECK(p.next(start + 20min) == start + 20min + pace::longest_hold);
}

TEST_CASE("WhatIsTakenGivesTheWindowBackOneByOneAndEndsTheRow") {
  pace p(0, 8);
  p.throttled(start);
  p.taken(start + 10ms); // it had left before
  CHECK(p.window() == 4);
  for (int i = 0; i < 10; ++i)
    p.taken(start + 200ms);
  CHECK(p.window() == 8);
  p.throttled(start + 1s);
  CHECK(p.next(start + 1s) == start + 1s + pace::first_hold);
}

TEST_CASE("AnSmscThatIsNearlyCongestedGetsLess") {
  pace p(0, 8);
  p.congestion(89);
  CHECK(p.window() == 8);
  p.congestion(95);
  CHECK(p.window() == 4);
}
