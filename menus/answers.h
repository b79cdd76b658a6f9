// The answers of a dialogue as expressions see them, and the form's bookkeeping over them.
#pragma once

#include "menus/dialogue.h"
#include "menus/expression.h"

#include <vector>

namespace tallyline::menus {

class answers final : public field_source {
public:
  answers(const dialogue& d, const script& menu, const world& election) : d_(d), menu_(menu), election_(election) {}

  value field(std::size_t index) const override;
  context with(std::span<const value> locals = {}) const;
  // The items of a choose or for_each question, as the answers so far give them.
  std::span<const entity> items(const question& q) const;

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
// Takes an answer back, and those whose lists or limits were made from it.
void forget_answer(dialogue& d, const form& f, std::size_t q);

} // namespace tallyline::menus
