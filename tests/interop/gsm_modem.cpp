// A simulated GSM modem at a pty of its own, for the real gateway or `tallyline modem probe` to talk to.
//
// Usage: gsm_modem LINK [simcom|quectel|wavecom]. LINK becomes a symbolic link to the pty, as /dev/serial/by-path has
// them. What happens is told on standard output, a line each: "at COMMAND" (the DTE), "sent NUMBER TEXT", "stored
// INDEX", "deleted INDEX", "far OCTETS" (said by the DTE in a call). What is to happen is read from standard input:
//   sms FROM TEXT · part FROM REFERENCE TOTAL NUMBER TEXT · pdu HEX · cds HEX      something comes from the network
//   ring FROM · say TEXT · lose · raw OCTETS · noise COUNT                        a call, its far side, its end, the
//   line mute [off] · error [off] · vanish · appear · boot · pin PIN · busy TIMES · csq N · creg N · cms ERROR · takes
//   MS · status TP-ST · service N                                                      what becomes of the modem
// Ends with its input.
#include "tests/interop/gsm_modem.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

namespace {

double seconds() {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

// The DTE's port: is there, goes, and comes back as another pty under the same name.
struct pty {
  int master = -1, kept = -1; // kept: the slave, open whether or not somebody uses it
  std::string link;

  void appear() {
    if (master >= 0) return;
    master = ::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (master < 0 || ::grantpt(master) != 0 || ::unlockpt(master) != 0) std::exit(1);
    const char* name = ::ptsname(master);
    kept = ::open(name, O_RDWR | O_NOCTTY);
    termios raw{};
    if (kept < 0 || ::tcgetattr(kept, &raw) != 0) std::exit(1);
    ::cfmakeraw(&raw);
    ::tcsetattr(kept, TCSANOW, &raw);
    ::unlink(link.c_str());
    if (::symlink(name, link.c_str()) != 0) std::perror(link.c_str()), std::exit(1);
  }
  void vanish() {
    ::unlink(link.c_str());
    ::close(kept);
    ::close(master);
    master = kept = -1;
  }
  void write(std::string_view octets) const {
    while (master >= 0 && !octets.empty()) {
      const auto n = ::write(master, octets.data(), octets.size());
      if (n < 0 && errno == EAGAIN) {
        pollfd p{master, POLLOUT, 0};
        if (::poll(&p, 1, 2000) == 1) continue;
      }
      if (n <= 0) return;
      octets.remove_prefix(static_cast<std::size_t>(n));
    }
  }
};

} // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fputs("usage: gsm_modem LINK [simcom|quectel|wavecom]\n", stderr), 2;
  pty port;
  port.link = argv[1];
  const auto tell = [](const std::string& line) {
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
  };
  tallyline::tests::gsm_modem modem(
      argc > 2 ? argv[2] : "simcom", [&](std::string_view octets) { port.write(octets); }, tell);
  port.appear();
  modem.tick(seconds());
  modem.boot();
  tell("port " + port.link);
  std::string lines;
  for (;;) {
    pollfd both[2] = {{STDIN_FILENO, POLLIN, 0}, {port.master, POLLIN, 0}};
    ::poll(both, 2, 20);
    modem.tick(seconds());
    char in[4096];
    if (both[1].revents & POLLIN)
      if (const auto n = ::read(port.master, in, sizeof in); n > 0) modem.from_dte({in, static_cast<std::size_t>(n)});
    if (!(both[0].revents & (POLLIN | POLLHUP))) continue;
    const auto n = ::read(STDIN_FILENO, in, sizeof in);
    if (n <= 0) break;
    lines.append(in, static_cast<std::size_t>(n));
    for (std::size_t end; (end = lines.find('\n')) != std::string::npos; lines.erase(0, end + 1)) {
      const auto line = lines.substr(0, end);
      if (line == "vanish")
        port.vanish();
      else if (line == "appear")
        port.appear(), modem.boot();
      else if (!modem.obey(line))
        tell("not understood: " + line);
    }
  }
  port.vanish();
  return 0;
}
