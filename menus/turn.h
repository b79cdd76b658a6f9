// One turn of a dialogue: what an answer changes, and the page that follows. Made on the stack for each call of the
// engine; internal to it.
#pragma once

#include "menus/answers.h"
#include "menus/dialogue.h"
#include "menus/pager.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace tallyline::menus {

class turn {
public:
  turn(dialogue& d, const script& menu, const world& election, const bearer& on)
      : d_(d), menu_(menu), election_(election), on_(on), answers_(d, menu, election) {}

  step take(std::string_view text);
  step take_ahead(std::string_view tokens); // the answers of a dial string
  step after_pin(pin_verdict verdict);
  step show(std::string_view before = {}) const; // the page of where the dialogue is, behind a line about what came before
  step ask_pin();
  std::string say(message which) const { return say(which, {}); }
  std::string say(message which, std::span<const value> moment_values) const;
  std::string receipt_text(submit_verdict verdict, std::string_view receipt) const;

private:
  // --- turn.cpp: where an answer goes
  step on_screen(std::string_view text);
  step on_pin(std::string_view text);
  step on_resume(std::string_view text);
  step on_warning(std::string_view text);
  step on_confirm(std::string_view text);
  step on_change(std::string_view text);
  step perform(const choice& c);
  std::optional<step> navigate(std::string_view text);
  step back();
  step home();
  step end(std::string text) const;
  step refuse(message which) const { return show(say(which)); }
  bool asks_for_digits() const;

  // --- turn_form.cpp: filling the form
  step on_question(std::string_view text);
  step one_number(const form& f, const question& q, std::string_view text);
  step many_numbers(const form& f, const question& q, std::string_view text);
  step one_choice(const form& f, const question& q, std::string_view text);
  step one_text(const form& f, const question& q, std::string_view text);
  step answered(std::size_t q);
  step advance(std::string_view before = {}); // to the next question, a broken rule, a warning, or the confirmation
  bool answer_by_itself(const form& f, std::size_t q);
  std::optional<step> broken_rule();
  struct limits {
    std::int64_t min = 0, max = 0;
  };
  limits limits_of(const question& q, std::optional<entity> item) const;
  std::string say_limits(message which, limits l, std::int64_t item = 0) const;

  // --- turn_pages.cpp: what a page says
  std::string body() const;
  void question_body(std::string& out) const;
  void add_choice(std::string& out, std::uint32_t index, std::string_view label) const;
  void read_back(std::string& out) const;
  void read_back_answer(std::string& out, const form& f, std::size_t q) const;
  void add_text(std::string& out, text_id id, std::span<const value> locals = {}) const;
  std::string label_of(const form& f, std::size_t q) const;
  const language& lang() const { return menu_.languages[d_.language]; }
  const form& the_form() const { return menu_.forms[d_.form]; }

  std::uint32_t chosen(std::string_view text, std::size_t of) const; // script::no_choice when it is none

  dialogue& d_;
  const script& menu_;
  const world& election_;
  const bearer& on_;
  answers answers_;
};

// The answer as plain digits, or nothing. `text` is trimmed.
std::optional<std::int64_t> whole_number(std::string_view text);

} // namespace tallyline::menus
