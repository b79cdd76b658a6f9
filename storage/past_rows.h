// The standing records of a scope as rows. Internal to storage: the store worker and the reader read them alike.
#pragma once

#include "storage/receipt.h"
#include "storage/record_door.h"
#include "storage/sqlite/database.h"
#include "storage/store.h"

#include <string_view>
#include <vector>

namespace tallyline::storage {

inline constexpr std::string_view past_sql =
    "SELECT r.receipt, e.body, p.value, r.state FROM record r JOIN entry e ON e.seq = r.seq "
    "LEFT JOIN personal p ON p.seq = r.seq AND p.no = 0 "
    "WHERE r.form = ?1 AND r.key >= ?2 AND r.key < ?2 || '0' AND r.state = 0 "
    "UNION ALL SELECT r.receipt, e.body, p.value, r.state FROM record r JOIN entry e ON e.seq = r.seq "
    "LEFT JOIN personal p ON p.seq = r.seq AND p.no = 0 "
    "WHERE r.form = ?1 AND r.key >= ?2 AND r.key < ?2 || '0' AND r.state = 3";

inline void read_past(sqlite::statement& rows, std::string_view form, std::string_view scope,
                      std::vector<past_entry>& all) {
  const sqlite::using_statement open(rows);
  rows.bind_text(1, form).bind_text(2, scope);
  while (rows.step()) {
    past_entry e;
    e.receipt = receipt::to_text(static_cast<std::uint64_t>(rows.number(0)));
    e.body = rows.blob(1);
    e.msisdn = rows.is_null(2) ? 0 : static_cast<std::uint64_t>(rows.number(2));
    e.pending = rows.number(3) == static_cast<int>(record_state::pending);
    all.push_back(std::move(e));
  }
}

} // namespace tallyline::storage
