#include "menus/answers.h"

#include <algorithm>

namespace tallyline::menus {

value answers::field(std::size_t index) const {
  if (d_.form == no_index || !is_answered(d_, index)) return nothing_value();
  const form& f = menu_.forms[d_.form];
  const question& q = f.ask[index];
  if (q.each) return numbers_value(d_.lists[list_index(f, index)]);
  const std::int64_t n = d_.numbers[index];
  switch (q.what) {
  case question::kind::number: return number_value(n);
  case question::kind::choose: return entity_value({q.of, static_cast<std::uint32_t>(n)});
  case question::kind::choice: {
    const option& o = q.options[static_cast<std::size_t>(n)];
    return q.numeric ? number_value(o.number) : text_value(o.text);
  }
  case question::kind::text: return text_value(d_.texts[text_index(f, index)]);
  }
  return nothing_value();
}

context answers::with(std::span<const value> locals) const {
  return {&election_, menu_.languages[d_.language].tag, d_.who.scope, d_.who.person, this, locals};
}

std::span<const entity> answers::items(const question& q) const {
  const value list = evaluate(q.list, with());
  return list.what == value::kind::entities ? list.entities() : std::span<const entity>{};
}

std::size_t list_index(const form& f, std::size_t q) {
  return static_cast<std::size_t>(std::count_if(f.ask.begin(), f.ask.begin() + static_cast<std::ptrdiff_t>(q), [](const question& x) { return x.each; }));
}

std::size_t text_index(const form& f, std::size_t q) {
  return static_cast<std::size_t>(std::count_if(f.ask.begin(), f.ask.begin() + static_cast<std::ptrdiff_t>(q),
                                                [](const question& x) { return x.what == question::kind::text; }));
}

void start_form(dialogue& d, const script& menu, std::uint16_t form) {
  const auto& f = menu.forms[form];
  d.form = form;
  d.answered = d.confirmed = 0;
  d.question = d.page = 0;
  d.resuming = false;
  d.numbers.assign(f.ask.size(), 0);
  d.lists.assign(list_index(f, f.ask.size()), {});
  d.texts.assign(text_index(f, f.ask.size()), {});
}

void leave_form(dialogue& d) {
  d.form = no_index;
  d.answered = d.confirmed = 0;
  d.numbers.clear();
  d.lists.clear();
  d.texts.clear();
  d.ahead.clear();
  d.resuming = false;
}

void forget_answer(dialogue& d, const form& f, std::size_t q) {
  d.answered &= ~(std::uint64_t{1} << q);
  d.confirmed = 0; // what was said to be right was said of other figures
  if (f.ask[q].each) d.lists[list_index(f, q)].clear();
  for (std::size_t later = q + 1; later < f.ask.size(); ++later)
    if (f.ask[later].list.fields >> q & 1) forget_answer(d, f, later);
}

} // namespace tallyline::menus
