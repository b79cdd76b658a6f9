#include "modem/at_dialog.h"

#include <doctest/doctest.h>
#include <random>

using namespace tallyline::modem;
using namespace std::chrono_literals;

namespace {

// A dialogue with its clock, and what came of it.
struct talk {
  at_dialog dialog{0ms};
  clock::time_point now{1000h};
  std::string sent;
  std::vector<at_result> results;
  std::vector<at_event> events;
  std::size_t read = 0;

  void take(at_dialog::actions& actions) {
    for (auto& a : actions) {
      if (auto* s = std::get_if<std::string>(&a)) sent += *s;
      if (auto* r = std::get_if<at_result>(&a)) results.push_back(std::move(*r));
      if (auto* e = std::get_if<at_event>(&a)) events.push_back(std::move(*e));
    }
  }
  void ask(at_command c) {
    at_dialog::actions out;
    dialog.submit(std::move(c), now, out);
    take(out);
  }
  void ask(std::string text) {
    at_command c;
    c.text = std::move(text);
    ask(std::move(c));
  }
  void hear(std::string_view octets) {
    at_dialog::actions out;
    read = dialog.step({reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()}, now, out);
    take(out);
  }
  void tick() {
    at_dialog::actions out;
    dialog.tick(now, out);
    take(out);
  }
};

at_command dialling() {
  at_command c;
  c.text = "ATD5";
  c.connects = true;
  return c;
}

// All that a dialogue says, as one text to compare.
std::string summary(const talk& t) {
  std::string s = t.sent;
  for (const auto& r : t.results) {
    s += "|" + r.command.text + "=" + r.said;
    for (const auto& l : r.lines)
      s += "," + l;
  }
  for (const auto& e : t.events)
    s += "|event " + std::to_string(static_cast<int>(e.what)) + " " + e.text + " " + std::to_string(e.number);
  return s;
}

} // namespace

TEST_CASE("One command at a time, the next after the answer and a pause") {
  talk t;
  t.dialog = at_dialog(50ms);
  t.ask("AT");
  t.ask("ATI");
  CHECK(t.sent == "AT\r");
  t.hear("\r\nOK\r\n");
  REQUIRE(t.results.size() == 1);
  CHECK(t.results[0].ok());
  CHECK(t.sent == "AT\r");
  t.tick();
  CHECK(t.sent == "AT\r");
  t.now += 50ms;
  t.tick();
  CHECK(t.sent == "AT\rATI\r");
  t.hear("Courier\r\n\r\nOK\r\n");
  CHECK(t.results[1].lines == std::vector<std::string>{"Courier"});
}

TEST_CASE("Echo is taken off, whether it ends in CR or CR LF") {
  for (const auto* end : {"\r", "\r\n", "\r\r\n"}) {
    talk t;
    t.ask("AT+CSQ");
    t.hear(std::string("AT+CSQ") + end + "+CSQ: 18,99\r\n\r\nOK\r\n");
    REQUIRE(t.results.size() == 1);
    CHECK(t.results[0].lines == std::vector<std::string>{"+CSQ: 18,99"});
    CHECK(t.dialog.echoes());
  }
}

TEST_CASE("Digits are results until the modem speaks in words") {
  talk t;
  t.ask("ATE0V1Q0");
  t.hear("ATE0V1Q0\r0\r");
  REQUIRE(t.results.size() == 1);
  CHECK(t.results[0].ok());
  CHECK(t.dialog.numeric());
  t.hear("2\r");
  REQUIRE(t.events.size() == 1);
  CHECK(t.events[0].what == at_event::kind::ring);
  t.ask("AT");
  t.hear("4\r");
  CHECK(t.results[1].status == at_status::error);
  t.ask("AT");
  t.hear("OK\r\n");
  t.ask("ATI0");
  t.hear("0\r\nOK\r\n"); // an answer by now, no result
  CHECK(t.results[3].lines == std::vector<std::string>{"0"});
}

