// Whole modems, from the port to the call, against doubles in time that a test gives.
#include "modem/pool.h"
#include "tests/support/fake_modem.h"

#include <doctest/doctest.h>
#include <random>

using namespace tallyline;
using namespace tallyline::modem;
using namespace std::chrono_literals;
using tests::fake_modem;
using tests::fake_modems;

namespace {

struct told {
  std::string got;
  std::optional<call_end> over;
  call* its = nullptr;
  int woken = 0, writable = 0;
};

struct listener final : call_handler {
  listener(told& t, call& c) : to(t) { to.its = &c; }
  void on_bytes(octets_view b) override { to.got.append(b.begin(), b.end()); }
  void on_lost(call_end why) override { to.over = why; }
  void on_wake(clock::time_point) override { ++to.woken; }
  void on_writable() override { ++to.writable; }
  told& to;
};

// A pool of one modem, and all it told.
struct one_modem {
  fake_modems world;
  fake_modem& m = world.add("/dev/m");
  std::unique_ptr<modem::pool> pool;
  std::deque<told> calls;
  struct over {
    call_info info;
    call_figures carried;
    call_end why;
  };
  std::vector<over> ended;
  std::vector<std::pair<std::uint64_t, std::vector<std::uint8_t>>> messages;
  std::vector<message_sent> sent;
  line_settings settings;

  one_modem() {
    settings.name = "one";
    settings.port.path = "/dev/m";
    settings.profile.init = {"ATE0V1Q0", "ATX4"};
    settings.profile.speeds = {115200, 9600};
  }
  void gsm() {
    settings.profile.gsm = settings.profile.messages = settings.messages = true;
    settings.profile.caller_id_on = "AT+CLIP=1";
    settings.profile.new_messages = "AT+CNMI=2,1,0,1,0";
    m.answers["AT+CPIN?"] = "\r\n+CPIN: READY\r\n\r\nOK\r\n";
    m.answers["AT+CREG?"] = "\r\n+CREG: 1,1\r\n\r\nOK\r\n";
    m.answers["AT+CSQ"] = "\r\n+CSQ: 18,99\r\n\r\nOK\r\n";
  }
  void start() {
    m.answers["ATA"] = "\r\nCONNECT 2400\r\n";
    pool_handlers on;
    on.connected = [this](call& c) { return std::make_unique<listener>(calls.emplace_back(), c); };
    on.ended = [this](const call_info& i, const call_figures& f, call_end why) { ended.push_back({i, f, why}); };
    on.sms_in = [this](const message_in& s) {
      messages.emplace_back(s.ticket, std::vector(s.tpdu.begin(), s.tpdu.end()));
    };
    on.sms_sent = [this](const message_sent& s) { sent.push_back(s); };
    pool = std::make_unique<modem::pool>(world, std::vector{settings}, on);
    pool->start();
  }
  bool becomes(std::string_view state, clock::duration most = 1h) {
    return world.run_until([&] { return pool->figures()[0].state == state; }, most);
  }
  line_figures figures() const { return pool->figures()[0]; }
  void ring(const std::string& extra = {}) {
    m.say("\r\nRING\r\n" + extra);
    world.run(100ms);
  }
  void take_call() {
    REQUIRE(becomes("idle"));
    ring();
    ring();
    REQUIRE(becomes("connected", 5s));
  }
};

octets_view view(std::string_view s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }

} // namespace

TEST_CASE_FIXTURE(one_modem, "A call is answered at the second ring, carries octets, and ends with the carrier") {
  start();
  take_call();
  CHECK(m.heard == std::vector<std::string>{"AT", "AT", "ATE0V1Q0", "ATX4", "ATA"});
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].its->info().speed == 2400);
  CHECK(calls[0].its->info().rings == 2);
  m.say("hello");
  calls[0].its->send(view("welcome"));
  world.run(100ms);
  CHECK(calls[0].got == "hello");
  CHECK(m.data == "welcome");
  m.online = false;
  m.say("\r\nNO CARRIER\r\n");
  REQUIRE(becomes("idle", 3s));
  CHECK(calls[0].got == "hello");
  CHECK(calls[0].over == call_end::carrier_lost);
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].carried.octets_in == 5);
  CHECK(ended[0].carried.octets_out == 7);
  take_call();
  CHECK(calls.size() == 2);
}

