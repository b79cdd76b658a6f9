// What a site sends at once and what becomes of it: one job of the store, in one transaction with the call's number.
#pragma once

#include "storage/errors.h"
#include "storage/record.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace tallyline::storage {

using drawn_octets = std::array<std::uint8_t, 8>;

struct site_entry {
  std::uint64_t number = 0; // in the site's queue: the same number with the same content is the same report
  report what;
};
struct site_batch {
  std::string site;
  std::uint64_t call = 0;    // the highest number a call of this site had so far
  std::uint64_t settled = 0; // the site knows what became of all numbers below
  std::int64_t time_ms = 0;  // of the reports, UTC
  drawn_octets drawn{};      // from which their salts were drawn
  std::vector<site_entry> entries;
};

// Of one entry. For a report that was decided on earlier, with the time and the drawn octets of then.
struct site_decision {
  std::uint64_t number = 0;
  errc refused{}; // by the door, such as out_of_scope; zero when it was taken
  outcome what;   // receipt as text
  std::int64_t time_ms = 0;
  drawn_octets drawn{};
};

// One call of a site, for air time and bills.
struct call_record {
  std::string site;
  std::string by; // the modem's name or tcp, and the number that called; "terminal first"
  std::int64_t began_ms = 0, took_ms = 0;
  std::uint64_t octets_in = 0, octets_out = 0, retries = 0, reports = 0;
  std::string ended;   // in words
  bool by_key = true;  // on the report link, where the caller has shown the site's key
};

} // namespace tallyline::storage
