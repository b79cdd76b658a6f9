// What a gateway does beside its work: signs the ledger's head every so often, and looks whether the disk has room.
//
// Both happen on a thread of its own, so that no dialogue waits; all calls here are the network thread's.
#pragma once

#include "gateway/config.h"
#include "storage/head_signer.h"
#include "storage/status.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>

namespace tallyline::gateway {

// How much room there is: low is told early, none means that no new report is begun.
enum class disk_room : std::uint8_t { enough, low, none };
disk_room room_for(std::uint64_t free_bytes, const disk_settings& s);
std::string_view told_of(disk_room room); // ", the disk is short of room", or nothing to tell

struct ledger_figures {
  std::uint64_t heads = 0; // signed since the start
  std::uint64_t head_size = 0, failed_heads = 0;
  std::uint64_t disk_free_mb = 0;
  disk_room room = disk_room::enough;
};

class ledger_keeper {
public:
  // Opens the signing key and notes the settings in the ledger; the store has the database already. Throws
  // std::runtime_error that says what to do.
  ledger_keeper(boost::asio::io_context& io, const config& c);
  ~ledger_keeper();
  ledger_keeper(const ledger_keeper&) = delete;
  ledger_keeper& operator=(const ledger_keeper&) = delete;

  // `room` is told whenever it changes.
  void start(std::function<void(disk_room)> room);
  void stop(); // no more by time
  // The head of all there is, when the store has stopped.
  void sign_last();
  const ledger_figures& figures() const;

private:
  struct state;
  std::shared_ptr<state> state_;
  boost::asio::thread_pool beside_{1};
};

} // namespace tallyline::gateway
