// The answers of a dialogue as expressions see them, and the form's bookkeeping over them.
#pragma once

#include "menus/dialogue.h"
#include "menus/expression.h"

#include <optional>

namespace tallyline::menus {

inline constexpr std::int64_t largest_answer = 999'999'999'999; // 12 digits: no sum of a list overflows

struct limits {
  std::int64_t min = 0, max = largest_answer;
  bool hold(std::int64_t n) const { return n >= min && n <= max; }
};

class answers final : public field_source {
public:
  answers(const dialogue& d, const script& menu, const world& election) : d_(d), menu_(menu), election_(election) {}

  value field(std::size_t index) const override;
  context with(std::span<const value> locals = {}) const;
  // The items of a choose or for_each question, as the answers so far give them.
  std::span<const entity> items(const question& q) const;
  // Of a number, for an item of a for_each.
  limits limits_of(const question& q, std::optional<entity> item = std::nullopt) const;
  // False for a list of one, or a for_each over nothing: these answer themselves.
  bool is_asked(const question& q) const;
  // True when the subscriber gave an answer that would be a pity to lose.
  bool given() const;
  // False when an answer that is there no longer lies within its limits.
  bool still_fits(const form& f, std::size_t q) const;

private:
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
