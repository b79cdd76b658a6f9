// Appends deterministic CBOR (RFC 8949 4.2.1: shortest form, definite lengths) to a string. Used by canonical.cpp only.
#pragma once

#include <cbor/encoding.h>
#include <cstdint>
#include <string>
#include <string_view>

namespace tallyline::storage::canonical {

class cbor_writer {
public:
  void number(std::int64_t value) {
    // -1 - n is what the encoding holds of a negative number (RFC 8949 3.1, major type 1).
    if (value >= 0)
      head(cbor_encode_uint, static_cast<std::uint64_t>(value));
    else
      head(cbor_encode_negint, static_cast<std::uint64_t>(-1 - value));
  }
  void text(std::string_view value) { head(cbor_encode_string_start, value.size()), out_.append(value); }
  void bytes(std::string_view value) { head(cbor_encode_bytestring_start, value.size()), out_.append(value); }
  void array(std::size_t size) { head(cbor_encode_array_start, size); }
  void map(std::size_t size) { head(cbor_encode_map_start, size); }
  void raw(std::string_view encoded) { out_.append(encoded); }
  std::string take() { return std::move(out_); }

private:
  template <class Encode, class Value> void head(Encode encode, Value value) {
    unsigned char buffer[9];
    out_.append(reinterpret_cast<const char*>(buffer), encode(value, buffer, sizeof buffer));
  }
  std::string out_;
};

} // namespace tallyline::storage::canonical
