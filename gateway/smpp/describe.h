// A PDU in one line for people: what it is, from whom to whom, its text and what makes it USSD. Never throws, whatever
// the octets are.
#pragma once

#include "gateway/smpp/pdu.h"

#include <span>
#include <string>

namespace tallyline::smpp {

// `pdu`: a whole one as the framer cut it, at least header_size octets.
std::string describe_pdu(std::span<const std::uint8_t> pdu);

// Puts stars for the password of a bind.
void mask_password(std::span<std::uint8_t> pdu);

// Puts a star for every character of its text, where it carries one: a PIN is nobody's business.
void mask_text(std::span<std::uint8_t> pdu);

} // namespace tallyline::smpp
