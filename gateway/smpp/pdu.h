// SMPP 3.4 issue 1.2 in types: command ids and statuses (5.1.2.1, 5.1.3), the header (3.2) and the short-message PDUs
// as views. A view points into the frame it was read from, or into the caller's strings when it is about to be written;
// nothing here owns memory.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tallyline::smpp {

enum class command : std::uint32_t {
  generic_nack = 0x80000000,
  bind_receiver = 0x00000001,
  bind_receiver_resp = 0x80000001,
  bind_transmitter = 0x00000002,
  bind_transmitter_resp = 0x80000002,
  submit_sm = 0x00000004,
  submit_sm_resp = 0x80000004,
  deliver_sm = 0x00000005,
  deliver_sm_resp = 0x80000005,
  unbind = 0x00000006,
  unbind_resp = 0x80000006,
  bind_transceiver = 0x00000009,
  bind_transceiver_resp = 0x80000009,
  outbind = 0x0000000B,
  enquire_link = 0x00000015,
  enquire_link_resp = 0x80000015,
  alert_notification = 0x00000102,
  data_sm = 0x00000103,
  data_sm_resp = 0x80000103,
};
inline constexpr std::uint32_t response_bit = 0x80000000;

enum class status : std::uint32_t {
  ok = 0x00000000,
  invalid_message_length = 0x00000001, // ESME_RINVMSGLEN
  invalid_command_length = 0x00000002, // ESME_RINVCMDLEN
  invalid_command_id = 0x00000003,     // ESME_RINVCMDID
  incorrect_bind_state = 0x00000004,   // ESME_RINVBNDSTS
  already_bound = 0x00000005,          // ESME_RALYBND
  system_error = 0x00000008,           // ESME_RSYSERR
  invalid_source = 0x0000000A,         // ESME_RINVSRCADR
  invalid_destination = 0x0000000B,    // ESME_RINVDSTADR
  invalid_message_id = 0x0000000C,     // ESME_RINVMSGID
  bind_failed = 0x0000000D,            // ESME_RBINDFAIL
  invalid_password = 0x0000000E,       // ESME_RINVPASWD
  invalid_system_id = 0x0000000F,      // ESME_RINVSYSID
  message_queue_full = 0x00000014,     // ESME_RMSGQFUL
  invalid_service_type = 0x00000015,   // ESME_RINVSERTYP
  invalid_system_type = 0x00000053,    // ESME_RINVSYSTYP
  throttled = 0x00000058,              // ESME_RTHROTTLED
  invalid_schedule = 0x00000061,       // ESME_RINVSCHED
  invalid_expiry = 0x00000062,         // ESME_RINVEXPIRY
  rx_temporary_error = 0x00000064,     // ESME_RX_T_APPN
  rx_permanent_error = 0x00000065,     // ESME_RX_P_APPN
  invalid_tlv_stream = 0x000000C0,     // ESME_RINVOPTPARSTREAM
  invalid_tlv_length = 0x000000C2,     // ESME_RINVPARLEN
  unknown_error = 0x000000FF,          // ESME_RUNKNOWNERR
  // Never on the wire: what becomes of a request of ours on this side.
  link_lost = 0xFFFFFFFF, // the link broke before the response
  too_late = 0xFFFFFFFE,  // it waited until nobody needed it any more
};

struct header {
  std::uint32_t length = 0; // of the whole PDU, octets
  command id = command::generic_nack;
  smpp::status status = status::ok;
  std::uint32_t sequence = 0;
};
inline constexpr std::size_t header_size = 16;

// TLV tags that the gateway uses (5.3.2).
namespace tag {
inline constexpr std::uint16_t user_message_reference = 0x0204;
inline constexpr std::uint16_t message_payload = 0x0424;
inline constexpr std::uint16_t congestion_state = 0x0428; // SMPP 5.0, 4.8.4.18
inline constexpr std::uint16_t ussd_service_op = 0x0501;
inline constexpr std::uint16_t its_session_info = 0x1383;
} // namespace tag

// submit_sm, deliver_sm and data_sm (4.4.1, 4.6.1, 4.7.1), less the fields that mean nothing to us: those are skipped
// when read and written as zero.
struct message {
  std::string_view service_type; // at most 5 characters
  std::uint8_t source_ton = 0, source_npi = 0;
  std::string_view source; // at most 20 digits (64 in data_sm)
  std::uint8_t destination_ton = 0, destination_npi = 0;
  std::string_view destination;
  std::uint8_t esm_class = 0, protocol_id = 0, priority = 0, registered_delivery = 0, data_coding = 0;
  std::span<const std::uint8_t> text; // short_message, or message_payload when the PDU carried that; octets as coded
  std::optional<std::uint8_t> ussd_service_op;
  std::optional<std::array<std::uint8_t, 2>> its_session_info; // raw octets: their order differs between dialects
  std::optional<std::uint16_t> user_message_reference;
  std::span<const std::uint8_t> tlvs; // all TLVs, raw and already found well-formed, for what is not read above;
                                      // when written, those of them that have a field above are left out
};

// bind_transmitter, bind_receiver, bind_transceiver (4.1).
struct bind {
  std::string_view system_id, password, system_type, address_range;
  std::uint8_t interface_version = 0x34, address_ton = 0, address_npi = 0;
};

} // namespace tallyline::smpp
