#include "storage/pin.h"

#include "storage/key_file.h"
#include "storage/text.h"

#include <fmt/format.h>
#include <sodium.h>
#include <string>

namespace tallyline::storage {
namespace {

std::filesystem::path key_path(const std::filesystem::path& database) { return database.string() + ".key"; }

} // namespace

boost::system::result<pin_key> pin_key::open(const std::filesystem::path& database) {
  if (sodium_init() < 0) return make_error_code(errc::io);
  pin_key key;
  const errc error = key_file::read(key_path(database), key.key_);
  if (error != errc{}) return make_error_code(error);
  return key;
}

boost::system::result<pin_key> pin_key::open_or_create(const std::filesystem::path& database) {
  if (std::filesystem::exists(key_path(database))) return open(database);
  if (sodium_init() < 0) return make_error_code(errc::io);
  pin_key key;
  const errc error = key_file::create(key_path(database), key.key_);
  if (error != errc{}) return make_error_code(error);
  return key;
}

pin_key::~pin_key() { sodium_memzero(key_.data(), key_.size()); }

pin_key::hash_type pin_key::hash(std::uint64_t msisdn, std::string_view role, std::string_view pin) const {
  // A zero byte after each part: no two different triples give the same text.
  std::string input = fmt::format("pin{0}{1}{0}{2}{0}{3}", '\0', msisdn, role, pin);
  const hash_type h = seal(input);
  sodium_memzero(input.data(), input.size());
  return h;
}

bool pin_key::fits(const hash_type& stored, std::uint64_t msisdn, std::string_view role, std::string_view typed) const {
  const auto digits = ascii_digits(typed);
  if (!digits) return false;
  const hash_type h = hash(msisdn, role, *digits);
  return sodium_memcmp(h.data(), stored.data(), h.size()) == 0;
}

pin_key::hash_type pin_key::seal(std::string_view bytes) const {
  hash_type h;
  crypto_generichash(h.data(), h.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), key_.data(),
                     key_.size());
  return h;
}

pin_key::hash_type pin_key::mac(std::string_view bytes) const {
  static_assert(crypto_auth_hmacsha256_BYTES == std::tuple_size_v<hash_type>);
  static_assert(crypto_auth_hmacsha256_KEYBYTES == std::tuple_size_v<decltype(key_)>);
  hash_type h;
  crypto_auth_hmacsha256(h.data(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), key_.data());
  return h;
}

} // namespace tallyline::storage
