#include "gateway/smpp/window.h"

#include <doctest/doctest.h>
#include <map>
#include <random>

using namespace tallyline::smpp;
using namespace std::chrono_literals;

namespace {
const window::clock::time_point t0{};
}

TEST_CASE("AResponseFindsItsRequest") {
  window w(4);
  const auto a = w.open(100, t0), b = w.open(200, t0);
  CHECK(a == 1);
  CHECK(b == 2);
  CHECK(w.close(b) == 200);
  CHECK(w.close(a) == 100);
  CHECK(w.size() == 0);
}

TEST_CASE("AForeignSequenceNumberIsIgnored") {
  window w(4);
  const auto a = w.open(100, t0);
  for (const std::uint32_t s : {0U, 2U, a + 8, a + 16, 0x80000001U, 0xFFFFFFFFU})
    CHECK_FALSE(w.close(s).has_value());
  CHECK(w.size() == 1);
}

TEST_CASE("ASecondResponseIsIgnored") {
  window w(4);
  const auto a = w.open(100, t0);
  CHECK(w.close(a).has_value());
  CHECK_FALSE(w.close(a).has_value());
}

TEST_CASE("TheWindowIsFullAtItsLimit") {
  window w(3);
  std::uint32_t last = 0;
  for (int i = 0; i < 3; ++i) {
    CHECK_FALSE(w.full());
    last = w.open(1, t0);
  }
  CHECK(w.full());
  w.close(last);
  CHECK_FALSE(w.full());
}

TEST_CASE("SequenceNumbersGoFrom1To7FFFFFFFAndBeginAgain") {
  window w(4, 0x7FFFFFFE);
  CHECK(w.open(1, t0) == 0x7FFFFFFE);
  CHECK(w.open(2, t0) == 0x7FFFFFFF);
  CHECK(w.open(3, t0) == 1);
  CHECK(w.take_sequence() == 2);
  CHECK(w.close(0x7FFFFFFF) == 2);
  CHECK(w.close(1) == 3);
}

TEST_CASE("RequestsExpireInOrderAndOnlyWhenDue") {
  window w(8);
  w.open(1, t0 + 1s);
  const auto second = w.open(2, t0 + 2s);
  w.open(3, t0 + 3s);
  CHECK(w.next_deadline() == t0 + 1s);
  CHECK_FALSE(w.expire(t0 + 999ms).has_value());
  CHECK(w.expire(t0 + 1s) == 1);
  CHECK_FALSE(w.expire(t0 + 1s).has_value());
  w.close(second);
  CHECK(w.next_deadline() == t0 + 3s);
  CHECK(w.expire(t0 + 9s) == 3);
  CHECK_FALSE(w.next_deadline().has_value());
}

TEST_CASE("AnUnansweredRequestDoesNotHoldUpTheOthers") {
  window w(4);
  w.open(0, t0 + 10s);
  std::uint32_t before = 1;
  for (std::uint64_t i = 1; i < 1000; ++i) {
    const auto s = w.open(i, t0 + 10s);
    CHECK(s > before);
    before = s;
    CHECK(w.close(s) == i);
  }
  CHECK(w.drop_oldest() == 0);
  CHECK_FALSE(w.drop_oldest().has_value());
}

TEST_CASE("TheWindowBehavesAsAnOrderedMapDoes") {
  std::mt19937 random(7);
  window w(64, 0x7FFFFF00);
  std::map<std::uint64_t, std::uint32_t> model; // token, which rises → sequence
  std::uint64_t token = 0;
  for (int i = 0; i < 100000; ++i) {
    const auto what = random() % 8;
    if (what < 4 && !w.full()) {
      model[token] = w.open(token, t0 + std::chrono::seconds(token));
      ++token;
    } else if (what < 7 && !model.empty()) {
      auto it = model.begin();
      std::advance(it, random() % model.size());
      REQUIRE(w.close(it->second) == it->first);
      model.erase(it);
    } else if (!model.empty() && random() % 4 == 0) {
      REQUIRE(w.drop_oldest() == model.begin()->first);
      model.erase(model.begin());
    }
    REQUIRE(w.size() == model.size());
    if (!model.empty()) REQUIRE(w.next_deadline() == t0 + std::chrono::seconds(model.begin()->first));
  }
}
