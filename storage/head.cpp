#include "storage/head.h"

#include "storage/key_file.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fstream>
#include <sodium.h>
#include <vector>

namespace tallyline::storage {
namespace {

void put(std::uint8_t* at, std::uint64_t value) {
  for (int i = 7; i >= 0; --i, value >>= 8)
    at[i] = static_cast<std::uint8_t>(value);
}

template <class Number> bool number_of(std::string_view text, Number& value) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failed == std::errc() && end == text.data() + text.size() && value >= 0;
}

} // namespace

std::array<std::uint8_t, 56> signed_bytes(const signed_head& h) {
  std::array<std::uint8_t, 56> bytes;
  constexpr std::string_view what = "TLYHEAD1";
  std::copy(what.begin(), what.end(), bytes.begin());
  put(bytes.data() + 8, h.size);
  put(bytes.data() + 16, static_cast<std::uint64_t>(h.time_ms));
  std::copy(h.root.begin(), h.root.end(), bytes.begin() + 24);
  return bytes;
}

bool good_signature(const signed_head& h) {
  const auto bytes = signed_bytes(h);
  return crypto_sign_verify_detached(h.proof.data(), bytes.data(), bytes.size(), h.key.data()) == 0;
}

std::filesystem::path signing_key_file(const std::filesystem::path& database) { return database.string() + ".signing"; }
std::filesystem::path head_file(const std::filesystem::path& database) { return database.string() + ".head"; }

std::optional<signed_head> head_beside(const std::filesystem::path& database) {
  std::ifstream file(head_file(database), std::ios::binary);
  std::string text(400, '\0'); // more than the longest
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  const auto head = head_from_text(text);
  return head && good_signature(*head) ? head : std::nullopt;
}

void signing_key::derive(const std::array<std::uint8_t, 32>& seed) {
  crypto_sign_seed_keypair(public_.data(), secret_.data(), seed.data());
}

boost::system::result<signing_key> signing_key::open(const std::filesystem::path& database) {
  if (sodium_init() < 0) return make_error_code(errc::io);
  std::array<std::uint8_t, 32> seed{};
  if (const errc error = key_file::read(signing_key_file(database), seed); error != errc{})
    return make_error_code(error == errc::bad_key ? errc::bad_signing_key : error);
  signing_key key;
  key.derive(seed);
  sodium_memzero(seed.data(), seed.size());
  return key;
}

boost::system::result<signing_key> signing_key::open_or_create(const std::filesystem::path& database) {
  if (std::filesystem::exists(signing_key_file(database))) return open(database);
  if (sodium_init() < 0) return make_error_code(errc::io);
  std::array<std::uint8_t, 32> seed{};
  if (const errc error = key_file::create(signing_key_file(database), seed); error != errc{})
    return make_error_code(error);
  signing_key key;
  key.derive(seed);
  sodium_memzero(seed.data(), seed.size());
  return key;
}

signing_key::~signing_key() { sodium_memzero(secret_.data(), secret_.size()); }

void signing_key::sign(signed_head& h) const {
  h.key = public_;
  const auto bytes = signed_bytes(h);
  crypto_sign_detached(h.proof.data(), nullptr, bytes.data(), bytes.size(), secret_.data());
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const auto b : bytes)
    fmt::format_to(std::back_inserter(text), "{:02x}", b);
  return text;
}

bool from_hex(std::string_view text, std::span<std::uint8_t> bytes) {
  std::size_t size = 0;
  return text.size() == bytes.size() * 2 &&
         sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, nullptr) == 0 &&
         size == bytes.size();
}

std::string to_text(const signed_head& h) {
  return fmt::format("{} {} {} {} {}", h.size, h.time_ms, to_hex(h.root), to_hex(h.key), to_hex(h.proof));
}

std::optional<signed_head> head_from_text(std::string_view text) {
  while (!text.empty() && text.back() == '\n')
    text.remove_suffix(1);
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = std::min(text.find(' '), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
  }
  signed_head h;
  const bool good = parts.size() == 5 && number_of(parts[0], h.size) && number_of(parts[1], h.time_ms) &&
                    from_hex(parts[2], h.root) && from_hex(parts[3], h.key) && from_hex(parts[4], h.proof);
  return good ? std::optional(h) : std::nullopt;
}

} // namespace tallyline::storage
