// Short messages of one GSM modem, without a modem.
#include "modem/sms_fsm.h"

#include <doctest/doctest.h>

using namespace tallyline::modem;
using namespace std::chrono_literals;

namespace {

struct talk {
  sms_fsm fsm{"AT+CNMI=2,2,0,1,0"};
  clock::time_point now{std::chrono::hours(1)};
  sms_fsm::outcome last;

  explicit talk(std::string_view service = "+CSMS: 0,1,1,1") {
    last = fsm.in_service();
    answer("AT+CMGF=0");
    answer("AT+CSMS?", {std::string(service)});
    answer("AT+CNMI=2,2,0,1,0");
    answer("AT+CMGL=4");
  }
  bool asks(std::string_view command) const { return find(command) != nullptr; }
  // To a command of the last outcome; what follows is the new one, with what was not answered yet.
  void answer(std::string_view command, std::vector<std::string> lines = {}, at_status status = at_status::ok) {
    const auto* c = find(command);
    REQUIRE_MESSAGE(c, command, " was not asked");
    at_result r;
    r.command = *c, r.lines = std::move(lines), r.status = status;
    std::erase_if(last.commands, [&](const auto& one) { return one.text == command; });
    auto waiting = std::move(last.commands);
    last = fsm.result(r, now);
    last.commands.insert(last.commands.begin(), waiting.begin(), waiting.end());
  }
  void comes(std::string pdu) { last = fsm.event({at_event::kind::message, std::move(pdu), -1}, now); }

private:
  const at_command* find(std::string_view command) const {
    for (const auto& c : last.commands)
      if (c.text == command) return &c;
    return nullptr;
  }
};

} // namespace

TEST_CASE("What comes directly is acknowledged when it is kept, where the service wants that, and nowhere else") {
  talk phase2plus("+CSMS: 1,1,1,1"), phase2;
  for (auto* t : {&phase2plus, &phase2}) {
    t->comes("0004010203");
    REQUIRE(t->last.messages.size() == 1);
    CHECK(t->last.commands.empty());
    t->last = t->fsm.kept(t->last.messages[0].ticket);
    CHECK(t->asks("AT+CNMA") == (t == &phase2plus));
  }
}

TEST_CASE("What cannot be kept now is given back to the network, where the service has a word for it") {
  talk t("+CSMS: 1,1,1,1");
  t.comes("0004010203");
  t.last = t.fsm.later(t.last.messages[0].ticket);
  CHECK(t.asks("AT+CNMA=2"));
}

TEST_CASE("A modem that was not given its word in time has stopped telling, and is told to go on with each look") {
  talk t("+CSMS: 1,1,1,1");
  t.last = t.fsm.look_again(t.now);
  CHECK(t.asks("AT+CNMI=2,2,0,1,0"));
  talk other;
  other.last = other.fsm.look_again(other.now);
  CHECK_FALSE(other.asks("AT+CNMI=2,2,0,1,0"));
}

TEST_CASE("A damaged PDU on the SIM is read again before it is deleted: the line may have spoilt it") {
  talk t;
  t.last = t.fsm.look_again(t.now);
  t.answer("AT+CMGL=4", {"+CMGL: 3,1,,4", "00040102X3", "+CMGL: 4,1,,4", "0004010Z03"});
  CHECK(t.last.messages.empty());
  CHECK_FALSE(t.asks("AT+CMGD=3"));
  t.answer("AT+CMGR=3", {"+CMGR: 1,,4", "00040102X3"});
  CHECK(t.asks("AT+CMGD=3"));
  CHECK(t.last.report == "the short message at 3 is deleted, its PDU is damaged: 00040102X3");
  t.answer("AT+CMGR=4", {"+CMGR: 1,,4", "0004010203"}); // it was the line
  CHECK(t.last.messages.size() == 1);
  CHECK_FALSE(t.asks("AT+CMGD=4"));
}

TEST_CASE("A damaged PDU that comes directly is passed over, and acknowledged lest it come for ever") {
  talk t("+CSMS: 1,1,1,1");
  t.comes("00040102X3");
  CHECK(t.last.messages.empty());
  CHECK(t.asks("AT+CNMA"));
  CHECK(t.last.report.find("00040102X3") != std::string::npos);
}
