// NIST SP 1500-100r2, Election Results Reporting Common Data Format version 2, as JSON.
//
// One ElectionReport: GpUnits (areas and, when asked, stations), one Election with its Candidates and
// CandidateContests; a contest has its SummaryCounts and each candidate's VoteCounts, for the whole and for each part.
// Status is always an unofficial one: who certifies is not this program. Pure.
#pragma once

#include "gateway/exports/counted.h"

#include <string>

namespace tallyline::gateway {

std::string nist_report(const counted_election& c);

} // namespace tallyline::gateway
