// Counts durations in buckets that grow with the value: 64 to each power of two, so a percentile is at most 1/64 (1.6
// %) above the true one and never below it. Adding costs a few instructions and no memory; two histograms add up.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace tallyline::smpp {

class latency {
public:
  static constexpr std::uint64_t longest =
      (std::uint64_t{1} << 40U) - 1; // 18 minutes in nanoseconds; more counts as that

  void add(std::uint64_t nanoseconds) noexcept {
    const auto value = std::min(nanoseconds, longest);
    ++counts_[bucket_of(value)];
    ++count_;
    sum_ += value;
    max_ = std::max(max_, value);
  }
  void add(const latency& other) noexcept {
    for (std::size_t i = 0; i < counts_.size(); ++i)
      counts_[i] += other.counts_[i];
    count_ += other.count_;
    sum_ += other.sum_;
    max_ = std::max(max_, other.max_);
  }

  std::uint64_t count() const noexcept { return count_; }
  std::uint64_t max() const noexcept { return max_; }
  std::uint64_t mean() const noexcept { return count_ == 0 ? 0 : sum_ / count_; }

  // The smallest value that `share` (0 to 1) of all are not above; 0 when there are none.
  std::uint64_t percentile(double share) const noexcept {
    const auto wanted =
        std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_))));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size() && count_ != 0; ++i)
      if ((seen += counts_[i]) >= wanted) return std::min(top_of(i), max_);
    return max_;
  }

private:
  static constexpr unsigned fine_bits = 6;
  static constexpr std::uint64_t fine = 1U << fine_bits;

  // Values under 64 have a bucket each; above, the six bits behind the leading one choose within its power of two.
  static constexpr std::size_t bucket_of(std::uint64_t value) noexcept {
    if (value < fine) return value;
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - fine_bits;
    return (shift + 1) * fine + (value >> shift) - fine;
  }
  static constexpr std::uint64_t top_of(std::size_t bucket) noexcept {
    if (bucket < fine) return bucket;
    const auto shift = bucket / fine - 1;
    return ((bucket % fine + fine + 1) << shift) - 1;
  }

  std::array<std::uint64_t, (40 - fine_bits + 1) * fine> counts_{};
  std::uint64_t count_ = 0, sum_ = 0, max_ = 0;
};

} // namespace tallyline::smpp
