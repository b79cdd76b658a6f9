// Votes by candidate, for the whole election, an area, or each area of a level down to the station.
#pragma once

#include "gateway/reports/feeds.h"
#include "gateway/table.h"
#include "storage/election.h"
#include "storage/reader.h"

namespace tallyline::gateway {

struct report_scope {
  std::string area;    // code; empty: all
  std::string by;      // level or "station"; empty: one total
  std::string contest; // code; empty: every contest
};

// Counts current records only: neither what is superseded nor what is in review. Throws std::runtime_error.
table results(storage::reader& from, const storage::election& e, const feed_names& feed, const report_scope& scope);

// Voters by hour and area, with the share of the registered of the stations that have reported that hour.
table turnout(storage::reader& from, const storage::election& e, const feed_names& feed, const report_scope& scope);

} // namespace tallyline::gateway
