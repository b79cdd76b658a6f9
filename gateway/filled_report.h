// A form as the engine filled it, as the report that storage takes.
#pragma once

#include "gateway/election_world.h"
#include "menus/engine.h"
#include "storage/record.h"

#include <optional>

namespace tallyline::gateway {

// Who reported, over what and when is for the caller to add.
storage::report to_report(const menus::filled_form& form, const election_world& world);

// What the subscriber is told of what became of it.
menus::submit_verdict told_as(storage::verdict v);
// The same for what the form's own rules refuse; nothing for any other error.
std::optional<menus::submit_verdict> told_as(const boost::system::error_code& refused);

} // namespace tallyline::gateway
