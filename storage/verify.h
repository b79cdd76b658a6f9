// Checks all that was ever recorded, from a database or from a bundle, and names the first row that is wrong.
//
// Everything is worked out anew: leaf hashes, the tree and each signed head, receipts, states from the bodies and the
// decisions, commitments of what is kept apart. Nothing that makes other questions quick (subtree, indices, totals) is
// believed. One thread calls; two or more work. A running gateway is not disturbed: the
// ledger of a database is read in one snapshot.
#pragma once

#include "storage/head.h"
#include "storage/sqlite/database.h"

#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tallyline::storage {

// Where the first wrong thing is: a table and a row of it, and what is wrong there.
struct wrong_row {
  std::string table; // "entry", "record", "personal", "decision", "head", "subtree", …
  std::int64_t seq = 0;
  std::string what;
};
std::string to_text(const wrong_row& w); // "record 1234: the receipt is not drawn from its leaf"

struct verified {
  std::int64_t entries = 0, records = 0, personal = 0, forgotten = 0, decisions = 0, heads = 0;
  std::optional<signed_head> newest;
  std::int64_t unsigned_entries = 0; // that came after the newest head
  ledger::hash root{};               // of all entries
};

struct verify_options {
  std::optional<public_key> key; // every head must be by this one; without it, all by the one that made the first
  std::function<void(std::int64_t done, std::int64_t all)> progress; // from the calling thread, often
  // Checks of what others keep beside the records, such as totals: each runs meanwhile, on a thread and in a snapshot of
  // its own. What is wrong in the ledger is told first.
  using check_beside = std::function<std::optional<wrong_row>(sqlite::database&)>;
  std::vector<check_beside> more;
  bool check_file = true; // SQLite's own integrity check of a database, on a thread beside
};

// A wrong row is a value of the result's first part; the error is of what cannot be read at all.
struct verification {
  std::optional<wrong_row> wrong;
  verified what; // as far as it went
};
boost::system::result<verification> verify_database(const std::filesystem::path& database, const verify_options& o);
boost::system::result<verification> verify_bundle(const std::filesystem::path& bundle, const verify_options& o);

} // namespace tallyline::storage
