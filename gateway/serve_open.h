// What a gateway opens before it begins. Each throws std::runtime_error that says what is not there or not right.
#pragma once

#include "gateway/config.h"
#include "gateway/election_world.h"
#include "gateway/intake.h"
#include "storage/election.h"
#include "storage/pin.h"

#include <memory>

namespace tallyline::gateway {

std::shared_ptr<storage::election> open_election(const config& c);
storage::pin_key open_key(const config& c);
intake_clock clock_of(const election_world& world); // the world's; it must outlive the clock

} // namespace tallyline::gateway
