// What the store decided, as the link's answers; and from an answer the receipt that the official is shown.
// Pure; any thread.
#pragma once

#include "gateway/site/site_forms.h"
#include "modem/link/message.h"
#include "storage/site_batch.h"

#include <map>
#include <string>
#include <vector>

namespace tallyline::gateway {

// Runs of records that were decided on together, in order of number; refused ones are of the run they stand in.
std::vector<modem::link::answer> to_link_answers(std::uint64_t first, std::size_t count,
                                                 const std::vector<storage::site_decision>& decided,
                                                 const std::map<std::uint64_t, modem::link::decision>& refused,
                                                 std::int64_t time_ms, const storage::drawn_octets& drawn);

// The receipt of report `number`, as text: given, or derived as the gateway derives it. Empty when there is none.
std::string receipt_of(const modem::link::answer& a, const modem::link::decision& d, std::uint64_t number,
                       storage::report as_filled, const modem::link::secret& key);

} // namespace tallyline::gateway
