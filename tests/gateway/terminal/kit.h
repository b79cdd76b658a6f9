// A gateway's terminals with everything around them in memory: the load benchmark's menu, two officials and a site's
// operator, a store that completes at once or when told to, programs that a test plays, and callers in a test's time.
#pragma once

#include "gateway/terminal/callers.h"
#include "tests/gateway/intake_kit.h"

#include <map>

namespace tallyline::tests {

struct caller_double final : modem::call {
  modem::call_info about;
  modem::call_figures totals;
  modem::clock::time_point time{std::chrono::hours(1)};
  std::string seen, why; // why: hung up
  std::optional<modem::clock::time_point> wake;
  std::unique_ptr<modem::call_handler> handler;
  bool jammed = false; // sends are refused
  modem::hiding hides = modem::hiding::next_line;

  const modem::call_info& info() const override { return about; }
  const modem::call_figures& carried() const override { return totals; }
  modem::clock::time_point now() const override { return time; }
  bool send(modem::octets_view bytes) override {
    if (jammed) return false;
    seen.append(bytes.begin(), bytes.end());
    totals.octets_out += bytes.size();
    return true;
  }
  std::size_t unsent() const override { return 0; }
  void pause(bool) override {}
  void hang_up(std::string_view reason) override {
    if (why.empty()) why = reason;
  }
  void wake_at(std::optional<modem::clock::time_point> when) override { wake = when; }
  void hide(modem::hiding h) override { hides = h; }
  int lend() override { return -1; }
  void take_back(std::string_view reason) override { hang_up(reason); }

  void type(std::string_view octets) {
    totals.octets_in += octets.size();
    handler->on_bytes({reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()});
  }
  // What the answer shows.
  std::string answer(std::string_view line) {
    seen.clear();
    type(std::string(line) + "\r");
    return seen;
  }
  // Time passes to the moment that was asked for.
  bool pass() {
    if (!wake) return false;
    time = std::max(time, *wake);
    wake.reset();
    handler->on_wake(time);
    return true;
  }
  void lose() {
    handler->on_lost(modem::call_end::carrier_lost);
    handler.reset();
  }
};

// A program that the test plays.
struct played_programs final : modem::program_runner {
  struct played final : modem::program {
    explicit played(played_programs& o) : owner(o) {}
    ~played() override { owner.now = nullptr; }
    void feed(modem::octets_view octets) override { owner.fed.append(octets.begin(), octets.end()); }
    std::size_t unread() const override { return 0; }
    void hang_up() override { owner.hung_up = true; }
    int id() const override { return 4711; }
    played_programs& owner;
  };
  std::unique_ptr<modem::program> start(const modem::program_settings& s, modem::program_events on) override {
    if (!failure.empty()) throw std::runtime_error(failure);
    settings = s;
    events = std::move(on);
    fed.clear();
    hung_up = false;
    auto p = std::make_unique<played>(*this);
    now = p.get();
    return p;
  }
  void end(int status, int signal = 0) {
    const auto ended = std::move(events.ended);
    ended({status, signal});
  }
  // As rz leaves it.
  void leaves(const std::string& name, const std::string& bytes) const {
    std::ofstream(settings.folder / name, std::ios::binary) << bytes;
  }
  std::string failure, fed;
  modem::program_settings settings;
  modem::program_events events;
  played* now = nullptr;
  bool hung_up = false;
};

struct terminals {
  storage::pin_key key = test_key();
  storage::election election = with_operator(test_election(key), key);
  gateway::election_world world{election};
  std::vector<gateway::live_menu> menus =
      gateway::load_menus({std::filesystem::path(TALLYLINE_SOURCE_DIR) / "tests/bench/ussd/menu.yaml"});
  storage::memory_store store;
  wide_page limit;
  std::int64_t now_ms = 1'000'000;
  gateway::steady_time now{};
  played_programs programs;
  gateway::pin_guard pins{election, key, store};
  gateway::terminal_house house{menus, world, store, pins, programs, {}, [this] { return now_ms; }};
  gateway::intake intake{menus, world, store, pins,
                         house, limit, {},    {[this] { return now; }, [this] { return now_ms; }}};
  gateway::callers callers{house, programs, {}, {}};
  std::uint64_t calls = 0;

  terminals() {
    store.at_once = true;
    menus[0].engine = std::make_unique<menus::engine>(*menus[0].script, world);
    house.deliver_to(intake);
  }
  static storage::election with_operator(storage::election e, const storage::pin_key& key) {
    storage::person p;
    p.msisdn = 98999;
    p.role = "site_operator";
    p.scope = storage::scope_kind::area;
    p.scope_index = 0;
    p.name = "Operator";
    p.language = "en";
    p.pin_hash = key.hash(p.msisdn, p.role, "4321");
    e.people.push_back(p);
    e.index();
    return e;
  }

  std::unique_ptr<caller_double> call() {
    auto c = std::make_unique<caller_double>();
    c->about.number = ++calls;
    c->about.line = "first";
    c->about.peer = "+98912";
    c->handler = callers.connected(*c);
    return c;
  }
  std::unique_ptr<caller_double> person(std::string_view number = "98912", std::string_view pin = "1234") {
    auto c = call();
    c->answer("");
    c->answer(number);
    c->answer(pin);
    return c;
  }
};

inline bool shows(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

} // namespace tallyline::tests
