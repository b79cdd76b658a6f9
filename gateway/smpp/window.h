// The requests that wait for their response, by sequence number (SMPP 3.4 2.8, 5.1.4). Slots are laid out once;
// opening, closing and finding the oldest take constant time. Owned by one smpp_link, network thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace tallyline::smpp {

class window {
public:
  using clock = std::chrono::steady_clock;
  static constexpr std::uint32_t last_sequence = 0x7FFFFFFF; // 5.1.4: 1 to 0x7FFFFFFF, then from 1 again

  // At most `limit` requests at a time. `first` is where sequence numbers begin.
  explicit window(std::size_t limit, std::uint32_t first = 1);

  bool full() const noexcept { return open_ == limit_; }
  std::size_t size() const noexcept { return open_; }

  // The next number, for a request that is not kept here.
  std::uint32_t take_sequence() noexcept;

  // Opens a request, which needs !full(), and gives its sequence number. Deadlines must not fall from one to the next.
  std::uint32_t open(std::uint64_t token, clock::time_point deadline) noexcept;

  // The token of the request that `sequence` answers; nothing when there is none, or it has been answered already.
  std::optional<std::uint64_t> close(std::uint32_t sequence) noexcept;

  // When the oldest request runs out.
  std::optional<clock::time_point> next_deadline() const noexcept;
  // Closes the oldest request: if its deadline is not after `now`; in any case.
  std::optional<std::uint64_t> expire(clock::time_point now) noexcept;
  std::optional<std::uint64_t> drop_oldest() noexcept;

private:
  static constexpr std::uint32_t nowhere = 0xFFFFFFFF;
  // sequence 0: the slot is free. The open ones form a list from oldest to youngest.
  struct slot {
    std::uint64_t token = 0;
    clock::time_point deadline;
    std::uint32_t sequence = 0;
    std::uint32_t older = nowhere, younger = nowhere;
  };

  std::uint64_t release(std::uint32_t at) noexcept;

  std::vector<slot> slots_;
  std::uint32_t mask_ = 0;
  std::size_t limit_, open_ = 0;
  std::uint32_t next_;
  std::uint32_t oldest_ = nowhere, youngest_ = nowhere;
};

} // namespace tallyline::smpp
