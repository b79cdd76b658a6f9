// OASIS Election Markup Language 5.0: message 510 (count) and 520 (result), as XML. Pure.
#pragma once

#include "gateway/exports/counted.h"

#include <string>
#include <string_view>

namespace tallyline::gateway {

// Votes of each contest in all, and for each part as ReportingUnitVotes.
std::string eml_510(const counted_election& c);
// Whom the votes so far would give a seat; a tie for the last seat gives it to nobody.
std::string eml_520(const counted_election& c);

// Text as XML 1.0 has it (2.4): the five characters escaped, those that XML forbids (2.2) left out.
std::string xml_text(std::string_view utf8);

} // namespace tallyline::gateway
