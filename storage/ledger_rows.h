// The ledger's rows: how an entry is added, and how roots and proofs come from the database in no time. Internal to
// storage; the caller's thread and transaction.
//
// `subtree` keeps the root of each block of 1,024 leaves once a head covers it, so that a proof reads one block and the
// blocks' roots instead of every entry. What it says is only a short cut: verify works everything out anew.
#pragma once

#include "storage/canonical.h"
#include "storage/head.h"
#include "storage/ledger_proof.h"
#include "storage/sqlite/database.h"

#include <optional>
#include <string_view>
#include <vector>

namespace tallyline::storage::ledger_rows {

inline constexpr std::uint64_t block = 1024;

// Its number. Inside the caller's transaction.
std::int64_t append(sqlite::database& db, canonical::kind what, std::string_view body);
std::uint64_t size(sqlite::database& db);

// A blob of exactly 32 (or 64) bytes; anything else throws failure(corrupt).
template <class Bytes> Bytes fixed(std::string_view blob);

signed_head head_of(const sqlite::statement& row); // of size, root, time_ms, key, signature
std::optional<signed_head> newest_head(sqlite::database& db);
void put_head(sqlite::database& db, const signed_head& h);

// The right edge of the tree in two halves: whole blocks, and the leaves behind them.
struct edge {
  ledger::frontier blocks, leaves;
  std::vector<ledger::hash> finished; // roots of the blocks that were filled since it was last emptied
  std::uint64_t size() const { return blocks.size() * block + leaves.size(); }
  ledger::hash root() const;
  void append(const ledger::hash& leaf);
};
// From what `subtree` keeps and the leaves behind it.
edge edge_at(sqlite::database& db, std::uint64_t size);
// Throws failure(corrupt) when there is a gap.
void append_leaves(sqlite::database& db, edge& e, std::uint64_t up_to);

// `size` at most that of the newest head, or at most a few thousand entries behind it.
ledger::path inclusion(sqlite::database& db, std::int64_t seq, std::uint64_t size);

template <class Bytes> Bytes fixed(std::string_view blob) {
  Bytes b;
  if (blob.size() != b.size()) throw sqlite::failure(errc::corrupt, SQLITE_CORRUPT, "a hash of the wrong length");
  std::copy(blob.begin(), blob.end(), reinterpret_cast<char*>(b.data()));
  return b;
}

} // namespace tallyline::storage::ledger_rows
