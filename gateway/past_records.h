// Records from the database as the menu language looks back at them.
#pragma once

#include "gateway/local_time.h"
#include "menus/model.h"
#include "menus/past.h"
#include "storage/store.h"

#include <memory>
#include <string_view>
#include <vector>

namespace tallyline::gateway {

// `entries`: the standing records of one scope. Those of other scopes and forms, and what somebody else entered as the
// first of two, are left out: a second person must not see the first one's figures. Personal fields have no value.
// `training`: of what was reported in training, and of nothing else.
std::shared_ptr<menus::past> past_of(const menus::script& menu, const std::vector<storage::past_entry>& entries,
                                           std::string_view scope, std::uint64_t msisdn, std::string_view role,
                                           const local_clock& clock, bool training = false);
// How long the queues are, and one's own reports.
void add_opening(menus::past& past, const menus::script& menu, const storage::opening& found, const local_clock& clock,
                 std::int64_t now_ms, bool training = false);

} // namespace tallyline::gateway
