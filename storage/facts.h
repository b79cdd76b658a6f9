// What a record says, in columns and in JSON that SQLite reads: one row beside each record, for reports and for the
// views that analysts open (storage/form_views.h).
//
// Written from the canonical bytes, in the transaction that adds them, and never a source of truth: it can be made anew
// at any time. Personal fields are left out; they lie in the table `personal` alone, where they can be forgotten.
// Storage thread, inside the writer's transaction. Throws sqlite::failure.
#pragma once

#include "storage/canonical.h"
#include "storage/sqlite/database.h"

#include <string>
#include <vector>

namespace tallyline::storage {

// {"hour":"12:00","present":450,"votes":{"1":120,"41":7}}
std::string fields_json(const canonical::record_view& r);

class facts {
public:
  explicit facts(sqlite::database& db);
  void add(std::int64_t seq, const canonical::record_view& r);

private:
  sqlite::statement put_;
};

void rebuild_facts(sqlite::database& db);
// Every row that is not what its record says, in words; at most `most` of them.
std::vector<std::string> wrong_facts(sqlite::database& db, std::size_t most = 20);

} // namespace tallyline::storage
