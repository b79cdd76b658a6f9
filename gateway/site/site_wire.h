// A site's call over a file descriptor: a TCP connection, or a serial line that is connected already. One thread,
// which waits in poll().
#pragma once

#include "gateway/site/site_desk.h"

#include <cstdint>
#include <functional>
#include <string>

namespace tallyline::gateway {

class wire {
public:
  // Throw std::runtime_error that says what could not be reached.
  static wire to_host(const std::string& host_and_port);
  // Raw: no dialling, the other end is there. `speed` in bit/s as stty has it; 0: as it is.
  static wire to_tty(const std::string& path, std::int64_t speed);
  wire(wire&& other) noexcept;
  wire& operator=(wire&&) = delete;
  ~wire();
  int fd() const { return fd_; }

private:
  explicit wire(int fd) : fd_(fd) {}
  int fd_;
};

struct wire_result {
  site_desk::sent what;
  std::uint64_t octets_out = 0, octets_in = 0, again = 0;
  double seconds = 0; // from the connection to the end
};

// One call with what waits, to its end. `answered` is told as answers come, for whoever watches.
wire_result call_over(site_desk& desk, wire& line, modem::link::channel_settings settings,
                      const std::function<void(const site_desk::sent&)>& answered);

} // namespace tallyline::gateway
