// bind_* and unbind: rare, so libsmpp34 packs and unpacks them.
#include "gateway/smpp/codec.h"

#include "gateway/smpp/octets.h"

extern "C" {
#include <libsmpp34/smpp34.h>
#include <libsmpp34/smpp34_structs.h>
// Needs the structures above.
#include <libsmpp34/smpp34_params.h>
}

#include <array>

namespace tallyline::smpp {
namespace {

template <std::size_t N> std::string_view text_of(const std::uint8_t (&field)[N]) {
  const auto* s = reinterpret_cast<const char*>(field);
  return {s, strnlen(s, N)};
}

template <std::size_t N> void set_text(std::uint8_t (&field)[N], std::string_view text) {
  put_c_string(field, text, N);
}

// libsmpp34 links the TLVs it has built before it fails into the structure and leaves them there.
struct tlv_owner {
  tlv_t*& head;
  ~tlv_owner() {
    if (head) destroy_tlv(head);
    head = nullptr;
  }
};

// libsmpp34 takes a string that has no NUL within its field as "truncated" and reads on behind it, and its answer to
// what it cannot take is -1 for every cause: so what it gets is looked through first, and the cause is named here.
status check_bind_body(std::span<const std::uint8_t> body) {
  cursor in(body);
  std::string_view field;
  std::uint8_t octet = 0;
  const auto string = [&](std::size_t max, status too_long) {
    const auto f = in.c_string(max, field);
    if (f == cursor::found::whole) return status::ok;
    return f == cursor::found::too_long ? too_long : status::invalid_command_length;
  };
  status s = string(sizeof(bind_transceiver_t::system_id), status::invalid_system_id);
  if (s == status::ok) s = string(sizeof(bind_transceiver_t::password), status::invalid_password);
  if (s == status::ok) s = string(sizeof(bind_transceiver_t::system_type), status::invalid_system_type);
  if (s != status::ok) return s;
  if (!in.u8(octet) || !in.u8(octet) || !in.u8(octet)) return status::invalid_command_length;
  if (s = string(sizeof(bind_transceiver_t::address_range), status::bind_failed); s != status::ok) return s;
  return in.left() == 0 ? status::ok : status::invalid_command_length;
}

// How much of the body is system_id; the TLVs behind it are for nobody here and stay away from libsmpp34, which fails
// on any that it does not know.
decoded<std::size_t> check_bind_response_body(std::span<const std::uint8_t> body) {
  cursor in(body);
  std::string_view system_id;
  const auto f = in.c_string(sizeof(bind_transceiver_resp_t::system_id), system_id);
  if (f == cursor::found::too_long) return status::invalid_system_id;
  if (f == cursor::found::cut_off) return status::invalid_command_length;
  const std::size_t used = body.size() - in.left();
  while (in.left() > 0) {
    std::uint16_t t = 0, length = 0;
    std::span<const std::uint8_t> value;
    if (!in.u16(t) || !in.u16(length) || !in.take(length, value)) return status::invalid_tlv_stream;
  }
  return used;
}

// The three binds have one layout (4.1.1, 4.1.3, 4.1.5), in libsmpp34 under three names.
static_assert(sizeof(bind_transmitter_t) == sizeof(bind_transceiver_t));
static_assert(sizeof(bind_receiver_t) == sizeof(bind_transceiver_t));
static_assert(sizeof(bind_transmitter_resp_t) == sizeof(bind_transceiver_resp_t));
static_assert(sizeof(bind_receiver_resp_t) == sizeof(bind_transceiver_resp_t));

bool is_bind(command id) {
  return id == command::bind_transceiver || id == command::bind_receiver || id == command::bind_transmitter;
}

// Of interface_version, behind three C-octet strings that have been looked through or written here; addr_ton and
// addr_npi follow. libsmpp34 knows version 3.4 and the values of 5.2.5 and 5.2.6 only and refuses any other: it never
// sees them.
std::size_t version_offset(std::span<const std::uint8_t> whole_pdu) {
  std::size_t at = header_size;
  for (int strings = 0; strings < 3; ++at)
    strings += whole_pdu[at] == 0;
  return at;
}
constexpr std::uint8_t plain_version = 0x34;

template <class T> void pack(buffer& to, T& pdu) {
  std::array<std::uint8_t, 512> octets;
  int length = 0;
  if (smpp34_pack(pdu.command_id, octets.data(), static_cast<int>(octets.size()), &length, &pdu) != 0) return;
  to.insert(to.end(), octets.begin(), octets.begin() + length);
}

} // namespace

decoded<bind_request> read_bind(const header& h, std::span<const std::uint8_t> whole_pdu) {
  if (!is_bind(h.id)) return status::invalid_command_id;
  if (whole_pdu.size() < header_size) return status::invalid_command_length;
  if (const status s = check_bind_body(whole_pdu.subspan(header_size)); s != status::ok) return s;
  std::vector<std::uint8_t> octets(whole_pdu.begin(), whole_pdu.end());
  std::uint8_t* version = octets.data() + version_offset(octets);
  bind_request r;
  r.interface_version = version[0];
  version[0] = plain_version;
  version[1] = version[2] = 0;
  bind_transceiver_t b{};
  if (smpp34_unpack(static_cast<std::uint32_t>(h.id), &b, octets.data(), static_cast<int>(octets.size())) != 0)
    return status::bind_failed;
  r.id = h.id;
  r.system_id = text_of(b.system_id);
  r.password = text_of(b.password);
  r.system_type = text_of(b.system_type);
  r.address_range = text_of(b.address_range);
  return r;
}

decoded<std::string> read_bind_response(const header& h, std::span<const std::uint8_t> whole_pdu) {
  if (whole_pdu.size() < header_size) return status::invalid_command_length;
  if (whole_pdu.size() == header_size) return std::string{}; // 4.1.6: a refusal may have no body
  const auto used = check_bind_response_body(whole_pdu.subspan(header_size));
  if (!used) return used.error();
  std::array<std::uint8_t, header_size + sizeof(bind_transceiver_resp_t::system_id)> octets{};
  const std::size_t length = header_size + *used;
  std::memcpy(octets.data(), whole_pdu.data(), length);
  // A status or a sequence number that libsmpp34 does not know makes it refuse all; both have been read from the
  // header.
  put_u32(octets.data(), static_cast<std::uint32_t>(length));
  put_u32(put_u32(octets.data() + 8, 0), 1);
  bind_transceiver_resp_t b{};
  const tlv_owner tlvs{b.tlv};
  if (smpp34_unpack(static_cast<std::uint32_t>(h.id), &b, octets.data(), static_cast<int>(length)) != 0)
    return status::unknown_error;
  return std::string(text_of(b.system_id));
}

void append_bind(buffer& to, command id, std::uint32_t sequence, const bind& b) {
  bind_transceiver_t pdu{};
  pdu.command_id = static_cast<std::uint32_t>(id);
  pdu.sequence_number = sequence;
  set_text(pdu.system_id, b.system_id);
  set_text(pdu.password, b.password);
  set_text(pdu.system_type, b.system_type);
  pdu.interface_version = plain_version;
  set_text(pdu.address_range, b.address_range);
  const std::size_t at = to.size();
  pack(to, pdu);
  if (to.size() == at) return;
  std::uint8_t* octets = to.data() + at + version_offset(std::span(to).subspan(at));
  octets[0] = b.interface_version;
  octets[1] = b.address_ton;
  octets[2] = b.address_npi;
}

void append_bind_response(buffer& to, command id, std::uint32_t sequence, status s, std::string_view system_id) {
  bind_transceiver_resp_t pdu{};
  pdu.command_id = static_cast<std::uint32_t>(id);
  pdu.command_status = static_cast<std::uint32_t>(s);
  pdu.sequence_number = sequence;
  set_text(pdu.system_id, system_id);
  pack(to, pdu);
}

} // namespace tallyline::smpp
