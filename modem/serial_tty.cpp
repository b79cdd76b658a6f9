#include "modem/serial_tty.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace tallyline::modem {
namespace {

struct named_speed {
  unsigned bits;
  speed_t name;
};
constexpr std::array<named_speed, 14> speeds = {{{300, B300},
                                                 {1200, B1200},
                                                 {2400, B2400},
                                                 {4800, B4800},
                                                 {9600, B9600},
                                                 {19200, B19200},
                                                 {38400, B38400},
                                                 {57600, B57600},
                                                 {115200, B115200},
                                                 {230400, B230400},
                                                 {460800, B460800},
                                                 {500000, B500000},
                                                 {921600, B921600},
                                                 {1000000, B1000000}}};

const named_speed* find(unsigned bits) {
  const auto* found = std::find_if(speeds.begin(), speeds.end(), [&](const auto& s) { return s.bits == bits; });
  return found == speeds.end() ? nullptr : found;
}

bool make_raw(int fd, const port_settings& s) {
  termios t{};
  if (::tcgetattr(fd, &t) != 0) return false;
  ::cfmakeraw(&t);
  t.c_cflag |= CREAD | CLOCAL | HUPCL;
  t.c_cflag &= ~static_cast<tcflag_t>(CRTSCTS | CSTOPB);
  t.c_iflag &= ~static_cast<tcflag_t>(IXON | IXOFF | IXANY);
  if (s.flow == flow_control::hardware) t.c_cflag |= CRTSCTS;
  if (s.flow == flow_control::software) t.c_iflag |= IXON | IXOFF;
  t.c_cc[VMIN] = 1;
  t.c_cc[VTIME] = 0;
  if (const auto* speed = find(s.speed)) ::cfsetspeed(&t, speed->name);
  return ::tcsetattr(fd, TCSANOW, &t) == 0;
}

std::string what_to_do(int failed, const std::string& path) {
  switch (failed) {
  case ENOENT:
  case ENODEV:
  case ENXIO:
    return fmt::format("{} is not there; it is awaited", path);
  case EACCES:
  case EPERM:
    return fmt::format("{} may not be opened by this user: add it to the group that owns it (dialout)", path);
  case EBUSY:
    return fmt::format("{} is in use by another program", path);
  default:
    return fmt::format("{}: {}", path, std::strerror(failed));
  }
}

} // namespace

int open_tty(const port_settings& s, std::string& why) {
  const int fd = ::open(s.path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return why = what_to_do(errno, s.path), -1;
  if (!::isatty(fd)) {
    why = fmt::format("{} is no serial port", s.path);
  } else if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    why = what_to_do(EBUSY, s.path); // one that keeps no lock file, but does as picocom does
  } else if (make_raw(fd, s)) {
    ::ioctl(fd, TIOCEXCL);
    ::tcflush(fd, TCIOFLUSH);
    return fd;
  } else {
    why = fmt::format("{} cannot be set up: {}", s.path, std::strerror(errno));
  }
  ::close(fd);
  return -1;
}

bool set_tty_speed(int fd, unsigned bits) {
  termios t{};
  const auto* speed = find(bits);
  if (!speed || ::tcgetattr(fd, &t) != 0) return false;
  ::cfsetspeed(&t, speed->name);
  return ::tcsetattr(fd, TCSANOW, &t) == 0;
}

void hang_up_with_carrier(int fd, bool yes) {
  termios t{};
  if (::tcgetattr(fd, &t) != 0) return;
  if (yes)
    t.c_cflag &= ~static_cast<tcflag_t>(CLOCAL);
  else
    t.c_cflag |= CLOCAL;
  ::tcsetattr(fd, TCSANOW, &t);
}

bool set_tty_dtr(int fd, bool on) {
  const int dtr = TIOCM_DTR;
  return ::ioctl(fd, on ? TIOCMBIS : TIOCMBIC, &dtr) == 0;
}

std::optional<bool> tty_carrier(int fd) {
  int lines = 0;
  if (::ioctl(fd, TIOCMGET, &lines) != 0) return std::nullopt;
  return (lines & TIOCM_CD) != 0;
}

std::size_t tty_unsent(int fd) {
  int n = 0;
  return ::ioctl(fd, TIOCOUTQ, &n) == 0 && n > 0 ? static_cast<std::size_t>(n) : 0;
}

void discard_tty_output(int fd) { ::tcflush(fd, TCOFLUSH); }

} // namespace tallyline::modem