TEST_CASE_FIXTURE(one_modem, "Words of a caller that look like the modem's own are the caller's when more follows") {
  start();
  take_call();
  m.say("he wrote\r\nNO CARRIER\r\n");
  m.say("and went on");
  world.run(3s);
  CHECK(calls[0].got == "he wrote\r\nNO CARRIER\r\nand went on");
  CHECK_FALSE(calls[0].over.has_value());
  m.say("\r\nNO C");
  world.run(2s);
  CHECK(calls[0].got.ends_with("\r\nNO C"));
}

TEST_CASE_FIXTURE(one_modem, "DCD ends a call where the port has it") {
  start();
  REQUIRE(becomes("idle"));
  m.carrier = true;
  take_call();
  m.online = false;
  m.set_carrier(false);
  REQUIRE(becomes("idle", 1s));
  CHECK(calls[0].over == call_end::carrier_lost);
}

TEST_CASE_FIXTURE(
    one_modem, "A garbled line without NO CARRIER ends when its handler's time is over, and the modem serves again") {
  settings.profile.guard = 1100ms;
  start();
  take_call();
  std::mt19937 noise(3);
  calls[0].its->wake_at(world.now + 30s);
  for (int i = 0; i < 100; ++i) {
    std::string s;
    for (int n = 0; n < 50; ++n)
      s += static_cast<char>(noise());
    m.say(s);
    world.run(300ms);
  }
  CHECK(calls[0].woken == 1);
  calls[0].its->hang_up("nothing but noise for 30 s");
  REQUIRE(becomes("idle", 30s));
  CHECK(calls[0].over == call_end::hung_up);
  take_call();
}

TEST_CASE_FIXTURE(one_modem, "What was sent reaches the line before it is hung up, but not for ever") {
  start();
  take_call();
  CHECK(calls[0].its->send(view(std::string(480, 'x')))); // two seconds at 2400
  calls[0].its->hang_up("done");
  world.run(1500ms);
  CHECK(figures().state == "draining");
  REQUIRE(becomes("idle", 10s));
  CHECK(m.data.size() == 480);
  take_call();
  m.holds_output = true;
  calls[1].its->send(view("x"));
  calls[1].its->hang_up("done");
  world.run(11s);
  m.holds_output = false;
  REQUIRE(becomes("idle", 30s));
  CHECK(calls[1].over == call_end::hung_up);
}

TEST_CASE_FIXTURE(one_modem, "More than the queue holds is refused whole, and it is told when there is room again") {
  start();
  take_call();
  m.holds_output = true;
  CHECK(calls[0].its->send(view(std::string(call::high_water, 'x'))));
  CHECK_FALSE(calls[0].its->send(view("y")));
  m.holds_output = false;
  m.unsent = 0;
  calls[0].its->send(view("z"));
  world.run(100ms);
  CHECK(calls[0].writable == 1);
}

TEST_CASE_FIXTURE(one_modem, "A number that is not allowed is left ringing, a GSM modem refuses it") {
  settings.refuse = {"+98 912 000 0001"};
  start();
  REQUIRE(becomes("idle"));
  ring("\r\nNMBR = 09120000001\r\n");
  for (int i = 0; i < 5; ++i)
    ring();
  CHECK(figures().state == "ringing");
  REQUIRE(becomes("idle", 10s));
  CHECK(calls.empty());
  CHECK(figures().refused == 1);
  ring("\r\nNMBR = 09120000002\r\n");
  ring();
  REQUIRE(becomes("connected", 3s));
  CHECK(calls[0].its->info().peer == "09120000002");
}

