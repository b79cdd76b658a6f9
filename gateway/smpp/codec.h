// PDUs to octets and back. The only user of libsmpp34 and, for the PDUs of the hot path, code of our own that is held
// against libsmpp34 by tests/gateway/smpp/codec_differential_test.cpp.
//
// Own code: header, deliver_sm, submit_sm, data_sm and their responses, enquire_link, generic_nack: no allocation, no
// copy. libsmpp34: bind_* and unbind with their responses. libsmpp34's error state is global, so encode/decode of those
// happens on the network thread only.
#pragma once

#include "gateway/smpp/pdu.h"

#include <boost/system/result.hpp>
#include <optional>
#include <string>
#include <vector>

namespace tallyline::smpp {

// Octets that are to leave on a connection; appended to, sent as one write, cleared.
using buffer = std::vector<std::uint8_t>;

// `octets` holds at least header_size of them. Checks nothing.
header read_header(std::span<const std::uint8_t> octets) noexcept;

// Either the PDU's content or the command_status with which the peer must be answered.
template <class T> using decoded = boost::system::result<T, status>;

// `body` is what follows the header. Views in the result point into it.
decoded<message> read_message(command id, std::span<const std::uint8_t> body) noexcept;
decoded<std::string_view>
read_message_id(std::span<const std::uint8_t> body) noexcept; // of submit_sm_resp, may be empty
// Own copy, since libsmpp34 unpacks into its own structure.
struct bind_request {
  command id = command::bind_transceiver;
  std::string system_id, password, system_type, address_range;
  std::uint8_t interface_version = 0;
};
decoded<bind_request> read_bind(const header& h, std::span<const std::uint8_t> whole_pdu);
decoded<std::string> read_bind_response(const header& h, std::span<const std::uint8_t> whole_pdu); // system_id

void append_message(buffer& to, command id, std::uint32_t sequence, const message& m);
// deliver_sm_resp, submit_sm_resp, data_sm_resp.
void append_message_response(buffer& to, command id, std::uint32_t sequence, status s,
                             std::string_view message_id = {});
// enquire_link, enquire_link_resp, unbind, unbind_resp, generic_nack: a header alone.
void append_header_only(buffer& to, command id, std::uint32_t sequence, status s = status::ok);
void append_bind(buffer& to, command id, std::uint32_t sequence, const bind& b);
void append_bind_response(buffer& to, command id, std::uint32_t sequence, status s, std::string_view system_id);

// The first TLV with this tag among the raw ones; empty when there is none.
std::optional<std::span<const std::uint8_t>> find_tlv(std::span<const std::uint8_t> tlvs, std::uint16_t tag) noexcept;
void append_tlv(buffer& tlvs, std::uint16_t tag, std::span<const std::uint8_t> value);

} // namespace tallyline::smpp
