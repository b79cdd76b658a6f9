// Real ttys: ptys in place of serial ports, and a thread in place of a modem where one is wanted.
#include "modem/pool.h"
#include "modem/port_lock.h"
#include "modem/serial_link.h"
#include "modem/traffic_log.h"
#include "tests/support/pty_line.h"

#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdlib>
#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

using namespace tallyline::modem;
using tallyline::tests::pty;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

struct folder {
  fs::path path = fs::temp_directory_path() / fmt::format("tallyline-modem-{}-{}", ::getpid(), ++count);
  folder() { fs::create_directories(path); }
  ~folder() { fs::remove_all(path); }
  static inline int count = 0;
};

struct heard final : port_listener {
  std::vector<std::string> closed;
  std::string got, power = "not run";
  int opened = 0, sent = 0, due = 0;
  void on_opened() override { ++opened; }
  void on_closed(const std::string& why) override { closed.push_back(why); }
  void on_octets(octets_view o) override { got.append(o.begin(), o.end()); }
  void on_sent() override { ++sent; }
  void on_carrier(bool) override {}
  void on_due() override { ++due; }
  void on_power_done(const std::string& failure) override { power = failure; }
};

struct loop {
  boost::asio::io_context io{1};
  serial_ports ports{io};
  template <class Reached> bool until(Reached reached) {
    const auto patience = std::chrono::steady_clock::now() + 20s;
    while (!reached() && std::chrono::steady_clock::now() < patience)
      if (io.stopped())
        io.restart();
      else
        io.run_one_for(100ms);
    return reached();
  }
};

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

octets_view view(std::string_view s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }

} // namespace

TEST_CASE("A lock has the pid in ten characters, is held against others, and goes with its holder") {
  folder f;
  lock_holder held;
  {
    auto lock = port_lock::take(f.path, "/dev/ttyUSB7", held);
    REQUIRE(lock);
    CHECK(text_of(f.path / "LCK..ttyUSB7") == fmt::format("{:10}\n", ::getpid()));
    CHECK_FALSE(port_lock::take(f.path, "/dev/ttyUSB7", held));
    CHECK(describe(held) == "in use by another modem of this gateway: two of them name the same port");
  }
  CHECK(fs::is_empty(f.path));
}

TEST_CASE("A lock is stale when its program is gone, and honoured while it lives") {
  folder f;
  lock_holder held;
  const auto file = f.path / "LCK..ttyS9";
  std::ofstream(file) << "   4000000\n"; // above the most that a pid can be
  CHECK(port_lock::take(f.path, "/dev/ttyS9", held));
  std::ofstream(file) << fmt::format("{:10}\n", ::getppid());
  CHECK_FALSE(port_lock::take(f.path, "/dev/ttyS9", held));
  CHECK(held.pid == ::getppid());
  CHECK(describe(held).starts_with(fmt::format("locked by {} (", ::getppid())));
  std::ofstream(file, std::ios::binary) << "half a lo";
  CHECK(port_lock::take(f.path, "/dev/ttyS9", held));
  CHECK_FALSE(port_lock::take(f.path / "nowhere", "/dev/ttyS9", held));
  CHECK(describe(held).find("give lock_folder one that this user can write to") != std::string::npos);
}

TEST_CASE_FIXTURE(loop, "A port that is not there is awaited, and used when it appears") {
  folder f;
  heard h;
  const auto path = f.path / "by-path" / "usb-1";
  auto p = ports.make({.path = path.string(), .lock_folder = f.path.string()}, h);
  REQUIRE(until([&] { return h.closed.size() == 1; }));
  CHECK(h.closed[0] == path.string() + " is not there; it is awaited");
  pty tty;
  fs::create_directories(path.parent_path());
  fs::create_symlink(tty.path, path);
  REQUIRE(until([&] { return h.opened == 1; }));
  p->write(view("AT\r"));
  REQUIRE(until([&] { return h.sent == 1; }));
  std::array<char, 8> got{};
  CHECK(::read(tty.master, got.data(), got.size()) == 3);
  CHECK(::write(tty.master, "OK\r\n\x11\x13\xFF", 7) == 7);
  REQUIRE(until([&] { return h.got.size() == 7; }));
  CHECK(h.got == "OK\r\n\x11\x13\xFF");
  CHECK_FALSE(p->set_dtr(true)); // a pty has no modem lines
  CHECK_FALSE(p->carrier());
}

TEST_CASE_FIXTURE(loop, "A port that vanishes is told, and comes back") {
  folder f;
  heard h;
  const auto path = f.path / "modem";
  auto tty = std::make_unique<pty>();
  fs::create_symlink(tty->path, path);
  auto p = ports.make({.path = path.string(), .lock_folder = f.path.string()}, h);
  REQUIRE(until([&] { return h.opened == 1; }));
  fs::remove(path);
  tty.reset();
  REQUIRE(until([&] { return h.closed.size() == 2; }));
  CHECK(h.closed[0].find("is gone") != std::string::npos);
  pty other;
  fs::create_symlink(other.path, path);
  REQUIRE(until([&] { return h.opened == 2; }));
}

