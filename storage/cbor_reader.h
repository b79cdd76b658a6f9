// Reads the deterministic CBOR that cbor_writer writes, and nothing else: shortest heads, definite lengths, no tags.
//
// Every read says whether it went well; after the first failure all reads fail. Views point into the bytes given.
#pragma once

#include <cstdint>
#include <string_view>

namespace tallyline::storage::canonical {

class cbor_reader {
public:
  explicit cbor_reader(std::string_view bytes)
      : at_(reinterpret_cast<const std::uint8_t*>(bytes.data())), end_(at_ + bytes.size()) {}

  bool number(std::int64_t& value) {
    const unsigned major = peek_major();
    std::uint64_t n = 0;
    if (major > 1 || !head(major, n) || n > INT64_MAX) return fail();
    value = major == 0 ? static_cast<std::int64_t>(n) : -1 - static_cast<std::int64_t>(n);
    return true;
  }
  bool text(std::string_view& value) { return chunk(3, value); }
  bool bytes(std::string_view& value) { return chunk(2, value); }
  bool array(std::uint64_t& size) { return sized(4, size); }
  bool map(std::uint64_t& size) { return sized(5, size); }

  // Major type of what comes next (RFC 8949 3.1), 8 at the end or after a failure.
  unsigned peek_major() const { return good_ && at_ < end_ ? *at_ >> 5 : 8u; }
  bool at_end() const { return good_ && at_ == end_; }
  const char* position() const { return reinterpret_cast<const char*>(at_); }

private:
  bool fail() { return good_ = false; }

  bool head(unsigned major, std::uint64_t& n) {
    if (!good_ || at_ == end_ || *at_ >> 5 != major) return fail();
    const unsigned info = *at_++ & 0x1F;
    if (info < 24) return n = info, true;
    if (info > 27) return fail(); // reserved or of indefinite length
    const unsigned size = 1u << (info - 24);
    if (static_cast<std::size_t>(end_ - at_) < size) return fail();
    n = 0;
    for (unsigned i = 0; i < size; ++i)
      n = n << 8 | *at_++;
    // Shortest form only: the same number must not have two encodings.
    const std::uint64_t least = size == 1 ? 24 : std::uint64_t{1} << (4 * size);
    return n >= least ? true : fail();
  }

  bool chunk(unsigned major, std::string_view& value) {
    std::uint64_t size = 0;
    if (!head(major, size) || size > static_cast<std::uint64_t>(end_ - at_)) return fail();
    value = {position(), static_cast<std::size_t>(size)};
    at_ += size;
    return true;
  }

  // Each element takes a byte at least, so a size beyond what is left is a lie.
  bool sized(unsigned major, std::uint64_t& size) {
    return head(major, size) && size <= static_cast<std::uint64_t>(end_ - at_) ? true : fail();
  }

  const std::uint8_t* at_;
  const std::uint8_t* end_;
  bool good_ = true;
};

} // namespace tallyline::storage::canonical
