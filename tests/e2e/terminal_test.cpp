// People and files over the real binary's port for callers, lrzsz's sz and pppd as real programs.
#include "storage/reader.h"
#include "tests/e2e/night.h"

#include <arpa/inet.h>
#include <csignal>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

using namespace tallyline;
using namespace tallyline::tests;

namespace {

constexpr int patience_ms = 20'000;

// A port that nobody listens on now.
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

class caller {
public:
  explicit caller(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    a.sin_port = htons(port);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&a), sizeof a) == 0;
  }
  ~caller() { ::close(fd_); }
  bool connected() const { return connected_; }
  int line() const { return fd_; }
  void type(std::string_view octets) { REQUIRE(::write(fd_, octets.data(), octets.size()) == ssize_t(octets.size())); }
  // Reads until it shows; what was seen up to there.
  std::string until(std::string_view part) {
    std::string seen;
    while (seen.find(part) == std::string::npos) {
      pollfd p{fd_, POLLIN, 0};
      char in[4096];
      INFO("seen so far: ", seen);
      REQUIRE_MESSAGE(::poll(&p, 1, patience_ms) == 1, "'", part, "' was waited for");
      const auto got = ::read(fd_, in, sizeof in);
      REQUIRE_MESSAGE(got > 0, "the call ended before '", part, "'");
      seen.append(in, std::size_t(got));
    }
    return seen;
  }
  bool ended() {
    char in[4096];
    for (;;) {
      pollfd p{fd_, POLLIN, 0};
      if (::poll(&p, 1, patience_ms) != 1) return false;
      if (::read(fd_, in, sizeof in) <= 0) return true;
    }
  }
  std::string answer(std::string_view line, std::string_view part) {
    type(std::string(line) + "\r");
    return until(part);
  }

private:
  int fd_;
  bool connected_ = false;
};

struct terminal_night {
  folder where;
  std::uint16_t port = free_port();
  child gateway;

  terminal_night(void (*make_pack)(const folder&), const std::string& menu, const std::string& more = {}) {
    make_pack(where);
    REQUIRE(run({"import", where.at("pack"), "--database", where.at("night.db")}, where.at("log")) == 0);
    std::ofstream(where.at("gateway.yaml")) << fmt::format(
        "database: night.db\nmenus: [{}/{}]\nsmsc: {{port: {}}}\nterminal: {{listen: \"127.0.0.1:{}\"}}\n{}",
        TALLYLINE_SOURCE_DIR, menu, free_port(), port, more);
    gateway = child({"serve", "--config", where.at("gateway.yaml")}, where.at("log"));
    wait_for_log("callers over TCP");
  }
  void wait_for_log(std::string_view part) const {
    for (int i = 0; i < 2000 && where.log().find(part) == std::string::npos; ++i)
      ::poll(nullptr, 0, 10);
    INFO(where.log());
    REQUIRE(where.log().find(part) != std::string::npos);
  }
  std::int64_t records() const {
    auto reader = storage::reader::open(where.at("night.db"));
    REQUIRE(reader.has_value());
    const auto counts = reader->counts();
    REQUIRE(counts.has_value());
    std::int64_t all = 0;
    for (const auto& c : *counts)
      all += c.records;
    return all;
  }
};

void bench_pack(const folder& f) {
  REQUIRE(std::system(fmt::format("{}/tests/bench/ussd/make_pack {} 20", TALLYLINE_SOURCE_DIR, f.at("pack")).c_str()) ==
          0);
}

// The demo's, and somebody who keeps a site's line for the whole country.
void georgia_pack(const folder& f) {
  fs::copy(std::string(TALLYLINE_SOURCE_DIR) + "/scripts/demo/georgia-2013", f.at("pack"), fs::copy_options::recursive);
  std::ofstream(f.at("pack/people.csv"), std::ios::app) << "995599999999,4321,site_operator,GE,Site operator,en\n";
}

std::vector<std::string> lines_of(const std::string& file, std::size_t most) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; lines.size() < most && std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells(1);
  for (const char c : line)
    if (c == ',')
      cells.emplace_back();
    else
      cells.back() += c;
  return cells;
}

// 50 real rows as a file of reports, three of them spoilt: the 5th, the 20th and the 41st.
void write_night(const std::string& to) {
  const auto rows = lines_of(std::string(TALLYLINE_SOURCE_DIR) + "/scripts/demo/georgia-2013/reports.csv", 51);
  REQUIRE(rows.size() == 51);
  std::ofstream out(to);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    auto cells = cells_of(rows[r]);
    cells.erase(cells.begin() + 1, cells.begin() + 3); // the turnout is another form's
    if (r == 5) cells[1] = "many";
    if (r == 20) cells[0] = "99999";
    if (r == 41) cells.pop_back();
    out << (r ? "count" : "form");
    for (const auto& c : cells)
      out << ',' << c;
    out << (r ? ",sum_differs over_registered over_received" : ",confirm") << '\n';
  }
}

