// A decision as one line of the control socket, and what came of it as another. Pure.
#pragma once

#include "storage/decision.h"

#include <optional>
#include <string>
#include <string_view>

namespace tallyline::gateway {

// "decide accept RECEIPT\tBY\tREASON"; tabs and line ends in the texts become blanks. Without the time.
std::string to_line(const storage::decision& d);
std::optional<storage::decision> decision_from_line(std::string_view line);

// "ENTRY again|new SEQ:STATE:RECEIPT …"
std::string to_line(const storage::decided& d);
std::optional<storage::decided> decided_from_line(std::string_view line);

} // namespace tallyline::gateway
