// Numbers for the candidates whom the board has accepted: from their records to the election's table of candidates.
//
// Accepted is who has a current record of `decision` that says so, was registered (`registered`, current: it names the
// contest), and has not withdrawn since (`withdrawal`). The name is the one the documents gave. A number once given
// stays with its person (the part of the key that names them in all these forms), and the next ones go on from the
// highest of the contest. What was given is an entry of the ledger, and survives later imports. Any thread; the
// database must not be in use by a gateway, which holds the candidates in memory.
#pragma once

#include "storage/errors.h"

#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tallyline::storage {

struct numbering_options {
  std::vector<std::string> contests; // empty: all
  std::optional<std::int64_t> lot;   // drawn by this seed, instead of by name
  bool dry_run = false;
  std::string by;
  std::int64_t now_ms = 0;
};
struct numbered_candidate {
  std::string contest, name, part;
  std::int64_t number = 0;
  bool given_now = false;
  bool still_accepted = true; // of one that has its number from before
};
struct numbering {
  std::vector<numbered_candidate> candidates; // by contest as in the pack, then by number
  std::vector<std::string> passed_over;       // accepted, but without a number, and why
  std::int64_t entry = 0;                     // of the ledger; 0 when nothing was given
};

// By name: in the alphabetical order of Persian (CLDR, as ICU has it), Arabic and Persian forms of one letter being the
// same; equal names in the order of their documents' tickets. By lot: in the order of SHA-256 over the seed's digits,
// "/" and the part, so that anybody who knows the seed can draw it again. Errors: busy while a gateway runs,
// unless it is a dry run, which writes nothing.
boost::system::result<numbering> number_candidates(const std::filesystem::path& database, const numbering_options& o);

} // namespace tallyline::storage
