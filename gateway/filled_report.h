// A form as the engine filled it, as the report that storage takes.
#pragma once

#include "gateway/election_world.h"
#include "menus/engine.h"
#include "storage/record.h"

namespace tallyline::gateway {

// Who reported, over what and when is for the caller to add.
storage::report to_report(const menus::filled_form& form, const election_world& world);

} // namespace tallyline::gateway
