#include "modem/probe.h"
#include "tests/support/fake_modem.h"

#include <doctest/doctest.h>
#include <filesystem>

using namespace tallyline;
using namespace tallyline::modem;
using namespace std::chrono_literals;

namespace {

struct probing {
  tests::fake_modems world;
  tests::fake_modem& m = world.add("/dev/m");
  std::optional<probe_result> found;

  void run() {
    const probe p(world, {.path = "/dev/m"}, {115200, 9600},
                  read_profiles(std::filesystem::path(TALLYLINE_SOURCE_DIR) / "modem/profiles"),
                  [this](const probe_result& r) { found = r; });
    world.run_until([&] { return found.has_value(); }, 10min);
    REQUIRE(found);
  }
  std::string value(std::string_view item) const {
    for (const auto& f : found->findings)
      if (f.item == item) return f.value;
    return "not told";
  }
};

} // namespace

TEST_CASE_FIXTURE(probing, "A probe says who a modem is, how it is, and which profile fits") {
  m.otherwise = "\r\nERROR\r\n";
  m.echo = true;
  m.answers = {{"AT", "\r\nOK\r\n"},
               {"ATE0V1Q0", "\r\nOK\r\n"},
               {"AT+CGMI", "\r\nSIMCOM_Ltd\r\n\r\nOK\r\n"},
               {"AT+CGMM", "\r\nSIMCOM_SIM800L\r\n\r\nOK\r\n"},
               {"AT+CPIN?", "\r\n+CME ERROR: 10\r\n"},
               {"AT+CSQ", "\r\n+CSQ: 7,0\r\n\r\nOK\r\n"},
               {"AT+COPS?", "\r\n+COPS: 0,0,\"IR-MCI\"\r\n\r\nOK\r\n"},
               {"AT+CREG?", "\r\n+CREG: 0,3\r\n\r\nOK\r\n"}};
  run();
  CHECK(found->answered);
  CHECK(found->speed == 115200);
  CHECK(found->profile == "simcom");
  CHECK(value("model") == "SIMCOM_SIM800L");
  CHECK(value("SIM") == "no SIM is inserted (+CME ERROR 10)");
  CHECK(value("signal") == "7 of 31 (-99 dBm), weak: move the antenna");
  CHECK(value("operator") == "IR-MCI");
  CHECK(value("network") == "refused by the network");
  CHECK(value("short messages") == "not told");
}

TEST_CASE_FIXTURE(probing, "A modem that answers OK to what it does not know is not said to have a SIM or a network") {
  m.answers = {{"ATI", "\r\nspandsp\r\n\r\nOK\r\n"},
               {"AT+CPIN?", "\r\n+CPIN:0\r\n\r\nOK\r\n"},
               {"AT+CREG?", "\r\n+CREG:0\r\n\r\nOK\r\n"},
               {"AT+CLIP=?", "\r\n+CLIP:\r\n\r\nOK\r\n"},
               {"AT+VCID=?", "\r\n0,1\r\n\r\nOK\r\n"}};
  run();
  for (const char* item : {"SIM", "network", "operator", "short messages", "caller number, GSM"})
    CHECK_MESSAGE(value(item) == "not told", item);
  CHECK(value("caller number, +VCID") == "yes");
  CHECK(value("says of itself (ATI)") == "spandsp");
}

TEST_CASE_FIXTURE(probing, "A probe of silence says what was tried and what to try") {
  m.mute = true;
  run();
  CHECK_FALSE(found->answered);
  CHECK(found->trouble.starts_with("nothing answers AT at 115200, 9600 bit/s. Is it switched on"));
  CHECK(m.done == std::vector<std::string>{"speed 9600", "released"});
}

TEST_CASE_FIXTURE(probing, "A probe of a port that cannot be had says why") {
  m.there = false;
  run();
  CHECK(found->trouble == "not there");
}
