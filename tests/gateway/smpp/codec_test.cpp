#include "gateway/smpp/codec.h"
#include "tests/gateway/smpp/octets_of.h"

#include <doctest/doctest.h>

using namespace tallyline::smpp;
using namespace tallyline::smpp::test;

namespace {

// service_type "USSD", 98912… → 140, text "*140#", then what a test adds.
const std::string plain = "55535344 00 01 01 393839313200 00 01 31343000 00 00 00 00 00 00 00 0f 00 05 2a31343023";

status failure(std::string_view digits, command id = command::deliver_sm) {
  const auto m = read_message(id, hex(digits));
  return m ? status::ok : m.error();
}

message example(std::span<const std::uint8_t> text_octets) {
  message m;
  m.service_type = "USSD";
  m.source_ton = m.source_npi = 1;
  m.source = "989121234567";
  m.destination = "140";
  m.esm_class = 3;
  m.protocol_id = 4;
  m.priority = 2;
  m.registered_delivery = 1;
  m.data_coding = 0x0F;
  m.text = text_octets;
  m.ussd_service_op = 2;
  m.its_session_info = {0x4D, 0x06};
  m.user_message_reference = 0x1234;
  return m;
}

void check_equal(const message& a, const message& b) {
  CHECK(a.service_type == b.service_type);
  CHECK(a.source_ton == b.source_ton);
  CHECK(a.source_npi == b.source_npi);
  CHECK(a.source == b.source);
  CHECK(a.destination_ton == b.destination_ton);
  CHECK(a.destination_npi == b.destination_npi);
  CHECK(a.destination == b.destination);
  CHECK(a.esm_class == b.esm_class);
  CHECK(a.registered_delivery == b.registered_delivery);
  CHECK(a.data_coding == b.data_coding);
  CHECK(text(a.text) == text(b.text));
  CHECK(a.ussd_service_op == b.ussd_service_op);
  CHECK(a.its_session_info == b.its_session_info);
  CHECK(a.user_message_reference == b.user_message_reference);
}

} // namespace

TEST_CASE("AHeaderIsReadAsWritten") {
  buffer b;
  append_header_only(b, command::generic_nack, 0x7FFFFFFF, status::invalid_command_id);
  CHECK(b == hex("00000010 80000000 00000003 7fffffff"));
  const header h = read_header(b);
  CHECK(h.length == 16);
  CHECK(h.id == command::generic_nack);
  CHECK(h.status == status::invalid_command_id);
  CHECK(h.sequence == 0x7FFFFFFF);
}

TEST_CASE("ADeliverSmIsReadFieldByField") {
  const buffer octets = hex(plain + "0501 0001 01 1383 0002 4d00 0204 0002 0007");
  const auto m = read_message(command::deliver_sm, octets);
  REQUIRE(m.has_value());
  CHECK((*m).service_type == "USSD");
  CHECK((*m).source == "98912");
  CHECK((*m).source_ton == 1);
  CHECK((*m).destination == "140");
  CHECK((*m).destination_npi == 1);
  CHECK((*m).data_coding == 0x0F);
  CHECK(text((*m).text) == "*140#");
  CHECK((*m).ussd_service_op == 1);
  CHECK((*m).its_session_info == std::array<std::uint8_t, 2>{0x4D, 0x00});
  CHECK((*m).user_message_reference == 7);
}

TEST_CASE("WhatIsWrittenIsReadBack") {
  const buffer words = octets("Station 12");
  for (const command id : {command::submit_sm, command::deliver_sm, command::data_sm}) {
    message m = example(words);
    buffer b;
    append_message(b, id, 9, m);
    CHECK(read_header(b).length == b.size());
    CHECK(read_header(b).id == id);
    CHECK(read_header(b).sequence == 9);
    const auto back = read_message(id, body(b));
    REQUIRE(back.has_value());
    check_equal(m, *back);
  }
}

TEST_CASE("TextOver254OctetsGoesAsMessagePayload") {
  for (const std::size_t size : {0U, 1U, 254U, 255U, 1000U, 60000U}) {
    const buffer words(size, 'x');
    buffer b;
    append_message(b, command::submit_sm, 1, example(words));
    const auto back = read_message(command::submit_sm, body(b));
    REQUIRE(back.has_value());
    CHECK((*back).text.size() == size);
  }
}

TEST_CASE("MessagePayloadCountsOnlyWhereShortMessageIsEmpty") {
  const buffer with_both = hex(plain + "0424 0002 6869");
  CHECK(text((*read_message(command::deliver_sm, with_both)).text) == "*140#");
  const buffer payload_only = hex("00 0000 00 0000 00 00 00 00 00 00 00 00 00 00 00 0424 0002 6869");
  CHECK(text((*read_message(command::deliver_sm, payload_only)).text) == "hi");
}

TEST_CASE("UnknownTlvsAreIgnoredAndKeptRaw") {
  const buffer octets = hex(plain + "1501 0004 00000001 0501 0001 12");
  const auto m = read_message(command::deliver_sm, octets);
  REQUIRE(m.has_value());
  CHECK((*m).ussd_service_op == 18);
  CHECK((*m).tlvs.size() == 13);
}

TEST_CASE("RawTlvsAreWrittenOnceEach") {
  const buffer in = hex(plain + "1501 0004 00000001 0501 0001 12 1383 0002 4d00");
  const auto m = read_message(command::deliver_sm, in);
  buffer out;
  append_message(out, command::deliver_sm, 1, *m);
  CHECK(out.size() == header_size + in.size());
  const auto back = read_message(command::deliver_sm, body(out));
  REQUIRE(back.has_value());
  check_equal(*m, *back);
}

