#include "tests/gateway/terminal/kit.h"

#include <fmt/format.h>

using namespace tallyline;
using namespace tallyline::tests;

TEST_CASE("a person logs in and reports through the same menu as by phone, without a PIN of the form's own") {
  terminals t;
  auto c = t.call();
  CHECK(shows(c->answer(""), "Your phone number: "));
  CHECK(shows(c->answer("+98912"), "Your PIN: "));
  CHECK(shows(c->answer("1234"), "Station 001\r\n1 Count of votes\r\n2 Help\r\n> "));
  CHECK(shows(c->answer("1"), "Contest?"));
  CHECK(shows(c->answer("1"), "1 First"));
  CHECK(shows(c->answer("120"), "2 Second"));
  CHECK(shows(c->answer("1501"), "from 0 to 1500"));
  CHECK(shows(c->answer("45"), "Invalid"));
  CHECK(shows(c->answer("7"), "Please check:"));
  CHECK(shows(c->answer("1"), "Recorded. Receipt "));
  REQUIRE(t.store.records.size() == 1);
  CHECK(t.store.records[0].by == storage::bearer::terminal);
  CHECK(t.store.records[0].msisdn == 98912);
  CHECK(shows(c->answer(""), "Station 001"));
  CHECK(shows(c->answer("bye"), "Goodbye."));
  CHECK(c->why == "the caller said goodbye");
}

TEST_CASE("the PIN is not on the screen") {
  terminals t;
  auto c = t.call();
  c->answer("");
  c->answer("98912");
  const std::string shown = c->answer("1234");
  CHECK(shows(shown, "****"));
  CHECK_FALSE(shows(shown, "1234"));
}

TEST_CASE("what comes between the number and the end of the login is a secret, anew after a wrong one") {
  using modem::hiding;
  terminals t;
  const auto c = t.call();
  c->answer("");
  for (const char* pin : {"4711", "1234"}) {
    CHECK(c->hides == hiding::next_line);
    c->answer("98912");
    CHECK(c->hides == hiding::all);
    c->answer(pin);
  }
  CHECK(c->hides == hiding::nothing);
}

TEST_CASE("a finished call says who logged in and what it brought, and one on the report link says nothing here") {
  terminals t;
  std::vector<std::string> told;
  t.callers.on_over([&](const gateway::finished_call& f) {
    told.push_back(fmt::format("{} {} {}", f.what, f.msisdn, f.reports));
  });
  auto c = t.person();
  for (const char* a : {"1", "1", "120", "45", "7"})
    c->answer(a);
  CHECK(shows(c->answer("1"), "Receipt"));
  c->lose();
  t.call()->lose();
  CHECK(told == std::vector<std::string>{"person 98912 1", "not known 0 0"});
}

TEST_CASE("an unknown number sounds like a wrong PIN, and five wrong logins end the call") {
  terminals t;
  auto c = t.call();
  c->answer("");
  for (int i = 0; i < 4; ++i) {
    CHECK(shows(c->answer("555"), "Your PIN: "));
    CHECK(shows(c->answer("1234"), "Number or PIN is not right."));
  }
  c->answer("98912");
  CHECK(shows(c->answer("0000"), "That was too often."));
  CHECK(c->why == "too many wrong logins");
  CHECK(t.store.pins.at({98912, "presiding_officer"}).wrong == 1);
}

TEST_CASE("five wrong PINs lock the number here as elsewhere") {
  terminals t;
  auto c = t.call();
  c->answer("");
  for (int i = 0; i < 5; ++i) {
    c->answer("98912");
    c->answer("0000");
  }
  CHECK(shows(c->seen, "This number is locked"));
  auto again = t.person();
  CHECK(shows(again->seen, "This number is locked"));
}

TEST_CASE("after a lost carrier the next call goes on where it stopped, as by phone") {
  terminals t;
  auto c = t.person();
  c->answer("1");
  c->answer("1");
  CHECK(shows(c->answer("120"), "2 Second"));
  c->lose();
  auto again = t.person();
  CHECK(shows(again->seen, "Your report is not finished."));
  CHECK(shows(again->answer("1"), "2 Second"));
}

TEST_CASE("an answer is on disk before the next page goes out") {
  terminals t;
  auto c = t.person();
  c->answer("1");
  c->answer("1");
  t.store.at_once = false;
  CHECK_FALSE(shows(c->answer("120"), "2 Second"));
  c->seen.clear();
  t.store.complete_all();
  CHECK(shows(c->seen, "2 Second"));
}

TEST_CASE("what is typed ahead answers the pages as they come") {
  terminals t;
  auto c = t.call();
  c->type("\r98912\r1234\r1\r1\r120\r45\r7\r1\r");
  CHECK(shows(c->seen, "Recorded. Receipt "));
  CHECK(t.store.records.size() == 1);
}

TEST_CASE("commands stand beside the menu: help, width, character set, ANSI, another menu") {
  terminals t;
  auto c = t.person();
  CHECK(shows(c->answer("help"), "send a file of reports"));
  CHECK(shows(c->answer("width 19"), "from 20 to 200"));
  CHECK(shows(c->answer("width 40"), "Station 001"));
  CHECK(shows(c->answer("charset latin-1"), "From now on: latin-1"));
  CHECK(shows(c->answer("charset morse"), "There are: utf-8"));
  CHECK(shows(c->answer("ansi on"), "\x1B[1mStation 001"));
  CHECK(shows(c->answer("1"), "Contest?"));
  CHECK(shows(c->answer("menu"), "Your report is not finished.")); // as whoever dials again is asked
}

