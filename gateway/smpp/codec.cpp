// The PDUs of the hot path, by hand. What libsmpp34 does for us is in codec_bind.cpp.
#include "gateway/smpp/codec.h"

#include "gateway/smpp/octets.h"

namespace tallyline::smpp {
namespace {

// Octets of the C-octet strings, their NUL counted (4.4.1, 4.6.1, 4.7.1). data_sm's addresses are longer.
constexpr std::size_t service_type_size = 6, time_size = 17, message_id_size = 65;
constexpr std::size_t short_message_max = 254;

constexpr std::size_t address_size(command id) { return id == command::data_sm ? 65 : 21; }

bool read_string(cursor& in, std::size_t max, std::string_view& to, status too_long, status& failed) {
  const auto f = in.c_string(max, to);
  if (f == cursor::found::whole) return true;
  failed = f == cursor::found::too_long ? too_long : status::invalid_command_length;
  return false;
}

bool read_addresses(cursor& in, command id, message& m, status& failed) {
  failed = status::invalid_command_length;
  return read_string(in, service_type_size, m.service_type, status::invalid_service_type, failed) &&
         in.u8(m.source_ton) && in.u8(m.source_npi) &&
         read_string(in, address_size(id), m.source, status::invalid_source, failed) && in.u8(m.destination_ton) &&
         in.u8(m.destination_npi) &&
         read_string(in, address_size(id), m.destination, status::invalid_destination, failed);
}

bool read_short_message(cursor& in, message& m, status& failed) {
  std::string_view unused_time;
  std::uint8_t replace = 0, default_message = 0, length = 0;
  failed = status::invalid_command_length;
  if (!in.u8(m.esm_class) || !in.u8(m.protocol_id) || !in.u8(m.priority) ||
      !read_string(in, time_size, unused_time, status::invalid_schedule, failed) ||
      !read_string(in, time_size, unused_time, status::invalid_expiry, failed) || !in.u8(m.registered_delivery) ||
      !in.u8(replace) || !in.u8(m.data_coding) || !in.u8(default_message) || !in.u8(length))
    return false;
  failed = status::invalid_message_length;
  return in.take(length, m.text);
}

bool is_read_into_a_field(std::uint16_t t) {
  return t == tag::ussd_service_op || t == tag::its_session_info || t == tag::user_message_reference ||
         t == tag::message_payload;
}

// ussd_service_op is listed for submit_sm only (4.4.2), yet every SMSC that speaks USSD sends it in deliver_sm.
status read_tlv(std::uint16_t t, std::span<const std::uint8_t> value, message& m) {
  switch (t) {
  case tag::ussd_service_op:
    if (value.size() != 1) return status::invalid_tlv_length;
    m.ussd_service_op = value[0];
    break;
  case tag::its_session_info:
    if (value.size() != 2) return status::invalid_tlv_length;
    m.its_session_info = {value[0], value[1]};
    break;
  case tag::user_message_reference:
    if (value.size() != 2) return status::invalid_tlv_length;
    m.user_message_reference = get_u16(value.data());
    break;
  case tag::message_payload:
    // 3.2.3 forbids both; where a peer sends both, short_message is what every phone would have shown.
    if (m.text.empty()) m.text = value;
    break;
  default:
    break; // 3.3: what is not known is ignored
  }
  return status::ok;
}

status read_tlvs(cursor in, message& m) {
  m.tlvs = in.rest();
  while (in.left() > 0) {
    std::uint16_t t = 0, length = 0;
    std::span<const std::uint8_t> value;
    if (!in.u16(t) || !in.u16(length) || !in.take(length, value)) return status::invalid_tlv_stream;
    if (const status s = read_tlv(t, value, m); s != status::ok) return s;
  }
  return status::ok;
}

std::uint8_t* put_header(std::uint8_t* p, command id, status s, std::uint32_t sequence) {
  p = put_u32(p + 4, static_cast<std::uint32_t>(id));
  return put_u32(put_u32(p, static_cast<std::uint32_t>(s)), sequence);
}

std::uint8_t* put_tlv_head(std::uint8_t* p, std::uint16_t t, std::size_t length) {
  return put_u16(put_u16(p, t), static_cast<std::uint16_t>(length));
}

std::uint8_t* put_octets(std::uint8_t* p, std::span<const std::uint8_t> octets) {
  if (!octets.empty()) std::memcpy(p, octets.data(), octets.size());
  return p + octets.size();
}

std::uint8_t* put_addresses(std::uint8_t* p, command id, const message& m) {
  p = put_c_string(p, m.service_type, service_type_size);
  p = put_u8(put_u8(p, m.source_ton), m.source_npi);
  p = put_c_string(p, m.source, address_size(id));
  p = put_u8(put_u8(p, m.destination_ton), m.destination_npi);
  return put_c_string(p, m.destination, address_size(id));
}

std::uint8_t* put_short_message(std::uint8_t* p, const message& m, bool as_payload) {
  p = put_u8(put_u8(put_u8(p, m.esm_class), m.protocol_id), m.priority);
  p = put_u8(put_u8(p, 0), 0); // schedule_delivery_time, validity_period
  p = put_u8(put_u8(p, m.registered_delivery), 0);
  p = put_u8(put_u8(p, m.data_coding), 0);
  if (as_payload) return put_u8(p, 0);
  return put_octets(put_u8(p, static_cast<std::uint8_t>(m.text.size())), m.text);
}

std::uint8_t* put_tlvs(std::uint8_t* p, const message& m, bool as_payload) {
  if (m.user_message_reference) p = put_u16(put_tlv_head(p, tag::user_message_reference, 2), *m.user_message_reference);
  if (m.ussd_service_op) p = put_u8(put_tlv_head(p, tag::ussd_service_op, 1), *m.ussd_service_op);
  if (m.its_session_info) p = put_octets(put_tlv_head(p, tag::its_session_info, 2), *m.its_session_info);
  if (as_payload) {
    const auto text = m.text.first(std::min<std::size_t>(m.text.size(), 0xFFFF));
    p = put_octets(put_tlv_head(p, tag::message_payload, text.size()), text);
  }
  cursor in(m.tlvs);
  std::uint16_t t = 0, length = 0;
  std::span<const std::uint8_t> value;
  while (in.u16(t) && in.u16(length) && in.take(length, value))
    if (!is_read_into_a_field(t)) p = put_octets(put_tlv_head(p, t, length), value);
  return p;
}

// Writes through `fill` into `at_most` new octets at the end, then gives back what was not used and sets
// command_length.
template <class Fill> void append(buffer& to, std::size_t at_most, Fill fill) {
  const std::size_t start = to.size();
  to.resize(start + at_most);
  const std::uint8_t* end = fill(to.data() + start);
  const auto length = static_cast<std::size_t>(end - (to.data() + start));
  to.resize(start + length);
  put_u32(to.data() + start, static_cast<std::uint32_t>(length));
}

} // namespace

header read_header(std::span<const std::uint8_t> octets) noexcept {
  const std::uint8_t* p = octets.data();
  return {get_u32(p), static_cast<command>(get_u32(p + 4)), static_cast<status>(get_u32(p + 8)), get_u32(p + 12)};
}

decoded<message> read_message(command id, std::span<const std::uint8_t> body) noexcept {
  cursor in(body);
  message m;
  status failed = status::ok;
  if (!read_addresses(in, id, m, failed)) return failed;
  if (id != command::data_sm) {
    if (!read_short_message(in, m, failed)) return failed;
  } else if (!in.u8(m.esm_class) || !in.u8(m.registered_delivery) || !in.u8(m.data_coding)) {
    return status::invalid_command_length;
  }
  if (failed = read_tlvs(in, m); failed != status::ok) return failed;
  return m;
}

decoded<std::string_view> read_message_id(std::span<const std::uint8_t> body) noexcept {
  std::string_view message_id;
  if (body.empty()) return message_id; // 4.4.2: no body when the command_status tells of an error
  cursor in(body);
  status failed = status::ok;
  if (!read_string(in, message_id_size, message_id, status::invalid_message_id, failed)) return failed;
  return message_id;
}

void append_message(buffer& to, command id, std::uint32_t sequence, const message& m) {
  constexpr std::size_t fixed = header_size + service_type_size + 4 + 2 * 65 + 10;
  constexpr std::size_t known_tlvs = 6 + 5 + 6 + 4;
  const bool as_payload = m.text.size() > (id == command::data_sm ? 0 : short_message_max);
  append(to, fixed + known_tlvs + m.text.size() + m.tlvs.size(), [&](std::uint8_t* p) {
    p = put_addresses(put_header(p, id, status::ok, sequence), id, m);
    if (id == command::data_sm)
      p = put_u8(put_u8(put_u8(p, m.esm_class), m.registered_delivery), m.data_coding);
    else
      p = put_short_message(p, m, as_payload);
    return put_tlvs(p, m, as_payload);
  });
}

void append_message_response(buffer& to, command id, std::uint32_t sequence, status s, std::string_view message_id) {
  append(to, header_size + message_id_size, [&](std::uint8_t* p) {
    p = put_header(p, id, s, sequence);
    // 4.4.2: a submit_sm_resp that refuses has no body.
    if (id == command::submit_sm_resp && s != status::ok) return p;
    return put_c_string(p, id == command::deliver_sm_resp ? std::string_view{} : message_id, message_id_size);
  });
}

void append_header_only(buffer& to, command id, std::uint32_t sequence, status s) {
  append(to, header_size, [&](std::uint8_t* p) { return put_header(p, id, s, sequence); });
}

std::optional<std::span<const std::uint8_t>> find_tlv(std::span<const std::uint8_t> tlvs, std::uint16_t tag) noexcept {
  cursor in(tlvs);
  std::uint16_t t = 0, length = 0;
  std::span<const std::uint8_t> value;
  while (in.u16(t) && in.u16(length) && in.take(length, value))
    if (t == tag) return value;
  return std::nullopt;
}

void append_tlv(buffer& tlvs, std::uint16_t tag, std::span<const std::uint8_t> value) {
  const std::size_t at = tlvs.size();
  tlvs.resize(at + 4 + value.size());
  std::uint8_t* p = put_u16(put_u16(tlvs.data() + at, tag), static_cast<std::uint16_t>(value.size()));
  if (!value.empty()) std::memcpy(p, value.data(), value.size());
}

} // namespace tallyline::smpp
