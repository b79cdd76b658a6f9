// Ten minutes of line noise, 144,000 octets as they are at 2400 bit/s, through the real serial path of the real binary.
#include "tests/interop/gsm_night.h"

using namespace tallyline::tests;

namespace {

constexpr const char* ten_minutes = "noise 144000";

void serves(gsm_night& n) {
  n.idle("first", 60);
  n.first.tell("sms 989120000009 T 90");
  n.first.wait("sent 989120000009 Recorded. Receipt ", 60);
  CHECK(n.records() == 1);
}

} // namespace

TEST_CASE("ten minutes of noise from an idle modem cost no more than a log line, and it serves afterwards") {
  gsm_night n;
  n.serve(n.modem("first"));
  n.idle("first");
  n.first.tell(ten_minutes);
  n.first.wait("noise is over", 60);
  serves(n);
  CHECK(n.state("first").find(",simcom,idle,") != std::string::npos);
  CHECK(n.where.log().size() < 20'000);
}

TEST_CASE("a call that is nothing but noise is told as such and hung up, and the port serves afterwards") {
  gsm_night n;
  n.serve(n.modem("first", "simcom", "[calls, sms]"));
  n.idle("first");
  n.first.tell("ring +989120000007");
  n.first.wait("connected");
  n.first.tell(ten_minutes);
  n.wait_for_log("octets of noise and next to no text", 60);
  n.first.wait("noise is over", 60);
  n.wait_for_log("is over: +989120000007", 60);
  serves(n);
}

TEST_CASE("noise that begins in the middle of a report ends the call, and the next one goes on there") {
  gsm_night n;
  n.serve(n.modem("first", "simcom", "[calls]"));
  n.idle("first");
  for (std::size_t call = 1; call <= 2; ++call) {
    n.first.tell("ring +989120000007");
    n.first.wait("connected", 30, call);
    n.first.tell("say \\r");
    n.first.wait("Your phone number: ", 30, call);
    n.first.tell("say 989120000007\\r");
    n.first.wait("Your PIN: ", 30, call);
    n.first.tell("say 1234\\r");
    if (call == 1) {
      n.first.wait("Voters by now");
      n.first.tell("say 2\\r");
      n.first.wait("How many have voted?");
      n.first.tell("say 55\\r");
      n.first.wait("Please check");
      n.first.tell(ten_minutes);
      n.first.wait("noise is over", 60);
      n.first.wait("hung up", 60);
      n.idle("first", 60);
      CHECK(n.records() == 0);
      continue;
    }
    n.first.wait("not finished");
    n.first.tell("say 1\\r");
    n.first.wait("Please check", 30, 2);
    n.first.tell("say 1\\r");
    n.first.wait("Recorded. Receipt ");
  }
  CHECK(n.records() == 1);
}
