#include "storage/ledger.h"

#include <cstring>
#include <sodium.h>

namespace tallyline::storage::ledger {
namespace {

hash of_nothing() {
  hash h;
  crypto_hash_sha256(h.data(), nullptr, 0);
  return h;
}

} // namespace

hash leaf_hash(std::string_view body) {
  static constexpr std::uint8_t leaf_prefix = 0x00;
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  crypto_hash_sha256_update(&state, &leaf_prefix, 1);
  crypto_hash_sha256_update(&state, reinterpret_cast<const std::uint8_t*>(body.data()), body.size());
  hash h;
  crypto_hash_sha256_final(&state, h.data());
  return h;
}

hash node_hash(const hash& left, const hash& right) {
  std::array<std::uint8_t, 65> bytes;
  bytes[0] = 0x01;
  std::memcpy(bytes.data() + 1, left.data(), left.size());
  std::memcpy(bytes.data() + 33, right.data(), right.size());
  hash h;
  crypto_hash_sha256(h.data(), bytes.data(), bytes.size());
  return h;
}

hash tree_root(std::span<const hash> leaves) {
  frontier edge;
  for (const hash& leaf : leaves)
    edge.append(leaf);
  return edge.root();
}

void frontier::append(const hash& leaf) {
  hash carry = leaf;
  // As in binary counting: each trailing one of the size is a peak that the new leaf completes.
  for (std::uint64_t n = size_; n & 1; n >>= 1) {
    carry = node_hash(peaks_.back(), carry);
    peaks_.pop_back();
  }
  peaks_.push_back(carry);
  ++size_;
}

hash frontier::root() const {
  if (peaks_.empty()) return of_nothing();
  hash root = peaks_.back();
  for (auto peak = peaks_.rbegin() + 1; peak != peaks_.rend(); ++peak)
    root = node_hash(*peak, root);
  return root;
}

} // namespace tallyline::storage::ledger