TEST_CASE("What comes unasked is told apart in the middle of an answer") {
  talk t;
  t.ask("AT+CMGL=4");
  t.hear("+CMGL: 1,0,,4\r\nRING\r\n+CLIP: \"+98912\",145\r\n00040011\r\n+CMTI: \"SM\",7\r\n+CREG: 2\r\n\x01\r\nOK\r\n");
  REQUIRE(t.results.size() == 1);
  CHECK(t.results[0].lines == std::vector<std::string>{"+CMGL: 1,0,,4", "00040011"});
  REQUIRE(t.events.size() == 4);
  CHECK(t.events[0].what == at_event::kind::ring);
  CHECK(t.events[1].text == "+98912");
  CHECK(t.events[2].number == 7);
  CHECK(t.events[3].what == at_event::kind::registration);
  CHECK(t.dialog.noise() == 1);
}

TEST_CASE("The answer to a question is no unsolicited message of the same name") {
  talk t;
  t.ask("AT+CREG?");
  t.hear("+CREG: 2,1\r\nOK\r\n");
  CHECK(t.events.empty());
  CHECK(t.results[0].lines == std::vector<std::string>{"+CREG: 2,1"});
  t.hear("+CREG: 5,\"00C3\",\"A1\"\r\n");
  REQUIRE(t.events.size() == 1);
  CHECK(t.events[0].number == 5);
}

TEST_CASE("A message that comes directly has its PDU in another line, with garbage or a ring between them") {
  talk t;
  t.hear("\r\n+CMT: ,20\r\n\r\nRING\r\n0791\xFF\r\n0791448720003023\r\n");
  REQUIRE(t.events.size() == 2);
  CHECK(t.events[1].what == at_event::kind::message);
  CHECK(t.events[1].text == "0791448720003023");
  t.hear("+CDS: 26\r\n000601\r\n");
  CHECK(t.events[2].what == at_event::kind::report);
}

TEST_CASE("A PDU that is spoilt is told as it is, and the next one is not taken for it") {
  talk t;
  t.hear("+CDS: 25\r\n0006290C918919325476981121101\r\n");
  REQUIRE(t.events.size() == 1);
  CHECK(t.events[0].text == "0006290C918919325476981121101");
  t.ask("AT+CMGL=4");
  t.hear("+CMGL: 1,0,,4\r\n0004010203\r\nOK\r\n");
  REQUIRE(t.results.size() == 1);
  CHECK(t.results[0].lines.size() == 2);
}

TEST_CASE("The prompt brings the message and Ctrl-Z, echoed or not") {
  for (const bool echo : {false, true}) {
    talk t;
    at_command c;
    c.text = "AT+CMGS=4";
    c.message = "0001000B";
    t.ask(std::move(c));
    t.hear(echo ? "AT+CMGS=4\r\r\n> " : "\r\n> ");
    CHECK(t.sent == "AT+CMGS=4\r0001000B\x1A");
    t.hear(echo ? "0001000B\x1A\r\n+CMGS: 17\r\n\r\nOK\r\n" : "\r\n+CMGS: 17\r\n\r\nOK\r\n");
    REQUIRE(t.results.size() == 1);
    CHECK(t.results[0].lines == std::vector<std::string>{"+CMGS: 17"});
  }
}

TEST_CASE("A message that is not answered is broken off with Escape") {
  talk t;
  at_command c;
  c.text = "AT+CMGS=4";
  c.message = "00";
  t.ask(std::move(c));
  t.now += 5s;
  t.tick();
  CHECK(t.sent == "AT+CMGS=4\r\x1B");
  CHECK(t.results[0].status == at_status::silent);
}

TEST_CASE("What is not answered in time is told, and a late answer is nobody's") {
  talk t;
  t.ask("AT");
  REQUIRE(t.dialog.due() == t.now + 5s);
  t.now += 5s;
  t.tick();
  REQUIRE(t.results.size() == 1);
  CHECK(t.results[0].status == at_status::silent);
  t.hear("OK\r\n");
  CHECK(t.results.size() == 1);
  CHECK(t.dialog.noise() == 1);
}

TEST_CASE("After CONNECT the octets are the call's, but for the line feed that belongs to it") {
  for (const std::size_t cut : {12U, 13U, 14U}) {
    talk t;
    t.ask("AT");
    t.hear("OK\r\n");
    t.ask(dialling());
    const std::string all = "CONNECT 9600\r\n\x10OK\r\n";
    t.hear(std::string_view(all).substr(0, cut));
    if (cut == 12) {
      CHECK(t.results.size() == 1);
      continue;
    }
    REQUIRE(t.results.size() == 2);
    CHECK(t.results[1].status == at_status::connect);
    CHECK(t.results[1].said == "CONNECT 9600");
    CHECK(t.read == 13);
    CHECK(t.dialog.takes_line_feed());
  }
}

