// How the offices' work is judged: a file that headquarters may change, gateway/reports/league.yaml as it ships. Forms,
// opening hours, the league's formula, and the rules for who is commended and who is looked into.
#pragma once

#include "gateway/reports/formula.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::gateway {

// What formulas and rules may use, in this order. A figure that an office does not have yet makes no rule hold.
enum class figure : std::uint8_t {
  documents,             // tickets given
  registrations,         // of them, those that have had the next step
  waiting,               // those that have not
  oldest_minutes,        // how long the first of them waits
  median_minutes,        // from ticket to registration
  p95_minutes,           // 95 in 100 took no longer
  in_time_percent,       // registered within in_time_minutes
  corrections,           // records that were corrected
  rejected,              // records that headquarters rejected
  error_permille,        // both, of all records
  out_of_hours,          // tickets and registrations outside the opening hours
  out_of_hours_permille, // of all
  share_permille,        // of the registrations in its area (share_of)
  load_percent,          // registrations, of what an office there has on average
  silent_minutes,        // of opening hours since it last did anything
};
inline constexpr std::size_t figures = static_cast<std::size_t>(figure::silent_minutes) + 1;
std::span<const std::string_view> figure_words();

// Which records show that a rule holds.
enum class evidence : std::uint8_t { latest, fastest, slowest, waiting, corrected, rejected, out_of_hours };

struct league_rule {
  std::string name;
  formula when;
  evidence shows = evidence::latest;
  std::map<std::string, std::string, std::less<>> says; // by language
};

struct opening_rule {
  std::int64_t from = 0, until = 24 * 60; // minutes of the local day
  std::array<bool, 7> closed{};           // Monday first
};

struct league {
  std::filesystem::path file;
  std::string waits = "documents", done = "registered"; // forms: of the ticket, and of what it waits for
  std::string share_of;                                 // a level; empty: the area asked for
  opening_rule hours;
  std::int64_t in_time_minutes = 120, silent_after_minutes = 120;
  formula score;
  std::vector<league_rule> commend, look_into;
};

// The file, or the one that ships when `file` is empty. Throws std::runtime_error with file:line:column.
league read_league(const std::filesystem::path& file);

} // namespace tallyline::gateway
