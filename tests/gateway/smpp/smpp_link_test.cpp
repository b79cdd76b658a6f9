#include "gateway/smpp/gsm_text.h"
#include "gateway/smpp/smpp_link.h"
#include "gateway/smpp/ussd.h"
#include "tests/gateway/smpp/link_pair.h"

using namespace tallyline::smpp;
using namespace tallyline::smpp::test;

namespace {

void append_text(buffer& to, std::uint32_t sequence, std::string_view words, command id = command::deliver_sm) {
  const buffer b = octets(words);
  message m;
  m.text = b;
  append_message(to, id, sequence, m);
}

} // namespace

TEST_CASE("ALinkBindsWithItsSettings") {
  pair_of p;
  p.settings.system_type = "USSD";
  p.make();
  p.link->start();
  const buffer pdu = p.smsc.expect(command::bind_transceiver);
  REQUIRE(!pdu.empty());
  const auto b = read_bind(read_header(pdu), pdu);
  REQUIRE(b.has_value());
  CHECK((*b).system_id == "tallyline");
  CHECK((*b).password == "secret");
  CHECK((*b).system_type == "USSD");
  CHECK_FALSE(p.link->bound());
  buffer answer;
  append_bind_response(answer, command::bind_transceiver_resp, read_header(pdu).sequence, status::ok, "SMSC");
  p.smsc.send(answer);
  REQUIRE(p.until([&] { return p.link->bound(); }));
  CHECK(p.states == std::vector<std::string>{"+bound"});
}

TEST_CASE("NothingIsSubmittedOnAnUnboundLink") {
  pair_of p;
  p.make();
  CHECK_FALSE(p.submit("x", 1));
  p.link->start();
  REQUIRE(!p.smsc.expect(command::bind_transceiver).empty());
  CHECK_FALSE(p.submit("x", 1));
}

TEST_CASE("TheResponseLeavesAheadOfTheReplyAndInTheSameWrite") {
  pair_of p;
  p.on.message_in = [&](const message& m) {
    message reply;
    reply.text = m.text;
    CHECK(p.link->submit(reply, 7));
  };
  p.bind();
  buffer b;
  for (std::uint32_t i = 1; i <= 20; ++i)
    append_text(b, i, "t" + std::to_string(i));
  p.smsc.received.clear();
  const std::size_t reads_before = p.smsc.reads;
  p.smsc.send(b);
  REQUIRE(p.until([&] { return p.smsc.received.size() == 40; }));
  CHECK(p.smsc.reads - reads_before <= 2); // one write; the network may split it
  for (std::size_t i = 0; i < 20; ++i) {
    CHECK(read_header(p.smsc.received[2 * i]).id == command::deliver_sm_resp);
    CHECK(read_header(p.smsc.received[2 * i]).sequence == i + 1);
    CHECK(read_header(p.smsc.received[2 * i + 1]).id == command::submit_sm);
  }
  CHECK(p.batches >= 1);
}

TEST_CASE("AMessageSplitAnywhereArrivesWhole") {
  pair_of p;
  p.bind();
  buffer b;
  append_text(b, 1, "split");
  for (std::size_t at = 1; at < b.size(); ++at) {
    p.smsc.send({b.begin(), b.begin() + static_cast<std::ptrdiff_t>(at)});
    p.io.poll();
    p.smsc.send({b.begin() + static_cast<std::ptrdiff_t>(at), b.end()});
    REQUIRE(p.until([&] { return p.texts.size() == at; }));
  }
  CHECK(p.texts.back() == "split");
}

TEST_CASE("DataSmIsAMessageToo") {
  pair_of p;
  p.bind();
  buffer b;
  append_text(b, 3, "payload", command::data_sm);
  p.smsc.send(b);
  CHECK(read_header(p.smsc.expect(command::data_sm_resp)).sequence == 3);
  CHECK(p.texts == std::vector<std::string>{"payload"});
}

TEST_CASE("AMalformedDeliverSmIsAnsweredWithItsStatusAndTheLinkStays") {
  pair_of p;
  p.bind();
  buffer b;
  append_text(b, 9, "good");
  buffer broken = b;
  broken.insert(broken.end(), {0x05, 0x01, 0x00, 0x09});
  broken[3] = static_cast<std::uint8_t>(broken.size());
  broken.insert(broken.end(), b.begin(), b.end());
  p.smsc.send(broken);
  const header h = read_header(p.smsc.expect(command::deliver_sm_resp));
  CHECK(h.status == status::invalid_tlv_stream);
  CHECK(h.sequence == 9);
  CHECK(read_header(p.smsc.expect(command::deliver_sm_resp)).status == status::ok);
  CHECK(p.texts == std::vector<std::string>{"good"});
  CHECK(p.link->counters().malformed == 1);
  CHECK(p.link->bound());
}

