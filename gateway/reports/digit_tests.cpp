#include "gateway/reports/digit_tests.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tallyline::gateway::digits {
namespace {

using ten_counts = std::array<std::size_t, 10>;
using ten_shares = std::array<double, 10>;

std::optional<verdict> chi_square(const ten_counts& seen, const ten_shares& expected) {
  verdict v{0, 0, chi_square_9_df};
  for (const auto n : seen)
    v.n += n;
  if (v.n < least_sample) return std::nullopt;
  for (std::size_t d = 0; d < 10; ++d) {
    const double want = expected[d] * double(v.n), off = double(seen[d]) - want;
    v.statistic += off * off / want;
  }
  return v;
}

// How far the share of those that `which` picks lies from the one expected, in standard errors of a binomial.
template <class Which>
std::optional<verdict> share_test(std::span<const std::int64_t> figures, double expected, Which which) {
  verdict v{0, 0, two_sided_z};
  std::size_t picked = 0;
  for (const auto f : figures) {
    if (f < least_figure) continue;
    ++v.n;
    picked += which(f);
  }
  if (v.n < least_sample) return std::nullopt;
  const double n = double(v.n);
  v.statistic = std::abs(double(picked) - expected * n) / std::sqrt(n * expected * (1 - expected));
  return v;
}

double median(std::vector<double>& values) {
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

// The probability that the second digit is d: the sum over the first digits of log10(1 + 1 / (10 first + d)).
ten_shares benford_second() {
  ten_shares p{};
  for (int d = 0; d < 10; ++d)
    for (int first = 1; first < 10; ++first)
      p[static_cast<std::size_t>(d)] += std::log10(1.0 + 1.0 / (10 * first + d));
  return p;
}

} // namespace

std::optional<verdict> last_digit(std::span<const std::int64_t> figures) {
  ten_counts seen{};
  for (const auto f : figures)
    if (f >= least_figure) ++seen[static_cast<std::size_t>(f % 10)];
  ten_shares even;
  even.fill(0.1);
  return chi_square(seen, even);
}

std::optional<verdict> repeated_pairs(std::span<const std::int64_t> figures) {
  return share_test(figures, 0.1, [](std::int64_t f) { return f % 10 == f / 10 % 10; });
}

std::optional<verdict> round_endings(std::span<const std::int64_t> figures) {
  return share_test(figures, 0.2, [](std::int64_t f) { return f % 5 == 0; });
}

std::optional<verdict> second_digit(std::span<const std::int64_t> figures) {
  ten_counts seen{};
  for (auto f : figures) {
    if (f < 10) continue;
    while (f >= 100)
      f /= 10;
    ++seen[static_cast<std::size_t>(f % 10)];
  }
  return chi_square(seen, benford_second());
}

std::optional<std::vector<double>> modified_z(std::span<const double> values) {
  if (values.size() < least_group) return std::nullopt;
  std::vector<double> sorted(values.begin(), values.end());
  const double middle = median(sorted);
  std::vector<double> off;
  for (const double v : values)
    off.push_back(std::abs(v - middle));
  const double spread = median(off);
  if (spread <= 0) return std::nullopt;
  std::vector<double> z;
  for (const double v : values)
    z.push_back(0.6745 * (v - middle) / spread);
  return z;
}

} // namespace tallyline::gateway::digits
