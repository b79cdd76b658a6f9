// The pool against two software modems on one telephone line (V.22bis, spandsp): real training, real carrier loss. In
// real time, about 40 s.
#include "modem/pool.h"
#include "modem/serial_link.h"

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

using namespace tallyline::modem;
using namespace std::chrono_literals;

namespace {

// The program with both modems; it ends with this.
struct softmodems {
  softmodems() {
    std::array<int, 2> in{}, out{};
    REQUIRE(::pipe2(in.data(), O_CLOEXEC) == 0);
    REQUIRE(::pipe2(out.data(), O_CLOEXEC) == 0);
    pid = ::fork();
    if (pid == 0) {
      ::dup2(in[0], 0);
      ::dup2(out[1], 1);
      ::execl(TALLYLINE_SOFTMODEM, "softmodem", "50", "-60", nullptr);
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    control = in[1];
    paths = ::fdopen(out[0], "r");
    for (auto& d : devices) {
      std::array<char, 64> line{};
      REQUIRE(::fgets(line.data(), line.size(), paths) != nullptr);
      d = line.data();
      d.pop_back();
    }
  }
  ~softmodems() {
    ::close(control);
    ::fclose(paths);
    ::waitpid(pid, nullptr, 0);
  }
  void tell(std::string_view line) { REQUIRE(::write(control, line.data(), line.size()) > 0); }
  std::array<std::string, 2> devices;
  pid_t pid = 0;
  int control = -1;
  FILE* paths = nullptr;
};

struct side {
  std::string got;
  std::optional<call_end> over;
  call* its = nullptr;
};
struct listener final : call_handler {
  explicit listener(side& s) : to(s) {}
  void on_bytes(octets_view b) override { to.got.append(b.begin(), b.end()); }
  void on_lost(call_end why) override {
    to.over = why;
    to.its = nullptr;
  }
  side& to;
};

line_settings modem_at(const std::string& name, const std::string& path) {
  line_settings s;
  s.name = name;
  s.port.path = path;
  s.port.lock_folder.clear();
  s.port.flow = flow_control::none;
  s.profile = read_profile(TALLYLINE_SOURCE_DIR "/modem/profiles/generic.yaml");
  s.profile.speeds = {115200};
  return s;
}

struct two_modems {
  softmodems peers;
  boost::asio::io_context io{1};
  serial_ports ports{io};
  side office, site;
  std::unique_ptr<pool> modems;

  two_modems() {
    pool_handlers on;
    on.connected = [this](call& c) {
      office = {};
      office.its = &c;
      return std::make_unique<listener>(office);
    };
    modems = std::make_unique<pool>(
        ports, std::vector{modem_at("office", peers.devices[0]), modem_at("site", peers.devices[1])}, on);
    modems->start();
    REQUIRE(until([&] { return both("idle"); }, 30s));
  }
  bool both(std::string_view state) const {
    const auto f = modems->figures();
    return f[0].state == state && f[1].state == state;
  }
  template <class Reached> bool until(Reached reached, std::chrono::seconds most) {
    const auto end = clock::now() + most;
    while (!reached() && clock::now() < end)
      io.run_one_for(100ms);
    return reached();
  }
  void dial() {
    dial_request r;
    r.numbers = {"5551234"};
    r.line = "site";
    r.connected = [this](call& c) {
      site = {};
      site.its = &c;
      return std::make_unique<listener>(site);
    };
    REQUIRE(modems->dial(std::move(r)));
    REQUIRE(until([&] { return both("connected"); }, 40s));
  }
};

octets_view view(std::string_view s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }

} // namespace

TEST_CASE("Calls over software modems: answered, both ways, cut, in service again, and hung up") {
  two_modems line;
  line.dial();
  CHECK(line.office.its->info().speed == 2400);
  CHECK(line.office.its->info().rings >= 2);
  std::string all;
  for (int i = 0; i < 256; ++i)
    all += static_cast<char>(i);
  line.office.its->send(view(all));
  line.site.its->send(view(all + all));
  CHECK(line.until([&] { return line.site.got.size() >= 256 && line.office.got.size() >= 512; }, 15s));
  CHECK(line.site.got == all);
  CHECK(line.office.got == all + all);

  line.peers.tell("cut\n");
  CHECK(line.until([&] { return line.both("idle"); }, 20s));
  CHECK(line.office.over == call_end::carrier_lost);
  CHECK(line.site.over == call_end::carrier_lost);
  line.peers.tell("join\n");

  // Without modem lines only the escape ends a call: this one is hung up by +++ and ATH.
  line.dial();
  line.site.its->send(view("last words"));
  line.site.its->hang_up("all is said");
  CHECK(line.until([&] { return line.both("idle"); }, 30s));
  CHECK(line.site.over == call_end::hung_up);
  CHECK(line.office.over == call_end::carrier_lost);
  CHECK(line.office.got.starts_with("last words"));
  CHECK(line.modems->figures()[0].recoveries == 0);
  CHECK(line.modems->figures()[1].recoveries == 0);
}
