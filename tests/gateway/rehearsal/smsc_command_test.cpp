#include "gateway/rehearsal/handset_client.h"
#include "gateway/rehearsal/smsc_command.h"
#include "tests/gateway/rehearsal/esme_double.h"

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/json.hpp>
#include <csignal>
#include <doctest/doctest.h>
#include <sstream>
#include <thread>
#include <unistd.h>

using namespace tallyline;
using namespace tallyline::rehearsal;
using namespace tallyline::rehearsal::test;

namespace {

std::uint16_t free_port() {
  boost::asio::io_context io;
  boost::asio::ip::tcp::acceptor a(io, {boost::asio::ip::address_v4::loopback(), 0});
  return a.local_endpoint().port();
}

// The command on a thread of its own, as the process that it is.
struct fixture {
  fixture() {
    o.port = free_port();
    o.handset_port = free_port();
  }
  void start() {
    command = std::thread([this] {
      result = run_smsc(o, out, err);
      boost::asio::post(io, [] {});
    });
  }
  int end() {
    run_until(io, [&] { return result >= 0; });
    command.join();
    return result;
  }
  std::unique_ptr<esme_double> bound(unsigned turns) {
    for (;; std::this_thread::yield()) {
      try {
        auto e = std::make_unique<esme_double>(io, o.port);
        echo(*e, turns);
        e->bind();
        return e;
      } catch (const boost::system::system_error&) { // it does not listen yet
      }
    }
  }

  smsc_options o;
  boost::asio::io_context io{1};
  std::ostringstream out, err;
  std::atomic<int> result = -1;
  std::thread command;
};

} // namespace

TEST_CASE("as a load generator the command waits for a gateway, prints its figures and ends") {
  fixture f;
  f.o.load = 20;
  f.o.sessions = 300;
  f.o.answers = {"1", "{msisdn}"};
  f.o.expect_end = "said 98912";
  f.o.json = true;
  f.start();
  const auto e = f.bound(3);
  CHECK(f.end() == 0);
  const auto r = boost::json::parse(f.out.str()).as_object();
  CHECK(r.at("completed").to_number<int>() == 300);
  CHECK(r.at("turns").to_number<int>() == 900);
  CHECK(f.err.str().find("ESME gateway bound as transceiver") != std::string::npos);
  CHECK(e->has(smpp::command::unbind));
}

TEST_CASE("pages that were not expected make the command fail and say which") {
  fixture f;
  f.o.load = f.o.sessions = 2;
  f.o.expect_end = "Receipt";
  f.start();
  const auto e = f.bound(1);
  CHECK(f.end() == 1);
  CHECK(f.out.str().find("unexpected pages                         2\n") != std::string::npos);
  CHECK(f.err.str().find("unexpected page: 989120000001 said *140#") != std::string::npos);
}

TEST_CASE("a load without a gateway, a bad code, a missing file and a taken port are said and exit 1") {
  fixture f;
  f.o.load = 1;
  f.o.patience_s = 0;
  CHECK(run_smsc(f.o, f.out, f.err) == 1);
  CHECK(f.err.str().find("smsc: no gateway bound for 0 s\n") != std::string::npos);
  f.o.code = "140";
  CHECK(run_smsc(f.o, f.out, f.err) == 1);
  CHECK(f.err.str().find("smsc: '140' cannot be dialled\n") != std::string::npos);
  f.o.people_file = "/nonexistent/people.csv";
  CHECK(run_smsc(f.o, f.out, f.err) == 1);
  CHECK(f.err.str().find("smsc: /nonexistent/people.csv cannot be read\n") != std::string::npos);
  smsc_options o;
  boost::asio::ip::tcp::acceptor taken(f.io, {boost::asio::ip::address_v4::loopback(), 0});
  o.port = taken.local_endpoint().port();
  CHECK(run_smsc(o, f.out, f.err) == 1);
  CHECK(f.err.str().find("smsc: cannot listen on port " + std::to_string(o.port)) != std::string::npos);
}

TEST_CASE("the command serves phones until it is told to end") {
  fixture f;
  f.start();
  const auto e = f.bound(1);
  handset_client phone;
  while (phone.connect("127.0.0.1", f.o.handset_port))
    std::this_thread::yield();
  std::atomic<bool> answered = false;
  handset_reply reply;
  std::thread caller([&] {
    reply = phone.dial("*140#", "98912");
    answered = true;
    boost::asio::post(f.io, [] {});
  });
  CHECK(run_until(f.io, [&] { return answered.load(); }));
  caller.join();
  CHECK(reply.text == "98912 said *140#");
  kill(getpid(), SIGTERM); // the command takes it: its phone port is up
  CHECK(f.end() == 0);
}

TEST_CASE("results are the same figures as a table and as JSON") {
  load_result r;
  r.sessions = r.completed = 4;
  r.turns = 32;
  r.seconds = 2;
  r.cpu_seconds = 0.000'064;
  for (int i = 0; i < 32; ++i)
    r.turn_latency.add(50);
  const auto o = boost::json::parse(load_json(r)).as_object();
  CHECK(o.at("turns").to_number<int>() == 32);
  CHECK(o.at("turns_per_second").to_number<double>() == 16);
  CHECK(o.at("generator_cpu_us_per_turn").to_number<double>() == doctest::Approx(2));
  CHECK(load_table(r).find("turns/s                                 16\n") != std::string::npos);
  CHECK(load_table({}).find("turns/s                                  0\n") != std::string::npos);
}
