#include "gateway/smpp/window.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace tallyline::smpp {

// Twice as many slots as requests, so that a free one is near even while old requests stay unanswered in between.
window::window(std::size_t limit, std::uint32_t first)
    : limit_(std::clamp<std::size_t>(limit, 1, 1 << 20)), next_(std::clamp<std::uint32_t>(first, 1, last_sequence)) {
  slots_.resize(std::bit_ceil(2 * limit_));
  mask_ = static_cast<std::uint32_t>(slots_.size() - 1);
}

std::uint32_t window::take_sequence() noexcept {
  const std::uint32_t sequence = next_;
  next_ = next_ == last_sequence ? 1 : next_ + 1;
  return sequence;
}

std::uint32_t window::open(std::uint64_t token, clock::time_point deadline) noexcept {
  assert(!full());
  // A number whose slot an unanswered request still holds is passed over; the numbers rise nevertheless, as 5.1.4
  // wants.
  std::uint32_t sequence = take_sequence();
  while (slots_[sequence & mask_].sequence != 0)
    sequence = take_sequence();
  const std::uint32_t at = sequence & mask_;
  slots_[at] = {token, deadline, sequence, youngest_, nowhere};
  (youngest_ == nowhere ? oldest_ : slots_[youngest_].younger) = at;
  youngest_ = at;
  ++open_;
  return sequence;
}

std::optional<std::uint64_t> window::close(std::uint32_t sequence) noexcept {
  const std::uint32_t at = sequence & mask_;
  if (sequence == 0 || slots_[at].sequence != sequence) return std::nullopt;
  return release(at);
}

std::optional<window::clock::time_point> window::next_deadline() const noexcept {
  if (oldest_ == nowhere) return std::nullopt;
  return slots_[oldest_].deadline;
}

std::optional<std::uint64_t> window::expire(clock::time_point now) noexcept {
  if (oldest_ == nowhere || slots_[oldest_].deadline > now) return std::nullopt;
  return release(oldest_);
}

std::optional<std::uint64_t> window::drop_oldest() noexcept {
  if (oldest_ == nowhere) return std::nullopt;
  return release(oldest_);
}

std::uint64_t window::release(std::uint32_t at) noexcept {
  slot& s = slots_[at];
  (s.older == nowhere ? oldest_ : slots_[s.older].younger) = s.younger;
  (s.younger == nowhere ? youngest_ : slots_[s.younger].older) = s.older;
  s.sequence = 0;
  --open_;
  return s.token;
}

} // namespace tallyline::smpp
