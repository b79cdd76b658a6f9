// A record's parts as a person reads them.
#pragma once

#include "storage/canonical.h"

#include <string>
#include <string_view>

namespace tallyline::gateway {

std::string shown_value(const storage::canonical::field_view& f); // "120", "1=10 2=20"
std::string shown_key(const storage::canonical::record_view& v);  // "1001 president"
// "in review", "accepted", …
std::string_view shown_state(int state, bool flagged, bool decided);

} // namespace tallyline::gateway
