// Signs the ledger's head from time to time, beside the gateway that writes it.
//
// Works on a connection of its own: reading the new leaves costs the store worker nothing, and the head is one short
// transaction. One thread at a time.
#pragma once

#include "storage/head.h"
#include "storage/ledger_rows.h"
#include "storage/sqlite/database.h"

#include <boost/system/result.hpp>
#include <filesystem>
#include <optional>

namespace tallyline::storage {

class head_signer {
public:
  // Opens or makes the key, and holds the newest head against the entries, the key and `<database>.head`.
  // Errors: key_exposed, bad_signing_key (heads are there but the key is not), other_signing_key, entries_missing,
  // corrupt, no_database, busy, io.
  static boost::system::result<head_signer> open(const std::filesystem::path& database);

  // Signs for the entries there are now; nothing when the newest head does already. The first is signed even of an
  // empty ledger's single import. Errors: busy, disk_full, io, corrupt.
  boost::system::result<std::optional<signed_head>> sign(std::int64_t now_ms);
  const std::optional<signed_head>& newest() const { return newest_; }
  const public_key& key() const { return key_.shown(); }

private:
  head_signer(std::filesystem::path database, sqlite::database db, signing_key key)
      : database_(std::move(database)), db_(std::move(db)), key_(std::move(key)) {}
  std::filesystem::path database_;
  sqlite::database db_;
  signing_key key_;
  std::optional<signed_head> newest_;
  ledger_rows::edge edge_;
};

// What a start looks at first: the newest head holds for the entries (by the kept blocks), and no head that was ever
// written beside the database speaks of more. Throws sqlite::failure (entries_missing, corrupt).
std::optional<signed_head> checked_newest_head(sqlite::database& db, const std::filesystem::path& database);

} // namespace tallyline::storage
