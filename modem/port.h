// The seam between a modem's state machines and what they run on: a serial port with its timer. serial_link is the real
// one, tests have doubles that need neither a descriptor nor time to pass (tests/support/fake_line.h).
#pragma once

#include "modem/call.h"

#include <memory>
#include <string>

namespace tallyline::modem {

enum class flow_control : std::uint8_t { none, hardware, software };

struct port_settings {
  std::string path; // such as /dev/serial/by-path/…, which stays the same when a modem is plugged in again
  unsigned speed = 115200;
  flow_control flow = flow_control::hardware;
  std::string lock_folder = "/var/lock"; // empty: no lock
};

// What a port tells. Called from the network loop, never from within a function of `port`.
class port_listener {
public:
  virtual void on_opened() = 0;
  // It vanished, or could not be opened; it is awaited and opened again by itself. `why` says what to do where there is
  // something to do: "locked by 4711 (minicom)".
  virtual void on_closed(const std::string& why) = 0;
  virtual void on_octets(octets_view octets) = 0;
  virtual void on_sent() = 0;              // what was queued has left, or a good part of it
  virtual void on_carrier(bool there) = 0; // DCD changed; never told where the port has no modem lines
  virtual void on_due() = 0;               // the moment given to wake_at has come
  virtual void on_power_done(const std::string& failure) = 0; // the power command ended; empty: well

protected:
  ~port_listener() = default;
};

// One port, from its making awaited, opened and opened again until it is destroyed, which closes and unlocks it.
class port {
public:
  virtual ~port() = default;
  virtual clock::time_point now() const = 0;
  virtual void wake_at(std::optional<clock::time_point> when) = 0;
  // Nothing happens while it is closed.
  virtual void write(octets_view octets) = 0;
  virtual std::size_t unsent() const = 0;
  virtual void discard_unsent() = 0;
  virtual void pause(bool reading_stops) = 0;
  virtual void set_speed(unsigned bits) = 0;
  // DTR where the port has it; false where it has not.
  virtual bool set_dtr(bool on) = 0;
  // DCD where the port has it.
  virtual std::optional<bool> carrier() const = 0;
  // Closes it, and opens it again when it is there.
  virtual void reopen() = 0;
  // The descriptor for another program; reading and writing stop until `resume`. -1 where there is none.
  virtual int lend() = 0;
  virtual void resume() = 0;
  // Closes it for good and gives back its lock; nothing is told any more.
  virtual void release() = 0;
  // Runs what the configuration says turns the modem off and on; on_power_done tells the end.
  virtual void run_power(const std::string& command) = 0;
};

// Makes ports.
class port_maker {
public:
  virtual std::unique_ptr<port> make(const port_settings& s, port_listener& to) = 0;

protected:
  ~port_maker() = default;
};

} // namespace tallyline::modem
