// One timer that can be set again and taken back at any time. Boost 1.81's cancel() misses a handler that is already
// queued; the generation number tells such a one that it is no longer meant. Safe to destroy from within its own
// handler.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace tallyline::smpp {

class deadline {
public:
  using clock = std::chrono::steady_clock;

  explicit deadline(boost::asio::io_context& io) : timer_(io) {}
  ~deadline() { ++*generation_; }
  deadline(const deadline&) = delete;
  deadline& operator=(const deadline&) = delete;

  // Calls `then` once, unless set or cleared before.
  template <class Then> void set(clock::time_point when, Then then) {
    const std::uint64_t mine = ++*generation_;
    pending_ = when;
    timer_.expires_at(when);
    timer_.async_wait([this, mine, generation = generation_, then = std::move(then)](const auto& failed) mutable {
      if (failed || *generation != mine) return;
      pending_.reset();
      then();
    });
  }
  void clear() {
    ++*generation_;
    pending_.reset();
    timer_.cancel();
  }
  const std::optional<clock::time_point>& pending() const { return pending_; }

private:
  boost::asio::steady_timer timer_;
  std::shared_ptr<std::uint64_t> generation_ = std::make_shared<std::uint64_t>(0);
  std::optional<clock::time_point> pending_;
};

} // namespace tallyline::smpp
