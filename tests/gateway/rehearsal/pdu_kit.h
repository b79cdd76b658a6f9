// PDUs as tests need them: made in a line, and taken apart again.
#pragma once

#include "gateway/smpp/codec.h"
#include "gateway/smpp/framer.h"
#include "gateway/smpp/ussd.h"

#include <algorithm>
#include <string>
#include <vector>

namespace tallyline::rehearsal::test {

struct pdu {
  smpp::header head;
  smpp::buffer octets;
  std::span<const std::uint8_t> body() const { return std::span(octets).subspan(smpp::header_size); }
  smpp::message content() const { return *smpp::read_message(head.id, body()); }
  std::string text() const {
    const auto m = content();
    return {m.text.begin(), m.text.end()};
  }
};

inline std::vector<pdu> cut(const smpp::buffer& stream) {
  smpp::framer f;
  const auto room = f.room(stream.size() + 1);
  std::copy(stream.begin(), stream.end(), room.begin());
  f.filled(stream.size());
  std::vector<pdu> all;
  for (std::span<const std::uint8_t> one; f.next(one) == smpp::framer::verdict::pdu;)
    all.push_back({smpp::read_header(one), {one.begin(), one.end()}});
  return all;
}

inline smpp::buffer bind_pdu(smpp::command id = smpp::command::bind_transceiver, std::uint32_t sequence = 1,
                             std::string_view system_id = "gateway", std::string_view password = "secret") {
  smpp::buffer b;
  smpp::append_bind(b, id, sequence, {system_id, password, {}, {}});
  return b;
}

inline smpp::buffer header_pdu(smpp::command id, std::uint32_t sequence, smpp::status s = smpp::status::ok) {
  smpp::buffer b;
  smpp::append_header_only(b, id, sequence, s);
  return b;
}

inline std::span<const std::uint8_t> octets_of(std::string_view s) {
  return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()};
}

// What an ESME says to a session: `sequence` is its_session_info's second octet.
inline smpp::message ussd(std::string_view msisdn, std::uint8_t octet, std::uint8_t sequence, std::uint8_t op,
                          std::string_view text, std::uint8_t data_coding = 0x0F) {
  smpp::message m;
  m.service_type = "USSD";
  m.source = "140";
  m.destination = msisdn;
  m.data_coding = data_coding;
  m.text = octets_of(text);
  m.ussd_service_op = op;
  m.its_session_info = {octet, sequence};
  return m;
}

inline smpp::buffer submit_pdu(const smpp::message& m, std::uint32_t sequence) {
  smpp::buffer b;
  smpp::append_message(b, smpp::command::submit_sm, sequence, m);
  return b;
}

} // namespace tallyline::rehearsal::test
