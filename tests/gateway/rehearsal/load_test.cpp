#include "gateway/rehearsal/load.h"
#include "gateway/rehearsal/load_script.h"
#include "tests/gateway/rehearsal/esme_double.h"

#include <doctest/doctest.h>
#include <set>
#include <sstream>

using namespace tallyline;
using namespace tallyline::rehearsal;
using namespace tallyline::rehearsal::test;

namespace {

struct fixture {
  explicit fixture(unsigned turns) : e(io, center.port()) {
    e.bind();
    echo(e, turns);
  }

  load_result run(load_settings s, const load_script& script) {
    const auto shared = std::make_shared<const load_script>(script);
    return run(std::move(s), [&] { return scripted_caller(shared); });
  }
  load_result run(load_settings s, const std::function<std::unique_ptr<caller>()>& make) {
    std::optional<load_result> ended;
    load phones(io, center, std::move(s), make);
    phones.start([&](const load_result& r) { ended = r; });
    REQUIRE(run_until(io, [&] { return ended.has_value(); }));
    return *ended;
  }

  boost::asio::io_context io{1};
  smsc center{io, {}};
  esme_double e;
};

load_settings settings(std::uint32_t concurrent, std::uint64_t sessions) {
  load_settings s;
  s.concurrent = concurrent;
  s.sessions = sessions;
  return s;
}

load_script answers(std::size_t n) {
  load_script s;
  s.answers.assign(n, "7");
  return s;
}

} // namespace

TEST_CASE("a load counts exactly its sessions and turns, whatever the concurrency") {
  for (const std::uint32_t concurrent : {1U, 7U, 100U, 1500U}) {
    fixture f(8);
    const auto r = f.run(settings(concurrent, 1000), answers(7));
    CHECK(r.sessions == 1000);
    CHECK(r.completed == 1000);
    CHECK(r.turns == 8000);
    CHECK(r.turn_latency.count() == 8000);
    CHECK(r.clean());
    CHECK(f.center.count().sessions == 1000);
    CHECK(f.center.open_sessions() == 0);
    CHECK(r.seconds > 0);
  }
}

TEST_CASE("a script that runs out of answers hangs up") {
  fixture f(8);
  const auto r = f.run(settings(10, 50), answers(3));
  CHECK(r.hung_up == 50);
  CHECK(r.completed == 0);
  CHECK(r.turns == 200);
}

TEST_CASE("pages that are not the expected ones are counted and shown") {
  fixture f(3);
  auto s = settings(5, 20);
  s.expected = [](const page& p, std::uint64_t index, unsigned turn) {
    const auto number = std::to_string(989120000001 + index);
    if (index == 11 && turn == 2) return false;
    return p.text == number + " said " + (turn == 0 ? "*140#" : "7") && (p.kind == page_kind::final) == (turn == 2);
  };
  const auto r = f.run(s, answers(2));
  CHECK(r.completed == 20);
  CHECK(r.unexpected == 1);
  CHECK_FALSE(r.clean());
  REQUIRE(r.examples.size() == 1);
  CHECK(r.examples[0] == "session 11 of 989120000012, turn 2: unexpected page: 989120000012 said 7");
}

TEST_CASE("two sessions of one number never overlap: the later one waits") {
  fixture f(4);
  auto script = answers(3);
  script.subscribers = 3;
  auto s = settings(20, 90);
  s.expected = [](const page& p, std::uint64_t, unsigned) { return p.kind != page_kind::failed; };
  const auto r = f.run(s, script);
  CHECK(r.completed == 90);
  CHECK(r.clean());
}

TEST_CASE("people's numbers and PINs take the places of {msisdn} and {pin}") {
  fixture f(3);
  load_script script;
  script.code = "*140*{msisdn}#";
  script.answers = {"{pin}", "my {msisdn}, {pin}{pin}"};
  script.people = {{989121, "1234"}, {989122, "0042"}};
  std::set<std::string> seen;
  auto s = settings(1, 2);
  s.expected = [&](const page& p, std::uint64_t, unsigned) { return seen.insert(std::string(p.text)).second; };
  CHECK(f.run(s, script).clean());
  CHECK(seen == std::set<std::string>{"989121 said *140*989121#", "989121 said 1234", "989121 said my 989121, 12341234",
                                      "989122 said *140*989122#", "989122 said 0042",
                                      "989122 said my 989122, 00420042"});
}

TEST_CASE("a failed session is given up, or dialled again as often as its caller wants") {
  for (const unsigned redials : {0U, 2U}) {
    fixture f(2);
    f.e.deliver_status = smpp::status::rx_temporary_error;
    auto script = answers(1);
    script.redials = redials;
    const auto r = f.run(settings(4, 12), script);
    CHECK(r.failed == 12);
    CHECK(r.redials == 12 * redials);
    CHECK(r.turns == 0);
    CHECK(r.examples.size() == 5);
    CHECK_FALSE(r.clean());
  }
}