TEST_CASE_FIXTURE(one_modem, "Only those on the list are answered, and the number is waited for one ring") {
  gsm();
  settings.allow = {"09121111111"};
  settings.answer_after = 1;
  start();
  REQUIRE(becomes("idle"));
  ring("\r\n+CLIP: \"+989122222222\",145\r\n");
  REQUIRE(becomes("idle", 1s));
  CHECK(std::count(m.heard.begin(), m.heard.end(), "ATH") == 1);
  m.say("\r\nRING\r\n"); // and its number a moment later
  world.run(100ms);
  CHECK(figures().state == "ringing");
  m.say("\r\n+CLIP: \"+989121111111\",145\r\n");
  REQUIRE(becomes("connected", 1s));
  CHECK(calls[0].its->info().peer == "+989121111111");
}

TEST_CASE_FIXTURE(one_modem, "A call that does not come to be leaves the modem in service") {
  start();
  m.answers["ATA"] = "\r\nNO CARRIER\r\n";
  REQUIRE(becomes("idle"));
  ring();
  ring();
  REQUIRE(becomes("idle", 3s));
  CHECK(figures().answered == 1);
  CHECK(figures().connected == 0);
  CHECK(figures().recoveries == 0);
}

TEST_CASE_FIXTURE(one_modem, "Numbers are dialled in turn until one answers") {
  start();
  m.answers["ATD1"] = "\r\nBUSY\r\n";
  m.answers["ATD2"] = "\r\nNO ANSWER\r\n";
  m.answers["ATD3"] = "\r\nCARRIER 1200\r\n\r\nCONNECT 115200\r\n";
  REQUIRE(becomes("idle"));
  told mine;
  const auto dial = [&](std::vector<std::string> numbers, std::string& why) {
    dial_request r;
    r.numbers = std::move(numbers);
    r.connected = [&](modem::call& c) { return std::make_unique<listener>(mine, c); };
    r.failed = [&](const std::string& w) { why = w; };
    return pool->dial(std::move(r));
  };
  std::string why;
  CHECK(dial({"1", "2", "3"}, why));
  CHECK_FALSE(dial({"1"}, why));
  REQUIRE(becomes("connected", 10s));
  CHECK(mine.its->info().dialled);
  CHECK(mine.its->info().peer == "3");
  CHECK(mine.its->info().speed == 1200);
  mine.its->hang_up("sent");
  REQUIRE(becomes("idle", 10s));
  CHECK(dial({"1", "2"}, why));
  REQUIRE(world.run_until([&] { return !why.empty(); }, 10s));
  CHECK(why == "1: busy; 2: no answer");
  CHECK(figures().failed_calls == 4);
}

TEST_CASE_FIXTURE(one_modem, "A port that vanishes in a call ends it, and it is in service when the port is back") {
  start();
  take_call();
  world.later([&] { m.vanish("/dev/m is gone: unplugged"); });
  REQUIRE(becomes("absent", 1s));
  CHECK(calls[0].over == call_end::port_gone);
  CHECK(figures().detail == "/dev/m is gone: unplugged");
  calls.clear();
  world.later([&] { m.appear(); });
  take_call();
  CHECK(figures().port_losses == 1);
}

TEST_CASE_FIXTURE(one_modem, "Noise for ten minutes leaves a modem in service") {
  start();
  REQUIRE(becomes("idle"));
  std::mt19937 noise(7);
  for (int i = 0; i < 6000; ++i) {
    std::string s;
    for (int n = 0; n < 24; ++n)
      s += static_cast<char>(noise());
    m.say(s);
    world.run(100ms);
  }
  CHECK(figures().garbage > 0);
  world.run(1min);
  take_call();
  CHECK(calls.size() >= 1);
}

