#include "gateway/smpp/ussd.h"
#include "tests/gateway/smpp/octets_of.h"

#include <doctest/doctest.h>

using namespace tallyline::smpp;
using namespace tallyline::smpp::test;

namespace {

using its = std::array<std::uint8_t, 2>;

std::optional<ussd_in> in(std::optional<std::uint8_t> op, std::optional<its> session, std::string_view words = "",
                          std::string_view service_type = "") {
  const buffer b = octets(words);
  message m;
  m.ussd_service_op = op;
  m.its_session_info = session;
  m.text = b;
  m.service_type = service_type;
  return read_ussd(standard_dialect, m);
}

buffer tlvs;

void write_ussd(const dialect& d, message& m, std::uint64_t session, std::uint32_t turn, ussd_event event) {
  tallyline::smpp::write_ussd(d, m, {session, turn, event, {}}, tlvs);
}

} // namespace

TEST_CASE("PssrIndicationBeginsADialogue") {
  const auto u = in(1, its{0x4D, 0x00}, "*140#");
  REQUIRE(u.has_value());
  CHECK(u->event == ussd_event::begin);
  CHECK(u->session == 0x4D00);
}

TEST_CASE("UssrConfirmIsAReply") { CHECK(in(18, its{0x4D, 0x02})->event == ussd_event::reply); }

TEST_CASE("PssrResponseFromTheNetworkIsTheEnd") {
  CHECK(in(17, its{0x4D, 0x00})->event == ussd_event::end);
  CHECK(in(17, its{0x4D, 0x01})->event == ussd_event::end);
}

TEST_CASE("TheEndBitAbortsWhateverTheOperation") {
  CHECK(in(18, its{0x4D, 0x03})->event == ussd_event::abort);
  CHECK(in(1, its{0x4D, 0x01})->event == ussd_event::abort);
  CHECK(in({}, its{0x4D, 0x01})->event == ussd_event::abort);
}

TEST_CASE("AnOperatorsOwnOperationAborts") { CHECK(in(0x81, its{0x4D, 0x00})->event == ussd_event::abort); }

TEST_CASE("TheSequenceDoesNotChangeTheSession") {
  for (unsigned sequence = 0; sequence < 256; sequence += 2)
    CHECK(in(18, its{7, static_cast<std::uint8_t>(sequence)})->session == 0x0700);
}

TEST_CASE("WithoutTlvsACodeBeginsAndAnythingElseReplies") {
  CHECK(in({}, {}, "*140#", "USSD")->event == ussd_event::begin);
  CHECK(in({}, {}, "#140#", "USSD")->event == ussd_event::begin);
  CHECK(in({}, {}, "12", "USSD")->event == ussd_event::reply);
  CHECK(in({}, {}, "", "USSD")->event == ussd_event::reply);
  CHECK(in({}, its{1, 0}, "*140#")->event == ussd_event::reply);
}

TEST_CASE("ACodeInUcs2BeginsToo") {
  const buffer b = hex("002a 0031 0023");
  message m;
  m.service_type = "USSD";
  m.data_coding = 0x48;
  m.text = b;
  CHECK(read_ussd(standard_dialect, m)->event == ussd_event::begin);
}

TEST_CASE("AShortMessageIsNoUssd") {
  CHECK_FALSE(in({}, {}, "*140#").has_value());
  CHECK_FALSE(in({}, {}, "*140#", "CMT").has_value());
}

TEST_CASE("OurQuestionsAreUssrRequestsWhoseSequenceRisesByTwo") {
  for (std::uint32_t turn = 0; turn < 300; ++turn) {
    message m;
    write_ussd(standard_dialect, m, 0x4D00, turn, ussd_event::reply);
    CHECK(m.ussd_service_op == 2);
    CHECK(m.its_session_info == its{0x4D, static_cast<std::uint8_t>(2 * turn)});
    CHECK(m.service_type == "USSD");
  }
}

TEST_CASE("OurLastWordIsAPssrResponseWithTheEndBit") {
  message m;
  m.service_type = "P2";
  write_ussd(standard_dialect, m, 0x4D00, 3, ussd_event::end);
  CHECK(m.ussd_service_op == 17);
  CHECK(m.its_session_info == its{0x4D, 0x07});
  CHECK(m.service_type == "P2");
}

TEST_CASE("WhatTheNetworkSideWritesIsReadAsWritten") {
  for (const auto event : {ussd_event::begin, ussd_event::reply, ussd_event::end, ussd_event::abort}) {
    message m;
    write_ussd_of_network(standard_dialect, m, {0xAB00, 5, event, {}}, tlvs);
    const auto u = read_ussd(standard_dialect, m);
    REQUIRE(u.has_value());
    CHECK(u->event == event);
    CHECK(u->session == 0xAB00);
  }
}
