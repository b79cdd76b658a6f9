// One dialogue with a subscriber: which page to show next, given what was answered.
//
// A state machine without I/O. The caller (gateway/intake) owns a `dialogue`, feeds it `dial`, `answer`, `pin_checked`
// and `submitted`, and performs the `action` that comes back. Before a `prompt` leaves, the caller makes the dialogue
// durable with `save`; after a drop `resume` goes on where it stopped. One engine serves all dialogues of a script; it
// is immutable and used from the network thread.
#pragma once

#include "menus/bearer.h"
#include "menus/model.h"
#include "menus/world.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::menus {

// Who is on the phone. `scope` is the station, office or area the person answers for.
struct subject {
  entity person;
  entity scope;
};

// What the caller must do next.
enum class action : std::uint8_t {
  prompt,    // show text, wait for an answer (after what was answered is durable)
  end,       // show text, the dialogue is over
  check_pin, // verify dialogue's pending PIN digits (`text`), then call pin_checked
  submit,    // record `filled()`, then call submitted
};

struct step {
  action what = action::end;
  std::string text; // UTF-8: the page, or the PIN's digits for check_pin; never longer than the bearer's page
};

enum class pin_verdict : std::uint8_t { right, wrong, locked };

// What became of a submitted form. `receipt` is as shown to the subscriber.
// The last three are of forms that two people enter: the first of two, one that agrees with the other, one that
// differs.
enum class submit_verdict : std::uint8_t {
  recorded,
  duplicate,
  corrected,
  review,
  try_later,
  first_entry,
  agreed,
  differs,
  // Not recorded: the form takes no corrections any more, or none from this person.
  correction_late,
  correction_refused,
  // Nor this: see form::once and form::follows.
  taken_elsewhere,
  nothing_to_follow,
  out_of_area,
  // Nor done what the form was to do on the roster:
  not_below,
  oneself,
  no_such_person,
  number_taken,
  not_by_sms
};

// A filled-in answer, as intake hands it to storage: exactly one of the value kinds holds.
struct filled_value {
  enum class kind : std::uint8_t { nothing, number, text, reference, list };
  struct item {
    entity of;               // what the item was asked for, such as a candidate; may be nothing
    std::int64_t number = 0; // a candidate's number, an option's value where all are numbers, else its place from 1
    std::int64_t value = 0;
  };
  std::string_view name;
  kind what = kind::nothing;
  bool personal = false;
  std::string_view ticket_of; // of a ticket: the form whose step it names
  std::int64_t number = 0;
  std::string text; // a date as "2026-11-24", a time as "17:00", yes or no as "yes" and "no"
  entity reference;
  std::vector<item> items;
};

// A complete form. Views are into the dialogue and the script; valid until the dialogue's next step.
struct filled_form {
  std::string_view form;
  std::vector<std::string_view> one_per; // names of the values that make the key, in order; "station" is the scope
  entity scope;
  std::vector<filled_value> values;    // in the order asked
  std::vector<std::string_view> flags; // names of the `warn` rules that the subscriber confirmed
  std::string reason;                  // of a correction, when the form asks one (empty otherwise)
  bool once = false, many = false, training = false;
  std::string_view follows;            // a form; empty: none
  int entries = 1;                     // 2: it counts when another person enters the same
  bool own_corrections = true;         // the person who reported may correct it
  std::vector<std::string_view> correcting_roles;
  std::optional<std::int64_t> corrections_until; // minutes, see world::local_minutes
  const doing* does = nullptr; // of a form that changes the roster
  entity whom;                 // a person
  std::string number;          // E.164 digits, empty when none is asked
  std::optional<std::int64_t> until; // minutes, too
};

// State of one dialogue. Plain data, under 400 bytes with its answers for a form of 8; see menus/dialogue.h.
struct dialogue;
struct dialogue_deleter {
  void operator()(dialogue*) const noexcept;
};
using dialogue_ptr = std::unique_ptr<dialogue, dialogue_deleter>;

class engine {
public:
  // Both must outlive the engine.
  engine(const script& menu, const world& election);

  // `earlier` may be empty; it is needed when the script looks back (script::looks_back).
  dialogue_ptr open(subject who, std::string_view language, std::shared_ptr<const past> earlier = {}) const;

  // The caller knows who this is: the dialogue asks for no PIN. Before `dial` or `fill`.
  void vouch(dialogue& d) const;
  // What is done in it counts for nothing, and each page says so. Before `dial` or `fill`.
  void train(dialogue& d) const;

  // Whether what `save` returned, perhaps under another version of the script, can be gone on with under this one.
  bool fits(subject who, std::string_view saved, std::shared_ptr<const past> earlier = {}) const;

  // Where a saved dialogue waits: a question of a form, or one past the last when everything is answered. Nothing for
  // what does not fit.
  struct waiting_at {
    std::uint16_t form = 0, question = 0;
  };
  std::optional<waiting_at> stopped_at(subject who, std::string_view saved) const;

  // The first event of a dialogue. `dialled` is the whole dial string ("*140#", "*140*1*120#"); answers in it fill the
  // form as far as they go. `saved` is what `save` returned in an earlier dialogue that dropped, or empty.
  step dial(dialogue& d, std::string_view dialled, std::string_view saved, const bearer& on) const;

  // Instead of `dial`: a form, and its answers as one text ("120*45*33*7"), which fill it as far as they go. What the
  // form asks before them, such as a PIN, is asked. A form that is shut ends the dialogue.
  step fill(dialogue& d, std::uint16_t form, std::string_view answers, const bearer& on) const;
  // Everything is answered, and the subscriber is asked whether it is right ("1" says so).
  bool at_confirm(const dialogue& d) const;
  // The question at hand is answered in words, so that none of them can mean anything else.
  bool takes_words(const dialogue& d) const;
  // The form under way, or nothing.
  const form* form_of(const dialogue& d) const;

  // `text` is what the subscriber sent, UTF-8, any length and content.
  step answer(dialogue& d, std::string_view text, const bearer& on) const;

  step pin_checked(dialogue& d, pin_verdict verdict, const bearer& on) const;
  // `pin`: one that was drawn, to be shown now and never again.
  step submitted(dialogue& d, submit_verdict verdict, std::string_view receipt, const bearer& on,
                 std::string_view ticket = {}, std::string_view pin = {}) const;

  // Only between a `submit` action and `submitted`.
  filled_form filled(const dialogue& d) const;

  // Appends what must survive a drop (form, answers so far; never a PIN). Appends nothing when there is nothing to
  // keep.
  void save(const dialogue& d, std::string& out) const;

  // A text of the script's own, such as texts().try_later, for when the caller must speak outside a dialogue.
  std::string say(const dialogue& d, message which) const;

  // A dialogue's language tag, as the script spells it ("fa").
  std::string_view language(const dialogue& d) const;

private:
  const script& menu_;
  const world& election_;
};

} // namespace tallyline::menus
