// Delivery receipts, by TLV (SMPP 3.4 5.3.2.12, 5.3.2.35) or as the text that most SMSCs send (appendix B).
//
// Pure; any thread.
#pragma once

#include "gateway/smpp/pdu.h"

#include <optional>
#include <string>

namespace tallyline::sms {

enum class fate : std::uint8_t { delivered, failed, under_way };

struct delivery {
  std::string message_id; // as submit_sm_resp gave it
  fate what = fate::under_way;
  std::string state; // "DELIVRD", "EXPIRED", or the number of message_state
};

// Nothing when the message is no delivery receipt.
std::optional<delivery> delivery_of(const smpp::message& m);

// Some SMSCs give the id in hexadecimal in one place and in decimal in the other: 1 and 01 and 0x1 alike.
bool same_message(std::string_view given, std::string_view told);

} // namespace tallyline::sms
