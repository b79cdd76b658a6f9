// A site's program that is killed at any moment between entering a report and hearing what became of it.
#include "tests/interop/dial_up_night.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <random>
#include <sys/socket.h>

using namespace tallyline::tests;

namespace {

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof a;
  REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&a), sizeof a) == 0);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&a), &size);
  ::close(fd);
  return ntohs(a.sin_port);
}

// A gateway that sites reach over TCP, and one of them.
struct linked_night : dial_up_night {
  std::string gateway_at = fmt::format("127.0.0.1:{}", free_port());

  linked_night() : dial_up_night("S1,C,982100000001,\n") {
    std::ofstream(where.at("gateway.yaml"))
        << "database: night.db\nsmsc: none\nmenus: [" << TALLYLINE_SOURCE_DIR
        << "/tests/interop/dial_up.yaml]\nlink: {listen: \"" << gateway_at << "\"}\n";
    gateway = child({"serve", "--config", where.at("gateway.yaml")}, where.at("log"));
    const auto code = invited();
    CHECK(waited_for([&] { return site({"enrol", code, "--gateway", gateway_at}) == 0; }));
  }
  std::vector<std::string> arguments(std::vector<std::string> a) const {
    a.insert(a.begin(), "site");
    a.insert(a.end(), {"--folder", where.at("site")});
    return a;
  }
  int site(std::vector<std::string> a) const { return run(arguments(std::move(a)), where.at("site.log")); }
  std::vector<std::string> queue() const {
    const auto to = where.at("queue");
    fs::remove(to);
    REQUIRE(run(arguments({"queue", "--all", "--format", "csv"}), to) == 0);
    std::vector<std::string> rows;
    std::ifstream in(to);
    for (std::string row; std::getline(in, row);)
      if (row.starts_with(std::to_string(rows.size() + 1) + ",")) rows.push_back(row);
    return rows;
  }
  // Killed after so long, if it has not ended before.
  void killed(std::vector<std::string> a, unsigned after_ms) const {
    child c(arguments(std::move(a)), where.at("site.log"));
    ::poll(nullptr, 0, static_cast<int>(after_ms));
    c.end(SIGKILL);
  }
};

} // namespace

TEST_CASE("a site's program killed at any moment loses no report that waits and doubles none") {
  linked_night n;
  std::mt19937 dice(11);
  for (int station = 1; station <= 12; ++station) {
    const auto scope = fmt::format("station={:06}", station);
    CHECK(n.site({"add", "turnout", scope, fmt::format("present={}", 100 + station)}) == 0);
    n.killed({"send"}, dice() % 120);
    if (station % 4 == 0)
      n.gateway.end(SIGKILL), n.gateway = child({"serve", "--config", n.where.at("gateway.yaml")}, n.where.at("log"));
  }
  CHECK(waited_for([&] { return n.site({"send"}) == 0; }));
  const auto rows = n.queue();
  CHECK(rows.size() == 12);
  std::map<std::string, int> receipts;
  for (const auto& row : rows) {
    CHECK_MESSAGE((row.find(",recorded,") != std::string::npos || row.find(",duplicate,") != std::string::npos), row);
    const auto at = row.find('-');
    REQUIRE(at != std::string::npos);
    ++receipts[row.substr(at - 3, 12)];
  }
  CHECK(receipts.size() == 12);
  CHECK(n.records() == 12);
  for (const auto& [receipt, _] : receipts)
    CHECK(n.command({"receipt", receipt}).find("turnout") != std::string::npos);
}

TEST_CASE("a site's program killed while it takes a file keeps whole reports only, and each is recorded once") {
  linked_night n;
  {
    std::ofstream file(n.where.at("night.csv"));
    file << "station,present\n";
    for (int station = 1; station <= 20; ++station)
      file << fmt::format("{:06},{}\n", station, 200 + station);
  }
  for (const unsigned after : {15U, 40U, 90U})
    n.killed({"add", "turnout", "--file", n.where.at("night.csv")}, after);
  CHECK(n.site({"add", "turnout", "--file", n.where.at("night.csv")}) == 0);
  CHECK(waited_for([&] { return n.site({"send"}) == 0; }));
  CHECK(n.records() == 20); // what was entered twice is the same report
  for (const auto& row : n.queue())
    CHECK_MESSAGE((row.find(",recorded,") != std::string::npos || row.find(",duplicate,") != std::string::npos), row);
}
