#include "gateway/rehearsal/smsc.h"
#include "tests/gateway/rehearsal/esme_double.h"

#include <doctest/doctest.h>

using namespace tallyline;
using namespace tallyline::rehearsal;
using namespace tallyline::rehearsal::test;
using smpp::command;
using smpp::status;

namespace {

struct fixture {
  explicit fixture(const smsc_settings& s = guarded()) : center(io, s) {}
  static smsc_settings guarded() {
    smsc_settings s;
    s.system_id = "gateway";
    s.password = "secret";
    return s;
  }

  smsc::handset phone() {
    return [this](const page& p) {
      static constexpr const char* kinds[] = {"?", ".", "!"};
      seen.push_back(kinds[static_cast<int>(p.kind)] + std::string(p.text));
    };
  }
  std::uint32_t dial(std::uint64_t msisdn = 989121) {
    const auto s = center.dial(msisdn, "*140#", phone());
    center.flush();
    return s;
  }
  bool until(const std::function<bool()>& done) { return run_until(io, done); }
  bool until_seen(std::size_t pages) {
    return until([&] { return seen.size() >= pages; });
  }

  boost::asio::io_context io{1};
  smsc center;
  std::vector<std::string> seen;
};

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("a phone's session runs over a bound ESME from dial to end") {
  fixture f;
  esme_double e(f.io, f.center.port());
  CHECK(f.dial() == 0);
  e.bind();
  REQUIRE(e.last().head.status == status::ok);
  REQUIRE(f.center.has_esme());
  echo(e, 3);
  const auto s = f.dial();
  REQUIRE(f.until_seen(1));
  f.center.answer(s, "1");
  f.center.flush();
  REQUIRE(f.until_seen(2));
  f.center.answer(s, "2");
  f.center.flush();
  REQUIRE(f.until_seen(3));
  CHECK(f.seen == lines{"?989121 said *140#", "?989121 said 1", ".989121 said 2"});
  REQUIRE(f.until([&] { return e.count(command::submit_sm_resp) == 3; }));
  for (const auto& p : e.got)
    CHECK(p.head.status == status::ok);
}

TEST_CASE("a wrong password keeps the ESME out and the connection open for a right one") {
  fixture f;
  esme_double e(f.io, f.center.port());
  e.write(bind_pdu(command::bind_transceiver, 1, "gateway", "wrong"));
  REQUIRE(f.until([&] { return e.got.size() == 1; }));
  CHECK(e.last().head.status == status::invalid_password);
  CHECK_FALSE(f.center.has_esme());
  e.write(bind_pdu(command::bind_transceiver, 2));
  REQUIRE(f.until([&] { return e.got.size() == 2; }));
  CHECK(f.center.has_esme());
}

TEST_CASE("listeners hear of binds and of the last ESME's going") {
  fixture f;
  std::vector<bool> heard;
  lines notices;
  f.center.on_esme([&](bool bound) { heard.push_back(bound); });
  f.center.on_notice([&](std::string_view line) { notices.emplace_back(line); });
  esme_double a(f.io, f.center.port()), b(f.io, f.center.port()), sends(f.io, f.center.port());
  a.bind();
  b.bind();
  sends.bind(command::bind_transmitter);
  a.write(header_pdu(command::unbind, 9));
  REQUIRE(f.until([&] { return a.closed; }));
  CHECK(a.has(command::unbind_resp));
  CHECK(heard == std::vector{true, true});
  b.close();
  REQUIRE(f.until([&] { return heard.size() == 3; }));
  CHECK(heard.back() == false);
  CHECK(notices == lines{"ESME gateway bound as transceiver", "ESME gateway bound as transceiver",
                         "ESME gateway bound as transmitter", "ESME gateway is gone: unbound",
                         "ESME gateway is gone: closed by the ESME"});
}

TEST_CASE("calls go to those who can receive, answers are taken from those who can transmit") {
  fixture f;
  esme_double receives(f.io, f.center.port()), sends(f.io, f.center.port());
  sends.bind(command::bind_transmitter);
  CHECK(f.dial() == 0);
  receives.bind(command::bind_receiver);
  receives.on_deliver = [&](const pdu& p) {
    const auto m = ussd("989121", (*p.content().its_session_info)[0], 1, 17, "Done");
    receives.submit(m);
    sends.submit(m);
  };
  f.dial();
  REQUIRE(f.until_seen(1));
  CHECK(f.seen == lines{".Done"});
  REQUIRE(f.until([&] { return receives.has(command::submit_sm_resp) && sends.has(command::submit_sm_resp); }));
  CHECK(receives.last().head.status == status::incorrect_bind_state);
}

TEST_CASE("several ESMEs take the calls in turn") {
  fixture f;
  esme_double a(f.io, f.center.port()), b(f.io, f.center.port());
  a.bind();
  b.bind();
  for (std::uint64_t n = 0; n < 10; ++n)
    f.dial(989121 + n);
  REQUIRE(f.until([&] { return a.count(command::deliver_sm) + b.count(command::deliver_sm) == 10; }));
  CHECK(a.count(command::deliver_sm) == 5);
}

TEST_CASE("a stream that comes octet by octet is read as well as one in a piece") {
  fixture f;
  esme_double e(f.io, f.center.port());
  auto stream = bind_pdu();
  for (const auto& more :
       {header_pdu(command::enquire_link, 2), submit_pdu(ussd("1", 1, 0, 2, "x"), 3), header_pdu(command::unbind, 4)})
    stream.insert(stream.end(), more.begin(), more.end());
  for (const auto octet : stream) {
    e.write({&octet, 1});
    f.io.restart();
    f.io.poll();
  }
  REQUIRE(f.until([&] { return e.closed; }));
  REQUIRE(e.got.size() == 4);
  CHECK(e.got[1].head.id == command::enquire_link_resp);
  CHECK(e.got[2].head.status == status::rx_permanent_error);
  CHECK(e.got[3].head.id == command::unbind_resp);
}

TEST_CASE("malformed and unknown PDUs get their status and the bind survives") {
  fixture f;
  esme_double e(f.io, f.center.port());
  e.bind();
  e.write(header_pdu(static_cast<command>(0x777), 5));
  e.write(header_pdu(command::submit_sm, 6));
  e.write(bind_pdu(command::bind_transceiver, 7));
  REQUIRE(f.until([&] { return e.got.size() == 4; }));
  CHECK(e.got[1].head.id == command::generic_nack);
  CHECK(e.got[1].head.status == status::invalid_command_id);
  CHECK(e.got[2].head.id == command::submit_sm_resp);
  CHECK(e.got[2].head.status != status::ok);
  CHECK(e.got[3].head.status == status::already_bound);
  CHECK(f.center.has_esme());
  CHECK(f.center.count().malformed == 1);
  CHECK(f.center.count().unknown_commands == 1);
}

TEST_CASE("a length that cannot be is nacked and closed, and counted after the connection has gone") {
  for (const std::uint8_t first : {0x00, 0x7F}) { // under 16, over the largest PDU
    fixture f;
    esme_double e(f.io, f.center.port());
    e.bind();
    const smpp::buffer lie = {first, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 9, 'x', 'y'};
    e.write(lie);
    REQUIRE(f.until([&] { return e.closed; }));
    CHECK(e.last().head.id == command::generic_nack);
    CHECK(e.last().head.status == status::invalid_command_length);
    CHECK_FALSE(f.center.has_esme());
    CHECK(f.center.count().malformed == 1);
  }
}

TEST_CASE("an ESME that goes in the middle of a PDU fails the sessions that it had, and others are served") {
  fixture f;
  esme_double other(f.io, f.center.port());
  {
    esme_double e(f.io, f.center.port());
    e.bind();
    f.dial();
    REQUIRE(f.until([&] { return e.has(command::deliver_sm); }));
    const auto whole = submit_pdu(ussd("989121", 1, 0, 2, "half"), 3);
    e.write(std::span(whole).first(20));
    e.close();
    REQUIRE(f.until_seen(1));
    f.io.poll();
  }
  CHECK(f.seen == lines{"!The service is not available. Dial again later."});
  other.bind();
  echo(other, 1);
  f.dial();
  REQUIRE(f.until_seen(2));
  CHECK(f.seen[1] == ".989121 said *140#");
}

TEST_CASE("an ESME that goes after any octet of a dialogue leaves every phone with one last page") {
  smpp::buffer dialogue;
  smpp::append_message_response(dialogue, command::deliver_sm_resp, 1, status::ok);
  const auto question = submit_pdu(ussd("989121", 1, 0, 2, "One?"), 3),
             end = submit_pdu(ussd("989121", 1, 3, 17, "Done"), 4);
  dialogue.insert(dialogue.end(), question.begin(), question.end());
  const auto end_of_question = dialogue.size();
  dialogue.insert(dialogue.end(), end.begin(), end.end());
  for (std::size_t octets = 0; octets <= dialogue.size(); ++octets) {
    fixture f;
    esme_double e(f.io, f.center.port());
    e.bind();
    e.on_deliver = [](const pdu&) {};
    e.acknowledges = false;
    f.dial();
    e.write(std::span(dialogue).first(octets));
    e.finish();
    REQUIRE(f.until([&] { return e.closed; }));
    CHECK(f.seen.size() == (octets < end_of_question ? 1 : 2));
    CHECK(f.seen.back() == (octets == dialogue.size() ? ".Done" : "!The service is not available. Dial again later."));
    CHECK(f.center.open_sessions() == 0);
  }
}

TEST_CASE("an error status to a deliver_sm is a failed page") {
  fixture f;
  esme_double e(f.io, f.center.port());
  e.bind();
  e.deliver_status = status::rx_temporary_error;
  f.dial();
  REQUIRE(f.until_seen(1));
  CHECK(f.seen == lines{"!The service refused the call. Dial again later."});
}

TEST_CASE("the response to a submit_sm leaves ahead of what the phone says to it") {
  fixture f;
  esme_double e(f.io, f.center.port());
  e.bind();
  std::uint32_t s = 0;
  s = f.center.dial(989121, "*140#", [&](const page& p) {
    if (p.kind == page_kind::question) f.center.answer(s, "1");
  });
  f.center.flush();
  REQUIRE(f.until([&] { return e.has(command::deliver_sm); }));
  e.submit(ussd("989121", (*e.last().content().its_session_info)[0], 0, 2, "?"));
  REQUIRE(f.until([&] { return e.count(command::deliver_sm) == 2; }));
  CHECK(e.got[e.got.size() - 2].head.id == command::submit_sm_resp);
}

TEST_CASE("what is queued between flushes leaves in order at the flush and not before") {
  fixture f;
  esme_double e(f.io, f.center.port());
  e.bind();
  for (std::uint64_t n = 0; n < 100; ++n)
    f.center.dial(989121 + n, "*140#", f.phone());
  f.io.restart();
  f.io.poll();
  CHECK_FALSE(e.has(command::deliver_sm));
  f.center.flush();
  REQUIRE(f.until([&] { return e.count(command::deliver_sm) == 100; }));
  for (std::size_t n = 0; n < 100; ++n)
    CHECK(e.got[n + 1].content().source == std::to_string(989121 + n));
}

TEST_CASE("an ESME that never answers loses the session by the timer alone") {
  auto limits = fixture::guarded();
  limits.answer_limit_s = 1;
  fixture f(limits);
  esme_double e(f.io, f.center.port());
  e.bind();
  f.dial();
  REQUIRE(f.until_seen(1));
  CHECK(f.seen == lines{"!The service does not answer. Dial again."});
  REQUIRE(f.until([&] { return e.count(command::deliver_sm) == 2; }));
  CHECK(e.last().content().ussd_service_op == 17);
  CHECK(f.center.count().timeouts == 1);
}

TEST_CASE("stopping tells the phones, unbinds the ESMEs and leaves nothing to run") {
  fixture f;
  esme_double e(f.io, f.center.port()), never_bound(f.io, f.center.port());
  e.bind();
  f.dial();
  f.center.stop();
  CHECK(f.seen == lines{"!The service is not available. Dial again later."});
  REQUIRE(f.until([&] { return e.closed && never_bound.closed; }));
  CHECK(e.has(command::unbind));
  CHECK(f.dial() == 0);
  f.io.restart();
  f.io.run(); // returns only when no operation and no timer is left
}

TEST_CASE("an SMSC may be destroyed with ESMEs bound and sessions open, no phone is called") {
  lines seen;
  boost::asio::io_context io{1};
  {
    smsc center(io, {});
    esme_double e(io, center.port());
    e.bind();
    center.dial(989121, "*140#", [&](const page&) { seen.emplace_back("called"); });
    center.flush();
  }
  io.restart();
  io.run();
  CHECK(seen.empty());
}
