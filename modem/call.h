// A call that is connected: a stream of octets to whoever is at the other end of the line.
//
// Network thread only. The pool makes the call and keeps it until its handler's on_lost has returned; a handler is made
// by whoever is told that a call is connected (pool.h), belongs to the pool from then on and goes with its call. Either
// side may end a call at any time, from within any of these functions; on_lost is then called once, afterwards, and
// never from within `hang_up` itself.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tallyline::modem {

using clock = std::chrono::steady_clock;
using octets_view = std::span<const std::uint8_t>;

// Why a call is over.
enum class call_end : std::uint8_t {
  hung_up,      // by us
  carrier_lost, // DCD fell, or the modem said NO CARRIER
  port_gone,    // the port vanished, or the modem had to be recovered
  stopping      // the gateway ends
};
// In words, such as "carrier lost".
std::string_view describe(call_end e) noexcept;

struct call_info {
  std::uint64_t number = 0; // counts the calls of this process from 1
  std::string line;         // the modem's name in the configuration
  bool dialled = false;     // by us
  std::string peer;        // who calls, or whom we dialled: digits with or without +; empty when the line does not tell
  unsigned speed = 0;      // bit/s on the line as CONNECT told it; 0 when it did not
  std::string connect;     // CONNECT's whole text
  clock::time_point since; // connected
  unsigned rings = 0;      // before it was answered
};

// What a call carried, for the account of air time.
struct call_figures {
  std::uint64_t octets_in = 0, octets_out = 0;
  std::chrono::milliseconds lasted{0};
};

// What of the octets that come is a secret, such as a PIN, and is left out of whatever keeps a log of the line.
enum class hiding : std::uint8_t {
  nothing,
  next_line, // all that follows the line being typed: a PIN may be typed ahead of its question
  all
};

// Takes what the other end sends. The views live until the function returns.
class call_handler {
public:
  virtual ~call_handler() = default;
  virtual void on_bytes(octets_view bytes) = 0;
  // The call is over; `send` has no effect any more. The handler is destroyed after this.
  virtual void on_lost(call_end why) = 0;
  // What was queued has fallen to `call::low_water` or below after a `send` was refused.
  virtual void on_writable() {}
  // The moment given to `wake_at` has come. For time-outs: a handler needs no timer of its own.
  virtual void on_wake(clock::time_point now) { static_cast<void>(now); }
};

// The near side of a call. An interface, so that a test, or a TCP connection, can stand in for a modem.
class call {
public:
  static constexpr std::size_t high_water = 64 * 1024, low_water = 8 * 1024;

  virtual const call_info& info() const = 0;
  virtual const call_figures& carried() const = 0;
  virtual clock::time_point now() const = 0;

  // Queues octets for the line, in order. False, and nothing of it is queued, when more than `high_water` would wait:
  // go on at on_writable. At 2400 bit/s `low_water` is half a minute: who must answer quickly looks at `unsent` first.
  virtual bool send(octets_view bytes) = 0;
  // Octets queued here that the port has not taken yet.
  virtual std::size_t unsent() const = 0;
  // While true nothing is read, and the port's own flow control holds the other end back.
  virtual void pause(bool reading_stops) = 0;
  // Ends the call when what was queued has left, or after a few seconds; `why` is for the log: "the caller said nothing
  // for 60 s".
  virtual void hang_up(std::string_view why) = 0;
  // From now on. A call that came in begins with `next_line`, one that we made with `nothing`.
  virtual void hide(hiding h) { static_cast<void>(h); }
  // When on_wake is to be called; nothing: not at all. One moment a call, the last one given counts.
  virtual void wake_at(std::optional<clock::time_point> when) = 0;

  // For another program, such as pppd: nothing is read or written here any more, and the descriptor is that of the open
  // tty, which stays ours and in raw mode. -1 when this call is none on a tty. Carrier loss is the other program's to
  // see; when it has ended, call `take_back`, which hangs up.
  virtual int lend() = 0;
  virtual void take_back(std::string_view why) = 0;

protected:
  ~call() = default;
};

} // namespace tallyline::modem
