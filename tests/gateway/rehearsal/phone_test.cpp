#include "gateway/rehearsal/columns.h"
#include "gateway/rehearsal/handset_client.h"
#include "gateway/rehearsal/phone.h"
#include "tests/gateway/rehearsal/esme_double.h"

#include <atomic>
#include <boost/asio/post.hpp>
#include <doctest/doctest.h>
#include <sstream>
#include <thread>

using namespace tallyline;
using namespace tallyline::rehearsal;
using namespace tallyline::rehearsal::test;

namespace {

// The SMSC, its handset port and an echoing ESME on the test's thread; the phone, which blocks, on another.
struct fixture {
  explicit fixture(bool with_esme = true, const smsc_settings& s = {}) : center(io, s), port(io, center, 0) {
    if (!with_esme) return;
    e.emplace(io, center.port());
    e->bind();
    echo(*e, 3);
  }

  int dial(const std::string& typed, phone_options o = {}) {
    o.port = port.port();
    if (o.code.empty()) o.code = "*140#";
    std::atomic<int> result = -1;
    std::istringstream in(typed);
    std::ostringstream o1, o2;
    std::thread phone([&] {
      result = run_phone(o, in, o1, o2);
      boost::asio::post(io, [] {});
    });
    run_until(io, [&] { return result >= 0; });
    phone.join();
    out = o1.str();
    err = o2.str();
    return result;
  }

  boost::asio::io_context io{1};
  smsc center;
  handset_port port;
  std::optional<esme_double> e;
  std::string out, err;
};

// A phone's connection, octet by octet.
struct raw_phone {
  raw_phone(boost::asio::io_context& context, std::uint16_t port) : io(context), socket(context) {
    socket.connect({boost::asio::ip::address_v4::loopback(), port});
    socket.non_blocking(true);
  }
  void say(const std::string& octets) {
    socket.non_blocking(false);
    boost::asio::write(socket, boost::asio::buffer(octets));
    socket.non_blocking(true);
  }
  std::string line() {
    REQUIRE(run_until(io, [&] {
      char got[4096];
      boost::system::error_code failed;
      const auto n = socket.read_some(boost::asio::buffer(got), failed);
      read.append(got, n);
      return read.find('\n') != read.npos;
    }));
    const auto end = read.find('\n');
    auto first = read.substr(0, end);
    read.erase(0, end + 1);
    return first;
  }
  boost::asio::io_context& io;
  boost::asio::ip::tcp::socket socket;
  std::string read;
};

} // namespace

TEST_CASE("a phone in a pipe shows page after page and ends with the session") {
  fixture f;
  CHECK(f.dial("1\n2\r\nmore than is asked\n") == 0);
  CHECK(f.out == "989120000001 said *140#\n989120000001 said 1\n989120000001 said 2\n(session ended)\n");
  CHECK(f.err.empty());
}

TEST_CASE("the end of the input hangs up, and the ESME is told") {
  fixture f;
  bool aborted = false;
  auto said = f.e->on_deliver;
  f.e->on_deliver = [&](const pdu& p) {
    aborted = aborted || p.content().ussd_service_op == 17;
    said(p);
  };
  CHECK(f.dial("1\n") == 0);
  CHECK(f.out == "989120000001 said *140#\n989120000001 said 1\n(hung up)\n");
  CHECK(run_until(f.io, [&] { return aborted; }));
  CHECK(f.center.open_sessions() == 0);
}

TEST_CASE("on a terminal the page has a frame and the answer a prompt") {
  fixture f;
  phone_options o;
  o.drawn = true;
  o.width = 12;
  o.msisdn = "+98912";
  CHECK(f.dial("ش\n2\n", o) == 0);
  CHECK(f.out == "┌──────────────┐\n│ 98912 said   │\n│ *140#        │\n└──────────────┘\n> "
                 "┌──────────────┐\n│ 98912 said ش │\n└──────────────┘\n> "
                 "┌──────────────┐\n│ 98912 said 2 │\n└──────────────┘\n(session ended)\n");
}

TEST_CASE("what cannot be dialled is a usage error and says what can") {
  fixture f(false);
  phone_options o;
  o.code = "140";
  CHECK(f.dial("", o) == 2);
  CHECK(f.err == "phone: '140' cannot be dialled: a code looks like '*140#' or '*140*1*120#'\n");
  o.code.clear();
  o.msisdn = "0912x";
  CHECK(f.dial("", o) == 2);
  CHECK(f.err == "phone: '0912x' is no number: 5 to 15 digits with the country's code, such as 989120000001\n");
}

TEST_CASE("a phone says when nobody listens, no gateway is bound, or the gateway does not answer") {
  phone_options o;
  o.code = "*140#";
  {
    boost::asio::io_context io;
    boost::asio::ip::tcp::acceptor taken(io, {boost::asio::ip::address_v4::loopback(), 0});
    o.port = taken.local_endpoint().port();
    taken.close();
    std::istringstream in;
    std::ostringstream out, err;
    CHECK(run_phone(o, in, out, err) == 1);
    CHECK(err.str() == "phone: no SMSC at 127.0.0.1:" + std::to_string(o.port) +
                           ": start `tallyline demo --serve` or `tallyline smsc`\n");
  }
  fixture unbound(false);
  CHECK(unbound.dial("") == 1);
  CHECK(unbound.err == "phone: no gateway is bound to the SMSC\n");
  smsc_settings limits;
  limits.answer_limit_s = 1;
  fixture mute(true, limits);
  mute.e->on_deliver = [](const pdu&) {};
  CHECK(mute.dial("") == 1);
  CHECK(mute.err == "phone: The service does not answer. Dial again.\n");
}

