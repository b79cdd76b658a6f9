// The bytes of a record that the ledger holds: deterministic CBOR (RFC 8949 4.2.1), written in one way only.
//
// A map with small integers as keys, in ascending order, which is the bytewise order of their encodings:
//   0 kind, 1 for a record                1 form          2 key, array of text      3 scope
//   4 fields, array of [name, value]      5 flags (absent when none)                6 reason (absent when empty)
//   7 who: commitment to the MSISDN       8 role          9 bearer                  10 menu version
//   11 time, ms since 1970 UTC            12 seq of the record this one supersedes (absent when none)
//   13 seq of the record that this one disagrees with: present makes it a review record
//   14 of a report that two people enter (absent otherwise): 1 an entry that waits for another person's same one, 2 the
//      entry that agrees with the one it supersedes, and counts
//   15 1 when what the key names without its scope is reported in one scope of the election (absent otherwise)
//   16 the form whose step this record follows (absent when none)
// A menu that goes into service: 0 kind (3)  1 its name  2 version  3 digest, hex  4 who  5 time, ms since 1970 UTC.
//   6 who approved it   7 why it was changed during a freeze (each absent when empty)
// One that goes out of service: version 0 and an empty digest.
// How menus may change: 0 kind (4)  1 array of [name, value]  4 who  5 time, ms since 1970 UTC.
// An import: 0 kind (2)  1 digest of what is public in the pack  2 sealed digest of the people  3 time.
// A person's decision: 0 kind (5)  1 array of the records (seq) that count from now on, at most one
//   2 array of those that are rejected, ascending  3 reason (absent when empty)  4 who  5 time.
// The settings a gateway runs with: 0 kind (6)  1 array of [name, text]  4 who  5 time.
// A person was forgotten: 0 kind (7)  1 array of the records (seq), ascending, whose personal values and sender are no
//   longer kept  3 reason (absent when empty)  4 who  5 time. The person is not named.
// A site's key: 0 kind (10)  1 the site's code  2 1 when it was invited, 0 when its key was revoked  4 who  5 time.
// A site has enrolled: 0 kind (11)  1 its code  2 the invitation (seq) whose key it called with first  5 time.
// Candidates got their numbers: 0 kind (9)  1 array of [contest, number, part of the key that names the person, seq of
//   the board's decision]  3 in which order: "name" or "lot SEED"  4 who  5 time.
// A change of the roster: 0 kind (8)  1 what, a word of storage/roster.h  2 the record it was asked for in (absent when
//   headquarters did it)  3 role  4 code of what the person answers for  5 commitment to the number  6 to the number that
//   takes its place or acts beside it (absent when none)  7 until when that one acts, UTC ms (absent when always)
//   8 who did it (absent when a record says so)  9 time.
// An account of headquarters: 0 kind (12)  1 login  2 role  3 area (absent: the account is taken away)  4 who  5 time.
// A value is an integer, a text, a list as [number, value, number, value, ...] in ascending order of number, or, for a
// personal field, the 32 bytes of SHA-256(salt of 16 bytes || the value's own CBOR). Salts lie in the table `personal`.
//
// Pure; any thread. A record_view points into the bytes it was read from.
#pragma once

#include "storage/record.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::storage::canonical {

enum class kind : std::uint8_t {
  record = 1,
  import = 2,
  menu = 3,
  policy = 4,
  decision = 5,
  settings = 6,
  forgetting = 7,
  roster = 8,
  numbering = 9,
  site_key = 10,
  enrolment = 11,
  account = 12
};

using salt = std::array<std::uint8_t, 16>;
using commitment = std::array<std::uint8_t, 32>;

// Salts of a report: the first for the MSISDN, one more for each personal field, in order.
using salts = std::vector<salt>;
std::size_t salts_needed(const report& r);
// Salt number n is BLAKE2b of 16 octets over n (8 octets, high first), keyed with the seed.
void salts_from(std::span<const std::uint8_t, 32> seed, salts& out);

// What is wrong with the salts is the caller's fault and throws std::logic_error; the report must have passed the
// door's checks.
std::string fields_bytes(const report& r, std::span<const salt> s);
// `agrees`: of a report with entries 2, the one that another person's entry makes count.
std::string record_bytes(const report& r, std::span<const salt> s, std::int64_t supersedes, std::int64_t against,
                         bool agrees = false);
std::string import_bytes(const commitment& public_digest, const commitment& sealed_digest, std::int64_t time_ms);

