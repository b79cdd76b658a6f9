// The fake line between two ptys, for programs: what is written to one end arrives at the other as the quality says. A
// thread of its own carries the octets; destroying the line hangs both ends up.
#pragma once

#include "tests/support/fake_line.h"

#include <array>
#include <atomic>
#include <string>
#include <thread>

namespace tallyline::tests {

// A pty in raw mode. `device` stays open here, so that a program that opens and closes it hangs nothing up.
struct pty {
  pty();
  ~pty();
  pty(const pty&) = delete;
  pty& operator=(const pty&) = delete;
  int master = -1, device = -1;
  std::string path;
};

class pty_line {
public:
  explicit pty_line(const line_quality& q);
  ~pty_line();

  const std::string& path(fake_line::side s) const { return ends_[s].path; }
  // From now on nothing arrives any more.
  void cut() { cutting_ = true; }
  std::uint64_t sent(fake_line::side from) const { return sent_[from]; }

private:
  void carry();
  std::array<pty, 2> ends_;
  fake_line line_;
  std::array<std::atomic<std::uint64_t>, 2> sent_{};
  std::atomic<bool> cutting_ = false;
  std::array<int, 2> stop_{}; // a pipe that ends the thread
  std::thread thread_;
};

} // namespace tallyline::tests