TEST_CASE("NO CARRIER ends the dialling, and is an event while anything else is asked") {
  talk t;
  t.ask(dialling());
  t.hear("\r\nNO CARRIER\r\n");
  CHECK(t.results[0].status == at_status::no_carrier);
  t.ask("AT");
  t.hear("\r\nNO CARRIER\r\nOK\r\n");
  CHECK(t.results[1].ok());
  REQUIRE(t.events.size() == 1);
  CHECK(t.events[0].what == at_event::kind::carrier_gone);
}

TEST_CASE("Errors are told in words") {
  const auto said = [](std::string_view line) {
    talk t;
    t.ask("AT+X");
    t.hear(std::string(line) + "\r\n");
    return t.results.at(0).said;
  };
  CHECK(said("ERROR") == "ERROR");
  CHECK(said("+CME ERROR: 11") == "a SIM PIN is required (+CME ERROR 11)");
  CHECK(said("+CME ERROR: SIM failure") == "SIM failure (+CME ERROR)");
  CHECK(said("+CMS ERROR: 322") == "the memory is full (+CMS ERROR 322)");
  CHECK(said("+CMS ERROR: 9999") == "an error of its maker's own (+CMS ERROR 9999)");
  CHECK(said("COMMAND NOT SUPPORT") == "ERROR");
}

TEST_CASE("CONNECT tells the line's speed in any order, and not its protocols or the port's speed") {
  CHECK(connect_speed("CONNECT", 115200) == 0);
  CHECK(connect_speed("CONNECT 2400", 115200) == 2400);
  CHECK(connect_speed("CONNECT 9600/ARQ/V34/LAPM/V42BIS", 115200) == 9600);
  CHECK(connect_speed("CONNECT 115200/V.34/LAPM/V.42bis/26400:TX/28800:RX", 115200) == 26400);
  CHECK(connect_speed("CONNECT 31200 115200", 115200) == 31200);
  CHECK(connect_speed("CONNECT 115200", 115200) == 115200);
  CHECK(connect_speed("CONNECT 99999999999999999999", 115200) == 0);
}

TEST_CASE("Caller numbers come in several ways, withheld ones too") {
  const auto caller = [](std::string_view line) {
    const auto e = read_event(line, {});
    return e && e->what == at_event::kind::caller ? e->text : std::string("none");
  };
  CHECK(caller("+CLIP: \"09121234567\",129,\"\",0,\"\",0") == "09121234567");
  CHECK(caller("+CLIP: \"\",128") == "");
  CHECK(caller("NMBR = 5551234") == "5551234");
  CHECK(caller("NMBR=5551234") == "5551234");
  CHECK(caller("NMBR = P") == "");
  CHECK(caller("DATE = 1124") == "none");
  CHECK(read_event("DATE = 1124", {}).has_value());
  CHECK_FALSE(read_event("CONNECTED", {}).has_value());
}

TEST_CASE("However the octets are cut, the dialogue is the same") {
  const std::string all =
      "AT+CREG?\r\r\n+CREG: 0,1\r\nRING\r\n\r\nNMBR = 12\r\nOK\r\n+CMT: ,3\r\n\xFFnoise\x80\x81\r\n000102\r\nRING\r";
  talk whole;
  whole.ask("AT+CREG?");
  whole.hear(all);
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    talk t;
    t.ask("AT+CREG?");
    t.hear(std::string_view(all).substr(0, cut));
    t.hear(std::string_view(all).substr(cut));
    REQUIRE(summary(t) == summary(whole));
  }
  CHECK(whole.events.size() == 4);
}

TEST_CASE("An endless line costs no memory and is noise") {
  talk t;
  t.hear(std::string(1'000'000, 'x'));
  t.hear("\r\nRING\r\n");
  CHECK(t.dialog.noise() == 1);
  CHECK(t.events.size() == 1);
}