TEST_CASE_FIXTURE(
    one_modem, "A modem that answers ERROR to everything is out of order, and says so, until it thinks better of it") {
  m.otherwise = "\r\nERROR\r\n";
  settings.power_command = "power";
  start();
  REQUIRE(becomes("out of order", 10min));
  CHECK(figures().detail.starts_with("out of order: it answers ERROR to everything; everything was tried."));
  CHECK(std::count(m.done.begin(), m.done.end(), "power") == 1);
  CHECK(std::count(m.done.begin(), m.done.end(), "reopen") == 1);
  m.otherwise = "\r\nOK\r\n";
  take_call();
}

TEST_CASE_FIXTURE(one_modem, "A command that is refused is passed over") {
  m.answers["ATX4"] = "\r\nERROR\r\n";
  start();
  take_call();
}

TEST_CASE_FIXTURE(one_modem, "A modem that stops answering is brought back by what helps") {
  m.has_dtr = m.dtr_cures = true;
  start();
  REQUIRE(becomes("idle"));
  m.mute = true;
  REQUIRE(becomes("recovering", 2min));
  REQUIRE(becomes("idle", 1min));
  CHECK(figures().recoveries == 1);
  CHECK(figures().last_recovery == "it does not answer any more; trying: DTR");
  take_call();
}

TEST_CASE_FIXTURE(one_modem, "A modem that is dead gets everything that there is, and is tried again later") {
  settings.power_command = "power";
  start();
  REQUIRE(becomes("idle"));
  m.mute = true;
  m.on_power = [](const std::string&) { return std::string("it ended with 1"); };
  REQUIRE(world.run_until([&] { return figures().last_recovery.ends_with("trying: reopening the port"); }, 10min));
  CHECK(figures().last_recovery.find("the power command failed: it ended with 1") != std::string::npos);
  REQUIRE(becomes("out of order", 10min));
  CHECK(std::count(m.heard.begin(), m.heard.end(), "ATZ") == 1);
  m.mute = false;
  take_call();
}

TEST_CASE_FIXTURE(one_modem, "A modem in a call that nobody knows of is taken out of it") {
  m.online = true; // since before the gateway started
  start();
  world.later([&] { m.online = true; }, 6ms);
  REQUIRE(becomes("idle", 2min));
  CHECK(figures().last_recovery.ends_with("; trying: escape"));
  take_call();
}

TEST_CASE_FIXTURE(one_modem, "A SIM gets its PIN once, and a wrong one is never tried again") {
  gsm();
  settings.sim_pin = "1234";
  m.answers["AT+CPIN?"] = "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n";
  SUBCASE("right") {
    m.on_command = [&](const std::string& c) {
      if (c == "AT+CPIN=\"1234\"") m.answers["AT+CPIN?"] = "\r\n+CPIN: READY\r\n\r\nOK\r\n";
    };
    start();
    REQUIRE(becomes("idle", 1min));
    CHECK(figures().signal == 18);
  }
  SUBCASE("wrong") {
    m.answers["AT+CPIN=\"1234\""] = "\r\n+CME ERROR: 16\r\n";
    start();
    world.run(1h);
    CHECK(figures().state == "blocked");
    CHECK(figures().detail == "SIM: the PIN was refused and is not tried again: correct sim_pin");
    CHECK(std::count(m.heard.begin(), m.heard.end(), "AT+CPIN=\"1234\"") == 1);
  }
}

TEST_CASE_FIXTURE(one_modem, "A GSM modem looks for its network, and loses it") {
  gsm();
  m.answers["AT+CREG?"] = "\r\n+CREG: 1,2\r\n\r\nOK\r\n";
  start();
  world.run(1min);
  CHECK(figures().state == "registering");
  CHECK(figures().detail == "looking for a network");
  m.say("\r\n+CREG: 5\r\n");
  REQUIRE(becomes("idle", 1s));
  REQUIRE(becomes("registering", 2min)); // the check asks, and it is not
  m.answers["AT+CREG?"] = "\r\n+CREG: 1,1\r\n\r\nOK\r\n";
  REQUIRE(becomes("idle", 1min));
  CHECK(figures().detail == "registered, signal 18");
}

