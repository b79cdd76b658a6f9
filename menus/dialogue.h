// The state of one dialogue. Plain data that a test can make in a line; internal to the engine.
#pragma once

#include "menus/engine.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace tallyline::menus {

enum class place : std::uint8_t { screen, pin, resume, question, warning, confirm, change };

struct dialogue {
  subject who;
  std::uint64_t answered = 0;                   // a bit a question
  std::uint64_t skipped = 0;                    // a bit a question: optional ones that were passed over
  std::uint64_t confirmed = 0;                  // a bit a rule: warnings that the subscriber said are right
  std::vector<std::int64_t> numbers;            // a question each: the number, option or entity index; see answers.h
  std::vector<std::vector<std::int64_t>> lists; // a question with a list each, in order; may be filled in part
  std::vector<std::string> texts;               // a question with a text each, in order
  std::shared_ptr<const past> earlier;          // may be empty
  std::string ahead;                            // answers of the dial string that wait, such as for the PIN
  std::uint32_t from = 0, next = 0;             // where in its text the page shown begins, and where the one after it
  struct step_back {
    std::uint16_t screen = 0;
    std::uint16_t from = 0; // where its page began
  };
  std::array<step_back, 6> trail{}; // the screens that led here; the oldest fall off
  std::uint32_t screen_from = 0;    // where the screen's page began when a form was chosen on it
  std::uint8_t trail_size = 0;
  place at = place::screen;
  place after_pin = place::screen;
  std::uint16_t language = 0;
  std::uint16_t screen = 0;
  std::uint16_t form = no_index; // stays while the subscriber looks at screens, with its answers
  std::uint16_t question = 0;
  std::uint16_t rule = 0;
  bool more = false; // a page follows the one shown
  bool authenticated = false;
  bool changing = false; // one answer, from the read-back
  bool training = false; // nothing counts
  bool by_line = false;  // filled by one line: what is optional and not in it is passed over
  bool restored = false; // the answers are an earlier dialogue's, and the subscriber has not said what to do with them
};

// Bytes that survive a drop, and back. `restore_draft` is false, and leaves no form, for whatever does not fit the
// script and the election as they are now, hostile bytes included.
void save_draft(const dialogue& d, const script& menu, const world& election, std::string& out);
bool restore_draft(dialogue& d, const script& menu, const world& election, std::string_view bytes);

} // namespace tallyline::menus
