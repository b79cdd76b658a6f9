// One turn of a dialogue: what an answer changes, and the page that follows. Made on the stack for each call of the
// engine; internal to it.
#pragma once

#include "menus/answers.h"
#include "menus/dialogue.h"
#include "menus/pager.h"

#include <array>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tallyline::menus {

// Days and minutes as one number of minutes; nothing when there is no such limit.
std::optional<std::int64_t> moment_of_deadline(const deadline& d, const context& c);

class turn {
public:
  turn(dialogue& d, const script& menu, const world& election, const bearer& on)
      : d_(d), menu_(menu), election_(election), on_(on), answers_(d, menu, election) {}

  step take(std::string_view text);
  step take_ahead(); // the answers that wait in dialogue::ahead, as far as they go
  step after_pin(pin_verdict verdict);
  step home();
  step fill(std::uint16_t form);
  step resume(); // with the answers of an earlier dialogue
  step here() { return show(); }
  step end(std::string_view text) const;

  using moment_values = std::initializer_list<std::pair<moment, value>>;
  // --- whole.cpp: a form that comes whole
  step take_recorded(std::string_view text); // the answer to the question at hand, as a record holds it
  step take_nothing();                       // passes the question over, where that may be
  step confirm_warning();
  std::string rule_text(const rule& r) const;
  bool refused() const { return refused_; }
  const std::string& refusal() const { return refusal_; }

  std::string say(message which, moment_values values = {}) const;
  std::string receipt_text(submit_verdict verdict, std::string_view receipt, std::string_view ticket,
                           std::string_view pin = {}) const;

private:
  // --- turn.cpp: where an answer goes
  step on_screen(std::string_view text);
  step on_pin(std::string_view text);
  step on_resume(std::string_view text);
  step on_warning(std::string_view text);
  step on_confirm(std::string_view text);
  step on_change(std::string_view text);
  step perform(const choice& c);
  step begin(std::uint16_t form);
  bool is_shown(const choice& c) const;
  bool can_be_changed(std::size_t question) const;
  std::size_t last_needed() const;
  bool takes_the_rest() const;
  step behind_pin(place then, bool needed); // to `then`, by way of the PIN where it is needed
  step go_to(place at);
  step ask(std::size_t question);
  std::uint32_t chosen(std::string_view text, std::size_t of) const; // script::no_choice when it is none

  // --- turn_keys.cpp: back, home, more
  std::optional<step> navigate(std::string_view text);
  step skip();
  step turn_page();
  step back();
  step back_to_screen();
  step back_from(std::size_t question); // to the question before it that is asked
  bool asks_for_digits() const;

  // --- turn_form.cpp: filling the form
  step on_question(std::string_view text);
  step one_number(std::string_view text);
  step many_numbers(std::string_view text);
  step list_of_numbers(std::string_view text);
  step one_time(std::string_view text);
  step one_date(std::string_view text);
  step one_identifier(std::string_view text); // a national code, a phone number
  bool holds_several(std::string_view text) const;
  std::optional<step> pass_over(); // the default, or no answer where the question is optional
  std::optional<value> default_of(const question& q) const;
  void keep_text(std::string text);
  step one_choice(std::string_view text);
  step one_by_code(std::string_view text);
  step one_ticket(std::string_view text);
  step one_text(std::string_view text);
  std::optional<step> refused_items(std::span<const std::int64_t> came, std::span<const entity> items,
                                    std::size_t from);
  step keep(std::int64_t number);             // as the answer to the question at hand
  step advance(std::string_view before = {}); // to the next question, a broken rule, a warning, or the read-back
  bool answer_by_itself(std::size_t question);
  std::optional<step> broken_rule(std::uint64_t settled);
  std::optional<std::string> outside_hours(const form& f) const; // what to say when the form is not open now
  std::size_t given() const;                                     // numbers of the for_each at hand that are there
  std::string say_limits(message which, limits l, std::int64_t item = 0) const;

  // --- turn_pages.cpp: what a page says
  step show(std::string_view before = {}); // where the dialogue is, behind a line about what came before
  step refuse(std::string_view why);
  step refuse(message which) { return refuse(say(which)); }
  page_request request();
  void write_body();
  void write_screen();
  void write_own_reports();
  std::string refusal_text(submit_verdict verdict) const;
  void write_question();
  void write_options(const question& q);
  void write_way_on(const question& q);
  void write_numbers(std::size_t question);
  value item_value(const question& q, std::span<const entity> items, std::size_t i, std::string& label) const;
  void write_read_back();
  void write_answer(std::size_t question);
  void write_changes();
  void write_resume();
  std::string answers_in(std::uint64_t questions);
  void add_line(std::string_view text);
  void add_choice(std::uint32_t index, std::string_view label); // by its place
  void add_numbered(std::uint32_t number, std::string_view label);
  void add_inline(std::string_view text) { body_ += text; }
  void add_text(std::string& out, text_id id, std::span<const value> locals = {}) const;
  std::string text_of(text_id id, std::span<const value> locals = {}) const;
  std::string label_of(std::size_t question) const;

  const language& lang() const { return menu_.languages[d_.language]; }
  const form& the_form() const { return menu_.forms[d_.form]; }
  const question& the_question() const { return the_form().ask[d_.question]; }

  dialogue& d_;
  const script& menu_;
  const world& election_;
  const bearer& on_;
  answers answers_;
  std::string body_;
  std::size_t choices_at_ = 0; // where in body_ the choices begin
  std::string refusal_;        // why the last answer was not taken
  bool ahead_ = false;         // the answer is one of many in one go
  std::string note_;           // what was understood of many answers in one go
  std::uint32_t was_from_ = 0; // where the page began that the answer came to
  bool refused_ = false;       // the last page carries a line that says why an answer was not taken
};

// The answer as plain digits, or nothing.
std::optional<std::int64_t> whole_number(std::string_view text);

// Marks that make a handset show text of a language written from right to left in order (UAX #9): a right-to-left mark
// before a line that would be taken for left to right, left-to-right marks around a dial code. `choices_at` moves with
// the text.
void mark_right_to_left(std::string& text, std::size_t& choices_at);

} // namespace tallyline::menus
