// Sealing with a site's key: what is on the line can neither be read nor made without it.
//
// A message is sealed with a synthetic nonce (as SIV, RFC 5297, has it): the tag is a keyed BLAKE2b of its number and
// plain text, cut to 8 octets; the same 8 octets are the nonce of ChaCha20 over the plain text. So a counter that comes
// back, after a restored backup, costs no secrecy. Keys are one a call and direction. Why 8 octets do: modem/LINK.md.
// Pure; any thread. The process must have called sodium_init.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tallyline::modem::link {

using secret = std::array<std::uint8_t, 32>;
using key_name = std::array<std::uint8_t, 4>; // what a call names its key by; tells nothing of it

inline constexpr std::size_t tag_size = 8;

key_name name_of(const secret& key);

// The key that an enrolment code stands for; nothing for what is no code. 16 octets and 4 bits of check, in five
// groups and a half of Crockford's digits: spaces, dashes and small letters do not matter, O is 0, I and L are 1.
std::optional<secret> key_of_code(std::string_view code);
std::string new_code(); // drawn at random

enum class direction : std::uint8_t { up, down };

// One direction of a call. Messages are numbered from 0 by the order in which they are sealed and opened.
class seal {
public:
  // `bound_to`: what the call's keys depend on beside the site's; up the opening octets, down those and the first tag.
  seal(const secret& key, direction way, std::string_view bound_to);
  std::string close(std::string_view plain); // tag and cipher text
  // Nothing when it was not closed under this key and number, or was changed; the number then stays.
  std::optional<std::string> open(std::string_view sealed);

private:
  std::array<std::uint8_t, tag_size> tag_of(std::string_view plain) const;
  secret tag_key_, text_key_;
  std::uint64_t number_ = 0;
};

// From what a receipt's salts are drawn, for one record of a batch: see LINK.md, "Receipts".
secret salt_seed(const secret& key, std::string_view drawn, std::uint64_t record);

} // namespace tallyline::modem::link
