#include "gateway/smpp/describe.h"

#include "gateway/smpp/codec.h"
#include "gateway/smpp/gsm_text.h"
#include "gateway/smpp/names.h"
#include "gateway/smpp/octets.h"

#include <fmt/format.h>

namespace tallyline::smpp {
namespace {

bool carries_text(command id) {
  return id == command::submit_sm || id == command::deliver_sm || id == command::data_sm;
}

std::string_view operation(std::uint8_t op) { // 5.3.2.44
  switch (op) {
  case 0:
    return " PSSD indication";
  case 1:
    return " PSSR indication";
  case 2:
    return " USSR request";
  case 3:
    return " USSN request";
  case 16:
    return " PSSD response";
  case 17:
    return " PSSR response";
  case 18:
    return " USSR confirm";
  case 19:
    return " USSN confirm";
  default:
    return op >= 32 ? " (the operator's own)" : "";
  }
}

void append_tlvs(std::string& out, const message& m) {
  if (m.ussd_service_op) out += fmt::format("  op={}{}", *m.ussd_service_op, operation(*m.ussd_service_op));
  if (m.its_session_info)
    out += fmt::format("  its_session_info={:02x}{:02x}", (*m.its_session_info)[0], (*m.its_session_info)[1]);
  if (m.user_message_reference) out += fmt::format("  user_message_reference={:04x}", *m.user_message_reference);
  cursor in(m.tlvs);
  std::uint16_t t = 0, length = 0;
  std::span<const std::uint8_t> value;
  while (in.u16(t) && in.u16(length) && in.take(length, value)) {
    if (t == tag::ussd_service_op || t == tag::its_session_info || t == tag::user_message_reference ||
        t == tag::message_payload)
      continue;
    out += fmt::format("  0x{:04x}=", t);
    for (const std::uint8_t o : value.first(std::min<std::size_t>(value.size(), 32)))
      out += fmt::format("{:02x}", o);
  }
}

std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text)
    out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : static_cast<unsigned char>(c) < 0x20 ? "." : std::string(1, c);
  return out;
}

} // namespace

std::string describe_pdu(std::span<const std::uint8_t> pdu) {
  if (pdu.size() < header_size) return "not even a header";
  const header h = read_header(pdu);
  std::string out = fmt::format("{} seq={}", name_of(h.id), h.sequence);
  if (static_cast<std::uint32_t>(h.id) & response_bit || h.status != status::ok) out += " " + describe(h.status);
  if (!carries_text(h.id)) return out;
  const auto m = read_message(h.id, pdu.subspan(header_size));
  if (!m) return out + "  malformed: " + describe(m.error());
  std::string text;
  append_utf8(m->text, alphabet_of(m->data_coding), text);
  out += fmt::format("  {} → {}  \"{}\"  data_coding=0x{:02x}", m->source, m->destination, printable(text),
                     m->data_coding);
  if (!m->service_type.empty()) out += fmt::format("  service_type={}", printable(m->service_type));
  if (m->esm_class) out += fmt::format("  esm_class=0x{:02x}", m->esm_class);
  append_tlvs(out, *m);
  return out;
}

void mask_password(std::span<std::uint8_t> pdu) {
  if (pdu.size() < header_size) return;
  const auto id = read_header(pdu).id;
  if (id != command::bind_transceiver && id != command::bind_transmitter && id != command::bind_receiver) return;
  int strings = 0; // system_id, then password (4.1.1)
  for (std::size_t at = header_size; at < pdu.size() && strings < 2; ++at) {
    if (pdu[at] == 0)
      ++strings;
    else if (strings == 1)
      pdu[at] = '*';
  }
}

void mask_text(std::span<std::uint8_t> pdu) {
  if (pdu.size() < header_size) return;
  const header h = read_header(pdu);
  if (!carries_text(h.id)) return;
  const auto m = read_message(h.id, pdu.subspan(header_size));
  if (!m) { // unreadable: nothing behind the header is certain to be no PIN
    std::fill(pdu.begin() + header_size, pdu.end(), std::uint8_t{0});
    return;
  }
  const bool wide = alphabet_of(m->data_coding) == alphabet::ucs2;
  const auto from = static_cast<std::size_t>(m->text.data() - pdu.data());
  for (std::size_t i = 0; i < m->text.size(); ++i)
    pdu[from + i] = wide && i % 2 == 0 ? 0 : '*';
}

} // namespace tallyline::smpp
