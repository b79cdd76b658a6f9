// Short messages and calls over a GSM modem: the real binary, and a modem that is a program at a pty.
#include "tests/interop/gsm_night.h"

using namespace tallyline::tests;

TEST_CASE("a count by SMS is recorded, its receipt leaves by the modem, and the network's report on it is matched") {
  gsm_night n;
  n.serve(n.modem("first"));
  n.idle("first");
  n.first.tell("sms 989120000001 T 450");
  n.first.wait("sent 989120000001 Recorded. Receipt ");
  n.first.wait("deleted 1");
  CHECK(n.records() == 1);
  CHECK(waited_for([&] { return n.lines_say("\"sms_delivered\":1"); }));
  // The same again is the same record, and gets the same receipt.
  const auto receipt = n.receipt();
  n.first.tell("sms 989120000001 T 450");
  n.first.wait("sent 989120000001 Already recorded. Receipt " + receipt);
  CHECK(n.records() == 1);
}

TEST_CASE("a long message in parts out of order is one report, and each part leaves the SIM when it is recorded") {
  gsm_night n;
  n.serve(n.modem("first"));
  n.idle("first");
  n.first.tell("part 989120000002 77 3 3 0");
  n.first.tell("part 989120000002 77 3 1 T ");
  n.first.wait("stored 2");
  CHECK(n.first.count("deleted") == 0);
  n.first.tell("part 989120000002 77 3 2 45");
  n.first.wait("sent 989120000002 Recorded. Receipt ");
  n.first.wait("deleted", 30, 3);
  CHECK(n.records() == 1);
}

TEST_CASE("messages that lay on the SIM before the start are taken once, also when the gateway is killed over them") {
  gsm_night n;
  for (int i = 1; i <= 3; ++i)
    n.first.tell(fmt::format("sms 98912000000{} T {}", i, 100 + i));
  n.first.wait("stored 3");
  n.serve(n.modem("first"));
  n.first.wait("at AT+CMGL=4");
  n.gateway.end(SIGKILL);
  n.serve(n.modem("first"));
  n.first.wait("deleted", 40, 3);
  for (int i = 1; i <= 3; ++i) // what had been recorded before the kill is said to have been
    n.first.wait(fmt::format("sent 98912000000{} ", i));
  n.first.wait("ecorded. Receipt ", 30, 3);
  CHECK(n.records() == 3);
}

TEST_CASE("two modems share what is to be sent") {
  gsm_night n;
  peer second({TALLYLINE_GSM_MODEM, n.where.at("second"), "quectel"}, n.where.at("second.said"));
  second.wait("port ");
  n.serve(n.modem("first") + n.modem("second", "quectel"));
  n.idle("first"), n.idle("second");
  n.first.tell("takes 1500"), second.tell("takes 1500");
  for (int i = 1; i <= 6; ++i)
    n.first.tell(fmt::format("sms 98912000000{} T {}", i, 100 + i));
  CHECK(waited_for([&] { return n.first.count("sent ") + second.count("sent ") == 6; }));
  CHECK(n.first.count("sent ") >= 2);
  CHECK(second.count("sent ") >= 2);
  CHECK(n.records() == 6);
}

TEST_CASE(
    "a modem whose answers are acknowledged gets its word on each, and the network is told to try again otherwise") {
  gsm_night n;
  n.first.tell("service 1");
  n.first.tell("boot");
  n.serve(n.modem("first", "./direct.yaml"));
  n.first.wait("at AT+CMGL=4"); // from then on it tells
  n.first.tell("sms 989120000004 T 321");
  n.first.wait("acknowledged");
  n.first.wait("sent 989120000004 Recorded. Receipt ");
  n.first.wait("acknowledged", 30, 2); // of the report on it
  CHECK(n.records() == 1);
  CHECK(n.first.count("unacknowledged") == 0);
}

TEST_CASE("a person dials in over GSM, reports at the menus, and what follows the number is in no log") {
  gsm_night n;
  n.serve(n.modem("first", "simcom", "[calls, sms]"));
  n.idle("first");
  n.first.tell("ring +989120000005");
  n.first.wait("connected");
  n.first.tell("say \\r");
  n.first.wait("Your phone number: ");
  n.first.tell("say 989120000005\\r");
  n.first.wait("Your PIN: ");
  n.first.tell("say 1234\\r");
  n.first.wait("Voters by now");
  n.first.tell("say 2\\r");
  n.first.wait("How many have voted?");
  n.first.tell("say 777\\r");
  n.first.wait("Please check");
  n.first.tell("say 1\\r");
  n.first.wait("Recorded. Receipt ");
  // While it talks, a short message waits on the SIM and is taken afterwards.
  n.first.tell("sms 989120000006 T 99");
  n.first.tell("say bye\\r");
  n.first.wait("hung up");
  n.first.wait("sent 989120000006 Recorded. Receipt ");
  CHECK(n.records() == 2);
  const auto traffic = contents(n.where.at("first.traffic"));
  CHECK(traffic.find("How many have voted?") != std::string::npos);
  CHECK(traffic.find("777") != std::string::npos);
  CHECK(traffic.find("1234") == std::string::npos);
  CHECK(traffic.find("····") != std::string::npos);
  CHECK_FALSE(n.log_has("1234"));
}

TEST_CASE("modem probe says what is at the port, and lines what the modem does") {
  gsm_night n;
  const auto to = n.where.at("probe");
  CHECK(run({"modem", "probe", n.where.at("first"), "--lock-folder", n.where.at("locks"), "--format", "csv"}, to) == 0);
  const auto found = contents(to);
  for (const char* line : {"profile,simcom", "SIM,open", "network,registered at home", "signal,18 of 31 (-77 dBm)",
                           "short messages,yes", "manufacturer,SIMCOM_Ltd"})
    CHECK_MESSAGE(found.find(line) != std::string::npos, found);
  n.serve(n.modem("first"));
  n.idle("first");
  const auto lines = n.command({"lines", "--only", "modems", "--format", "csv"});
  CHECK_MESSAGE(lines.find("first,simcom,idle") != std::string::npos, lines);
  CHECK(lines.find("registered, signal 18") != std::string::npos);
  // Two programs on one port: the second is told who has it.
  CHECK(run({"modem", "probe", n.where.at("first"), "--lock-folder", n.where.at("locks")}, n.where.at("second")) == 1);
  CHECK_MESSAGE(contents(n.where.at("second")).find("(tallyline)") != std::string::npos,
                contents(n.where.at("second")));
}
