// Looks at the offices' queues once a minute while a gateway runs, and tells of those that are older than the limit.
//
// The looks happen on a thread of their own, with their own connections, so that no dialogue waits; all calls here, and
// `send`, are the network thread's.
#pragma once

#include "gateway/queue_notice.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

namespace tallyline::gateway {

struct queue_figures {
  std::uint64_t looks = 0, failed_looks = 0, sent = 0, refused = 0;
};

class queue_watch {
public:
  // Hands a message over; empty, or why not.
  using send = std::function<std::string(const queue_notice&)>;
  // Does nothing unless the settings are given. `unix_ms` says what time it is, on the network thread. Throws
  // std::runtime_error when the texts cannot be read.
  queue_watch(boost::asio::io_context& io, std::filesystem::path database,
              std::shared_ptr<const storage::election> election, const queue_settings& s, send out,
              std::function<std::int64_t()> unix_ms, std::chrono::milliseconds every = std::chrono::minutes(1));
  ~queue_watch();
  queue_watch(const queue_watch&) = delete;
  queue_watch& operator=(const queue_watch&) = delete;

  void start();
  void stop(); // nothing is sent any more
  const queue_figures& figures() const;

private:
  struct state;
  std::shared_ptr<state> state_; // nullptr: not wanted
  boost::asio::thread_pool beside_{1};
};

} // namespace tallyline::gateway
