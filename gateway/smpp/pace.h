// How fast requests may leave on one bind: a rate that was agreed with the operator, and backing off when the SMSC says
// that it is too much (ESME_RTHROTTLED, ESME_RMSGQFUL, or a congestion_state near its end, SMPP 5.0 4.8.4.18).
//
// What is throttled halves what may be unanswered at a time and holds everything for a while, twice as long each time
// in a row; each request that is taken gives one place back. A state machine without clocks; one owner.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tallyline::smpp {

class pace {
public:
  using clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds first_hold{100}, longest_hold{5000};

  // `per_second` 0: no limit. `window`: unanswered requests at a time, at most.
  pace(unsigned per_second, std::size_t window)
      : rate_(per_second), limit_(window), window_(window), tokens_(burst()) {}

  // Whether one more may leave now, with so many unanswered; if so, it counts.
  bool take(std::size_t unanswered, clock::time_point now) {
    if (unanswered >= window_ || now < held_until_) return false;
    if (rate_ == 0) return true;
    refill(now);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }
  // When to ask again; not before `now`. Where the window alone is in the way, the next response is the time.
  clock::time_point next(clock::time_point now) const {
    auto at = std::max(now, held_until_);
    if (rate_ != 0 && tokens_ < 1)
      at = std::max(at,
                    refilled_ + std::chrono::microseconds(1 + static_cast<std::int64_t>((1 - tokens_) * 1e6 / rate_)));
    return at;
  }

  void throttled(clock::time_point now) {
    if (now < held_until_) return; // one of those that left together: this has been heard
    window_ = std::max<std::size_t>(1, window_ / 2);
    hold_ = hold_.count() == 0 ? first_hold : std::min(hold_ * 2, longest_hold);
    held_until_ = now + hold_;
  }
  void taken(clock::time_point now) {
    if (now < held_until_) return; // it left before the throttling
    hold_ = std::chrono::milliseconds{0};
    if (window_ < limit_) ++window_;
  }
  // 5.0: 0 idle to 99 congested; from 90 on nearly so.
  void congestion(unsigned state) {
    if (state >= 90) window_ = std::max<std::size_t>(1, window_ / 2);
  }
  std::size_t window() const { return window_; }

private:
  double burst() const { return std::max(1.0, rate_ / 10.0); }
  void refill(clock::time_point now) {
    if (refilled_ != clock::time_point{})
      tokens_ = std::min(burst(), tokens_ + std::chrono::duration<double>(now - refilled_).count() * rate_);
    refilled_ = now;
  }

  unsigned rate_;
  std::size_t limit_, window_;
  double tokens_;
  std::chrono::milliseconds hold_{0};
  clock::time_point held_until_, refilled_;
};

} // namespace tallyline::smpp