TEST_CASE("lines that cannot be understood are answered with an error and harm neither the session nor others") {
  fixture f;
  raw_phone p(f.io, f.port.port()), other(f.io, f.port.port());
  const std::pair<std::string, std::string> bad[] = {
      {"{}", "neither dial, answer, hang_up, sms nor listen"},
      {R"({"listen":"x"})", "listen must be a string of 5 to 15 digits"},
      {"[1]", "not a JSON object: another value"},
      {R"({"dial":"*140#"})", "msisdn must be a string of 5 to 15 digits"},
      {R"({"dial":140,"msisdn":"98912"})", "dial must be a string such as \"*140#\""},
      {R"({"dial":"140","msisdn":"98912"})", "no such code: one looks like *140# or *140*1*120#"},
      {R"({"answer":1})", "answer must be a string"},
      {R"({"answer":"1"})", "no session: dial first"},
      {R"({"hang_up":true})", "no session: dial first"},
      {std::string(5000, 'x'), "the line is too long"},
  };
  for (const auto& [line, error] : bad) {
    p.say(line + "\n");
    CHECK(read_reply(p.line())->text == error);
  }
  p.say("{\"dial\n");
  CHECK(read_reply(p.line())->text.starts_with("not a JSON object: "));
  p.say("\n \r\n{\"dial\":\"*140#\",\"msisdn\":\"98912\"}\n");
  CHECK(p.line() == R"({"page":"98912 said *140#","more":true})");
  p.say("{\"dial\":\"*140#\",\"msisdn\":\"98912\"}\nnonsense\n{\"answer\":\"1\"}\n");
  CHECK(read_reply(p.line())->text == "a session is open: hang up first");
  CHECK(read_reply(p.line())->what == handset_reply::kind::error);
  CHECK(p.line() == R"({"page":"98912 said 1","more":true})");
  other.say(dial_line("*140#", "98913"));
  CHECK(other.line() == R"({"page":"98913 said *140#","more":true})");
}

TEST_CASE("a connection that breaks hangs its session up") {
  fixture f;
  {
    raw_phone p(f.io, f.port.port());
    p.say(dial_line("*140#", "98912"));
    p.line();
    CHECK(f.center.open_sessions() == 1);
  }
  CHECK(run_until(f.io, [&] { return f.center.open_sessions() == 0; }));
}

TEST_CASE("a phone may dial again on the same connection when its session is over") {
  fixture f;
  raw_phone p(f.io, f.port.port());
  for (const bool hangs_up : {false, true, false}) {
    p.say(dial_line("*140#", "98912"));
    CHECK(p.line() == R"({"page":"98912 said *140#","more":true})");
    p.say(hangs_up ? hang_up_line() : answer_line("1"));
    if (hangs_up) continue;
    CHECK(p.line() == R"({"page":"98912 said 1","more":true})");
    p.say(answer_line("2"));
    CHECK(p.line() == R"({"page":"98912 said 2","more":false})");
  }
}

TEST_CASE("stopping the port closes its phones and hangs them up") {
  fixture f;
  raw_phone p(f.io, f.port.port());
  p.say(dial_line("*140#", "98912"));
  p.line();
  f.port.stop();
  CHECK(f.center.open_sessions() == 0);
}

TEST_CASE("text is as wide as a terminal shows it") {
  CHECK(columns("abc") == 3);
  CHECK(columns("شعبه") == 4);
  CHECK(columns("شُعبه") == 4);          // a vowel mark
  CHECK(columns("می‌شود") == 5); // a zero-width non-joiner
  CHECK(columns("投票") == 4);
  CHECK(columns("😀") == 2);
  CHECK(columns("\xFF\xC3") == 2);
}

TEST_CASE("control characters of a page do not reach the terminal") {
  CHECK(printable("a\nb\x1B[2Jc\r\x07\x7F\xC2\x9B\xC2\xA0ش") == "a\nb[2Jc\xC2\xA0ش");
}

TEST_CASE("lines break at spaces, or where they must") {
  using lines = std::vector<std::string_view>;
  CHECK(wrap("", 5) == lines{""});
  CHECK(wrap("one two three", 7) == lines{"one two", "three"});
  CHECK(wrap("one two", 5) == lines{"one", "two"});
  CHECK(wrap("abcdefgh", 3) == lines{"abc", "def", "gh"});
  CHECK(wrap("a\n\nb\r\n", 3) == lines{"a", "", "b"});
  CHECK(wrap("投票所", 1) == lines{"投", "票", "所"});
}

TEST_CASE("a phone that listens hears an SMS that it did not ask for, before it has written any") {
  fixture f;
  raw_phone p(f.io, f.port.port());
  p.say("{\"listen\":\"989121\"}\n{\"answer\":\"1\"}\n");
  CHECK(p.line().find("no session") != std::string::npos); // so that the first was read
  smpp::message m;
  m.source = "140", m.destination = "989121";
  const std::string text = "A queue grows old";
  m.text = std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  f.e->submit(m);
  CHECK(p.line() == R"({"sms":"A queue grows old","from":"140"})");
}
