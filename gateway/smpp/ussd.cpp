#include "gateway/smpp/ussd.h"

#include "gateway/smpp/gsm_text.h"

namespace tallyline::smpp {
namespace {

constexpr std::string_view service_type = "USSD"; // predefined by 5.2.11

// 3GPP TS 23.038 has * and # where ASCII has them; in UCS-2 they are the second octet.
bool starts_like_a_code(const message& m) {
  const std::size_t at = alphabet_of(m.data_coding) == alphabet::ucs2 ? 1 : 0;
  return m.text.size() > at && (m.text[at] == '*' || m.text[at] == '#');
}

ussd_event event_without_op(const message& m) {
  return !m.its_session_info && starts_like_a_code(m) ? ussd_event::begin : ussd_event::reply;
}

ussd_event event_of(const dialect& d, const message& m) {
  if (m.ussd_service_op && *m.ussd_service_op == d.op_end) return ussd_event::end;
  if (m.its_session_info && ((*m.its_session_info)[1] & d.end_bit)) return ussd_event::abort;
  if (!m.ussd_service_op) return event_without_op(m);
  if (*m.ussd_service_op == d.op_begin) return ussd_event::begin;
  // 5.3.2.44: from 32 on values are the operator's own; those seen from the network (0x41, 0x81) all close a dialogue.
  // Below, whatever is no end carries what the subscriber typed.
  if (*m.ussd_service_op >= 32) return ussd_event::abort;
  return ussd_event::reply;
}

void write(message& m, std::uint8_t op, std::uint64_t session, std::uint32_t turn, std::uint8_t end) {
  if (m.service_type.empty()) m.service_type = service_type;
  m.ussd_service_op = op;
  m.its_session_info = {static_cast<std::uint8_t>(session), static_cast<std::uint8_t>((turn << 1 & 0xFE) | end)};
}

bool closes(ussd_event e) { return e == ussd_event::end || e == ussd_event::abort; }

} // namespace

std::optional<ussd_in> read_ussd(const dialect& d, const message& m) noexcept {
  if (!m.ussd_service_op && !m.its_session_info && m.service_type != service_type) return std::nullopt;
  return ussd_in{event_of(d, m), m.its_session_info ? std::uint64_t{(*m.its_session_info)[0]} : 0};
}

void write_ussd(const dialect& d, message& m, std::uint64_t session, std::uint32_t turn, ussd_event event) noexcept {
  const bool end = closes(event);
  write(m, end ? d.op_end : d.op_continue, session, turn, end ? d.end_bit : std::uint8_t{0});
}

void write_ussd_of_network(const dialect& d, message& m, std::uint64_t session, std::uint32_t turn,
                           ussd_event event) noexcept {
  const std::uint8_t op = event == ussd_event::begin   ? d.op_begin
                          : event == ussd_event::reply ? d.op_reply
                          : event == ussd_event::end   ? d.op_end
                                                       : d.op_reply;
  write(m, op, session, turn, closes(event) ? d.end_bit : std::uint8_t{0});
}

} // namespace tallyline::smpp
