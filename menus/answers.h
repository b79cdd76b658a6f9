// The answers of a dialogue as expressions see them, and the form's bookkeeping over them.
#pragma once

#include "menus/dialogue.h"
#include "menus/expression.h"

#include <optional>

namespace tallyline::menus {

inline constexpr std::int64_t largest_answer = 999'999'999'999; // 12 digits: no sum of a list overflows

// dialogue::numbers holds a number, the index of an option or an entity, 1 or 0 for yes and no, the minutes of a time,
// the days of a date.
struct limits {
  std::int64_t min = 0, max = largest_answer;
  bool hold(std::int64_t n) const { return n >= min && n <= max; }
};

class answers final : public field_source {
public:
  answers(const dialogue& d, const script& menu, const world& election) : d_(d), menu_(menu), election_(election) {}

  value field(std::size_t index) const override;
  // Whether the subject has an earlier record of this form and key with other values.
  bool corrects() const override;
  context with(std::span<const value> locals = {}) const;
  // The items of a choose or for_each question over the election, as the answers so far give them.
  std::span<const entity> items(const question& q) const;
  // How many numbers a for_each asks.
  std::size_t size(const question& q) const { return q.options.empty() ? items(q).size() : q.options.size(); }
  // Of these items, which the caller has looked up once. Nothing for a list of numbers, or for options: they have none.
  static entity item(std::span<const entity> items, std::size_t i) { return i < items.size() ? items[i] : entity{}; }
  std::int64_t number_of_item(const question& q, std::span<const entity> items, std::size_t i) const;
  // What a record says for an entity, one of the earlier records included.
  std::string code(entity e) const;
  // False for a question whose `when` does not hold, or the reason of what is no correction.
  bool applies(const form& f, std::size_t q) const;
  // The questions that need no answer (any more): answered, passed over, or not applying. A bit each.
  std::uint64_t settled(const form& f) const;
  // Of a number, for an item of a for_each.
  limits limits_of(const question& q, std::optional<entity> item = std::nullopt) const; // of a time, a date, a list too
  // False for a list of one, or a for_each over nothing: these answer themselves.
  bool is_asked(const question& q) const;
  // True when the subscriber gave an answer that would be a pity to lose.
  bool given() const;
  // False when an answer that is there no longer lies within its limits.
  bool still_fits(const form& f, std::size_t q) const;

private:
  bool key_of(const form& f, std::vector<std::string>& parts) const;
  bool same(const question& q, std::size_t index, const past_value& was) const;

  const dialogue& d_;
  const script& menu_;
  const world& election_;
};

inline bool is_answered(const dialogue& d, std::size_t q) { return d.answered >> q & 1; }
// Which for_each, or which text, a question is: its place in dialogue::lists or texts.
std::size_t list_index(const form& f, std::size_t q);
std::size_t text_index(const form& f, std::size_t q);

void start_form(dialogue& d, const script& menu, std::uint16_t form);
void leave_form(dialogue& d);

void forget_answer(dialogue& d, const form& f, std::size_t q);
// After a new answer to q: what was confirmed of the old one is open again, lists made from it are empty, and later
// answers that its limits no longer allow are forgotten.
void follow_change(dialogue& d, const script& menu, const world& election, std::size_t q);

} // namespace tallyline::menus
