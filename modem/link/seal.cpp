#include "modem/link/seal.h"

#include "modem/link/octets.h"

#include <algorithm>
#include <sodium.h>

namespace tallyline::modem::link {
namespace {

constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base 32
constexpr std::size_t code_octets = 16, code_digits = 27;               // 26 digits hold 130 bits, one more to check

template <std::size_t N>
std::array<std::uint8_t, N> keyed_hash(std::string_view key, std::initializer_list<std::string_view> parts) {
  static_assert(N >= crypto_generichash_BYTES_MIN && N <= crypto_generichash_BYTES_MAX);
  std::array<std::uint8_t, N> out;
  crypto_generichash_state state;
  crypto_generichash_init(&state, as_octets(key), key.size(), N);
  for (const auto part : parts)
    crypto_generichash_update(&state, as_octets(part), part.size());
  crypto_generichash_final(&state, out.data(), out.size());
  return out;
}

std::string eight(std::uint64_t n) {
  std::string out;
  put_fixed(out, n, 8);
  return out;
}

// Digits of the code's octets, the last of them with two bits of zeros, and the check digit.
std::string spell(std::string_view octets) {
  std::string out;
  unsigned held = 0, bits = 0;
  for (const char c : octets) {
    held = held << 8 | static_cast<std::uint8_t>(c);
    for (bits += 8; bits >= 5; bits -= 5)
      out += digits[held >> (bits - 5) & 31];
  }
  out += digits[held << (5 - bits) & 31];
  return out += digits[keyed_hash<16>({}, {"tallyline code", octets})[0] & 31];
}

std::optional<unsigned> digit(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') c = '0';
  if (c == 'I' || c == 'L') c = '1';
  const auto at = digits.find(c);
  return at == std::string_view::npos ? std::nullopt : std::optional(static_cast<unsigned>(at));
}

std::string_view side(direction way) { return way == direction::up ? "tallyline link up" : "tallyline link down"; }

} // namespace

key_name name_of(const secret& key) {
  const auto hash = keyed_hash<16>(as_text(key), {"tallyline link key"});
  key_name name;
  std::copy_n(hash.begin(), name.size(), name.begin());
  return name;
}

std::string new_code() {
  std::array<char, code_octets> drawn;
  randombytes_buf(drawn.data(), drawn.size());
  const auto plain = spell({drawn.data(), drawn.size()});
  std::string grouped;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    if (i != 0 && i % 5 == 0) grouped += '-';
    grouped += plain[i];
  }
  return grouped;
}

std::optional<secret> key_of_code(std::string_view code) {
  std::string octets, kept;
  unsigned held = 0, bits = 0;
  for (const char c : code) {
    if (c == ' ' || c == '-') continue;
    const auto d = digit(c);
    if (!d || kept.size() == code_digits) return std::nullopt;
    kept += digits[*d];
    held = held << 5 | *d, bits += 5;
    if (bits >= 8 && octets.size() < code_octets) octets += static_cast<char>(held >> (bits - 8)), bits -= 8;
  }
  if (kept.size() != code_digits || spell(octets) != kept) return std::nullopt;
  return keyed_hash<32>(octets, {"tallyline site key"});
}

seal::seal(const secret& key, direction way, std::string_view bound_to) {
  const auto both = keyed_hash<64>(as_text(key), {side(way), bound_to});
  std::copy_n(both.begin(), 32, tag_key_.begin());
  std::copy_n(both.begin() + 32, 32, text_key_.begin());
}

std::array<std::uint8_t, tag_size> seal::tag_of(std::string_view plain) const {
  const auto whole = keyed_hash<32>(as_text(tag_key_), {eight(number_), plain});
  std::array<std::uint8_t, tag_size> tag;
  std::copy_n(whole.begin(), tag.size(), tag.begin());
  return tag;
}

std::string seal::close(std::string_view plain) {
  static_assert(tag_size == crypto_stream_chacha20_NONCEBYTES);
  const auto tag = tag_of(plain);
  ++number_;
  std::string out(as_text(tag));
  out.resize(tag.size() + plain.size());
  crypto_stream_chacha20_xor(reinterpret_cast<unsigned char*>(out.data()) + tag.size(), as_octets(plain), plain.size(),
                             tag.data(), text_key_.data());
  return out;
}

std::optional<std::string> seal::open(std::string_view sealed) {
  if (sealed.size() < tag_size) return std::nullopt;
  std::string plain(sealed.size() - tag_size, '\0');
  crypto_stream_chacha20_xor(reinterpret_cast<unsigned char*>(plain.data()), as_octets(sealed) + tag_size, plain.size(),
                             as_octets(sealed), text_key_.data());
  const auto tag = tag_of(plain);
  if (sodium_memcmp(tag.data(), sealed.data(), tag.size()) != 0) return std::nullopt;
  ++number_;
  return plain;
}

secret salt_seed(const secret& key, std::string_view drawn, std::uint64_t record) {
  return keyed_hash<32>(as_text(key), {"tallyline receipt", drawn, eight(record)});
}

} // namespace tallyline::modem::link
