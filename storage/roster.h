// Changes of the roster while the election runs: what may be asked for, what came of it, and how it is taken into an
// election in memory.
//
// The database, the storage thread's election and the network thread's election each take the same `roster_change`; no
// memory is shared between the threads and nothing is copied but the person it is about, so a change costs the same for
// a hundred people and for a hundred thousand. Somebody who no longer acts stays at their index, marked `gone`.
#pragma once

#include "storage/election.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::storage {

enum class roster_act : std::uint8_t {
  reset_pin = 1,  // a new PIN, drawn here; wrong tries and a lock are forgotten
  replace_phone,  // the number loses its roles to another one, which gets a new PIN
  delegate,       // another number acts in the same roles until a time, with a PIN of its own
  end_delegation, // it no longer does
  unlock          // wrong tries and a lock are forgotten
};
std::string_view name_of(roster_act what);
std::optional<roster_act> roster_act_named(std::string_view name);
inline bool draws_pin(roster_act what) { return what <= roster_act::delegate; }

// What a report asks for beside its record.
struct roster_order {
  roster_act what = roster_act::reset_pin;
  std::uint64_t whom = 0;         // a number on the roster; all of its roles within the reach of who asks
  std::uint64_t to = 0;           // of replace_phone and delegate: the other number
  std::int64_t until_ms = 0;      // of delegate: UTC
  std::vector<std::string> roles; // that may be acted on; empty: any
};

// One row of the roster.
struct roster_change {
  roster_act what = roster_act::reset_pin;
  std::uint64_t msisdn = 0;
  std::string role;
  std::uint64_t to = 0;
  std::int64_t until_ms = 0;
  std::array<std::uint8_t, 32> pin_hash{}; // of acts that draw a PIN, bound to the number that gets it
};

// What an election was before a change, to be taken back should it not be committed.
struct roster_undo {
  struct row {
    std::uint32_t index = 0;
    std::optional<person> before; // nothing: was added
  };
  std::vector<row> rows;
};

// False when nobody has this number and role. The election's owner's thread only.
bool apply(election& e, const roster_change& c, roster_undo* undo = nullptr);
void take_back(election& e, roster_undo& undo) noexcept;

// Whether `who` lies strictly below an area: a station or an office in it, or an area within it but not itself.
bool lies_below(const election& e, std::uint32_t area, const person& who);
std::string_view scope_code(const election& e, const person& who);

} // namespace tallyline::storage
