// What intake calls by other names on its two sides, and how it tells two words of one subscriber apart. Pure.
#pragma once

#include "gateway/inbound.h"
#include "menus/engine.h"
#include "storage/record.h"

#include <boost/system/error_code.hpp>
#include <cstdint>
#include <optional>

namespace tallyline::gateway {

// What the subscriber is told of what became of a report.
menus::submit_verdict told_as(storage::verdict v);
// The same for what the form's own rules refuse; nothing for any other error.
std::optional<menus::submit_verdict> told_as(const boost::system::error_code& refused);
// What the phone that a change of the roster is about is told.
menus::message told_of(storage::roster_act what);
storage::bearer recorded_as(bearer_kind by);
std::uint32_t hash_of(const inbound& in);

} // namespace tallyline::gateway
