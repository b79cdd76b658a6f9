#include "gateway/site/site_wire.h"

#include "gateway/link_bearer.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

namespace tallyline::gateway {
namespace {

namespace link = modem::link;

constexpr std::pair<std::int64_t, speed_t> speeds[] = {{1200, B1200},   {2400, B2400},    {4800, B4800},
                                                       {9600, B9600},   {19200, B19200},  {38400, B38400},
                                                       {57600, B57600}, {115200, B115200}};

std::string last_error() { return std::strerror(errno); }

// False when the line is gone. A line that takes nothing for a while is waited for.
bool write_all(int fd, std::string_view octets) {
  while (!octets.empty()) {
    const auto n = ::write(fd, octets.data(), octets.size());
    if (n > 0) {
      octets.remove_prefix(static_cast<std::size_t>(n));
    } else if (n < 0 && errno == EAGAIN) {
      pollfd p{fd, POLLOUT, 0};
      if (::poll(&p, 1, 30'000) <= 0) return false;
    } else if (n < 0 && errno != EINTR) {
      return false;
    }
  }
  return true;
}

int milliseconds_until(std::optional<link::instant> at) {
  if (!at) return 60'000;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*at - steady_now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

} // namespace

wire wire::to_host(const std::string& where) {
  const auto colon = where.rfind(':');
  if (colon == std::string::npos) throw std::runtime_error(fmt::format("'{}' is no HOST:PORT", where));
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  if (const int failed = ::getaddrinfo(where.substr(0, colon).c_str(), where.c_str() + colon + 1, &hints, &found))
    throw std::runtime_error(fmt::format("{}: {}", where, ::gai_strerror(failed)));
  int fd = -1;
  for (const auto* a = found; a && fd < 0; a = a->ai_next) {
    fd = ::socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && ::connect(fd, a->ai_addr, a->ai_addrlen) != 0) ::close(fd), fd = -1;
  }
  ::freeaddrinfo(found);
  if (fd < 0) throw std::runtime_error(fmt::format("{} cannot be reached: {}", where, last_error()));
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  return wire(fd);
}

wire wire::to_tty(const std::string& path, std::int64_t speed) {
  const int fd = ::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  termios t{};
  if (fd < 0 || ::tcgetattr(fd, &t) != 0) {
    const auto why = last_error();
    if (fd >= 0) ::close(fd);
    throw std::runtime_error(fmt::format("{}: {}", path, why));
  }
  ::cfmakeraw(&t);
  t.c_cflag |= CLOCAL | CREAD;
  for (const auto& [bits, code] : speeds)
    if (bits == speed) ::cfsetspeed(&t, code);
  ::tcsetattr(fd, TCSANOW, &t);
  return wire(fd);
}

wire::wire(wire&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
wire::~wire() {
  if (fd_ >= 0) ::close(fd_);
}

wire_result call_over(site_desk& desk, wire& line, link::channel_settings settings,
                      const std::function<void(const site_desk::sent&)>& answered) {
  const auto call = desk.begin_call(settings);
  const auto began = steady_now();
  bool there = true;
  auto next = call->begin(began);
  std::array<char, 4096> buffer;
  for (;;) {
    for (const auto& e : next.events)
      desk.take(e);
    if (!next.events.empty() && answered) answered(desk.outcome());
    if (call->ended()) break;
    if (!write_all(line.fd(), next.send)) there = false;
    pollfd p{line.fd(), POLLIN, 0};
    if (there && ::poll(&p, 1, milliseconds_until(next.wake)) < 0 && errno != EINTR) there = false;
    std::string heard;
    if (there && p.revents) {
      const auto n = ::read(line.fd(), buffer.data(), buffer.size());
      if (n > 0)
        heard.assign(buffer.data(), static_cast<std::size_t>(n));
      else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        there = false;
    }
    if (!there) {
      desk.take(link::call_ended{link::call_end::line_dead, "the line was cut", 0});
      break;
    }
    next = call->step(heard, steady_now());
  }
  desk.call_over(*call);
  const auto& c = call->counters();
  return {desk.outcome(), c.octets_out, c.octets_in, c.again + c.asked,
          std::chrono::duration<double>(steady_now() - began).count()};
}

} // namespace tallyline::gateway
