// Reads a map whose keys are small numbers in ascending order. Used by the readers of canonical bytes only.
#pragma once

#include "storage/cbor_reader.h"

#include <cstdint>

namespace tallyline::storage::canonical {

// Walks through the map: a key is taken only when it is the next one.
class keys {
public:
  explicit keys(cbor_reader& in) : in_(in) {}
  bool open() { return in_.map(left_) && advance(); }
  bool is(std::int64_t key) const { return next_ == key; }
  // After a value: reads the next key, which must be greater.
  bool advance() {
    if (left_ == 0) return next_ = INT64_MAX, true;
    --left_;
    const std::int64_t last = next_;
    return in_.number(next_) && next_ > last;
  }
  bool done() const { return next_ == INT64_MAX; }

private:
  cbor_reader& in_;
  std::uint64_t left_ = 0;
  std::int64_t next_ = -1;
};

} // namespace tallyline::storage::canonical
