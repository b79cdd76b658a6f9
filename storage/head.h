// A signed head: how many entries the ledger had at a moment, and the root of their tree, under the gateway's key.
//
// What is signed (Ed25519, RFC 8032), 56 bytes, numbers big-endian:
//   0  8 bytes  "TLYHEAD1"
//   8  8 bytes  size: entries of the ledger
//  16  8 bytes  time, ms since 1970 UTC
//  24 32 bytes  root (storage/ledger.h)
// The secret lies in `<database>.signing`, mode 0600: the 32 bytes of the seed. The newest head is also kept, as text,
// in
// `<database>.head`, so that a database which has lost entries that were signed for is found out. Pure but for the
// files; any thread.
#pragma once

#include "storage/errors.h"
#include "storage/ledger.h"

#include <array>
#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace tallyline::storage {

using public_key = std::array<std::uint8_t, 32>;
using signature = std::array<std::uint8_t, 64>;

struct signed_head {
  std::uint64_t size = 0;
  std::int64_t time_ms = 0;
  ledger::hash root{};
  public_key key{};
  signature proof{};
  friend bool operator==(const signed_head&, const signed_head&) = default;
};

std::array<std::uint8_t, 56> signed_bytes(const signed_head& h);
// The signature is of these bytes, by the key that the head names.
bool good_signature(const signed_head& h);

class signing_key {
public:
  // Errors: key_exposed, bad_key, io.
  static boost::system::result<signing_key> open(const std::filesystem::path& database);
  // Same, but makes the file when there is none.
  static boost::system::result<signing_key> open_or_create(const std::filesystem::path& database);
  signing_key(const signing_key&) = default;
  signing_key& operator=(const signing_key&) = default;
  ~signing_key();

  const public_key& shown() const { return public_; }
  void sign(signed_head& h) const; // fills in key and proof

private:
  signing_key() = default;
  void derive(const std::array<std::uint8_t, 32>& seed);
  public_key public_{};
  std::array<std::uint8_t, 64> secret_{};
};

std::filesystem::path signing_key_file(const std::filesystem::path& database);
std::filesystem::path head_file(const std::filesystem::path& database);

// What the head file says; nothing when there is none, or it is none of a key that fits its signature.
std::optional<signed_head> head_beside(const std::filesystem::path& database);

// "SIZE TIME ROOT KEY SIGNATURE", the last three in hex, and back. Nothing for any other text.
std::string to_text(const signed_head& h);
std::optional<signed_head> head_from_text(std::string_view text);

std::string to_hex(std::span<const std::uint8_t> bytes);
// False for anything but exactly as many bytes.
bool from_hex(std::string_view text, std::span<std::uint8_t> bytes);

} // namespace tallyline::storage
