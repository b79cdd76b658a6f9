// The Merkle tree over the ledger's entries, as RFC 6962 2.1 defines it, with SHA-256. Pure, any thread.
//
// The leaf of entry number `seq` (from 1 on, without gaps) is leaf_hash of its body and stands at position seq - 1.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tallyline::storage::ledger {

using hash = std::array<std::uint8_t, 32>;

hash leaf_hash(std::string_view body);               // RFC 6962 2.1: SHA-256(0x00 || body)
hash node_hash(const hash& left, const hash& right); // RFC 6962 2.1: SHA-256(0x01 || left || right)
hash tree_root(std::span<const hash> leaves);        // of no leaves: SHA-256 of nothing

// The right edge of a growing tree: appends in O(1) on average and keeps log2(n) hashes.
class frontier {
public:
  void append(const hash& leaf);
  hash root() const;
  std::uint64_t size() const { return size_; }

private:
  std::uint64_t size_ = 0;
  std::vector<hash> peaks_; // roots of the perfect subtrees, the largest first; one for each set bit of size_
};

} // namespace tallyline::storage::ledger