TEST_CASE("AnUnknownCommandGetsInvalidCommandId") {
  pair_of p;
  p.bind();
  p.smsc.send_header(static_cast<command>(0x00000777), 5);
  const header h = read_header(p.smsc.expect(command::generic_nack));
  CHECK(h.status == status::invalid_command_id);
  CHECK(h.sequence == 5);
  CHECK(p.link->counters().unknown_commands == 1);
  CHECK(p.link->bound());
}

TEST_CASE("AResponseToNothingIsIgnoredAndCounted") {
  pair_of p;
  p.bind();
  p.smsc.send_header(command::submit_sm_resp, 4711);
  p.smsc.send_header(static_cast<command>(0x80000777), 5);
  p.smsc.send_header(command::bind_transceiver_resp, 1, status::invalid_password);
  p.smsc.send_header(command::generic_nack, 0, status::invalid_command_length);
  REQUIRE(p.until([&] { return p.link->counters().unmatched == 4; }));
  CHECK(p.link->bound());
  CHECK(p.submitted.empty());
}

TEST_CASE("AGarbageLengthIsAnsweredThenTheLinkClosesAndComesBack") {
  pair_of p;
  p.bind();
  p.smsc.send(hex("ffffffff 00000005"));
  CHECK(read_header(p.smsc.expect(command::generic_nack)).status == status::invalid_command_length);
  REQUIRE(p.smsc.take_bind());
  REQUIRE(p.until([&] { return p.link->bound(); }));
  CHECK(p.link->counters().reconnects == 1);
  CHECK(p.smsc.connections == 2);
}

TEST_CASE("SubmitsAreReportedWithTheSmscsStatus") {
  pair_of p;
  p.bind();
  CHECK(p.submit("a", 1));
  CHECK(p.submit("b", 2));
  CHECK(p.submit("c", 3));
  p.link->flush();
  std::vector<std::uint32_t> sequences;
  for (int i = 0; i < 3; ++i)
    sequences.push_back(read_header(p.smsc.expect(command::submit_sm)).sequence);
  p.smsc.send_header(command::submit_sm_resp, sequences[1], status::throttled);
  p.smsc.send_header(command::generic_nack, sequences[2], status::invalid_command_id);
  p.smsc.send_header(command::submit_sm_resp, sequences[0]);
  p.smsc.send_header(command::submit_sm_resp, sequences[0]); // twice
  REQUIRE(p.until([&] { return p.link->counters().unmatched == 1; }));
  CHECK(p.submitted == std::vector<done>{{2, status::throttled}, {3, status::invalid_command_id}, {1, status::ok}});
  CHECK(p.link->counters().refused == 2);
}

TEST_CASE("ASubmitWithoutResponseFailsAfterItsTime") {
  pair_of p;
  p.bind();
  CHECK(p.submit("a", 1));
  p.link->flush();
  REQUIRE(p.until([&] { return !p.submitted.empty(); }));
  CHECK(p.submitted == std::vector<done>{{1, status::system_error}});
  CHECK(p.link->counters().timeouts == 1);
  CHECK(p.link->bound());
}

TEST_CASE("WhatTheWindowDoesNotHoldWaitsInOrder") {
  pair_of p;
  p.settings.window = 2;
  p.bind();
  for (std::uint64_t i = 0; i < 10; ++i)
    CHECK(p.submit(std::to_string(i), i));
  p.link->flush();
  p.smsc.received.clear();
  for (std::uint64_t i = 0; i < 10; ++i) {
    const buffer pdu = p.smsc.expect(command::submit_sm);
    REQUIRE(!pdu.empty());
    CHECK(text((*read_message(command::submit_sm, body(pdu))).text) == std::to_string(i));
    CHECK(p.smsc.received.size() <= 1); // never more than the window
    p.smsc.send_header(command::submit_sm_resp, read_header(pdu).sequence);
  }
  REQUIRE(p.until([&] { return p.submitted.size() == 10; }));
}

