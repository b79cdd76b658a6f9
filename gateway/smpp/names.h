// Commands and statuses by the names that the specification and every SMSC's manual give them, for log lines.
#pragma once

#include "gateway/smpp/pdu.h"

#include <string>
#include <string_view>

namespace tallyline::smpp {

std::string_view name_of(command id) noexcept; // "deliver_sm"; "unknown command" for what 5.1.2.1 does not list
std::string_view name_of(status s) noexcept;   // "ESME_RINVPASWD"; empty for what 5.1.3 does not list

// "ESME_RINVPASWD (invalid password)", or "0x00000451 (the operator's own)".
std::string describe(status s);

} // namespace tallyline::smpp