TEST_CASE("whoever says nothing is told why the call ends, and what was answered stays") {
  terminals t;
  auto c = t.person();
  c->answer("1");
  c->answer("1");
  c->answer("120");
  c->seen.clear();
  REQUIRE(c->pass());
  CHECK(shows(c->seen, "Nothing came for 120 seconds."));
  CHECK(c->why == "the caller said nothing for too long");
  CHECK(t.store.drafts.size() == 1);
  CHECK(t.intake.open_sessions() == 0);
}

TEST_CASE("a caller who never speaks is greeted and the port is given back") {
  terminals t;
  auto c = t.call();
  REQUIRE(c->pass());
  CHECK(shows(c->seen, "Your phone number: "));
  REQUIRE(c->pass());
  CHECK(c->why == "the caller said nothing");
  CHECK(c->time == modem::clock::time_point(std::chrono::hours(1)) + std::chrono::seconds(60));
  c->lose();
  CHECK(t.callers.counters().silent == 1);
}

TEST_CASE("a greeted caller who then speaks as a person is not greeted twice") {
  terminals t;
  auto c = t.call();
  REQUIRE(c->pass());
  c->seen.clear();
  c->type("98912\r1234\r");
  CHECK(shows(c->seen, "Station 001"));
  CHECK_FALSE(shows(c->seen, "You can report here"));
}

TEST_CASE("noise ends the call with words, in any state") {
  for (const bool inside : {false, true}) {
    terminals t;
    auto c = inside ? t.person() : t.call();
    std::string noise;
    unsigned dice = 7;
    for (int i = 0; i < 5000; ++i)
      noise += static_cast<char>((dice = dice * 1664525 + 1013904223) >> 24);
    for (std::size_t at = 0; at < noise.size() && c->why.empty(); at += 20)
      c->type(noise.substr(at, 20));
    CHECK_MESSAGE(
        (c->why == "the line is noise" || c->why == "the caller said goodbye" || c->why == "too many wrong logins"),
        c->why);
    CHECK(t.store.records.empty());
  }
}

TEST_CASE("the later of two calls of one person has the dialogue, the earlier is told and may begin again") {
  terminals t;
  auto one = t.person(), two = t.person();
  CHECK(shows(one->answer("1"), "The session was lost."));
  CHECK(shows(two->answer("1"), "Contest?"));
  CHECK(shows(one->answer(""), "Your report is not finished."));
}

TEST_CASE("while the line takes nothing more the page waits, and goes out when it does") {
  terminals t;
  auto c = t.person();
  c->jammed = true;
  CHECK(c->answer("1") == "");
  c->jammed = false;
  c->handler->on_writable();
  CHECK(shows(c->seen, "Contest?"));
}

TEST_CASE("a screen takes more than a phone's page, and no page is taller than the screen") {
  terminals t;
  auto c = t.person();
  c->answer("width 40");
  const gateway::return_path path{1, 1, 0, 0, gateway::bearer_kind::terminal};
  const auto* limit = t.house.page_limit(path);
  REQUIRE(limit);
  CHECK(limit->fits(std::string(39 * 21, 'a')));
  CHECK_FALSE(limit->fits(std::string(39 * 21 + 1, 'a')));
  CHECK(t.house.page_limit({1, 1, 0, 0, gateway::bearer_kind::ussd}) == nullptr);
}

TEST_CASE("callers that speak PPP or the link are turned away with a reason where neither is configured") {
  terminals t;
  auto c = t.call();
  c->type("\x7E\xFF\x7D\x23\xC0\x21");
  CHECK(c->why == "no PPP is configured");
  auto link = t.call();
  link->type(modem::link::enframe("flight", modem::link::line_care::none, true));
  CHECK(link->why == "no report link is configured");
  CHECK(t.callers.counters().refused == 2);
}

TEST_CASE("a link's caller gets every octet that was read to find out what it is") {
  terminals t;
  struct taker final : modem::call_handler {
    explicit taker(std::string& g) : got(g) {}
    void on_bytes(modem::octets_view o) override { got.append(o.begin(), o.end()); }
    void on_lost(modem::call_end) override {}
    std::string& got;
  };
  std::string got;
  t.callers.links_to([&](modem::call&) { return std::make_unique<taker>(got); });
  auto c = t.call();
  REQUIRE(c->pass()); // slow to start: greeted as a person
  const std::string frame = modem::link::enframe("flight", modem::link::line_care::none, true);
  c->type(frame.substr(0, 5));
  c->type(frame.substr(5));
  c->type("more");
  CHECK(got == frame + "more");
}

TEST_CASE("a PPP caller goes to pppd with every octet, and its end ends the call") {
  terminals t;
  gateway::ppp_settings ppp;
  ppp.on = true;
  ppp.local = "10.64.0.1";
  ppp.remote = "10.64.0.2";
  gateway::callers callers{t.house, t.programs, ppp, {}};
  caller_double c;
  c.about.number = 99;
  c.handler = callers.connected(c);
  c.type("\x7E\xFF\x7D");
  c.type("\x23\xC0\x21");
  CHECK(t.programs.settings.arguments == std::vector<std::string>{"/usr/sbin/pppd", "auth", "10.64.0.1:10.64.0.2",
                                                                  "nodetach", "local", "nocrtscts", "logfd", "2"});
  CHECK(t.programs.settings.on_tty);
  CHECK(c.hides == modem::hiding::all); // a password may be among it
  CHECK(t.programs.fed == "\x7E\xFF\x7D\x23\xC0\x21");
  const std::uint8_t answer[] = {0x7E, 0xFF};
  t.programs.events.output(answer);
  CHECK(c.seen == "\x7E\xFF");
  t.programs.events.said("This system lacks kernel support for PPP.");
  t.programs.end(4);
  CHECK(c.why == "pppd ended with exit status 4: This system lacks kernel support for PPP.");
  c.lose();
  CHECK(t.programs.now == nullptr);
}
