// The election that a menu is tried and checked on.
#pragma once

#include "menus/model.h"
#include "storage/election.h"

#include <memory>
#include <string>
#include <vector>

namespace tallyline::gateway {

// Of the database, else of the pack, else a small made-up one. Throws std::runtime_error that says what is wrong.
std::shared_ptr<const storage::election> election_for(const menus::script& menu, const std::string& pack,
                                                      const std::string& database);

// All that is in it, for the check to find the longest names.
std::vector<menus::entity> everything(const storage::election& e);

} // namespace tallyline::gateway