// A real program at the caller's end of the line, until it ends.
int run_on(int line, std::vector<std::string> arguments) {
  std::vector<char*> argv;
  for (auto& a : arguments)
    argv.push_back(a.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, line, 0);
  posix_spawn_file_actions_adddup2(&actions, line, 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t pid = -1;
  REQUIRE(posix_spawnp(&pid, argv.front(), &actions, nullptr, argv.data(), environ) == 0);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::map<std::string, std::string> receipts_in(const std::string& told) {
  std::map<std::string, std::string> receipts; // by line
  for (std::size_t at = 0; (at = told.find("\nline ", at)) != std::string::npos; ++at) {
    const auto colon = told.find(':', at), end = told.find('\r', at), receipt = told.find("Receipt ", at);
    if (receipt < end) receipts[told.substr(at + 6, colon - at - 6)] = told.substr(receipt + 8, end - receipt - 8);
  }
  return receipts;
}

} // namespace

TEST_CASE("a person reports a count at a terminal, loses the line in the middle, and goes on in the next call") {
  terminal_night n(bench_pack, "tests/bench/ussd/menu.yaml");
  {
    caller c(n.port);
    REQUIRE(c.connected());
    c.answer("", "Your phone number: ");
    c.answer("989120000001", "Your PIN: ");
    c.answer("1234", "2 Help\r\n> ");
    c.answer("1", "Contest?");
    c.answer("1", "1 First");
    c.answer("120", "2 Second");
  }
  caller c(n.port);
  c.until("Your phone number: "); // nothing was said: greeted
  c.answer("989120000001", "Your PIN: ");
  c.answer("1234", "Your report is not finished.");
  c.answer("1", "2 Second");
  c.answer("45", "Invalid ballots?");
  c.answer("7", "Please check:");
  c.answer("1", "Recorded. Receipt ");
  c.answer("bye", "Goodbye.");
  CHECK(c.ended());
  CHECK(n.records() == 1);
  CHECK(n.gateway.end(SIGTERM) == 0);
}

TEST_CASE(
    "50 real rows by ZMODEM and again by YMODEM: the good ones recorded once, the same receipts, three lines named") {
  terminal_night n(georgia_pack, "scripts/demo/georgia-2013/menu.yaml");
  write_night(n.where.at("night.csv"));
  caller c(n.port);
  c.answer("", "Your phone number: ");
  c.answer("995599999999", "Your PIN: ");
  c.answer("4321", "write send");
  std::map<std::string, std::string> first;
  for (const bool zmodem : {true, false}) {
    c.answer(zmodem ? "send" : "send ymodem", "ends it.");
    CHECK(run_on(c.line(), {zmodem ? "sz" : "sb", "-b", "-q", n.where.at("night.csv")}) == 0);
    const std::string told = c.until("send the file again");
    CHECK_MESSAGE(told.find("line 6: signatures: Digits only") != std::string::npos, told);
    CHECK(told.find("line 21: 99999 is not known here") != std::string::npos);
    CHECK(told.find("line 42: 28 cells") != std::string::npos);
    CHECK(told.find("47 recorded, 3 refused.") != std::string::npos);
    const auto receipts = receipts_in(told);
    CHECK(receipts.size() == 47);
    if (zmodem) first = receipts;
    CHECK(receipts == first);
    CHECK(n.records() == 47);
  }
  c.type("bye\r");
  CHECK(c.ended());
  CHECK(n.gateway.end(SIGTERM) == 0);
}

TEST_CASE("a PPP caller is handed to pppd, whose complaint is in the log, and the next caller is served") {
  terminal_night n(bench_pack, "tests/bench/ussd/menu.yaml",
                   "ppp: {options: [noauth, noipdefault], local: 10.64.0.1, remote: 10.64.0.2}\n");
  {
    caller c(n.port);
    c.type({"\x7E\xFF\x7D\x23\xC0\x21\x7D\x21\x7D\x21\x7D\x20\x7D\x34\x7E", 15});
    n.wait_for_log("handed to /usr/sbin/pppd");
    if (::access("/dev/ppp", F_OK) != 0) {
      CHECK(c.ended());
      n.wait_for_log("pppd ended with exit status");
    }
  }
  caller next(n.port);
  next.answer("", "Your phone number: ");
  CHECK(n.gateway.end(SIGTERM) == 0);
}

TEST_CASE("noise on the port for callers ends that call and costs nobody else anything") {
  terminal_night n(bench_pack, "tests/bench/ussd/menu.yaml");
  caller good(n.port), bad(n.port);
  good.answer("", "Your phone number: ");
  std::string noise;
  unsigned dice = 7;
  for (int i = 0; i < 60'000; ++i)
    noise += static_cast<char>((dice = dice * 1664525 + 1013904223) >> 24);
  std::signal(SIGPIPE, SIG_IGN);
  for (std::size_t at = 0; at < noise.size(); at += 500)
    if (::write(bad.line(), noise.data() + at, 500) <= 0) break;
  CHECK(bad.ended());
  good.answer("989120000001", "Your PIN: ");
  good.answer("1234", "Station");
  n.wait_for_log("octets of noise");
  CHECK(n.gateway.end(SIGTERM) == 0);
}
