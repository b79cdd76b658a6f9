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
// Wrong tries and locks of those whose PIN is unchanged. Returns how many people of `before` are gone.
std::size_t keep_pin_state(election& e, const election& before);

} // namespace tallyline::storage::detail
