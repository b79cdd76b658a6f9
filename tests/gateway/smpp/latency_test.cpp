#include "gateway/smpp/latency.h"

#include <doctest/doctest.h>
#include <random>
#include <vector>

using tallyline::smpp::latency;

TEST_CASE("without values every figure is zero") {
  const latency l;
  CHECK(l.count() == 0);
  CHECK(l.percentile(0.5) == 0);
  CHECK(l.mean() == 0);
  CHECK(l.max() == 0);
}

TEST_CASE("values under 64 are counted exactly") {
  latency l;
  for (std::uint64_t v = 1; v <= 50; ++v)
    l.add(v);
  CHECK(l.percentile(0.5) == 25);
  CHECK(l.percentile(0.98) == 49);
  CHECK(l.percentile(1) == 50);
  CHECK(l.percentile(0) == 1);
  CHECK(l.mean() == 25);
}

TEST_CASE("a percentile is never under the true one and at most a 64th above") {
  std::mt19937_64 random(3);
  for (const unsigned bits : {8U, 20U, 33U, 39U}) {
    latency l;
    std::vector<std::uint64_t> all(20'000);
    for (auto& v : all) {
      v = random() >> (64 - bits);
      l.add(v);
    }
    std::sort(all.begin(), all.end());
    for (const double share : {0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0}) {
      const auto rank = static_cast<std::size_t>(std::ceil(share * 20'000));
      const auto exact = all[rank - 1];
      CHECK(l.percentile(share) >= exact);
      CHECK(l.percentile(share) <= exact + exact / 64);
    }
    CHECK(l.max() == all.back());
  }
}

TEST_CASE("what is longer than the longest counts as the longest") {
  latency l;
  l.add(~std::uint64_t{0});
  CHECK(l.max() == latency::longest);
  CHECK(l.percentile(0.5) == latency::longest);
}

TEST_CASE("two histograms add up to the one of all values") {
  latency a, b, both;
  for (std::uint64_t v = 1; v < 100'000; v = v * 3 / 2 + 1) {
    (v % 2 == 0 ? a : b).add(v);
    both.add(v);
  }
  a.add(b);
  CHECK(a.count() == both.count());
  CHECK(a.max() == both.max());
  CHECK(a.mean() == both.mean());
  for (const double share : {0.1, 0.5, 0.9, 1.0})
    CHECK(a.percentile(share) == both.percentile(share));
}
