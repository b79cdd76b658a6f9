#include "storage/pseudonym.h"

#include "storage/canonical.h"
#include "storage/text.h"

#include <algorithm>
#include <fmt/format.h>
#include <unicode/utf8.h>

namespace tallyline::storage {
namespace {

constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567"; // RFC 4648 6, in small letters
constexpr std::size_t letters = 16;
constexpr std::int64_t day_ms = 86'400'000;

std::string base32(std::string_view bytes) {
  std::string text;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<std::uint8_t>(c);
    for (held += 8; held >= 5 && text.size() < letters; held -= 5)
      text.push_back(alphabet[bits >> (held - 5) & 31]);
  }
  return text;
}

bool passed_over(UChar32 c) {
  return c == ' ' || c == 0xA0 || c == '-' || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
         c == 0x640;
}

UChar32 folded(UChar32 c) {
  if (c >= 0x660 && c <= 0x669) return '0' + (c - 0x660);
  if (c >= 0x6F0 && c <= 0x6F9) return '0' + (c - 0x6F0);
  if (c == 0x64A || c == 0x649) return 0x6CC; // Arabic yeh, alef maksura
  if (c == 0x643) return 0x6A9;               // Arabic kaf
  return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

} // namespace

std::string normalised(std::string_view text) {
  std::string out;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto size = static_cast<std::int64_t>(text.size());
  for (std::int64_t i = 0; i < size;) {
    UChar32 c = 0;
    U8_NEXT(bytes, i, size, c);
    if (c < 0 || passed_over(c)) continue;
    std::uint8_t encoded[4];
    std::int32_t length = 0;
    U8_APPEND_UNSAFE(encoded, length, folded(c));
    out.append(reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(length));
  }
  return out;
}

std::string pseudonym(const pin_key& key, std::string_view text) {
  const auto mac = key.mac(fmt::format("key{}{}", '\0', normalised(text)));
  return "~" + base32({reinterpret_cast<const char*>(mac.data()), mac.size()});
}

bool is_pseudonym(std::string_view part) {
  return part.size() == letters + 1 && part.front() == '~' &&
         part.find_first_not_of(alphabet, 1) == std::string_view::npos;
}

void hide_in_key(report& r, const pin_key& key) {
  for (const auto at : r.pseudonyms)
    if (at < r.key.size()) r.key[at] = pseudonym(key, r.key[at]);
  if (!r.many) return;
  std::string said = fmt::format("{}\n{}\n{}\n", r.msisdn, r.role, r.time_ms / day_ms);
  for (const auto& f : r.fields)
    said.append(f.name).append(1, '\n').append(canonical::value_bytes(f.value));
  const auto mac = key.mac("many" + std::string(1, '\0') + said);
  r.key.push_back("~" + base32({reinterpret_cast<const char*>(mac.data()), mac.size()}));
}

} // namespace tallyline::storage
