// Short messages from a SIM to a record and back: the bearer, the pool and a modem that is not there.
#include "gateway/modem_sms.h"
#include "tests/support/fake_modem.h"
#include "tests/support/memory_store.h"

#include <doctest/doctest.h>

using namespace tallyline;
using namespace tallyline::gateway;
using namespace std::chrono_literals;

namespace {

struct one_modem {
  tests::fake_modems world;
  tests::fake_modem& m = world.add("/dev/gsm");
  storage::memory_store store;
  sms_bearer bearer{store};
  modem_sms modems{bearer, {.code = "140", .country = "98"}};
  std::unique_ptr<modem::pool> pool;
  std::vector<std::string> lines;
  std::vector<std::uint64_t> who;
  return_path path;
  bool takes = true;

  one_modem() {
    bearer.deliver_to([this](const inbound& in) {
      if (!takes) return false;
      lines.emplace_back(in.text);
      who.push_back(in.msisdn);
      path = in.path;
      return true;
    });
    m.answers["AT+CPIN?"] = "\r\n+CPIN: READY\r\n\r\nOK\r\n";
    m.answers["AT+CREG?"] = "\r\n+CREG: 1,1\r\n\r\nOK\r\n";
    modem::line_settings s;
    s.name = "gsm";
    s.port.path = "/dev/gsm";
    s.profile.gsm = s.profile.messages = s.messages = true;
    modem::pool_handlers h;
    modems.listen(h);
    pool = std::make_unique<modem::pool>(world, std::vector{s}, h);
    modems.use(*pool);
  }
  // Is stored on the SIM at this place.
  void store_at(int index, std::string_view tpdu) {
    m.answers["AT+CMGR=" + std::to_string(index)] = "\r\n+CMGR: 0,,30\r\n00" + std::string(tpdu) + "\r\n\r\nOK\r\n";
    m.say("\r\n+CMTI: \"SM\"," + std::to_string(index) + "\r\n");
    world.run(1s);
  }
  bool asked(std::string_view command) const {
    return std::find(m.heard.begin(), m.heard.end(), command) != m.heard.end();
  }
  void start() {
    pool->start();
    world.run(5s);
  }
};

// From 09123456789: "COUNT 1".
constexpr std::string_view count = "040BA19021436587F900001121101020300007C367D54905C500";

} // namespace

TEST_CASE_FIXTURE(one_modem, "A message stays on the SIM until what it said is on disk") {
  start();
  store_at(3, count);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] == "COUNT 1");
  CHECK(who[0] == 989123456789);
  CHECK_FALSE(asked("AT+CMGD=3"));
  bearer.page(989123456789, "140", path, "", false);
  world.run(1s);
  CHECK(asked("AT+CMGD=3"));
}

TEST_CASE_FIXTURE(one_modem, "A message that could not be kept is told again") {
  start();
  takes = false;
  store_at(3, count);
  CHECK(lines.empty());
  CHECK_FALSE(asked("AT+CMGD=3"));
  takes = true;
  m.answers["AT+CMGL=4"] = "\r\n+CMGL: 3,1,,30\r\n00" + std::string(count) + "\r\n\r\nOK\r\n";
  CHECK(world.run_until([&] { return lines.size() == 1; }, 2min));
}

TEST_CASE_FIXTURE(one_modem, "A reply leaves by the modem, and its status report is matched") {
  start();
  m.answers["AT+CMGS=21"] = "\r\n> ";
  m.otherwise = "\r\n+CMGS: 41\r\n\r\nOK\r\n";
  store_at(3, count);
  REQUIRE(lines.size() == 1);
  bearer.page(989123456789, "140", path, "Recorded", true);
  bearer.flush();
  world.run(5s);
  CHECK(asked("AT+CMGS=21"));
  CHECK(asked("0031000C918919325476980000A708D2F2F82D2797C9"));
  CHECK(asked("AT+CMGD=3")); // the SMSC has the reply
  CHECK(bearer.counters().sent == 1);
  m.say("\r\n+CDS: 25\r\n0006290C9189193254769811211010203000112110102030000\r\n"); // damaged: an odd number of digits
  m.say("\r\n+CDS: 25\r\n0006290C91891932547698112110102030001121101020300000\r\n");
  world.run(1s);
  CHECK(bearer.counters().delivered == 1);
}

TEST_CASE_FIXTURE(one_modem, "A damaged message is deleted, lest it fill the SIM") {
  start();
  store_at(5, "0415");
  CHECK(lines.empty());
  CHECK(asked("AT+CMGD=5"));
}

TEST_CASE("Numbers become international by the country's code") {
  const auto full = [](std::string from, bool international, std::string_view country) {
    sms::delivered_message d;
    d.from = std::move(from);
    d.international = international;
    return modem_sms::full_number(d, country);
  };
  CHECK(full("989121234567", true, "98") == "989121234567");
  CHECK(full("09121234567", false, "98") == "989121234567");
  CHECK(full("00989121234567", false, "98") == "989121234567");
  CHECK(full("09121234567", false, "") == "09121234567");
}
