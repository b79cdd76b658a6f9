// PINs are kept as a keyed hash (BLAKE2b-256); the key lies in a file of its own beside the database.
//
// Four digits can be tried out in no time by whoever has the database alone, whatever the hash; without the key file
// they cannot. Thread: the key is immutable once open; any thread. Nothing here is ever logged.
#pragma once

#include "storage/errors.h"

#include <array>
#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace tallyline::storage {

class pin_key {
public:
  using hash_type = std::array<std::uint8_t, 32>;

  // The key of the database, from `<database>.key`.
  // Errors: key_exposed when others may read the file, bad_key when it is missing or not 32 bytes, io.
  static boost::system::result<pin_key> open(const std::filesystem::path& database);
  // Same, but makes the file when there is none (0600, on disk before it is used).
  static boost::system::result<pin_key> open_or_create(const std::filesystem::path& database);

  pin_key(const pin_key&) = default;
  pin_key& operator=(const pin_key&) = default;
  ~pin_key();

  // Binds number and role, so that a hash copied to another person's row fits nobody. `pin` in ASCII digits.
  hash_type hash(std::uint64_t msisdn, std::string_view role, std::string_view pin) const;
  // In constant time; takes Persian and Arabic digits.
  bool fits(const hash_type& stored, std::uint64_t msisdn, std::string_view role, std::string_view typed) const;
  // A keyed digest of anything else that must not be guessable from the database alone.
  hash_type seal(std::string_view bytes) const;
  // The same by HMAC-SHA256, which other programs can check.
  hash_type mac(std::string_view bytes) const;

private:
  pin_key() = default;
  std::array<std::uint8_t, 32> key_{};
};

} // namespace tallyline::storage
