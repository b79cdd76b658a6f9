// The state of one dialogue. Plain data that a test can make in a line; internal to the engine.
#pragma once

#include "menus/engine.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tallyline::menus {

enum class place : std::uint8_t { screen, pin, resume, question, warning, confirm, change };

struct dialogue {
  subject who;
  std::uint64_t answered = 0;  // a bit a question
  std::uint64_t confirmed = 0; // a bit a rule: warnings that the subscriber said are right
  std::vector<std::int64_t> numbers;              // a question each: the number, option or entity index
  std::vector<std::vector<std::int64_t>> lists;   // a for_each question each, in order; may be filled in part
  std::vector<std::string> texts;                 // a text question each, in order
  std::string ahead; // answers of the dial string that wait behind the PIN
  std::uint16_t language = 0;
  std::uint16_t screen = 0;
  std::uint16_t form = no_index;
  std::uint16_t question = 0;
  std::uint16_t rule = 0;
  std::uint16_t page = 0;
  place at = place::screen;
  bool authenticated = false;
  bool resuming = false; // answers of an earlier dialogue are there; the subscriber has not said what to do with them
};

// Bytes that survive a drop, and back. `restore` is false, and changes nothing, for whatever does not fit the script and
// the election as they are now, hostile bytes included.
void save_draft(const dialogue& d, const script& menu, const world& election, std::string& out);
bool restore_draft(dialogue& d, const script& menu, const world& election, std::string_view bytes);

} // namespace tallyline::menus
