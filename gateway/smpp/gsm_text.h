// Short-message text: GSM 7 bit default alphabet with its extension table (3GPP TS 23.038 6.2.1), UCS-2, and the data
// codings of SMPP 5.2.19 and USSD (0x0F, 0x48) that say which. UTF-8 on our side.
#pragma once

#include "gateway/smpp/codec.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tallyline::smpp {

enum class alphabet : std::uint8_t { gsm7, ucs2, latin1, octets };

// USSD: 160 octets of 8 bits hold 182 septets (3GPP TS 23.038 5) or 80 UCS-2 units.
inline constexpr std::size_t ussd_septets = 182;
inline constexpr std::size_t ussd_units = 80;

alphabet alphabet_of(std::uint8_t data_coding) noexcept; // unknown values are read as gsm7

// The number of septets (an extension character counts two), or of UTF-16 code units, and which of the two is needed.
struct measure {
  bool gsm7 = true;
  std::size_t length = 0;
};
measure measure_text(std::string_view utf8) noexcept;
bool fits_ussd(std::string_view utf8) noexcept;

// One octet a septet (unpacked), extension characters as ESC pairs. Only for text whose measure says gsm7.
void append_gsm7(std::string_view utf8, buffer& to);
// Big-endian UTF-16; what lies outside the BMP as surrogate pairs.
void append_ucs2(std::string_view utf8, buffer& to);

// Encodes as GSM-7 where the text allows it and as UCS-2 where it must, and says which: the data_coding to send. An
// operator may want other values, so they are a parameter.
struct data_codings {
  std::uint8_t gsm7 = 0, ucs2 = 8;
};
inline constexpr data_codings sms_codings{};            // SMPP 3.4 5.2.19
inline constexpr data_codings ussd_codings{0x0F, 0x48}; // 3GPP TS 23.038 5: language unspecified; general, UCS-2
std::uint8_t encode_text(std::string_view utf8, buffer& to, const data_codings& codings = ussd_codings);

// Appends valid UTF-8 whatever the octets are; what has no meaning becomes U+FFFD.
void append_utf8(std::span<const std::uint8_t> octets, alphabet a, std::string& to);

// GSM 7 bit with national language tables (3GPP TS 23.038 annex A): identifiers as the user data header gives them, 0
// for none; one that is not defined counts as none, as 6.2.1.2.4 bids.
struct national_language {
  std::uint8_t single_shift = 0, locking_shift = 0;
};
void append_national(std::span<const std::uint8_t> septets, national_language n, std::string& to);

// Text of USSD by its data coding; a language indication before it (0x10, 0x11: 23.038 5) is left out.
void append_ussd_text(std::span<const std::uint8_t> octets, std::uint8_t data_coding, std::string& to);

// Some servers send the septets packed, eight in seven octets (23.038 6.1.2). With `ussd`, seven spare bits at the end
// are filled with <CR>, and a text that ends in <CR> on an octet boundary gets a second one (6.1.2.3.1), lest it be
// taken for the filling. Unpacking appends one septet an octet and takes such a filling off again.
enum class packing : std::uint8_t { plain, ussd };
void append_packed(std::span<const std::uint8_t> septets, buffer& to, packing p = packing::ussd);
void append_unpacked(std::span<const std::uint8_t> octets, buffer& to, packing p = packing::ussd);

} // namespace tallyline::smpp
