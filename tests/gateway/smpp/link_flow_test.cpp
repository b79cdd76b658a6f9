// How fast and in which order requests leave, and by which kind of bind.
#include "tests/gateway/smpp/link_pair.h"

using namespace tallyline::smpp;
using namespace tallyline::smpp::test;

TEST_CASE("AReceiverSendsNothingAndATransmitterIsBoundAsOne") {
  for (const auto as : {bind_as::receiver, bind_as::transmitter}) {
    pair_of p;
    p.settings.as = as;
    p.settings.interface_version = 0x50;
    p.settings.address_ton = 1;
    p.settings.address_range = "140";
    p.make();
    p.link->start();
    const auto id = as == bind_as::receiver ? command::bind_receiver : command::bind_transmitter;
    const buffer pdu = p.smsc.expect(id);
    REQUIRE(!pdu.empty());
    const auto b = read_bind(read_header(pdu), pdu);
    REQUIRE(b.has_value());
    CHECK(b->interface_version == 0x50);
    CHECK(b->address_range == "140");
    buffer answer;
    append_bind_response(answer, static_cast<command>(static_cast<std::uint32_t>(id) | response_bit),
                         read_header(pdu).sequence, status::ok, "SMSC");
    p.smsc.send(answer);
    REQUIRE(p.until([&] { return p.link->bound(); }));
    CHECK(p.link->can_submit() == (as == bind_as::transmitter));
    CHECK(p.submit("x", 1) == (as == bind_as::transmitter));
  }
}

TEST_CASE("AfterThrottlingNothingLeavesForAWhileAndThenEverythingDoes") {
  pair_of p;
  p.bind();
  REQUIRE(p.submit("a", 1));
  p.link->flush();
  const buffer first = p.smsc.expect(command::submit_sm);
  REQUIRE(!first.empty());
  buffer answer;
  append_message_response(answer, command::submit_sm_resp, read_header(first).sequence, status::throttled);
  p.smsc.send(answer);
  REQUIRE(p.until([&] { return p.submitted.size() == 1; }));
  CHECK(p.submitted[0] == done{1, status::throttled});
  CHECK(p.link->counters().throttled == 1);
  REQUIRE(p.submit("a", 2));
  p.link->flush();
  CHECK(p.link->waiting() == 1);
  CHECK(!p.smsc.expect(command::submit_sm).empty());
  CHECK(p.link->waiting() == 0);
}

TEST_CASE("WhatIsMoreUrgentLeavesFirst") {
  pair_of p;
  p.settings.window = 1;
  p.bind();
  const auto send = [&](std::string_view words, std::uint64_t token, urgency how) {
    const buffer b = octets(words);
    message m;
    m.text = b;
    CHECK(p.link->submit(m, token, command::submit_sm, how));
  };
  send("first", 0, urgency::reply);
  send("reminder", 1, urgency::reminder);
  send("receipt", 2, urgency::receipt);
  send("reply", 3, urgency::reply);
  p.link->flush();
  for (const auto expected : {"first", "reply", "receipt", "reminder"}) {
    const buffer pdu = p.smsc.expect(command::submit_sm);
    REQUIRE(!pdu.empty());
    const auto m = read_message(command::submit_sm, std::span(pdu).subspan(header_size));
    CHECK(text(m->text) == expected);
    buffer answer;
    append_message_response(answer, command::submit_sm_resp, read_header(pdu).sequence, status::ok, "1");
    p.smsc.send(answer);
  }
  REQUIRE(p.until([&] { return p.submitted.size() == 4; }));
}

TEST_CASE("AReplyThatCouldNotLeaveInTimeIsDroppedAndToldSo") {
  pair_of p;
  p.settings.window = 1;
  p.settings.timing.response_s = 30;
  p.settings.reply_valid_s = 0;
  p.bind();
  REQUIRE(p.submit("a", 1));
  REQUIRE(p.submit("b", 2));
  p.link->flush();
  REQUIRE(p.until([&] { return p.submitted.size() == 1; }));
  CHECK(p.submitted[0] == done{2, status::too_late});
  CHECK(p.link->counters().too_late == 1);
}

TEST_CASE("ARateIsKept") {
  pair_of p;
  p.settings.rate = 50;
  p.bind();
  for (std::uint64_t i = 0; i < 20; ++i)
    REQUIRE(p.submit("x", i));
  p.link->flush();
  CHECK(p.link->waiting() >= 14); // the first tenth of a second leaves at once
  REQUIRE(p.until([&] { return p.link->waiting() == 0; }));
  CHECK(p.link->unanswered() == 20);
}

TEST_CASE("AnAddressThatIsNotOursIsToldAsTheReason") {
  pair_of p;
  p.settings.source_ip = "192.0.2.1"; // RFC 5737: nobody's
  p.make();
  p.link->start();
  REQUIRE(p.until([&] { return !p.states.empty(); }));
  CHECK(p.states[0].starts_with("-cannot leave from 192.0.2.1"));
}

TEST_CASE("ALinkLeavesFromTheAddressItIsTold") {
  pair_of p;
  p.settings.source_ip = "127.0.0.9";
  p.bind();
  CHECK(p.smsc.peer().address().to_string() == "127.0.0.9");
}
