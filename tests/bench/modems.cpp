// What modems cost: a pool of them, each in a call, with 11,520 octets a second both ways (115,200 bit/s, 8N1), and
// beside it the least that can be done with the same ptys in the same run: a loop that reads and writes back.
#include "modem/pool.h"
#include "modem/serial_link.h"
#include "tests/support/pty_line.h"

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <fmt/format.h>
#include <iostream>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

using namespace tallyline;
using namespace std::chrono_literals;

namespace {

constexpr unsigned octets_a_second = 11'520;
constexpr auto tick = 10ms;

double thread_cpu() {
  timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

// Plays every modem at once, in a thread of its own: answers commands, rings, connects, and keeps the line full.
class modems {
public:
  explicit modems(std::size_t n) : ttys_(n), talk_(n) {}
  ~modems() { stop(); }
  const std::string& path(std::size_t n) const { return ttys_[n].path; }
  int device(std::size_t n) const { return ttys_[n].device; }
  std::size_t size() const { return ttys_.size(); }
  void start(bool in_call) {
    for (auto& t : talk_)
      t = {{}, in_call, 0};
    running_ = true;
    thread_ = std::thread([this] { play(); });
  }
  void stop() {
    running_ = false;
    if (thread_.joinable()) thread_.join();
  }
  void flow(bool on) { flowing_ = on; }
  std::uint64_t returned() const { return returned_; }
  void ring() { ringing_ = true; }

private:
  struct talk {
    std::string line;
    bool in_call = false;
    unsigned rings = 0;
  };
  void write_to(std::size_t n, std::string_view s) {
    if (::write(ttys_[n].master, s.data(), s.size()) < 0) ++stuck_;
  }
  void heard(std::size_t n, std::string_view octets) {
    auto& t = talk_[n];
    if (t.in_call) {
      returned_ += octets.size();
      return;
    }
    for (const char c : octets) {
      if (c != '\r') {
        t.line += c;
        continue;
      }
      t.in_call = t.line == "ATA";
      write_to(n, t.in_call ? "\r\nCONNECT 115200\r\n" : "\r\nOK\r\n");
      t.line.clear();
    }
  }
  void play() {
    const std::string full(octets_a_second / (1s / tick), 'x');
    std::array<char, 4096> in{};
    auto next = std::chrono::steady_clock::now();
    for (unsigned ticks = 0; running_; ++ticks) {
      for (std::size_t n = 0; n < ttys_.size(); ++n) {
        while (true) {
          const auto got = ::read(ttys_[n].master, in.data(), in.size());
          if (got <= 0) break;
          heard(n, {in.data(), static_cast<std::size_t>(got)});
        }
        if (ringing_ && !talk_[n].in_call && ticks % 10 == 0 && talk_[n].rings++ < 2) write_to(n, "\r\nRING\r\n");
        if (flowing_ && talk_[n].in_call) write_to(n, full);
      }
      next += tick;
      std::this_thread::sleep_until(next);
    }
  }

  std::deque<tests::pty> ttys_;
  std::vector<talk> talk_;
  std::thread thread_;
  std::atomic<bool> running_ = false, flowing_ = false, ringing_ = false;
  std::atomic<std::uint64_t> returned_ = 0, stuck_ = 0;
};

struct echo final : modem::call_handler {
  explicit echo(modem::call& c) : its(c) {}
  void on_bytes(modem::octets_view b) override { its.send(b); }
  void on_lost(modem::call_end) override {}
  modem::call& its;
};

struct measured {
  double cores = 0;
  std::uint64_t octets = 0;
};

measured run_pool(modems& peers, std::chrono::seconds how_long) {
  boost::asio::io_context io(1);
  modem::serial_ports ports(io);
  std::vector<modem::line_settings> lines;
  for (std::size_t n = 0; n < peers.size(); ++n) {
    modem::line_settings s;
    s.name = fmt::format("m{}", n);
    s.port.path = peers.path(n);
    s.port.lock_folder.clear();
    s.port.flow = modem::flow_control::none;
    lines.push_back(s);
  }
  std::size_t connected = 0;
  modem::pool_handlers on;
  on.connected = [&](modem::call& c) {
    ++connected;
    return std::make_unique<echo>(c);
  };
  modem::pool pool(ports, lines, on);
  peers.start(false);
  pool.start();
  const auto run = [&](auto until, std::chrono::seconds most) {
    const auto end = std::chrono::steady_clock::now() + most;
    while (!until() && std::chrono::steady_clock::now() < end)
      io.run_one_until(end);
    return until();
  };
  const auto all_idle = [&] {
    for (const auto& f : pool.figures())
      if (f.state != "idle") return false;
    return true;
  };
  if (!run(all_idle, 60s)) return {};
  peers.ring();
  if (!run([&] { return connected == peers.size(); }, 60s)) return {};
  peers.flow(true);
  run([] { return false; }, 1s);
  const auto octets = peers.returned();
  const auto cpu = thread_cpu();
  run([] { return false; }, how_long);
  const measured m{(thread_cpu() - cpu) / static_cast<double>(how_long.count()), peers.returned() - octets};
  peers.flow(false);
  peers.stop();
  return m;
}

measured run_floor(modems& peers, std::chrono::seconds how_long) {
  peers.start(true);
  peers.flow(true);
  std::vector<pollfd> on;
  for (std::size_t n = 0; n < peers.size(); ++n)
    on.push_back({peers.device(n), POLLIN, 0});
  std::array<char, 4096> in{};
  const auto copy_for = [&](std::chrono::seconds s) {
    const auto end = std::chrono::steady_clock::now() + s;
    while (std::chrono::steady_clock::now() < end) {
      ::poll(on.data(), on.size(), 100);
      for (auto& p : on) {
        if (!(p.revents & POLLIN)) continue;
        const auto n = ::read(p.fd, in.data(), in.size());
        if (n > 0 && ::write(p.fd, in.data(), static_cast<std::size_t>(n)) < 0) return;
      }
    }
  };
  copy_for(1s);
  const auto octets = peers.returned();
  const auto cpu = thread_cpu();
  copy_for(how_long);
  const measured m{(thread_cpu() - cpu) / static_cast<double>(how_long.count()), peers.returned() - octets};
  peers.flow(false);
  peers.stop();
  return m;
}

void print(std::string_view what, const measured& m, std::size_t modems, std::chrono::seconds s) {
  fmt::print("{:<28}{:>10.3f}{:>16.2f}{:>20.0f}\n", what, m.cores,
             m.octets == 0 ? 0.0 : m.cores * static_cast<double>(s.count()) * 1e9 / static_cast<double>(m.octets),
             static_cast<double>(m.octets) / static_cast<double>(s.count()) / static_cast<double>(modems));
}

} // namespace

int main(int argc, char** argv) {
  spdlog::set_level(spdlog::level::warn);
  std::size_t n = 64;
  std::chrono::seconds how_long{10};
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::string_view(argv[i]) == "--modems") n = static_cast<std::size_t>(std::atoi(argv[i + 1]));
    if (std::string_view(argv[i]) == "--seconds") how_long = std::chrono::seconds(std::atoi(argv[i + 1]));
  }
  modems peers(n);
  fmt::print("{} modems, {} octets/s each way\n{:<28}{:>10}{:>16}{:>20}\n", n, octets_a_second, "", "cores",
             "ns an octet", "octets/s a modem");
  const auto ours = run_pool(peers, how_long);
  print("pool", ours, n, how_long);
  modems others(n);
  const auto least = run_floor(others, how_long);
  print("floor: a copy loop (poll)", least, n, how_long);
  if (ours.octets == 0 || least.octets == 0) {
    fmt::print(stderr, "the modems did not all come into a call\n");
    return 1;
  }
  return 0;
}
