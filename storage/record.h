// The only door by which a report becomes a record.
//
// A report is checked (who may say it, what it is about, the shape and size of its values), put into canonical bytes,
// compared with the current record of the same key, and appended together with its Merkle leaf. See storage/ledger.h for
// the bytes. Runs on the storage thread, inside the group's transaction.
#pragma once

#include "storage/errors.h"
#include "storage/roster.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tallyline::storage {

// One item of a list: `number` names it (a candidate's number in the contest), `value` is what was reported.
struct list_item {
  std::int64_t number = 0;
  std::int64_t value = 0;
  friend bool operator==(const list_item&, const list_item&) = default;
};

using field_value = std::variant<std::int64_t, std::string, std::vector<list_item>>;

struct field {
  std::string name;
  field_value value;
  bool personal = false; // kept apart from the ledger, which holds a salted commitment instead
};

// Who may correct a form's record, and until when. Without it: who reported, at any time.
struct correction_rule {
  bool own = true;                // the person who reported
  std::vector<std::string> roles; // others whose other values correct it instead of going to review
  std::int64_t until_ms = 0;      // UTC; 0: no end
};

enum class bearer : std::uint8_t { ussd = 1, sms = 2, terminal = 3, link = 4, console = 5 };

struct report {
  std::string form;
  std::vector<std::string> key;  // what there is one record for, such as {"01001", "president"}; the first is the scope's code
  std::string scope;             // station, office or area code it is about
  std::vector<field> fields;     // in the form's order
  std::vector<std::string> flags; // warn rules that were confirmed: the record is flagged for review
  std::string reason;            // of a correction, may be empty
  std::uint64_t msisdn = 0;      // E.164 digits
  std::string role;
  bearer by = bearer::ussd;
  int entries = 1;               // 2: counts when another person enters the same
  correction_rule corrections;   // the form's; not part of the record
  bool once = false;             // what the key names without its scope may be reported in one scope of the election
  std::string follows;           // a form of which there must be a record for the same; empty: none. See storage/steps.h
  // Positions in the key whose part the door replaces by a pseudonym (storage/pseudonym.h); not part of the record.
  std::vector<std::uint8_t> pseudonyms = {};
  bool many = false; // each different sending is a record of its own: the door adds a part to the key; not of the record
  std::string menu_version;      // hex digest of the script it was asked by
  std::int64_t time_ms = 0;      // when it came in, UTC, milliseconds since 1970
  // Salts are drawn from it instead of at random, so that a site on the report link can derive the receipt.
  std::optional<std::array<std::uint8_t, 32>> salt_seed = {};
  // Of headquarters, not of anybody on the roster: who, and the area that their account is for. `role` is theirs, by is
  // console, msisdn 0; the login stands in a field, too, so that the record names it.
  std::string account = {}, within = {};
  // A part of the key that is a ticket, as typed, and of which form: the door puts the step's own part in its place.
  std::uint8_t ticket_at = 0;
  std::string ticket_of = {};
  // The roster changes with it, in the same commit; not part of the record.
  std::optional<roster_order> does = {};
};

enum class verdict : std::uint8_t {
  recorded,  // the first of its key
  duplicate, // same values as the current record: nothing was added, the receipt is the earlier one's
  corrected, // same person, other values: the earlier record is superseded
  review,    // another person, other values: kept, counted only after a decision
  // Of reports that two people enter:
  first_entry, // kept, counted when another person enters the same
  agreed,      // the same as another person's entry: counts, and supersedes it
  differs,     // from another person's entry: both are kept for review
};

struct outcome {
  verdict what = verdict::recorded;
  std::string receipt;        // digits with a check digit, see storage/receipt.h
  std::int64_t seq = 0;       // of the record (the earlier one's for a duplicate)
  std::int64_t supersedes = 0; // 0 when nothing is
  std::int64_t ticket = 0;     // of a form that is `once`: its running number, shown by receipt::ticket_text; 0: none
  bool derivable = false;      // the receipt follows from the report and its salt_seed alone
  std::vector<roster_change> roster = {}; // what changed with it
  std::string pin = {};                   // that was drawn; in no other place, and to be shown once
};

} // namespace tallyline::storage