TEST_CASE_FIXTURE(loop, "A port that another program has is left alone, and used when that program ends") {
  folder f;
  heard h;
  pty tty;
  const auto holder = ::fork();
  if (holder == 0) {
    ::pause();
    ::_exit(0);
  }
  std::ofstream(port_lock::file_of(f.path, tty.path)) << fmt::format("{:10}\n", holder);
  auto p = ports.make({.path = tty.path, .lock_folder = f.path.string()}, h);
  REQUIRE(until([&] { return h.closed.size() == 1; }));
  CHECK(h.closed[0].find(fmt::format("is locked by {} (", holder)) != std::string::npos);
  ::kill(holder, SIGKILL); // it leaves its lock behind
  ::waitpid(holder, nullptr, 0);
  REQUIRE(until([&] { return h.opened == 1; }));
}

TEST_CASE_FIXTURE(loop, "Two modems that name one port: the second waits for the first") {
  folder f;
  heard first, second;
  pty tty;
  const port_settings s{.path = tty.path, .lock_folder = f.path.string()};
  auto a = ports.make(s, first);
  REQUIRE(until([&] { return first.opened == 1; }));
  auto b = ports.make(s, second);
  REQUIRE(until([&] { return second.closed.size() == 1; }));
  a->release();
  REQUIRE(until([&] { return second.opened == 1; }));
}

TEST_CASE_FIXTURE(loop, "The power command runs, and its failure is told") {
  folder f;
  heard h;
  pty tty;
  auto p = ports.make({.path = tty.path, .lock_folder = f.path.string()}, h);
  p->run_power(fmt::format("touch {}/ran", f.path.string()));
  REQUIRE(until([&] { return h.power.empty(); }));
  CHECK(fs::exists(f.path / "ran"));
  p->run_power("exit 3");
  REQUIRE(until([&] { return h.power == "it ended with 3"; }));
}

TEST_CASE_FIXTURE(loop, "The traffic log spells what went to and fro, and no PIN") {
  folder f;
  {
    tallyline::modem::traffic_log log(f.path / "log");
    log.octets(true, view("AT+CPIN=\"1234\"\r"));
    log.octets(false, view("AT+CPI"));
    log.octets(false, view("N=\"1234\"\r\r\nOK\r\n"));
    log.octets(true, view("AT\r"));
    log.remark("DTR low");
    log.octets(false, view("\x01\xFFok"));
  }
  std::string lines;
  std::ifstream in(f.path / "log");
  for (std::string l; std::getline(in, l);)
    lines += l.substr(13) + "\n";
  CHECK(lines ==
        "→ AT+CPIN=\"····\"<CR>\n← AT+CPIN=\"····\"<CR><CR><LF>\n← OK<CR><LF>\n→ AT<CR>\n· DTR low\n← <SOH><FF>ok\n");
}

TEST_CASE_FIXTURE(loop, "The traffic log leaves out what a call's handler says is secret, typed ahead or not") {
  using tallyline::modem::hiding;
  folder f;
  {
    tallyline::modem::traffic_log log(f.path / "log");
    log.hide(hiding::next_line);
    log.octets(false, view("98912\r12"));
    log.octets(true, view("PIN: "));
    log.octets(false, view("34\xD9\xA1\r"));
    log.hide(hiding::all);
    log.octets(false, view("56\b6\r"));
    log.octets(true, view("**"));
    log.hide(hiding::nothing);
    log.octets(false, view("7\r"));
  }
  std::string lines;
  std::ifstream in(f.path / "log");
  for (std::string l; std::getline(in, l);)
    lines += l.substr(13) + "\n";
  CHECK(lines == "← 98912<CR>\n← ··\n→ PIN: \n← ····<CR>\n← ··<BS>·<CR>\n→ **\n← 7<CR>\n");
}

TEST_CASE("Profiles that ship are read, and each is recognised by its make alone") {
  const auto all = read_profiles(fs::path(TALLYLINE_SOURCE_DIR) / "modem/profiles");
  CHECK(all.size() == 8);
  const auto found = [&](std::string_view said) {
    const auto* p = recognise(all, said);
    return p ? p->name : "none";
  };
  CHECK(found("U.S. Robotics 56K FAX INT V5.5.6") == "usrobotics");
  CHECK(found("CX93001-EIS_V0.2002-V92") == "conexant");
  CHECK(found("MultiTech Systems MT9234ZBA") == "multitech");
  CHECK(found("SIMCOM_Ltd\nSIMCOM_SIM800L") == "simcom");
  CHECK(found("Quectel\nEC25") == "quectel");
  CHECK(found("WAVECOM MODEM\nMULTIBAND  900E  1800") == "wavecom");
  CHECK(found("huawei\nE173") == "huawei");
  CHECK(found("ACME 2400") == "none");
}

TEST_CASE("A profile that is wrong is refused with its place") {
  folder f;
  const auto refused = [&](std::string_view text) {
    std::ofstream(f.path / "p.yaml") << text;
    try {
      (void)read_profile(f.path / "p.yaml");
    } catch (const std::exception& e) {
      return std::string(e.what()).substr((f.path / "p.yaml").string().size());
    }
    return std::string("taken");
  };
  CHECK(
      refused("profile: x\nspeeds: [115200, 12]\n") ==
      ":2:18: error: a whole number from 300 to 4000000 is wanted here\n  speeds: [115200, 12]\n                   ^");
  CHECK(refused("profile: x\nflow: yes\n").find("hardware, software or none") != std::string::npos);
  CHECK(refused("profile: x\ninti: [AT]\n").find("there is no setting 'inti'") != std::string::npos);
  CHECK(refused("init: [AT]\n").find("a profile wants a name") != std::string::npos);
  CHECK(refused("[").find("error") != std::string::npos);
  CHECK(refused("profile: x\n") == "taken");
}
