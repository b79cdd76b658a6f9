// A GSM modem that misbehaves, and the real binary, which tells of it and brings it back.
#include "tests/interop/gsm_night.h"

using namespace tallyline::tests;

namespace {

// It serves: what is reported now is recorded and replied to.
void serves(gsm_night& n, const std::string& official, int seconds = 40) {
  n.idle("first", seconds);
  n.first.tell("sms 98912000000" + official + " T 7" + official);
  n.first.wait("sent 98912000000" + official + " Recorded. Receipt ", seconds);
}

} // namespace

TEST_CASE("a SIM that is busy at boot is asked again in a moment, and its PIN is given once") {
  gsm_night n;
  n.first.tell("busy 2");
  n.first.tell("pin 4711");
  n.serve(n.modem("first", "simcom", "[sms]", ", sim_pin: \"4711\""));
  serves(n, "1", 25);
  CHECK(n.log_has("SIM: the SIM is busy"));
  CHECK(n.first.count("at AT+CPIN=") == 1);
  CHECK(contents(n.where.at("first.traffic")).find("4711") == std::string::npos);
}

TEST_CASE("a wrong SIM PIN is tried once and never again, and lines says what is to be done") {
  gsm_night n;
  n.first.tell("pin 4711");
  n.serve(n.modem("first", "simcom", "[sms]", ", sim_pin: \"1111\""));
  n.wait_for_log("the PIN was refused and is not tried again: correct sim_pin");
  CHECK(waited_for([&] { return n.first.count("at AT+CPIN?") >= 4; }, 30));
  CHECK(n.first.count("at AT+CPIN=") == 1);
  CHECK(n.state("first").find(",blocked,") != std::string::npos);
}

TEST_CASE("a message whose PDU is damaged is read twice, logged with its place and octets, and deleted") {
  gsm_night n;
  n.first.tell("pdu 0004X5");
  n.serve(n.modem("first"));
  n.first.wait("deleted 1");
  CHECK(n.first.count("at AT+CMGR=1") == 1);
  n.wait_for_log("the short message at 1 is deleted, its PDU is damaged: 0004X5");
  serves(n, "1");
}

TEST_CASE("a modem that answers ERROR to everything is reset and told of, and serves when it has come to itself") {
  gsm_night n;
  n.first.tell("error");
  n.serve(n.modem("first"));
  n.wait_for_log("it answers ERROR to everything; trying: reset");
  n.first.tell("error off");
  serves(n, "2", 60);
}

TEST_CASE("a modem that stops answering is brought back step by step, and the message that it held is not lost") {
  gsm_night n;
  n.serve(n.modem("first"));
  n.idle("first");
  n.first.tell("sms 989120000003 T 33\nmute"); // at once: what it is asked now it does not answer
  n.wait_for_log("trying: escape", 40);
  n.wait_for_log("trying: hang-up", 40);
  n.first.tell("mute off");
  n.wait_for_log("answers again, after: ", 40);
  n.first.wait("sent 989120000003 Recorded. Receipt ", 40);
  CHECK(n.records() == 1);
  CHECK(n.lines_say("\"recoveries\":1"));
}

TEST_CASE("a port that vanishes in the middle of a call ends that call, is awaited, and serves under its next number") {
  gsm_night n("S1,C,989120000007,\n");
  n.serve(n.modem("first", "simcom", "[calls, sms]"));
  n.idle("first");
  n.first.tell("ring +989120000007");
  n.first.wait("connected");
  n.first.tell("say \\r");
  n.first.wait("Your phone number: ");
  n.first.tell("say 989120000007\\r");
  n.first.wait("Your PIN: ");
  n.first.tell("say 1234\\r");
  n.first.wait("Voters by now");
  n.first.tell("say 2\\r");
  n.first.wait("How many have voted?");
  n.first.tell("say 55\\r");
  n.first.wait("Please check");
  n.first.tell("vanish");
  n.wait_for_log("is over: +989120000007, person");
  CHECK(n.log_has("the port is gone"));
  n.first.tell("appear");
  serves(n, "8", 60);
  // The answer was on disk: the next call goes on there.
  n.first.tell("ring +989120000007");
  n.first.wait("connected", 30, 2);
  n.first.tell("say \\r");
  n.first.wait("Your phone number: ", 30, 2);
  n.first.tell("say 989120000007\\r");
  n.first.wait("Your PIN: ", 30, 2);
  n.first.tell("say 1234\\r");
  n.first.wait("not finished");
  n.first.tell("say 1\\r");
  n.first.wait("Please check", 30, 2);
  n.first.tell("say 1\\r");
  n.first.wait("Recorded. Receipt ");
  n.first.tell("say bye\\r");
  n.first.wait("hung up");
  n.idle("first");
  // Both calls are on the site's account.
  const auto sites = n.command({"report", "sites", "--format", "csv"});
  CHECK_MESSAGE(sites.find("\nS1,C,2,") != std::string::npos, sites);
}

TEST_CASE("a network that refuses a message for now is tried again, one that refuses it for good is not") {
  gsm_night n;
  n.serve(n.modem("first"));
  n.idle("first");
  n.first.tell("cms 38"); // network out of order
  n.first.tell("sms 989120000001 T 11");
  n.first.wait("sent 989120000001 Recorded. Receipt ", 60);
  n.first.tell("cms 21"); // short message transfer rejected
  n.first.tell("sms 989120000002 T 22");
  n.wait_for_log("did not send a short message");
  n.first.wait("deleted 1", 40, 2);
  CHECK(n.records() == 2);
  CHECK(n.first.count("sent 989120000002") == 0);
}
