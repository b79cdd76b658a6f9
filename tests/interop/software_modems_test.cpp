// A person's terminal and a site's program on software modems (V.22bis), and the real binary at the other end of the
// line. In real time.
#include "tests/interop/dial_up_night.h"

#include <fcntl.h>
#include <random>
#include <termios.h>

using namespace tallyline::tests;

namespace {

// A person at a terminal program: what is typed, and what the screen shows.
class person {
public:
  explicit person(const std::string& device) : fd_(::open(device.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK)) {
    REQUIRE(fd_ >= 0);
    termios raw{};
    ::tcgetattr(fd_, &raw);
    ::cfmakeraw(&raw);
    ::tcsetattr(fd_, TCSANOW, &raw);
  }
  ~person() { ::close(fd_); }
  void type(std::string_view octets) const {
    REQUIRE(::write(fd_, octets.data(), octets.size()) == ssize_t(octets.size()));
  }
  void until(std::string_view part, int seconds = 30) {
    const bool came = waited_for([&] { return read().find(part) != std::string::npos; }, seconds);
    INFO(seen_);
    REQUIRE_MESSAGE(came, "'", part, "' was waited for");
    seen_.erase(0, seen_.find(part) + part.size());
  }
  void answer(std::string_view line, std::string_view part) {
    type(std::string(line) + "\r");
    until(part);
  }
  void dial() {
    answer("ATE0", "OK");
    type("ATDT5551234\r");
    until("CONNECT 2400\r\n", 60);
  }

private:
  const std::string& read() {
    char in[1024];
    for (ssize_t n; (n = ::read(fd_, in, sizeof in)) > 0;)
      seen_.append(in, static_cast<std::size_t>(n));
    return seen_;
  }
  int fd_;
  std::string seen_;
};

struct software_modems : dial_up_night {
  peer line;
  std::string office, remote;

  // `noise`: in dBm0; a burst is 32 dB above it.
  explicit software_modems(const char* noise = "-60")
      : dial_up_night("S1,C,982100000001,\n"), line({TALLYLINE_SOFTMODEM, "50", noise}, where.at("devices")) {
    line.wait("/dev/", 30, 2);
    std::ifstream in(where.at("devices"));
    std::getline(in, office), std::getline(in, remote);
    std::ofstream(where.at("soft.yaml")) << "profile: soft\nabout: software modems\nflow: none\nspeeds: [115200]\n";
    serve(fmt::format("  - {{name: office, port: {}, profile: ./soft.yaml, answer_after: 1, locks: {}, traffic_log: "
                      "office.traffic}}\n",
                      office, where.at("locks")));
    CHECK(waited_for([&] { return lines().find(",idle,") != std::string::npos; }));
  }
  bool idle() const {
    return waited_for([&] { return lines().find(",idle,") != std::string::npos; }, 120);
  }
  std::string lines() const {
    fs::remove(where.at("state"));
    run({"lines", "--only", "modems", "--format", "csv", "--database", where.at("night.db")}, where.at("state"));
    return contents(where.at("state"));
  }
  // What the modems say of themselves.
  std::size_t trained() const {
    const auto all = contents(where.at("devices.errors"));
    std::size_t n = 0;
    for (std::size_t at = 0; (at = all.find("CONNECT", at)) != std::string::npos; ++at)
      ++n;
    return n;
  }
  std::vector<std::string> site(std::vector<std::string> a) const {
    a.insert(a.begin(), "site");
    a.insert(a.end(), {"--folder", where.at("site")});
    return a;
  }
};

} // namespace

TEST_CASE("a person dials in by modem, the carrier is cut in the middle of a count, and the next call goes on there") {
  software_modems n;
  person p(n.remote);
  p.dial();
  p.answer("", "Your phone number: ");
  p.answer("989120000001", "Your PIN: ");
  p.answer("1234", "Voters by now");
  p.answer("1", "Contest?");
  p.answer("1", "1 First");
  p.answer("120", "2 Second");
  n.line.tell("cut");
  p.until("NO CARRIER");
  n.wait_for_log("carrier lost");
  n.line.tell("join");
  CHECK(waited_for([&] { return n.lines().find(",idle,") != std::string::npos; }));
  p.dial();
  p.answer("", "Your phone number: ");
  p.answer("989120000001", "Your PIN: ");
  p.answer("1234", "Your report is not finished.");
  p.answer("1", "2 Second");
  p.answer("45", "Invalid ballots?");
  p.answer("7", "Please check:");
  p.answer("1", "Recorded. Receipt ");
  p.answer("bye", "Goodbye.");
  p.until("NO CARRIER");
  CHECK(n.records() == 1);
  // Both calls are on the account of the site that is the only one where this officer reports.
  const bool counted = waited_for([&] {
    return n.command({"report", "sites", "--format", "csv"}).find("\nS1,C,2,") != std::string::npos;
  });
  CHECK_MESSAGE(counted, n.command({"report", "sites", "--format", "csv"}));
  const auto traffic = contents(n.where.at("office.traffic"));
  CHECK(traffic.find("2 Second") != std::string::npos);
  CHECK(traffic.find("1234") == std::string::npos);
}

TEST_CASE("bursts of noise while a site sends cost time and no report") {
  software_modems n("-48");
  fs::create_directory(n.where.at("site.locks"));
  CHECK(run(n.site({"enrol", n.invited(), "--port", n.remote, "--number", "1", "--profile", n.where.at("soft.yaml"),
                    "--lock-folder", n.where.at("site.locks")}),
            n.where.at("site.log")) == 0);
  std::mt19937 dice(3); // figures that take their octets on the line
  bool hit = false;
  for (const char* contest : {"president", "council"}) {
    {
      std::ofstream file(n.where.at("night.csv"));
      file << "station,contest,votes_1,votes_2,invalid\n";
      for (int station = 1; station <= 20; ++station)
        file << fmt::format("{:06},{},{},{},{}\n", station, contest, dice() % 700, dice() % 700, dice() % 90);
    }
    REQUIRE(run(n.site({"add", "count", "--file", n.where.at("night.csv")}), n.where.at("site.log")) == 0);
    const auto before = n.trained();
    REQUIRE(n.idle()); // the modem must be on hook again before anybody can dial it
    child sends(n.site({"send"}), n.where.at("site.log"));
    REQUIRE(waited_for([&] { return n.trained() >= before + 2; }, 90));
    ::poll(nullptr, 0, 100); // the first flight is on the line
    n.line.tell(contest == std::string("president") ? "burst 60" : "burst 150");
    hit = sends.wait() != 0 || hit;
  }
  hit = hit || contents(n.where.at("site.log")).find("sent again") != std::string::npos;
  for (int more = 0; more < 3 && n.records() < 40 && n.idle(); ++more)
    run(n.site({"send"}), n.where.at("site.log"));
  INFO(contents(n.where.at("site.log")));
  CHECK(hit); // else this has shown nothing
  CHECK(n.records() == 40);
  const auto queue = n.where.at("queue");
  REQUIRE(run(n.site({"queue", "--format", "csv"}), queue) == 0);
  CHECK_MESSAGE(contents(queue).find(",waits,") == std::string::npos, contents(queue));
}
