// USSD over SMPP: which TLVs carry the operation and the session, and what their values mean. The standard dialect
// (SMPP 3.4 5.3.2.44 ussd_service_op, 5.3.2.43 its_session_info); a dialect is a value, not code, so that others can be
// read from files.
#pragma once

#include "gateway/smpp/pdu.h"

#include <cstdint>
#include <optional>

namespace tallyline::smpp {

enum class ussd_event : std::uint8_t { begin, reply, end, abort };

// Seen from the gateway: what the other side said, or what we say.
struct ussd_in {
  ussd_event event = ussd_event::begin;
  std::uint64_t session = 0; // the dialect's session key, to be used together with the MSISDN
};

struct dialect {
  std::uint8_t op_begin = 1;     // PSSR indication, MO
  std::uint8_t op_reply = 18;    // USSR confirm, MO
  std::uint8_t op_continue = 2;  // USSR request, AO
  std::uint8_t op_end = 17;      // PSSR response, AO; from the network: the dialogue is over
  std::uint8_t end_bit = 1;      // of its_session_info's second octet
};
inline constexpr dialect standard_dialect{};

// Nothing when the message is no USSD at all (it has neither TLV nor the service type "USSD").
std::optional<ussd_in> read_ussd(const dialect& d, const message& m) noexcept;

// Sets operation and session TLVs of an outgoing message, and the service type if it has none. Seen from the gateway:
// `begin` is a dialogue that we open, and like `reply` it asks; `end` and `abort` close. `turn` counts our messages in the dialogue from 0: the
// sequence in its_session_info rises by two each (5.3.2.43).
void write_ussd(const dialect& d, message& m, std::uint64_t session, std::uint32_t turn, ussd_event event) noexcept;

// The same for what the network side sends, for the simulated SMSC and the tests.
void write_ussd_of_network(const dialect& d, message& m, std::uint64_t session, std::uint32_t turn,
                           ussd_event event) noexcept;

} // namespace tallyline::smpp
