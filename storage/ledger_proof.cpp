#include "storage/ledger_proof.h"

#include <bit>
#include <stdexcept>

namespace tallyline::storage::ledger {
namespace {

// The largest power of two smaller than n, n > 1: where RFC 6962 2.1 cuts n leaves.
std::uint64_t cut(std::uint64_t n) { return std::bit_floor(n - 1); }

void must(bool good, const char* what) {
  if (!good) throw std::out_of_range(what);
}

} // namespace

void tree::reserve(std::uint64_t leaves) {
  if (levels_.empty()) levels_.emplace_back();
  levels_.front().reserve(leaves);
}

void tree::append(const hash& leaf) {
  hash carry = leaf;
  for (std::size_t level = 0;; ++level) {
    if (level == levels_.size()) levels_.emplace_back();
    auto& row = levels_[level];
    row.push_back(carry);
    if (row.size() % 2 == 1) return;
    carry = node_hash(row[row.size() - 2], row.back());
  }
}

hash tree::range(std::uint64_t first, std::uint64_t last) const {
  const std::uint64_t n = last - first;
  if (std::has_single_bit(n)) return levels_[static_cast<std::size_t>(std::countr_zero(n))][first / n];
  const std::uint64_t middle = first + cut(n);
  return node_hash(range(first, middle), range(middle, last));
}

hash tree::root(std::uint64_t size_wanted) const {
  must(size_wanted <= size(), "a root beyond the last leaf");
  return size_wanted == 0 ? tree_root({}) : range(0, size_wanted);
}

path tree::inclusion(std::uint64_t position, std::uint64_t size_wanted) const {
  must(size_wanted <= size() && position < size_wanted, "a proof beyond the last leaf");
  path up;
  std::uint64_t first = 0, last = size_wanted;
  while (last - first > 1) {
    const std::uint64_t middle = first + cut(last - first);
    const bool left = position < middle;
    up.push_back(left ? range(middle, last) : range(first, middle));
    (left ? last : first) = middle;
  }
  return {up.rbegin(), up.rend()};
}

path tree::consistency(std::uint64_t from, std::uint64_t to) const {
  must(from > 0 && from <= to && to <= size(), "a proof between sizes that are none");
  // SUBPROOF(m, D[first:last], whole): `whole` as long as the earlier root is known to who checks.
  path up;
  bool whole = true;
  std::uint64_t first = 0, last = to;
  while (from != last) {
    const std::uint64_t middle = first + cut(last - first);
    if (from <= middle) {
      up.push_back(range(middle, last));
      last = middle;
    } else {
      up.push_back(range(first, middle));
      first = middle;
      whole = false;
    }
  }
  if (!whole) up.push_back(range(first, last));
  return {up.rbegin(), up.rend()};
}

// RFC 9162 2.1.3.2, which spells out how a path of RFC 6962 is checked.
bool verify_inclusion(const hash& leaf, std::uint64_t position, std::uint64_t size, std::span<const hash> proof,
                      const hash& root) {
  if (position >= size) return false;
  std::uint64_t node = position, last = size - 1;
  hash so_far = leaf;
  for (const hash& other : proof) {
    if (last == 0) return false;
    if (node % 2 == 1 || node == last) {
      so_far = node_hash(other, so_far);
      while (node % 2 == 0 && node != 0)
        node >>= 1, last >>= 1;
    } else {
      so_far = node_hash(so_far, other);
    }
    node >>= 1, last >>= 1;
  }
  return last == 0 && so_far == root;
}

// RFC 9162 2.1.4.2.
bool verify_consistency(std::uint64_t from, std::uint64_t to, std::span<const hash> proof, const hash& from_root,
                        const hash& to_root) {
  if (from == 0 || from > to) return false;
  if (from == to) return proof.empty() && from_root == to_root;
  std::vector<hash> steps(proof.begin(), proof.end());
  if (std::has_single_bit(from)) steps.insert(steps.begin(), from_root);
  if (steps.empty()) return false;
  std::uint64_t node = from - 1, last = to - 1;
  while (node % 2 == 1)
    node >>= 1, last >>= 1;
  hash earlier = steps.front(), later = steps.front();
  for (std::size_t i = 1; i < steps.size(); ++i) {
    if (last == 0) return false;
    if (node % 2 == 1 || node == last) {
      earlier = node_hash(steps[i], earlier);
      later = node_hash(steps[i], later);
      while (node % 2 == 0 && node != 0)
        node >>= 1, last >>= 1;
    } else {
      later = node_hash(later, steps[i]);
    }
    node >>= 1, last >>= 1;
  }
  return last == 0 && earlier == from_root && later == to_root;
}

} // namespace tallyline::storage::ledger
