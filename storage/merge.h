// What a later import keeps of the election that was there. Used by import.cpp only.
#pragma once

#include "storage/election.h"
#include "storage/sqlite/database.h"

#include <set>
#include <string>
#include <unordered_set>
#include <vector>

namespace tallyline::storage::detail {

// Codes and candidates that records speak of.
struct references {
  std::unordered_set<std::string> codes;                     // parts of keys, scopes and texts
  std::set<std::pair<std::string, std::int64_t>> candidates; // contest code and number
};
references referenced_by_records(sqlite::database& db);

// Appends to `e` what only `before` has and `spoken_of` names, with the areas it lies in; says what was kept.
std::vector<std::string> keep_referenced(election& e, const election& before, const references& spoken_of);
// Numbers and PINs that were changed since the last import stay changed, unless the pack now says something new of the
// person; delegations under way stay. For the PIN hashes of `e` as the pack has them.
void keep_roster_changes(sqlite::database& db, election& e, const election& before, std::int64_t now_ms);
// Wrong tries and locks of those whose PIN is unchanged. Returns how many people of `before` are gone.
std::size_t keep_pin_state(election& e, const election& before);

} // namespace tallyline::storage::detail
