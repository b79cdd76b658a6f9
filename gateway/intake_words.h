// What intake calls by other names on its two sides, and how it tells two words of one subscriber apart. Pure.
#pragma once

#include "gateway/inbound.h"
#include "menus/engine.h"
#include "storage/record.h"

#include <cstdint>

namespace tallyline::gateway {

menus::submit_verdict told_as(storage::verdict v);
storage::bearer recorded_as(bearer_kind by);
std::uint32_t hash_of(const inbound& in);

} // namespace tallyline::gateway
