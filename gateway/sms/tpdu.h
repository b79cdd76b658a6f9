// Short messages as GSM modems give and take them: transfer protocol data units (3GPP TS 23.040 9.2), from and to what
// SMPP carries, so that parts, texts and replies are the same for both.
//
// Pure; any thread.
#pragma once

#include "gateway/smpp/codec.h"
#include "gateway/smpp/pdu.h"
#include "gateway/sms/delivery.h"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <variant>

namespace tallyline::sms {

// SMS-DELIVER (9.2.2.1).
struct delivered_message {
  std::string from; // digits, or letters of an alphanumeric address in UTF-8
  bool international = false, alphanumeric = false;
  std::uint8_t protocol = 0, data_coding = 0; // data_coding as in SMPP: 0, 4 (octets) or 8 (UCS-2)
  bool with_header = false;
  smpp::buffer text; // as in short_message: the header, then unpacked septets, or octets
  std::optional<std::chrono::sys_seconds> sent;
};

// SMS-STATUS-REPORT (9.2.2.3).
struct status_report {
  std::uint8_t reference = 0; // TP-MR of the message
  std::string to;
  std::uint8_t status = 0; // TP-ST (9.2.3.15)
  fate what() const;
  std::string in_words() const; // "delivered", "unknown subscriber (0x49)"
};

// Nothing when it is none of the two, cut short or malformed.
using incoming = std::variant<delivered_message, status_report>;
std::optional<incoming> read_tpdu(std::span<const std::uint8_t> tpdu);

// The same as SMPP would bring it: `to` is whom it was sent to. The views live as long as both.
smpp::message as_message(const delivered_message& d, std::string_view to);

// SMS-SUBMIT (9.2.2.2) of a message as for submit_sm: source is left to the SIM, text has its header when esm_class
// says so. Valid for a day. Nothing when the destination is no number or the text is too long for one message.
std::optional<smpp::buffer> write_submit(const smpp::message& m);

} // namespace tallyline::sms
