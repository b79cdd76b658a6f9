// Whom to remind of what, and in which words: those who are expected to have reported and have not, and, for those who
// were reminded often enough, their supervisors.
//
// Pure: decides and writes texts; storage/reminders.h keeps what went out, commands/commands_chase.cpp sends it.
#pragma once

#include "gateway/reports/gaps.h"
#include "storage/reminders.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tallyline::gateway {

struct chase_rules {
  std::string area{};     // code; empty: everywhere
  int escalate_after = 2; // reminders; then no more go to the official, but one to the supervisor
  storage::bearer by = storage::bearer::sms;
  std::int64_t quiet_since_ms = 0; // who was reminded after it is left in peace, and not told of yet
};

struct chase_message {
  storage::reminders::wanted what;
  std::string to, station, text; // station: of an escalation how many
};

// How often somebody was reminded and when last, by key and MSISDN.
struct reminded_times {
  int times = 0;
  std::int64_t last_ms = 0;
};
using reminded = std::map<std::pair<std::string, std::uint64_t>, reminded_times>;

struct chase_plan {
  std::vector<chase_message> messages;
  std::size_t nobody = 0;        // stations that have nobody on the roster to remind
  std::size_t no_supervisor = 0; // stations to escalate that no supervisor answers for
};

// `g` holds one form. Throws std::runtime_error when the form has no text for it.
chase_plan plan_chase(const storage::election& e, const election_world& world, const gaps& g, const chase_rules& rules,
                      const reminded& before);

} // namespace tallyline::gateway