struct menu_change {
  std::string_view menu;
  std::int64_t number = 0;
  std::string_view digest, by;
  std::int64_t time_ms = 0;
  std::string_view approved_by, in_freeze;
};
std::string menu_bytes(const menu_change& c);
using named_numbers = std::vector<std::pair<std::string_view, std::int64_t>>;
std::string policy_bytes(const named_numbers& values, std::string_view by, std::int64_t time_ms);

struct decision_view {
  std::vector<std::int64_t> accepted, rejected;
  std::string_view reason, by;
  std::int64_t time_ms = 0;
};
std::string decision_bytes(const decision_view& d);
using named_texts = std::vector<std::pair<std::string_view, std::string_view>>;
std::string settings_bytes(const named_texts& values, std::string_view by, std::int64_t time_ms);
struct forgetting_view {
  std::vector<std::int64_t> records;
  std::string_view reason, by;
  std::int64_t time_ms = 0;
};
std::string forgetting_bytes(const forgetting_view& f);
struct numbering_view {
  struct number {
    std::string_view contest;
    std::int64_t value = 0;
    std::string_view part;
    std::int64_t decision = 0;
  };
  std::vector<number> given;
  std::string_view order, by;
  std::int64_t time_ms = 0;
};
std::string numbering_bytes(const numbering_view& n);
struct roster_view {
  std::string_view what;
  std::int64_t record = 0;
  std::string_view role, scope;
  std::string_view who, to; // commitments, `to` may be empty
  std::int64_t until_ms = 0;
  std::string_view by;
  std::int64_t time_ms = 0;
};
std::string roster_bytes(const roster_view& r);
struct account_view {
  std::string_view login, role, area, by;
  std::int64_t time_ms = 0;
};
std::string account_bytes(const account_view& a);
struct site_key_view {
  std::string_view site;
  bool invited = false; // else revoked
  std::string_view by;
  std::int64_t time_ms = 0;
};
std::string site_key_bytes(const site_key_view& k);
struct enrolment_view {
  std::string_view site;
  std::int64_t invitation = 0, time_ms = 0;
};
std::string enrolment_bytes(const enrolment_view& e);

std::string value_bytes(const field_value& v);
std::string number_bytes(std::uint64_t msisdn);
commitment commit(const salt& s, std::string_view value_cbor);

struct field_view {
  enum class type : std::uint8_t { number, text, list, personal };
  std::string_view name;
  type what = type::number;
  std::int64_t number = 0;
  std::string_view text;            // of a text; the 32 bytes of a commitment
  std::span<const list_item> items; // of a list; lives in the record_view
};

struct record_view {
  std::string_view form, scope, reason, role, menu_version, who;
  bearer by = bearer::ussd;
  std::int64_t time_ms = 0, supersedes = 0, against = 0, entry = 0, once = 0;
  std::string_view follows;
  std::vector<std::string_view> key, flags;
  std::vector<field_view> fields;
  std::string_view fields_bytes; // as fields_bytes() writes them

  bool review() const { return against != 0; }
  const field_view* field(std::string_view name) const;

  record_view() = default;
  record_view(const record_view&) = delete; // its fields point into itself
  record_view& operator=(const record_view&) = delete;

private:
  friend bool read_record(std::string_view bytes, record_view& out);
  std::vector<list_item> items_;
  std::vector<std::pair<std::size_t, std::size_t>> ranges_;
};

// Strict: false for whatever record_bytes could not have written. `out` is reused, so reading many costs no
// allocations.
bool read_record(std::string_view bytes, record_view& out);

// As strict as read_record; the views point into the bytes.
std::optional<menu_change> read_menu(std::string_view bytes);
std::optional<decision_view> read_decision(std::string_view bytes);
std::optional<forgetting_view> read_forgetting(std::string_view bytes);
std::optional<numbering_view> read_numbering(std::string_view bytes);
std::optional<roster_view> read_roster(std::string_view bytes);
std::optional<account_view> read_account(std::string_view bytes);
struct policy_view {
  named_numbers values;
  std::string_view by;
  std::int64_t time_ms = 0;
};
std::optional<policy_view> read_policy(std::string_view bytes);
struct settings_view {
  named_texts values;
  std::string_view by;
  std::int64_t time_ms = 0;
};
std::optional<settings_view> read_settings(std::string_view bytes);
std::optional<site_key_view> read_site_key(std::string_view bytes);
std::optional<enrolment_view> read_enrolment(std::string_view bytes);
bool is_import(std::string_view bytes);

// The kind of any entry's body, or nothing.
std::optional<kind> kind_of(std::string_view bytes);

} // namespace tallyline::storage::canonical
