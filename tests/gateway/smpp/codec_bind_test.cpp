#include "gateway/smpp/codec.h"
#include "tests/gateway/smpp/octets_of.h"

#include <doctest/doctest.h>

using namespace tallyline::smpp;
using namespace tallyline::smpp::test;

namespace {

buffer bind_pdu(const bind& b, command id = command::bind_transceiver) {
  buffer pdu;
  append_bind(pdu, id, 5, b);
  return pdu;
}

decoded<bind_request> read(const buffer& pdu) { return read_bind(read_header(pdu), pdu); }

buffer with_body(command id, std::string_view digits) {
  buffer pdu;
  append_header_only(pdu, id, 5);
  const buffer b = hex(digits);
  pdu.insert(pdu.end(), b.begin(), b.end());
  pdu[3] = static_cast<std::uint8_t>(pdu.size());
  return pdu;
}

status refusal(std::string_view digits) {
  const auto r = read(with_body(command::bind_transceiver, digits));
  return r ? status::ok : r.error();
}

} // namespace

TEST_CASE("ABindOfEachKindIsReadAsWritten") {
  for (const command id : {command::bind_transceiver, command::bind_receiver, command::bind_transmitter}) {
    const buffer pdu = bind_pdu({"tallyline", "secret", "VMA", "^140"}, id);
    CHECK(read_header(pdu).length == pdu.size());
    CHECK(read_header(pdu).sequence == 5);
    const auto r = read(pdu);
    REQUIRE(r.has_value());
    CHECK((*r).id == id);
    CHECK((*r).system_id == "tallyline");
    CHECK((*r).password == "secret");
    CHECK((*r).system_type == "VMA");
    CHECK((*r).address_range == "^140");
    CHECK((*r).interface_version == 0x34);
  }
}

TEST_CASE("BindFieldsAtTheirLongestAreKept") {
  const std::string id(15, 'i'), type(12, 't'), range(40, 'r');
  const auto r = read(bind_pdu({id, "12345678", type, range}));
  REQUIRE(r.has_value());
  CHECK((*r).system_id == id);
  CHECK((*r).password == "12345678");
  CHECK((*r).system_type == type);
  CHECK((*r).address_range == range);
}

TEST_CASE("BindFieldsTooLongToSendAreCut") {
  const auto r = read(bind_pdu({std::string(50, 'i'), "123456789", "", ""}));
  REQUIRE(r.has_value());
  CHECK((*r).system_id == std::string(15, 'i'));
  CHECK((*r).password == "12345678");
}

TEST_CASE("ABindFieldLongerThanTheSpecificationIsRefusedByName") {
  CHECK(refusal("61616161616161616161616161616161 00 00 00 34 00 00 00") == status::invalid_system_id);
  CHECK(refusal("6100 313233343536373839 00 00 34 00 00 00") == status::invalid_password);
  CHECK(refusal("6100 00 31323334353637383930313233 00 34 00 00 00") == status::invalid_system_type);
}

TEST_CASE("EveryTruncationOfABindIsRefused") {
  const buffer pdu = bind_pdu({"tallyline", "secret", "VMA", "140"});
  for (std::size_t n = 0; n < pdu.size(); ++n) {
    const buffer cut(pdu.begin(), pdu.begin() + static_cast<std::ptrdiff_t>(n));
    const header h{static_cast<std::uint32_t>(n), command::bind_transceiver, status::ok, 5};
    CHECK_FALSE(read_bind(h, cut).has_value());
  }
}

TEST_CASE("OctetsBehindABindAreRefused") {
  CHECK(refusal("6100 00 00 34 00 00 00 00") == status::invalid_command_length);
}

TEST_CASE("ABindResponseIsReadAsWritten") {
  buffer pdu;
  append_bind_response(pdu, command::bind_transceiver_resp, 5, status::ok, "SMSC");
  const auto name = read_bind_response(read_header(pdu), pdu);
  REQUIRE(name.has_value());
  CHECK(*name == "SMSC");
}

TEST_CASE("ABindResponseThatRefusesMayHaveNoBody") {
  buffer pdu;
  append_header_only(pdu, command::bind_transceiver_resp, 5, status::invalid_password);
  CHECK(*read_bind_response(read_header(pdu), pdu) == "");
}

TEST_CASE("ABindResponseMayCarryAnyTlv") {
  for (const std::string_view tlvs : {"0210 0001 34", "0210 0002 3400", "1501 0004 00000001",
                                      "0427 0001 00 0210 0001 34", "ffff 0000", "0005 0003 010203"}) {
    const buffer pdu = with_body(command::bind_transceiver_resp, "534d5343 00" + std::string(tlvs));
    const auto name = read_bind_response(read_header(pdu), pdu);
    REQUIRE(name.has_value());
    CHECK(*name == "SMSC");
  }
}

TEST_CASE("ABindResponseMayHaveAnOperatorsOwnStatus") {
  buffer pdu = with_body(command::bind_transceiver_resp, "534d5343 00");
  pdu[10] = 0x04;
  pdu[11] = 0x51;
  pdu[12] = 0xFF; // and a sequence number beyond 5.1.4
  const auto name = read_bind_response(read_header(pdu), pdu);
  REQUIRE(name.has_value());
  CHECK(*name == "SMSC");
}

TEST_CASE("ABrokenBindResponseIsRefused") {
  const auto refused = [](std::string_view digits) {
    const buffer pdu = with_body(command::bind_transceiver_resp, digits);
    const auto name = read_bind_response(read_header(pdu), pdu);
    return name ? status::ok : name.error();
  };
  CHECK(refused("534d5343") == status::invalid_command_length);
  CHECK(refused("61616161616161616161616161616161 00") == status::invalid_system_id);
  CHECK(refused("00 0210 0005 34") == status::invalid_tlv_stream);
}
