// A menu script as the engine runs it: every name resolved to an index, every text and expression compiled.
//
// Built by menus/script.h and immutable afterwards; one script serves all dialogues.
#pragma once

#include "menus/calendar.h"
#include "menus/expression.h"
#include "menus/text.h"

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::menus {

// What the engine itself says. The texts are in menus/scripts/texts.yaml; a script may replace each under `texts:`.
enum class message : std::uint8_t {
  back,
  home,
  more, // hints beside their keys
  empty,
  not_a_number,
  too_small,
  too_large,
  too_short,
  too_long,
  unreadable,
  not_a_time,
  not_a_date,
  bad_national_code,
  bad_phone,
  invalid_choice,
  no_such_code, // of a choice by code
  be_exact,
  taken,
  too_many,
  too_few,
  item_refused, // many answers in one go
  understood,   // the answers of one line, read back
  yes,
  no,
  skip,
  nothing_to_choose,
  not_open_yet,
  closed,
  ask_reason,
  reason_label,
  ask_pin,
  pin_not_digits,
  wrong_pin,
  locked,
  not_on_roster,
  try_later,
  session_lost,
  resume_question,
  resume_continue,
  resume_again,
  confirm,
  send,
  change,
  change_which,
  warn_right,
  warn_correct,
  recorded_receipt,
  duplicate_receipt,
  corrected_receipt,
  review_receipt,
  first_entry_receipt,
  agreed_receipt,
  differs_receipt,
  correction_late,
  correction_refused,
  taken_elsewhere,
  nothing_to_follow,
  out_of_area,
  ticket_line,
  no_reports,
  training,
  not_below, // of what a form does on the roster
  oneself,
  no_such_person,
  number_taken,
  not_by_sms,
  told_pin_changed, // by SMS to whom it is about, unasked
  told_replaced,
  told_delegate,
  bad_ticket,
  goodbye,
};
inline constexpr std::size_t messages = static_cast<std::size_t>(message::goodbye) + 1;
std::string_view name_of(message which);

// The values of the moment that the engine's own texts can show, in this order in context::locals.
enum class moment : std::uint8_t { min, max, given, total, item, receipt, at, ticket, pin };
inline constexpr std::size_t moments = 9;
// Those that have a value when the message is shown.
std::span<const moment> moments_of(message which);
std::string_view name_of(moment which);

// Where in the script's sources something is written (menus/sources.h).
using place_in_text = std::uint32_t;

using text_id = std::uint32_t;
inline constexpr text_id no_text = std::numeric_limits<text_id>::max();
inline constexpr std::uint16_t no_index = std::numeric_limits<std::uint16_t>::max();

struct choice {
  enum class kind : std::uint8_t { go, form, language, end };
  text_id label = no_text;
  kind what = kind::go;
  std::uint16_t target = no_index; // a screen, a form or a language
  text_id farewell = no_text;      // of `end`; the engine's own when none
  std::uint32_t key = 0;           // the number that chooses it; stays the same when others are not shown
  program when;                    // shown and taken only when it holds; empty: always
  place_in_text at = 0;
};

struct screen {
  std::string name;
  text_id text = no_text;
  std::vector<choice> choices;
  bool pin = false;
  bool reports = false; // lists the subject's own records
  place_in_text at = 0;
};

struct option {
  std::string text; // what is recorded; for a number its digits
  std::int64_t number = 0;
  text_id label = no_text;
};

struct question {
  enum class kind : std::uint8_t { number, text, choose, choice, yes_no, time, date, national_code, phone, list };
  std::string name;
  kind what = kind::number;
  bool each = false;      // a number for every item of `list`, or of `options`
  bool optional = false;  // may be passed over
  bool of_reason = false; // asked of a correction only; its answer is the record's reason
  bool personal = false;
  bool numeric = false;    // of a choice: every value is a number
  bool by_code = false;    // of choose: what is chosen is typed, not picked from a page
  noun of = noun::nothing; // of the items of `list`
  text_id text = no_text;
  text_id label = no_text;                   // short, for the read-back
  text_id show = no_text;                    // how an item of the list is named, in the choices or in the read-back
  program list;                              // of choose and for_each
  program min, max;                          // of a number, a time, a date, a list's numbers; empty: no limit
  program when;                              // asked only when it holds; empty: always
  program fallback;                          // the answer that is offered; empty: none
  std::uint32_t least = 1, most = 20;        // numbers in a list
  std::string ticket_of;                     // of a text that is the ticket of a step: of which form
  std::string country;                       // of a phone number: what a leading 0 stands for
  std::uint32_t shortest = 1, longest = 160; // of a text, in characters
  std::vector<option> options;
  std::uint64_t needs = 0; // the answers that its list and limits use
  std::uint64_t uses = 0;  // and those of `when`
  place_in_text at = 0;

  bool is_text() const { return what == kind::text || what == kind::national_code || what == kind::phone; }
  bool is_list() const { return each || what == kind::list; }
  bool is_typed() const { return by_code || (what != kind::choose && what != kind::choice && what != kind::yes_no); }
};

struct rule {
  std::string name; // of a warn: what the record is flagged with
  bool must = true;
  program test;
  text_id text = no_text;
  std::uint16_t again = 0; // the question asked again
  place_in_text at = 0;    // of the expression
};

// Which answers a report reads, such as votes, invalid and ballots for `results`.
struct feed {
  struct part {
    std::string role;
    std::uint16_t question = 0;
  };
  std::string report;
  std::vector<part> parts;
  // no_index when the form does not say.
  std::uint16_t question_for(std::string_view role) const;
};

// A time on the election's day, so many days before it, or at a day of its own.
struct deadline {
  program time;              // empty: none
  std::int64_t day = no_day; // days since 1970
  std::int64_t before = 0;   // days before the election's, without a day of its own
  static constexpr std::int64_t no_day = std::numeric_limits<std::int64_t>::min();
};

// Who may correct a record of the form, and until when.
struct correction_rule {
  bool own = true;                // the person who reported
  std::vector<std::string> roles; // other persons' roles
  deadline until;
};

// What sending a form changes on the roster; the gateway knows what each of these is.
struct doing {
  enum class act : std::uint8_t { nothing, reset_pin, replace_phone, delegate, end_delegation, unlock };
  act what = act::nothing;
  std::uint16_t whom = no_index, number = no_index, until = no_index; // questions
  std::vector<std::string> roles;                                     // that may be acted on; empty: any
  bool draws_pin() const { return what >= act::reset_pin && what <= act::delegate; }
};

struct form {
  std::string name;
  std::vector<std::string> one_per; // the scope's noun, or names of questions
  std::vector<question> ask;
  std::vector<rule> rules;
  std::vector<feed> feeds;
  text_id confirm = no_text; // heading of the read-back
  text_id receipt = no_text;
  bool pin = true;
  std::vector<std::string> sms_words; // a line of SMS that begins with one fills the form
  bool sms_confirm = true;            // what was understood of it must be confirmed
  bool sms_receipt = false;           // the receipt goes out by SMS, too
  bool once = false;                  // what the key names beside the scope is reported in one scope of the election
  bool many = false;                  // each different sending is a record of its own
  std::string follows;                // a form, perhaps of another menu, of which there must be a record of the same
  text_id elsewhere = no_text;        // said when another scope has it, when there is nothing to follow, and when that
  text_id unpreceded = no_text;       // lies outside the person's area; the engine's own when none
  text_id outside = no_text;
  bool shows_ticket = false;          // the receipt's text does
  std::uint8_t entries = 1;           // 2: counts when two people's entries agree
  std::uint16_t reason = no_index;    // the question for a correction's reason, the last of `ask`
  deadline opens, closes;
  correction_rule corrections;
  doing does;
  text_id shut = no_text; // said before it opens and after it closes; the engine's own when none
  bool expected = true;                  // of everybody who may fill it
  deadline due;                          // by when, as far as due_question does not say it
  std::uint16_t due_question = no_index; // a choice of times in the key: each is due at that time
  text_id reminder = no_text;            // to who has not reported
  text_id escalation = no_text;          // to the supervisor of those who still have not
  place_in_text at = 0;
  std::uint64_t fingerprint = 0; // of names and kinds: answers kept under another one do not fit
};

inline constexpr std::size_t most_questions = 60; // a bit each in a 64-bit set
inline constexpr std::size_t most_rules = 60;

struct key_set {
  std::string back, home, more;
};

struct hints { // "9 More", in one language
  std::string back, home, more;
};

struct language {
  std::string tag;
  digit_style digits = digit_style::latin;
  calendar days = calendar::gregorian;
  bool right_to_left = false;
  hints choices, answers;
};

struct script {
  std::string name;
  std::string dial; // "*140#"
  std::string training; // a second code, under which nothing counts; empty: none
  std::string who;  // the role
  noun scope = noun::station;
  std::vector<language> languages; // the first is the default
  std::uint16_t start = 0;
  std::vector<screen> screens;
  std::vector<form> forms;
  key_set choice_keys{"0", "00", "9"};    // on pages of choices
  key_set answer_keys{"*", "**", "#"};    // where digits are the answer
  std::vector<std::uint32_t> skipped;     // choice numbers that are keys, ascending
  std::vector<text_template> texts;       // text_id * languages + language
  std::vector<place_in_text> text_places; // in step with `texts`
  std::array<text_id, messages> own{};    // the engine's own texts
  std::vector<std::uint16_t> looks_back;  // the forms whose earlier records the script asks about, ascending
  std::vector<std::string> queues;        // the forms, perhaps of other menus, whose queues it shows
  bool lists_own = false;                 // a screen lists the subject's own records

  const text_template& text(text_id id, std::size_t in) const { return texts[id * languages.size() + in]; }
  // The number that a choice has on its page; they run through all pages and leave out those that are keys.
  std::uint32_t number_of_choice(std::uint32_t index) const;
  // no_choice when the number belongs to none.
  std::uint32_t choice_of_number(std::uint32_t number) const;
  static constexpr std::uint32_t no_choice = std::numeric_limits<std::uint32_t>::max();
  bool persian_letters() const; // it speaks Persian, and no Arabic
  std::uint16_t language_index(std::string_view tag) const; // no_index when it is not in the script
};

} // namespace tallyline::menus
