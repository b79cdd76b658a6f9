#include "gateway/session.h"

#include <doctest/doctest.h>

using namespace tallyline::gateway;

TEST_CASE("a reference to a closed session finds nothing, even when its place is used again") {
  session_table t;
  const auto first = t.open(98912, {});
  t.close(first);
  const auto second = t.open(98913, {});
  CHECK(second.index == first.index);
  CHECK(t.find(first) == nullptr);
  REQUIRE(t.find(second) != nullptr);
  CHECK(t.find(second)->msisdn == 98913);
}

TEST_CASE("the oldest session is the one not heard of for longest") {
  session_table t;
  const steady_time start{};
  const auto a = t.open(1, start), b = t.open(2, start), c = t.open(3, start);
  t.heard(a, start + std::chrono::seconds(1));
  session_ref ref;
  CHECK(t.oldest(&ref)->msisdn == 2);
  t.close(b);
  CHECK(t.oldest(&ref)->msisdn == 3);
  t.heard(c, start + std::chrono::seconds(2));
  CHECK(t.oldest(&ref)->msisdn == 1);
  t.close(a);
  t.close(c);
  CHECK(t.oldest(&ref) == nullptr);
  CHECK(t.size() == 0);
}

TEST_CASE("closing twice closes once") {
  session_table t;
  const auto a = t.open(1, {});
  t.close(a);
  t.close(a);
  const auto b = t.open(2, {}), c = t.open(3, {});
  CHECK(b.index != c.index);
}

TEST_CASE("sessions stay where they are while the table grows") {
  session_table t;
  const auto a = t.open(1, {});
  const session* before = t.find(a);
  for (std::uint64_t n = 2; n < 5000; ++n)
    t.open(n, {});
  CHECK(t.find(a) == before);
  CHECK(t.size() == 4999);
}
