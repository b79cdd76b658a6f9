// Percentiles and durations as reports tell them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tallyline::gateway {

inline constexpr std::int64_t ms_of_minute = 60'000;

// The nearest rank: of n values the one with ceil(p n / 100) at or below it. There must be some.
inline std::int64_t ranked(const std::vector<std::int64_t>& sorted, int percent) {
  const std::size_t rank = (sorted.size() * static_cast<std::size_t>(percent) + 99) / 100;
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

// The same without sorting all of them.
inline std::int64_t rank_in(std::vector<std::int64_t>& values, int percent) {
  const std::size_t rank = (values.size() * static_cast<std::size_t>(percent) + 99) / 100;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

} // namespace tallyline::gateway
