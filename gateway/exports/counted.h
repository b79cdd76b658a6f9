// What the standard formats hand on: the votes counted so far of every contest, for the whole election and for the
// areas of a level, or every station. Made by commands/commands_export.cpp, written by nist.h and eml.h.
#pragma once

#include "gateway/reports/tally.h"

#include <string>

namespace tallyline::gateway {

struct counted_election {
  const storage::election& e;
  const places& whole; // one row
  const places& parts; // none or more
  const tallies& of_whole;
  const tallies& of_parts;
  std::string generated; // RFC 3339, UTC
  std::string issuer, version;
  bool by_station = false;
  // Every station of every contest has reported.
  bool complete() const {
    for (std::size_t c = 0; c < e.contests.size(); ++c)
      if (of_whole.of(c, 0).stations < of_whole.of(c, 0).of) return false;
    return true;
  }
};

} // namespace tallyline::gateway