TEST_CASE("WhatWaitsForTheWindowIsBounded") {
  pair_of p;
  p.settings.window = 1;
  p.bind();
  const std::string words(200, 'x');
  std::uint64_t taken = 0;
  while (p.submit(words, taken))
    ++taken;
  CHECK(taken > 100'000); // a burst of a whole country
  CHECK(taken < 400'000);
}

TEST_CASE("ALostConnectionFailsWhatIsOpenInOrderAndComesBack") {
  pair_of p;
  p.settings.window = 2;
  p.bind();
  for (std::uint64_t i = 0; i < 4; ++i)
    CHECK(p.submit("x", i));
  p.link->flush();
  REQUIRE(!p.smsc.expect(command::submit_sm).empty());
  p.smsc.close();
  REQUIRE(p.until([&] { return p.submitted.size() == 4; }));
  for (std::uint64_t i = 0; i < 4; ++i)
    CHECK(p.submitted[i] == done{i, status::link_lost});
  REQUIRE(p.smsc.take_bind());
  REQUIRE(p.until([&] { return p.link->bound(); }));
  REQUIRE(p.states.size() == 3);
  CHECK(p.states[1] == "-the SMSC closed the connection");
}

TEST_CASE("ARefusedBindSaysWhyAndIsTriedAgain") {
  pair_of p;
  p.make();
  p.link->start();
  REQUIRE(p.smsc.take_bind(status::invalid_password));
  REQUIRE(p.until([&] { return !p.states.empty(); }));
  CHECK(p.states[0] == "-SMSC refused the bind: ESME_RINVPASWD (invalid password); check smsc.password");
  REQUIRE(p.smsc.take_bind());
  CHECK(p.until([&] { return p.link->bound(); }));
}

TEST_CASE("ABindAnsweredByGenericNackIsRefused") {
  pair_of p;
  p.make();
  p.link->start();
  const buffer b = p.smsc.expect(command::bind_transceiver);
  REQUIRE(!b.empty());
  p.smsc.send_header(command::generic_nack, read_header(b).sequence, status::invalid_command_id);
  REQUIRE(p.until([&] { return !p.states.empty(); }));
  CHECK(p.states[0] == "-SMSC refused the bind: ESME_RINVCMDID (invalid command id)");
}

TEST_CASE("AMessageBeforeTheBindIsGrantedIsRefused") {
  pair_of p;
  p.make();
  p.link->start();
  REQUIRE(!p.smsc.expect(command::bind_transceiver).empty());
  buffer b;
  append_text(b, 1, "early");
  p.smsc.send(b);
  CHECK(read_header(p.smsc.expect(command::deliver_sm_resp)).status == status::incorrect_bind_state);
  CHECK(p.texts.empty());
}

TEST_CASE("NobodyListeningIsReportedAndTriedAgain") {
  pair_of p;
  boost::asio::ip::tcp::acceptor taken(p.io, {boost::asio::ip::address_v4::loopback(), 0});
  p.settings.port = taken.local_endpoint().port();
  taken.close();
  p.make();
  p.link->start();
  REQUIRE(p.until([&] { return p.states.size() >= 2; }));
  CHECK(p.states[0] == "-cannot connect: Connection refused");
}

TEST_CASE("AHostWithoutAddressIsReported") {
  pair_of p;
  p.settings.host = "no.such.host.invalid";
  p.make();
  p.link->start();
  REQUIRE(p.until([&] { return !p.states.empty(); }));
  CHECK(p.states[0].starts_with("-cannot find no.such.host.invalid: "));
}

TEST_CASE("ALinkAsksASilentSmscAndGivesUpOneThatDoesNotAnswer") {
  pair_of p;
  p.settings.timing.enquire_link_s = 1;
  p.bind();
  const buffer asked = p.smsc.expect(command::enquire_link);
  REQUIRE(!asked.empty());
  p.smsc.send_header(command::enquire_link_resp, read_header(asked).sequence);
  REQUIRE(!p.smsc.expect(command::enquire_link).empty());
  REQUIRE(p.until([&] { return !p.link->bound(); }));
  CHECK(p.states.back() == "-the SMSC did not answer enquire_link within 1 s");
  CHECK(p.smsc.take_bind());
}

TEST_CASE("ASmscMayAskToo") {
  pair_of p;
  p.bind();
  p.smsc.send_header(command::enquire_link, 55);
  CHECK(read_header(p.smsc.expect(command::enquire_link_resp)).sequence == 55);
}

TEST_CASE("AStopUnbindsAndReportsOnceAfterAllSubmits") {
  pair_of p;
  p.bind();
  CHECK(p.submit("x", 1));
  int stopped = 0;
  std::size_t submitted_before = 0;
  p.link->stop([&] {
    ++stopped;
    submitted_before = p.submitted.size();
  });
  const buffer b = p.smsc.expect(command::unbind);
  REQUIRE(!b.empty());
  p.smsc.send_header(command::unbind_resp, read_header(b).sequence);
  REQUIRE(p.until([&] { return stopped == 1; }));
  CHECK(submitted_before == 1);
  CHECK(p.until([&] { return p.smsc.ended; }));
  CHECK(p.states.back() == "-stopped");
}

TEST_CASE("AStopDoesNotWaitForeverForTheUnbind") {
  pair_of p;
  p.bind();
  bool stopped = false;
  p.link->stop([&] { stopped = true; });
  CHECK(p.until([&] { return stopped; }));
}

TEST_CASE("AnUnbindFromTheSmscIsAnsweredAndWeComeBack") {
  pair_of p;
  p.bind();
  p.smsc.send_header(command::unbind, 8);
  CHECK(read_header(p.smsc.expect(command::unbind_resp)).sequence == 8);
  CHECK(p.smsc.take_bind());
}

TEST_CASE("AStopWhileConnectingIsDoneAtOnce") {
  pair_of p;
  p.settings.port = 1;
  p.make();
  p.link->start();
  bool stopped = false;
  p.link->stop([&] { stopped = true; });
  CHECK(stopped);
}

TEST_CASE("ALinkMayBeDestroyedInAnyHandler") {
  for (int which = 0; which < 5; ++which) {
    CAPTURE(which);
    pair_of p;
    bool gone = false;
    const auto destroy = [&] {
      gone = true;
      p.link.reset();
    };
    if (which == 0)
      p.on.message_in = [&](const message& m) {
        destroy();
        CHECK(text(m.text) == "go"); // the view still lives
      };
    if (which == 1)
      p.on.batch_end = [&, n = 0]() mutable {
        if (++n == 2) destroy();
      };
    if (which == 2) p.on.submit_done = [&](std::uint64_t, status) { destroy(); };
    if (which == 3)
      p.on.state = [&](bool bound, const std::string&) {
        if (!bound) destroy();
      };
    p.bind();
    CHECK(p.submit("a", 1));
    CHECK(p.submit("b", 2));
    p.link->flush();
    REQUIRE(!p.smsc.expect(command::submit_sm).empty());
    if (which == 4) p.link->stop(destroy);
    buffer b;
    append_text(b, 1, "go");
    append_text(b, 2, "go");
    p.smsc.send(b);
    if (which >= 2) {
      p.until([&] { return p.texts.size() == 2 || gone; });
      p.smsc.close();
    }
    CHECK(p.until([&] { return gone; }));
    p.io.poll();
  }
}

TEST_CASE("HandlersMayStopAndSubmitFromWithin") {
  pair_of p;
  int stopped = 0;
  p.on.submit_done = [&](std::uint64_t token, status s) {
    p.submitted.push_back({token, s});
    CHECK_FALSE(p.submit("late", 99));
    if (token == 1) p.link->stop([&] { ++stopped; });
  };
  p.bind();
  for (std::uint64_t i = 1; i <= 3; ++i)
    CHECK(p.submit("x", i));
  p.link->flush();
  REQUIRE(!p.smsc.expect(command::submit_sm).empty());
  p.smsc.close();
  REQUIRE(p.until([&] { return stopped == 1; }));
  CHECK(p.submitted.size() == 3);
  CHECK_FALSE(p.link->bound());
}

TEST_CASE("ASmscThatStopsReadingIsGivenUp") {
  pair_of p;
  p.settings.timing.response_s = 3;
  p.settings.timing.enquire_link_s = 0;
  p.bind();
  p.smsc.stop_reading();
  // Responses pile up, since we are made to answer and nobody reads the answers.
  buffer b;
  for (std::uint32_t i = 1; i <= 2000; ++i)
    append_header_only(b, command::enquire_link, i);
  for (int i = 0; i < 1000 && p.link->bound(); ++i) {
    p.smsc.send(b);
    while (p.link->bound() && p.link->counters().pdus_in < 1 + 2000U * static_cast<unsigned>(i + 1))
      if (p.io.run_one_for(std::chrono::milliseconds(100)) == 0) break;
  }
  CHECK_FALSE(p.link->bound());
  CHECK(p.states.back() == "-the SMSC has stopped reading; closing the connection");
}
