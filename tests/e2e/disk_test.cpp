#include "tests/e2e/line.h"

#include <sqlite3.h>
#include <sys/resource.h>

using namespace tallyline;
using namespace tallyline::tests;

TEST_CASE("while another program holds the database the phone hears try again later, and afterwards goes on where it "
          "stopped") {
  line l;
  CHECK(l.call(0, {"1", "1234", "1", "120"}).find("2 Second") != std::string::npos);
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open(l.where.at("night.db").c_str(), &other) == SQLITE_OK);
  sqlite3_busy_timeout(other, 30'000); // the gateway may be in the middle of a commit of its own
  REQUIRE(sqlite3_exec(other, "begin immediate", nullptr, nullptr, nullptr) == SQLITE_OK);
  CHECK(l.call(1, whole_report).find("try again later") != std::string::npos);
  sqlite3_exec(other, "rollback", nullptr, nullptr, nullptr);
  sqlite3_close(other);
  CHECK(l.call(0, {"1234", "1"}).find("2 Second") != std::string::npos);
  CHECK(l.call(1, whole_report).find("Receipt") != std::string::npos);
}

TEST_CASE(
    "a full disk costs the answer being given, never a receipt, and the gateway goes on when there is room again") {
  std::signal(SIGXFSZ, SIG_IGN); // inherited by the gateway: a write over the limit then fails as on a full disk
  line l;
  CHECK(l.call(0, {"1", "1234", "1", "120"}).find("2 Second") != std::string::npos);
  rlimit full{1, RLIM_INFINITY};
  REQUIRE(prlimit(l.gateway.id(), RLIMIT_FSIZE, &full, nullptr) == 0);
  CHECK(l.call(1, whole_report).find("try again later") != std::string::npos);
  CHECK(l.call(0, {"1234", "1", "45"}).find("try again later") != std::string::npos);
  rlimit room{RLIM_INFINITY, RLIM_INFINITY};
  REQUIRE(prlimit(l.gateway.id(), RLIMIT_FSIZE, &room, nullptr) == 0);
  CHECK(l.call(0, {"1234", "1"}).find("2 Second") != std::string::npos); // what was acknowledged is there
  CHECK(l.call(0, {"1234", "1", "45", "7", "1"}).find("Receipt") != std::string::npos);
  CHECK(l.call(1, whole_report).find("Receipt") != std::string::npos);
}

TEST_CASE("bad input gets a line that says what to do, and the same report twice the same receipt") {
  line l;
  const std::string first = l.call(2, whole_report);
  CHECK(first.starts_with("Recorded. Receipt "));
  CHECK(l.call(2, whole_report) == "Already recorded. Receipt " + first.substr(18));
  std::vector<std::string> other = whole_report;
  other[3] = "121";
  CHECK(l.call(2, other).starts_with("Corrected. Receipt "));
  CHECK(l.call(777, {}).find("not on the roster") != std::string::npos);
  for (const std::string bad : {"many", "", "1501", "😀", "-3"})
    CHECK_MESSAGE(l.call(3, {"1", "1234", "1", bad}).find("1 First") != std::string::npos, bad);
  CHECK(l.call(4, {"1", "1234", "1", "۱۲۰", "٤٥", "7", "1"}).starts_with("Recorded."));
}

TEST_CASE("five wrong PINs lock the number, a restart does not open it, unlock does") {
  line l;
  CHECK(l.call(5, {"1", "0", "0", "0", "0", "0"}).find("locked") != std::string::npos);
  CHECK(l.gateway.end_gently([&] { l.io.run_one_for(std::chrono::milliseconds(10)); }) == 0);
  l.wait_until([&] { return !l.exchange.has_esme(); });
  l.gateway = serve(l.where, l.exchange.port());
  l.wait_until([&] { return l.exchange.has_esme(); });
  CHECK(l.call(5, {"1", "1234"}).find("locked") != std::string::npos);
  CHECK(run({"unlock", std::to_string(msisdn_of(5)), "--database", l.where.at("night.db")}, l.where.at("log")) == 0);
  CHECK(l.call(5, {"1234"}).find("Contest?") == std::string::npos); // the unfinished report is offered first
  CHECK(l.call(5, {"1234", "1"}).find("Contest?") != std::string::npos);
}
