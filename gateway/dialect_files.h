// USSD dialects from files: those that ship (gateway/smpp/dialects) and an operator's own.
//
// A file, every value but `dialect` with the standard's as its default:
//   dialect: NAME            about: one line
//   session:      {tlv: its_session_info | user_message_reference | none | a tag such as 0x1501, size: octets (0: a
//   text),
//                  mask: 0xFF00, sequence: rising | echo}
//   from_network: {operation: tlv | service_type | none, begin: [1], reply: [18], end: [17], abort: [129], other: reply
//   | abort,
//                  vendor: reply | abort (values from 32 on), end_bit: 1, code: destination | text, suffix: A}
//   to_network:   {pdu: submit_sm | data_sm, service_type: USSD, continue: 2, end: 17, abort: 17, open: 2, notify: 3,
//                  open_session: ours | none,
//                  end_bit: 1, data_coding: echo | {gsm7: 0x0F, ucs2: 0x48}, tlvs: {0x0007: "04"}}
#pragma once

#include "gateway/smpp/dialect.h"

#include <filesystem>
#include <string>
#include <vector>

namespace tallyline::gateway {

// Throws std::runtime_error with the place of what is wrong.
smpp::dialect read_dialect(const std::filesystem::path& file);
// By the name of one that ships, or the path of a file.
smpp::dialect dialect_named(const std::string& name_or_file);
// All that ship, by name.
std::vector<smpp::dialect> shipped_dialects();

} // namespace tallyline::gateway