TEST_CASE("a code that cannot be dialled fails every session and ends") {
  fixture f(2);
  auto script = answers(1);
  script.code = "140";
  CHECK(f.run(settings(4, 12), script).failed == 12);
}

TEST_CASE("phones wait for an ESME to come back and carry on") {
  fixture f(2);
  auto script = answers(1);
  script.redials = 1000;
  std::optional<load_result> ended;
  const auto shared = std::make_shared<const load_script>(script);
  load phones(f.io, f.center, settings(10, 100'000), [&] { return scripted_caller(shared); });
  phones.start([&](const load_result& r) { ended = r; });
  REQUIRE(run_until(f.io, [&] { return phones.so_far().completed > 50; }));
  f.e.close();
  REQUIRE(run_until(f.io, [&] { return !f.center.has_esme(); }));
  const auto before = phones.so_far().completed;
  esme_double back(f.io, f.center.port());
  echo(back, 2);
  back.bind();
  REQUIRE(run_until(f.io, [&] { return phones.so_far().completed > before + 50; }));
  phones.stop();
  REQUIRE(run_until(f.io, [&] { return ended.has_value(); }));
  CHECK(ended->redials > 0);
  CHECK(ended->completed + ended->failed == ended->sessions);
}

TEST_CASE("without any ESME a load gives up and says so") {
  boost::asio::io_context io{1};
  smsc center(io, {});
  auto s = settings(3, 3);
  s.patience_s = 0;
  std::optional<load_result> ended;
  const auto shared = std::make_shared<const load_script>();
  load phones(io, center, s, [&] { return scripted_caller(shared); });
  phones.start([&](const load_result& r) { ended = r; });
  REQUIRE(run_until(io, [&] { return ended.has_value(); }));
  CHECK(ended->gave_up == "no gateway bound for 0 s");
  CHECK_FALSE(ended->clean());
}

TEST_CASE("held sessions are all open at once, then hang up together") {
  fixture f(8);
  auto s = settings(2000, 2000);
  s.hold_s = 1;
  std::size_t open = 0;
  std::optional<load_result> ended;
  const auto shared = std::make_shared<const load_script>(answers(2));
  load phones(f.io, f.center, s, [&] { return scripted_caller(shared); });
  phones.on_held([&](const load_result&) { open = f.center.open_sessions(); });
  phones.start([&](const load_result& r) { ended = r; });
  REQUIRE(run_until(f.io, [&] { return ended.has_value(); }));
  CHECK(open == 2000);
  CHECK(ended->held == 2000);
  CHECK(ended->hung_up == 2000);
  CHECK(ended->turns == 6000);
  CHECK(f.center.open_sessions() == 0);
}

TEST_CASE("a load may be destroyed in the middle and its phones are silent") {
  fixture f(8);
  {
    const auto shared = std::make_shared<const load_script>(answers(7));
    load phones(f.io, f.center, settings(50, 100'000), [&] { return scripted_caller(shared); });
    phones.start([](const load_result&) {});
    REQUIRE(run_until(f.io, [&] { return phones.so_far().turns > 100; }));
  }
  CHECK(f.center.open_sessions() == 0);
  f.io.restart();
  f.io.poll();
}

TEST_CASE("people are read from CSV with quotes, a byte order mark and further columns, a bad line is named") {
  const auto read = [](const std::string& text) {
    std::istringstream in(text);
    return read_people(in, "people.csv");
  };
  const auto two =
      read("\xEF\xBB\xBFmsisdn,pin,role,name\r\n98912345678,0042,clerk,\"Doe, \"\"J\"\"\"\r\n\n+98912345679,1,x,y\n");
  REQUIRE(two.has_value());
  REQUIRE(two->size() == 2);
  CHECK((*two)[0].msisdn == 98912345678);
  CHECK((*two)[0].pin == "0042");
  CHECK((*two)[1].msisdn == 98912345679);
  CHECK(read("").error() == "people.csv:1: empty: a header row with msisdn and pin belongs here");
  CHECK(read("number,pin\n").error() == "people.csv:1: the header row has no msisdn");
  CHECK(read("msisdn\n").error() == "people.csv:1: the header row has no pin");
  CHECK(read("msisdn,pin\n98912345678\n").error() == "people.csv:2: not the 2 fields of the header row");
  CHECK(read("msisdn,pin\n98912345678,1\nabc,1\n").error() == "people.csv:3: 'abc' is no msisdn: 5 to 15 digits");
  CHECK(read("msisdn,pin\n98912345678,\"1\n").error() == "people.csv:2: not the 2 fields of the header row");
  CHECK(read("msisdn,pin\n").error() == "people.csv:2: nobody in it");
}
