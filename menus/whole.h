// A form that comes whole, with nobody at hand to be asked: a line of a file, a record of the report link.
//
// The same questions, limits and rules as in a dialogue, in the same order; what is wrong is said with the same words.
// Pure; any thread that may read the script and the world.
#pragma once

#include "menus/engine.h"
#include "menus/script.h"

#include <string>
#include <string_view>
#include <vector>

namespace tallyline::menus {

struct whole_answer {
  std::string_view question;
  // As a record holds it: digits, an option's value, an entity's code (of an earlier record its receipt), yes or no,
  // 2026-11-24, 17:00, or a text. The numbers of a list stand one behind the other, "120*45*33". Empty: no answer.
  std::string_view text;
};

struct whole_form {
  std::uint16_t form = 0;                  // index into script::forms
  std::vector<whole_answer> answers;       // in any order, each question once
  std::vector<std::string_view> confirmed; // names of the `warn` rules that somebody has said are right
};

struct whole_result {
  enum class kind : std::uint8_t {
    complete,    // engine::filled gives what `filled` holds
    refused,     // `why`, and the name of the question that it is about; empty for the form as a whole
    unconfirmed, // `why`, and the name of the `warn` rule that wants confirming
    shut,        // the form is not open now: `why` says when it is
  };
  kind what = kind::refused;
  dialogue_ptr filled;
  std::string why; // in the language asked for, one line, no key hints
  std::string about;
};

// Who fills it in is known to be who they say: no PIN is asked. `who.scope` is the station, office or area it is about.
// `earlier` is needed when the script looks back, and for telling a correction, whose reason is an answer too.
whole_result fill_whole(const script& menu, const world& election, subject who, std::string_view language,
                        const whole_form& form, std::shared_ptr<const past> earlier = {});

} // namespace tallyline::menus
