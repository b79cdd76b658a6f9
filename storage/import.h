// Puts a pack into the database, and takes the election out of it again. Any thread; opens and closes the database
// itself.
//
// What a later import does with what it no longer finds in the pack:
//   station, office, area, contest, candidate: removed, unless a record speaks of it (or something that stays lies in
//   it); person: removed always. Who is taken off the roster must not be able to report; records keep their own
//   commitment.
// A person whose PIN is unchanged keeps the count of wrong tries and the lock. A number or a PIN that was changed during
// the election stays so until the pack says something new of the person, and who acts for another until a time still does.
#pragma once

#include "storage/election.h"
#include "storage/pack.h"
#include "storage/pin.h"

#include <boost/system/result.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace tallyline::storage {

struct imported {
  std::size_t areas = 0, stations = 0, contests = 0, candidates = 0, offices = 0, people = 0, sites = 0;
  std::size_t people_removed = 0;
  std::vector<std::string> kept; // "station 01002": gone from the pack, but records speak of it
  bool unchanged = false;        // the very pack that was imported last: no new ledger entry
};

// One transaction; makes the database, its folder and its key file when there are none. `now_ms` goes into the ledger's
// import entry. Errors: busy while a gateway runs on the database, key_exposed, bad_key, newer_schema, corrupt,
// disk_full, io.
boost::system::result<imported> import_pack(const std::filesystem::path& database, const pack& p, std::int64_t now_ms);

// The election as it stands, indexed. Errors: no_database before the first import, newer_schema, corrupt, busy, io.
// `with_people` false leaves the people out, for reports that name nobody.
boost::system::result<election> load_election(const std::filesystem::path& database, bool with_people = true);

// Lifts the lock of a number in all its roles; works while a gateway runs. Errors: not_on_roster, no_database, busy, ….
// Brings the schema of an earlier version up to date. Errors: as open.
boost::system::result<void> upgrade(const std::filesystem::path& database);
boost::system::result<void> unlock(const std::filesystem::path& database, std::uint64_t msisdn);

} // namespace tallyline::storage