TEST_CASE("TruncatedTlvIsRefusedWithInvalidTlvStream") {
  CHECK(failure(plain + "05") == status::invalid_tlv_stream);
  CHECK(failure(plain + "0501") == status::invalid_tlv_stream);
  CHECK(failure(plain + "0501 00") == status::invalid_tlv_stream);
  CHECK(failure(plain + "0501 0001") == status::invalid_tlv_stream);
  CHECK(failure(plain + "1501 ffff 00") == status::invalid_tlv_stream);
}

TEST_CASE("AKnownTlvOfWrongSizeIsRefusedWithInvalidTlvLength") {
  CHECK(failure(plain + "0501 0002 0101") == status::invalid_tlv_length);
  CHECK(failure(plain + "0501 0000") == status::invalid_tlv_length);
  CHECK(failure(plain + "1383 0001 4d") == status::invalid_tlv_length);
  CHECK(failure(plain + "0204 0003 000001") == status::invalid_tlv_length);
}

TEST_CASE("SmLengthBeyondTheBodyIsRefusedWithInvalidMessageLength") {
  CHECK(failure("00 0000 00 0000 00 00 00 00 00 00 00 00 00 00 05 2a313430") == status::invalid_message_length);
  CHECK(failure("00 0000 00 0000 00 00 00 00 00 00 00 00 00 00 fe") == status::invalid_message_length);
}

TEST_CASE("AStringLongerThanItsFieldIsRefusedWithTheFieldsStatus") {
  const std::string long_address = "3031323334353637383930313233343536373839 30 00"; // 21 digits
  CHECK(failure("414243444546 00") == status::invalid_service_type);
  CHECK(failure("00 0000" + long_address) == status::invalid_source);
  CHECK(failure("00 0000 00 0000" + long_address) == status::invalid_destination);
  CHECK(failure("00 0000 00 0000 00 000000 3131313131313131313131313131313131 00") == status::invalid_schedule);
  CHECK(failure("00 0000 00 0000 00 000000 00 3131313131313131313131313131313131 00") == status::invalid_expiry);
}

TEST_CASE("AddressesOfDataSmMayHave64Characters") {
  const std::string digits(64, '7');
  message m;
  m.source = m.destination = digits;
  buffer b;
  append_message(b, command::data_sm, 1, m);
  const auto back = read_message(command::data_sm, body(b));
  REQUIRE(back.has_value());
  CHECK((*back).source == digits);
  CHECK((*back).destination == digits);
}

TEST_CASE("EveryTruncationOfAMessageIsRefusedOrIsAWholeShorterOne") {
  const buffer words = octets("0123456789");
  for (const command id : {command::submit_sm, command::deliver_sm, command::data_sm}) {
    buffer b;
    append_message(b, id, 1, example(words));
    std::size_t accepted = 0;
    for (std::size_t n = 0; n < b.size() - header_size; ++n) {
      const buffer cut(b.begin() + header_size,
                       b.begin() + static_cast<std::ptrdiff_t>(header_size + n)); // exact bounds
      accepted += read_message(id, cut).has_value() ? 1 : 0;
    }
    // Only at the borders between the TLVs: before the first, and after each but the last.
    CHECK(accepted == (id == command::data_sm ? 4 : 3));
  }
}

TEST_CASE("FieldsTooLongToSendAreCutAndNeverShiftTheOthers") {
  const std::string too_long(100, '9');
  message m;
  m.service_type = m.source = too_long;
  m.destination = std::string_view("14\0000", 5);
  buffer b;
  append_message(b, command::submit_sm, 1, m);
  const auto back = read_message(command::submit_sm, body(b));
  REQUIRE(back.has_value());
  CHECK((*back).service_type.size() == 5);
  CHECK((*back).source.size() == 20);
  CHECK((*back).destination == "14");
}

TEST_CASE("ADeliverSmRespHasAnEmptyMessageId") {
  buffer b;
  append_message_response(b, command::deliver_sm_resp, 7, status::rx_temporary_error, "ignored");
  CHECK(b == hex("00000011 80000005 00000064 00000007 00"));
}

TEST_CASE("ASubmitSmRespThatRefusesHasNoBody") {
  buffer b;
  append_message_response(b, command::submit_sm_resp, 7, status::throttled, "x");
  CHECK(b == hex("00000010 80000004 00000058 00000007"));
  CHECK(*read_message_id(body(b)) == "");
}

TEST_CASE("AMessageIdIsReadWithItsTlvsIgnored") {
  CHECK(*read_message_id(hex("616200")) == "ab");
  CHECK(*read_message_id(hex("616200 1501 0001 00")) == "ab");
  CHECK(read_message_id(hex("6162")).error() == status::invalid_command_length);
  CHECK(read_message_id(buffer(65, 'x')).error() == status::invalid_message_id);
}

TEST_CASE("PdusAreAppendedBehindWhatIsThere") {
  buffer b;
  append_header_only(b, command::enquire_link, 1);
  append_message(b, command::submit_sm, 2, {});
  append_header_only(b, command::unbind, 3);
  const auto first = read_header(b).length;
  const auto second = read_header(std::span(b).subspan(first)).length;
  CHECK(read_header(std::span(b).subspan(first + second)).sequence == 3);
}
