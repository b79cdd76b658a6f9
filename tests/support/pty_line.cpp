#include "tests/support/pty_line.h"

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <termios.h>
#include <unistd.h>

namespace tallyline::tests {
namespace {

[[noreturn]] void no_pty() { throw std::runtime_error("no pty to be had"); }

} // namespace

pty::pty() {
  master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (master < 0 || ::grantpt(master) != 0 || ::unlockpt(master) != 0) no_pty();
  std::array<char, 64> name{};
  if (::ptsname_r(master, name.data(), name.size()) != 0) no_pty();
  path = name.data();
  device = ::open(path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  termios raw{};
  if (device < 0 || ::tcgetattr(device, &raw) != 0) no_pty();
  ::cfmakeraw(&raw);
  ::tcsetattr(device, TCSANOW, &raw);
}

pty::~pty() {
  ::close(device);
  ::close(master);
}

pty_line::pty_line(const line_quality& q) : line_(q) {
  if (::pipe2(stop_.data(), O_CLOEXEC) != 0) no_pty();
  thread_ = std::thread([this] { carry(); });
}

pty_line::~pty_line() {
  ::close(stop_[1]);
  thread_.join();
  ::close(stop_[0]);
}

void pty_line::carry() {
  using clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds look_at_cut{50};
  std::array<std::uint8_t, 4096> octets{};
  while (true) {
    std::array<pollfd, 3> on{{{ends_[0].master, POLLIN, 0}, {ends_[1].master, POLLIN, 0}, {stop_[0], POLLIN, 0}}};
    auto wait = look_at_cut;
    if (const auto next = line_.next())
      wait = std::clamp(std::chrono::ceil<std::chrono::milliseconds>(*next - clock::now()), {}, wait);
    ::poll(on.data(), on.size(), static_cast<int>(wait.count()));
    if (on[2].revents != 0) return;
    if (cutting_) line_.cut();
    for (const auto s : {fake_line::near, fake_line::far}) {
      if (on[s].revents & POLLIN)
        if (const auto n = ::read(ends_[s].master, octets.data(), octets.size()); n > 0)
          line_.send(s, std::span(octets).first(static_cast<std::size_t>(n)), clock::now());
      sent_[s] = line_.sent(s);
      const auto arrived = line_.take(s, clock::now());
      if (!arrived.empty() && ::write(ends_[s].master, arrived.data(), arrived.size()) < 0) return;
    }
  }
}

} // namespace tallyline::tests
