// Errors that a caller of storage can expect, with messages a person understands.
#pragma once

#include <boost/system/error_code.hpp>
#include <type_traits>

namespace tallyline::storage {

enum class errc {
  not_on_roster = 1, // this number has no such role
  out_of_scope,      // the person does not answer for this station, office or area
  bad_report,        // a field, key or value has a shape or size that no form can produce
  disk_full,
  busy, // another program holds the database
  corrupt,
  newer_schema,       // written by a newer tallyline
  no_database,        // there is no election here yet: import a pack
  io,                 // any other failure of the disk or of SQLite
  key_exposed,        // the PIN key beside the database can be read by others
  bad_key,            // the PIN key beside the database is missing or damaged
  stopped,            // the store has been stopped
  frozen,             // no menu changes during the polling days
  same_person,        // who proposed a menu version cannot approve it
  no_version,         // there is no such menu version, or none in that state
  correction_late,    // the form takes no corrections any more
  correction_refused, // nor from this person
  no_record,          // no record has this receipt
  not_open,           // the record is no longer one that can be decided on
  several_left,       // a rejection would leave more than one version that could count
  bad_signing_key,    // the key that signs the ledger's heads is missing or damaged
  other_signing_key,  // it is not the one that signed the heads so far
  entries_missing,    // a head was signed for more entries than there are, or for others
  exists,             // there is a file already where one is to be made
  bad_bundle,         // not a bundle, or damaged
  not_verified,       // what was to be kept or restored does not pass verify
  taken_elsewhere,    // another office has reported this already, and it may be reported once
  nothing_to_follow,  // the step before this one has not been reported
  out_of_area,        // it has been, but by an office that this person does not answer for
  // Of a change of the roster:
  not_below,     // whom it is about does not lie below the one who asks
  oneself,       // nobody changes their own entry, or puts their own number in another's place
  no_such_person, // the number has no role that could be changed so
  number_taken,  // the other number has this role already
  no_delegation, // this is nobody's delegate
  outside_area,  // the account that asks is for another area
};

const boost::system::error_category& category() noexcept;
boost::system::error_code make_error_code(errc e) noexcept;

} // namespace tallyline::storage

template <> struct boost::system::is_error_code_enum<tallyline::storage::errc> : std::true_type {};
