// Proofs over the ledger's tree: that an entry is in it (RFC 6962 2.1.1), and that a later tree only added to an
// earlier one (RFC 6962 2.1.2). Pure, any thread.
//
// Positions count from 0, so that the entry of number `seq` stands at seq - 1.
#pragma once

#include "storage/ledger.h"

#include <cstdint>
#include <span>
#include <vector>

namespace tallyline::storage::ledger {

using path = std::vector<hash>; // from the leaf's side up

// Keeps the root of every complete subtree (twice the leaves' memory), so that a root or a proof at any size takes
// O(log n) look-ups and, at the right edge, as many hashes.
class tree {
public:
  void reserve(std::uint64_t leaves);
  void append(const hash& leaf);
  std::uint64_t size() const { return levels_.empty() ? 0 : levels_.front().size(); }

  // Each size must be at most size(). The caller's mistakes throw std::out_of_range.
  hash root(std::uint64_t size) const;
  path inclusion(std::uint64_t position, std::uint64_t size) const; // PATH(position, D[0:size])
  path consistency(std::uint64_t from, std::uint64_t to) const;     // PROOF(from, D[0:to]), 0 < from <= to
  hash range(std::uint64_t first, std::uint64_t last) const; // MTH(D[first:last]), where the splits cut

private:
  std::vector<std::vector<hash>> levels_;                    // [k][i]: of the leaves from i * 2^k on, 2^k of them
};

// Whether the proof leads from the leaf to the root; false also for one of the wrong length for its place.
bool verify_inclusion(const hash& leaf, std::uint64_t position, std::uint64_t size, std::span<const hash> proof,
                      const hash& root);
bool verify_consistency(std::uint64_t from, std::uint64_t to, std::span<const hash> proof, const hash& from_root,
                        const hash& to_root);

} // namespace tallyline::storage::ledger
