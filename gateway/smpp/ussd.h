// USSD in short-message PDUs, in either direction, by a dialect.
//
// Pure; any thread.
#pragma once

#include "gateway/smpp/codec.h"
#include "gateway/smpp/dialect.h"

#include <optional>
#include <string_view>

namespace tallyline::smpp {

// Seen from the gateway: what the other side said.
struct ussd_in {
  ussd_event event = ussd_event::begin;
  std::uint64_t session = 0; // the dialect's session key, to be used together with the MSISDN
  std::string_view id;       // the key as it stands, where it is a text: echo it (a view into the message)
};

// Nothing when the message is no USSD at all: it has neither operation nor session nor the dialect's service type.
std::optional<ussd_in> read_ussd(const dialect& d, const message& m) noexcept;

struct ussd_out {
  std::uint64_t session = 0;
  std::uint32_t turn = 0; // our messages in this dialogue so far
  ussd_event event = ussd_event::reply;
  std::string_view id = {};
  bool notice = false; // of `begin`: shown, not answered (USSN)
};

// Sets what makes a message USSD: operation, session, service type. Seen from the gateway: `begin` is a dialogue that
// we open, and like `reply` it asks; `end` and `abort` close. TLVs that have no field in `message` are written into
// `tlvs`, which must live as long as the message.
void write_ussd(const dialect& d, message& m, const ussd_out& o, buffer& tlvs);

// The same for the network side, for the simulated SMSC and the tests.
void write_ussd_of_network(const dialect& d, message& m, const ussd_out& o, buffer& tlvs);
struct ussd_of_gateway {
  bool asks = false, last = false; // neither: not what a gateway says in this dialect
  bool told = false;               // there is an operation at all
  std::uint64_t session = 0;
};
ussd_of_gateway read_ussd_of_gateway(const dialect& d, const message& m) noexcept;

} // namespace tallyline::smpp
