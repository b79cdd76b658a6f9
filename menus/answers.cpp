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
  case question::kind::number:
    return number_value(n);
  case question::kind::choose:
    return entity_value({q.of, static_cast<std::uint32_t>(n)});
  case question::kind::choice: {
    const option& o = q.options[static_cast<std::size_t>(n)];
    return q.numeric ? number_value(o.number) : text_value(o.text);
  }
  case question::kind::text:
    return text_value(d_.texts[text_index(f, index)], true);
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

limits answers::limits_of(const question& q, std::optional<entity> item) const {
  const std::array<value, 1> locals{item ? entity_value(*item) : nothing_value()};
  const context c = with(locals);
  limits l;
  if (!q.min.empty())
    if (const value v = evaluate(q.min, c); v.what == value::kind::number) l.min = std::max(l.min, v.number);
  if (!q.max.empty())
    if (const value v = evaluate(q.max, c); v.what == value::kind::number) l.max = std::min(l.max, v.number);
  return l;
}

bool answers::is_asked(const question& q) const {
  if (q.each) return !items(q).empty();
  return q.what != question::kind::choose || items(q).size() != 1;
}

bool answers::given() const {
  if (d_.form == no_index) return false;
  const form& f = menu_.forms[d_.form];
  for (std::size_t q = 0; q < f.ask.size(); ++q) {
    if (f.ask[q].each && !d_.lists[list_index(f, q)].empty()) return true;
    if (is_answered(d_, q) && is_asked(f.ask[q])) return true;
  }
  return false;
}

bool answers::still_fits(const form& f, std::size_t index) const {
  const question& q = f.ask[index];
  if (q.what != question::kind::number) return true;
  if (!q.each) return limits_of(q).hold(d_.numbers[index]);
  const auto of = items(q);
  const auto& list = d_.lists[list_index(f, index)];
  for (std::size_t i = 0; i < list.size(); ++i)
    if (i >= of.size() || !limits_of(q, of[i]).hold(list[i])) return false;
  return true;
}

std::size_t list_index(const form& f, std::size_t q) {
  std::size_t before = 0;
  for (std::size_t i = 0; i < q; ++i)
    before += f.ask[i].each;
  return before;
}

std::size_t text_index(const form& f, std::size_t q) {
  std::size_t before = 0;
  for (std::size_t i = 0; i < q; ++i)
    before += f.ask[i].what == question::kind::text;
  return before;
}

void start_form(dialogue& d, const script& menu, std::uint16_t form) {
  const auto& f = menu.forms[form];
  d.form = form;
  d.answered = d.confirmed = 0;
  d.question = 0;
  d.from = 0;
  d.restored = d.changing = false;
  d.numbers.assign(f.ask.size(), 0);
  d.lists.assign(list_index(f, f.ask.size()), {});
  d.texts.assign(text_index(f, f.ask.size()), {});
}

void leave_form(dialogue& d) {
  d.form = no_index;
  d.answered = d.confirmed = 0;
  d.numbers = {}; // gives the memory back, which clear() does not
  d.lists = {};
  d.texts = {};
  d.restored = d.changing = false;
}

void forget_answer(dialogue& d, const form& f, std::size_t q) {
  d.answered &= ~(std::uint64_t{1} << q);
  if (f.ask[q].each) d.lists[list_index(f, q)].clear();
  for (std::size_t r = 0; r < f.rules.size(); ++r) // what was said to be right was said of other figures
    if (f.rules[r].test.fields >> q & 1) d.confirmed &= ~(std::uint64_t{1} << r);
}

void follow_change(dialogue& d, const script& menu, const world& election, std::size_t q) {
  const form& f = menu.forms[d.form];
  const answers given(d, menu, election);
  for (std::size_t r = 0; r < f.rules.size(); ++r)
    if (f.rules[r].test.fields >> q & 1) d.confirmed &= ~(std::uint64_t{1} << r);
  std::uint64_t changed = std::uint64_t{1} << q;
  for (std::size_t later = q + 1; later < f.ask.size(); ++later) {
    const question& other = f.ask[later];
    if (!(other.needs & changed)) continue;
    const bool known = !(other.needs & ~d.answered);
    if (known && !(other.list.fields & changed) && given.still_fits(f, later)) continue;
    forget_answer(d, f, later);
    changed |= std::uint64_t{1} << later;
  }
}

} // namespace tallyline::menus
