// The election that a menu is tried and checked on.
#pragma once

#include "menus/check.h"
#include "storage/election.h"

#include <memory>
#include <string>
#include <vector>

namespace tallyline::gateway {

// Of the database, else of the pack, else a small made-up one. Throws std::runtime_error that says what is wrong.
std::shared_ptr<const storage::election> election_for(const menus::script& menu, const std::string& pack,
                                                      const std::string& database);

// What menu check proves of a script on this election: the one place that knows its bearers. How long a session and an
// answer take: see config.
menus::check_result prove(const menus::load_result& loaded, const storage::election& e, int operator_total_s = 180,
                          int answer_takes_s = 10);

} // namespace tallyline::gateway