TEST_CASE_FIXTURE(one_modem, "Stored messages are told, and deleted only when they are kept") {
  gsm();
  m.answers["AT+CMGL=4"] = "\r\n+CMGL: 3,1,,4\r\n0004010203\r\n+CMGL: 5,3,,4\r\n0001010203\r\n\r\nOK\r\n";
  start();
  REQUIRE(world.run_until([&] { return messages.size() == 1; }, 1min));
  CHECK(messages[0].second == std::vector<std::uint8_t>{4, 1, 2, 3});
  m.answers["AT+CMGR=9"] = "\r\n+CMGR: 0,,3\r\n0104040506\r\n\r\nOK\r\n"; // a service centre of one octet
  m.say("\r\n+CMTI: \"SM\",9\r\n");
  REQUIRE(world.run_until([&] { return messages.size() == 2; }, 1s));
  CHECK(messages[1].second == std::vector<std::uint8_t>{4, 5, 6});
  CHECK(std::none_of(m.heard.begin(), m.heard.end(), [](const auto& c) { return c.starts_with("AT+CMGD"); }));
  pool->message_kept(0, messages[0].first);
  world.run(1s);
  CHECK(m.heard.back() == "AT+CMGD=3");
  m.answers["AT+CMGL=4"] = "\r\n+CMGL: 9,1,,3\r\n0104040506\r\n\r\nOK\r\n";
  world.run(2min); // the list is looked through with each check, and what nobody kept is told again
  CHECK(messages.size() >= 3);
  CHECK(messages.back().second == std::vector<std::uint8_t>{4, 5, 6});
}

TEST_CASE_FIXTURE(one_modem, "Messages leave one at a time, and what became of each is told") {
  gsm();
  start();
  REQUIRE(becomes("idle"));
  m.answers["AT+CMGS=3"] = "\r\n> ";
  m.answers["00010203"] = "\r\n+CMGS: 41\r\n\r\nOK\r\n";
  const std::vector<std::uint8_t> tpdu{1, 2, 3};
  CHECK(pool->send_message(tpdu, 71));
  CHECK(pool->send_message(tpdu, 72));
  REQUIRE(world.run_until([&] { return sent.size() == 2; }, 10s));
  CHECK(sent[0].token == 71);
  CHECK(sent[0].reference == 41);
  CHECK(sent[1].token == 72);
  m.answers["00010203"] = "\r\n+CMS ERROR: 38\r\n";
  pool->send_message(tpdu, 73);
  REQUIRE(world.run_until([&] { return sent.size() == 3; }, 10s));
  CHECK(sent[2].again);
  CHECK(sent[2].why == "the network is out of order (+CMS ERROR 38)");
  m.answers["00010203"] = "\r\n+CMS ERROR: 1\r\n";
  pool->send_message(tpdu, 74);
  REQUIRE(world.run_until([&] { return sent.size() == 4; }, 10s));
  CHECK_FALSE(sent[3].again);
}

TEST_CASE_FIXTURE(one_modem, "A descriptor is lent to another program, and the call ends when it comes back") {
  start();
  take_call();
  CHECK(calls[0].its->lend() == 7);
  calls[0].its->send(view("not ours to send"));
  world.run(1s);
  CHECK(m.data.empty());
  calls[0].its->take_back("pppd has ended");
  REQUIRE(becomes("idle", 10s));
  CHECK(calls[0].over == call_end::hung_up);
  CHECK(m.done.back() != "released");
}

TEST_CASE_FIXTURE(one_modem, "Stop hangs up and gives the port back") {
  start();
  take_call();
  bool done = false;
  pool->stop([&] { done = true; });
  REQUIRE(world.run_until([&] { return done; }, 20s));
  CHECK(calls[0].over == call_end::stopping);
  CHECK(m.done.back() == "released");
}
