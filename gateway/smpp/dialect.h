// How an operator's SMSC speaks USSD over SMPP: which part of a message carries the operation and the session, and what
// their values mean in either direction. A value, not code: dialects are read from files (gateway/smpp/dialects), and
// an operator's own variant is one more file.
//
// Sources: SMPP 3.4 issue 1.2, 5.3.2.44 ussd_service_op, 5.3.2.43 its_session_info; what differs is told in each file.
#pragma once

#include "gateway/smpp/pdu.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace tallyline::smpp {

enum class ussd_event : std::uint8_t {
  begin, // dialled; seen from the gateway outwards: a dialogue that we open
  reply, // a dialogue goes on
  end,
  abort,
};

struct dialect {
  std::string name, about;

  // The operation is the TLV ussd_service_op, or stands as letters in service_type (then values are letters).
  bool letters = false;
  bool silent = false; // the operation says nothing: what looks like a whole dial string begins a dialogue
  // What a value means that comes from the network. One that no list names means `other`.
  std::array<ussd_event, 256> meaning{};
  // What the network side sends for each event, in the order of ussd_event: the first value of each list.
  std::array<std::uint8_t, 4> network_sends{1, 18, 17, 17};
  // The letter behind it, where values are letters.
  std::uint8_t network_suffix = 0;
  // Where the code that was dialled stands: in destination_addr, and the whole dial string in the text; or the text
  // only.
  bool code_in_text_only = false;

  // What we send: an operation, or two letters.
  struct word {
    std::uint8_t op = 0;
    std::string letters;
  };
  word go_on{2, {}}, end{17, {}}, abort{17, {}}, open{2, {}}, notify{3, {}};
  std::string service_type = "USSD"; // at most 5 characters; not used where it carries the operation
  bool by_data_sm = false;           // text in message_payload of data_sm instead of submit_sm
  bool echo_coding = false;          // data_coding as the dialogue's first message had it, where the text allows
  std::uint8_t gsm7_coding = 0x0F, ucs2_coding = 0x48;
  std::vector<std::uint8_t> tlvs; // that go with everything we send, as they stand on the wire

  enum class key : std::uint8_t { none, its_session_info, user_message_reference, tlv };
  bool opens_without_key = false; // a dialogue of ours has no session until the network gives it one

  key session = key::its_session_info;
  std::uint16_t session_tag = 0; // of key::tlv
  std::uint8_t session_size = 0; // its octets, at most 8; 0: a text of any length
  std::uint16_t mask = 0xFF00;   // the part of its_session_info that names the session
  bool rising = true;            // its second octet counts our messages in steps of two (5.3.2.43); else it is echoed
  std::uint8_t end_bit_in = 1, end_bit_out = 1; // of its_session_info's second octet; 0: has no meaning

  // What has to be kept of a dialogue's first message until its last.
  bool remembers() const { return echo_coding || (session == key::tlv && session_size == 0); }
};

dialect make_standard_dialect();
inline const dialect standard_dialect = make_standard_dialect();

} // namespace tallyline::smpp
