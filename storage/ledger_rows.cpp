#include "storage/ledger_rows.h"

#include <algorithm>

namespace tallyline::storage::ledger_rows {
namespace {

template <class Bytes> std::string_view view(const Bytes& b) {
  return {reinterpret_cast<const char*>(b.data()), b.size()};
}

// The leaves of the entries first + 1 to last, in order.
std::vector<ledger::hash> leaves(sqlite::database& db, std::uint64_t first, std::uint64_t last) {
  std::vector<ledger::hash> all;
  all.reserve(last - first);
  sqlite::statement rows(db, "SELECT seq, leaf FROM entry WHERE seq > ?1 AND seq <= ?2 ORDER BY seq");
  rows.bind(1, static_cast<std::int64_t>(first)).bind(2, static_cast<std::int64_t>(last));
  while (rows.step()) {
    if (static_cast<std::uint64_t>(rows.number(0)) != first + all.size() + 1) break;
    all.push_back(fixed<ledger::hash>(rows.blob(1)));
  }
  if (all.size() != last - first) throw sqlite::failure(errc::corrupt, SQLITE_CORRUPT, "the ledger has a gap");
  return all;
}

// Roots of the whole blocks of the first `size` leaves: kept ones as far as they go.
std::vector<ledger::hash> block_roots(sqlite::database& db, std::uint64_t size) {
  std::vector<ledger::hash> all;
  sqlite::statement rows(db, "SELECT no, root FROM subtree WHERE no < ?1 ORDER BY no");
  rows.bind(1, static_cast<std::int64_t>(size / block));
  while (rows.step() && static_cast<std::uint64_t>(rows.number(0)) == all.size())
    all.push_back(fixed<ledger::hash>(rows.blob(1)));
  while (all.size() < size / block)
    all.push_back(ledger::tree_root(leaves(db, all.size() * block, (all.size() + 1) * block)));
  return all;
}

} // namespace

std::int64_t append(sqlite::database& db, canonical::kind what, std::string_view body) {
  const auto leaf = ledger::leaf_hash(body);
  sqlite::statement(db, "INSERT INTO entry(kind, body, leaf) VALUES(?1, ?2, ?3)")
      .bind(1, static_cast<int>(what))
      .bind_blob(2, body)
      .bind_blob(3, view(leaf))
      .run();
  return db.last_row();
}

std::uint64_t size(sqlite::database& db) {
  return static_cast<std::uint64_t>(db.number("SELECT coalesce(max(seq), 0) FROM entry"));
}

signed_head head_of(const sqlite::statement& row) {
  signed_head h;
  h.size = static_cast<std::uint64_t>(row.number(0));
  h.root = fixed<ledger::hash>(row.blob(1));
  h.time_ms = row.number(2);
  h.key = fixed<public_key>(row.blob(3));
  h.proof = fixed<signature>(row.blob(4));
  return h;
}

std::optional<signed_head> newest_head(sqlite::database& db) {
  sqlite::statement row(db, "SELECT size, root, time_ms, key, signature FROM head ORDER BY size DESC LIMIT 1");
  return row.step() ? std::optional(head_of(row)) : std::nullopt;
}

void put_head(sqlite::database& db, const signed_head& h) {
  sqlite::statement(db, "INSERT INTO head(size, root, time_ms, key, signature) VALUES(?1, ?2, ?3, ?4, ?5)")
      .bind(1, static_cast<std::int64_t>(h.size))
      .bind_blob(2, view(h.root))
      .bind(3, h.time_ms)
      .bind_blob(4, view(h.key))
      .bind_blob(5, view(h.proof))
      .run();
}

// RFC 6962 2.1 cuts at powers of two: a block's root is one leaf of the tree over blocks, the unfinished one's, too.
ledger::hash edge::root() const {
  auto all = blocks;
  if (leaves.size() > 0 || blocks.size() == 0) {
    if (blocks.size() == 0) return leaves.root();
    all.append(leaves.root());
  }
  return all.root();
}

void edge::append(const ledger::hash& leaf) {
  leaves.append(leaf);
  if (leaves.size() < block) return;
  finished.push_back(leaves.root());
  blocks.append(finished.back());
  leaves = {};
}

edge edge_at(sqlite::database& db, std::uint64_t size_wanted) {
  edge e;
  for (const auto& root : block_roots(db, size_wanted))
    e.blocks.append(root);
  for (const auto& leaf : leaves(db, size_wanted / block * block, size_wanted))
    e.leaves.append(leaf);
  return e;
}

void append_leaves(sqlite::database& db, edge& e, std::uint64_t up_to) {
  sqlite::statement rows(db, "SELECT seq, leaf FROM entry WHERE seq > ?1 AND seq <= ?2 ORDER BY seq");
  rows.bind(1, static_cast<std::int64_t>(e.size())).bind(2, static_cast<std::int64_t>(up_to));
  while (rows.step()) {
    if (static_cast<std::uint64_t>(rows.number(0)) != e.size() + 1)
      throw sqlite::failure(errc::corrupt, SQLITE_CORRUPT, "the ledger has a gap");
    e.append(fixed<ledger::hash>(rows.blob(1)));
  }
}

ledger::path inclusion(sqlite::database& db, std::int64_t seq, std::uint64_t size_wanted) {
  const auto position = static_cast<std::uint64_t>(seq - 1), no = position / block;
  const std::uint64_t first = no * block, last = std::min(first + block, size_wanted);
  ledger::tree inner, outer;
  for (const auto& leaf : leaves(db, first, last))
    inner.append(leaf);
  for (const auto& root : block_roots(db, size_wanted))
    outer.append(root);
  if (const auto rest = size_wanted / block * block; rest < size_wanted)
    outer.append(ledger::tree_root(leaves(db, rest, size_wanted)));
  auto path = inner.inclusion(position - first, last - first);
  const auto above = outer.inclusion(no, outer.size());
  path.insert(path.end(), above.begin(), above.end());
  return path;
}

} // namespace tallyline::storage::ledger_rows
