#include "menus/answers.h"

#include <algorithm>

namespace tallyline::menus {
namespace {

constexpr std::int64_t last_minute = minutes_of_day - 1;
constexpr std::int64_t first_day = -354'285, last_day = 376'200; // the years 1000 to 2999

} // namespace

value answers::field(std::size_t index) const {
  if (d_.form == no_index || !is_answered(d_, index)) return nothing_value();
  const form& f = menu_.forms[d_.form];
  const question& q = f.ask[index];
  if (q.is_list()) return numbers_value(d_.lists[list_index(f, index)]);
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
  case question::kind::yes_no:
    return truth_value(n != 0);
  case question::kind::time:
    return time_value(n);
  case question::kind::date:
    return date_value(n);
  case question::kind::text:
    return text_value(d_.texts[text_index(f, index)], true);
  case question::kind::national_code:
  case question::kind::phone:
    return text_value(d_.texts[text_index(f, index)]);
  case question::kind::list:
    break;
  }
  return nothing_value();
}

bool answers::key_of(const form& f, std::vector<std::string>& parts) const {
  for (std::size_t k = 1; k < f.one_per.size(); ++k) // the first is the scope
    for (std::size_t q = 0; q < f.ask.size(); ++q) {
      if (f.ask[q].name != f.one_per[k]) continue;
      const value v = field(q);
      if (v.what == value::kind::nothing) return false;
      parts.push_back(v.what == value::kind::entity ? code(v.of) : as_recorded(v));
    }
  return parts.size() + 1 == f.one_per.size();
}

bool answers::same(const question& q, std::size_t index, const past_value& was) const {
  const value v = field(index);
  switch (v.what) {
  case value::kind::nothing:
    return std::holds_alternative<std::monostate>(was);
  case value::kind::number: {
    if (const auto* text = std::get_if<std::string>(&was))
      return q.what == question::kind::choice && *text == std::to_string(v.number);
    const auto* n = std::get_if<std::int64_t>(&was);
    return n && *n == v.number;
  }
  case value::kind::numbers: {
    const auto* list = std::get_if<std::vector<std::int64_t>>(&was);
    return list && std::equal(list->begin(), list->end(), v.numbers().begin(), v.numbers().end());
  }
  default: {
    const auto* text = std::get_if<std::string>(&was);
    return text && *text == (v.what == value::kind::entity ? code(v.of) : as_recorded(v));
  }
  }
}

bool answers::corrects() const {
  if (d_.form == no_index || !d_.earlier) return false;
  const form& f = menu_.forms[d_.form];
  std::vector<std::string> parts;
  if (!key_of(f, parts)) return false;
  const std::vector<std::string_view> key(parts.begin(), parts.end());
  const past_record* r = d_.earlier->find(d_.form, key);
  if (!r || !r->own) return false;
  for (std::size_t q = 0; q < f.ask.size() && q < r->values.size(); ++q)
    if (!f.ask[q].of_reason && !f.ask[q].personal && !same(f.ask[q], q, r->values[q])) return true;
  return false;
}

bool answers::applies(const form& f, std::size_t index) const {
  const question& q = f.ask[index];
  if (q.of_reason) return corrects();
  return q.when.empty() || evaluate(q.when, with()).holds();
}

std::uint64_t answers::settled(const form& f) const {
  std::uint64_t done = d_.answered | d_.skipped;
  for (std::size_t q = 0; q < f.ask.size(); ++q)
    if (!(done >> q & 1) && (f.ask[q].of_reason || !f.ask[q].when.empty()) && !(f.ask[q].uses & ~done) &&
        !applies(f, q))
      done |= std::uint64_t{1} << q;
  return done;
}

std::int64_t answers::number_of_item(const question& q, std::span<const entity> items, std::size_t i) const {
  if (q.each && q.numeric && i < q.options.size()) return q.options[i].number;
  const entity e = item(items, i);
  return e.kind == noun::candidate ? election_.number(e, attribute::number) : static_cast<std::int64_t>(i + 1);
}

std::string answers::code(entity e) const {
  if (e.kind != noun::record) return code_of(election_, e);
  return d_.earlier && e.index < d_.earlier->records().size() ? d_.earlier->records()[e.index].receipt : std::string();
}

context answers::with(std::span<const value> locals) const {
  const language& l = menu_.languages[d_.language];
  return {&election_, l.tag, d_.who.scope, d_.who.person, this, locals, d_.earlier.get(), l.days};
}

std::span<const entity> answers::items(const question& q) const {
  if (q.list.empty()) return {}; // over options, or a list of numbers
  const value list = evaluate(q.list, with());
  return list.what == value::kind::entities ? list.entities() : std::span<const entity>{};
}

limits answers::limits_of(const question& q, std::optional<entity> item) const {
  const std::array<value, 1> locals{item ? entity_value(*item) : nothing_value()};
  const context c = with(locals);
  limits l;
  if (q.what == question::kind::date) l = {first_day, last_day};
  if (q.what == question::kind::time) l = {0, last_minute};
  const auto is_limit = [](const value& v) {
    return v.what == value::kind::number || v.what == value::kind::date || v.what == value::kind::time;
  };
  if (!q.min.empty())
    if (const value v = evaluate(q.min, c); is_limit(v)) l.min = std::max(l.min, v.number);
  if (!q.max.empty())
    if (const value v = evaluate(q.max, c); is_limit(v)) l.max = std::min(l.max, v.number);
  return l;
}

bool answers::is_asked(const question& q) const {
  if (q.each) return size(q) != 0;
  return q.what != question::kind::choose || q.by_code || items(q).size() != 1;
}

bool answers::given() const {
  if (d_.form == no_index) return false;
  const form& f = menu_.forms[d_.form];
  for (std::size_t q = 0; q < f.ask.size(); ++q) {
    if (f.ask[q].each && !d_.lists[list_index(f, q)].empty()) return true;
    if (is_answered(d_, q) && is_asked(f.ask[q])) return true;
  }
  return d_.skipped != 0;
}

bool answers::still_fits(const form& f, std::size_t index) const {
  const question& q = f.ask[index];
  if (q.is_list()) {
    const auto& list = d_.lists[list_index(f, index)];
    if (q.each && list.size() > size(q)) return false;
    const auto of = items(q);
    for (std::size_t i = 0; i < list.size(); ++i)
      if (!limits_of(q, item(of, i)).hold(list[i])) return false;
    return true;
  }
  const bool limited =
      q.what == question::kind::number || q.what == question::kind::time || q.what == question::kind::date;
  return !limited || limits_of(q).hold(d_.numbers[index]);
}

std::size_t list_index(const form& f, std::size_t q) {
  std::size_t before = 0;
  for (std::size_t i = 0; i < q; ++i)
    before += f.ask[i].is_list();
  return before;
}

std::size_t text_index(const form& f, std::size_t q) {
  std::size_t before = 0;
  for (std::size_t i = 0; i < q; ++i)
    before += f.ask[i].is_text();
  return before;
}

void start_form(dialogue& d, const script& menu, std::uint16_t form) {
  const auto& f = menu.forms[form];
  d.form = form;
  d.answered = d.skipped = d.confirmed = 0;
  d.question = 0;
  d.from = 0;
  d.restored = d.changing = false;
  d.numbers.assign(f.ask.size(), 0);
  d.lists.assign(list_index(f, f.ask.size()), {});
  d.texts.assign(text_index(f, f.ask.size()), {});
}

void leave_form(dialogue& d) {
  d.form = no_index;
  d.answered = d.skipped = d.confirmed = 0;
  d.numbers = {}; // gives the memory back, which clear() does not
  d.lists = {};
  d.texts = {};
  d.restored = d.changing = false;
}

void forget_answer(dialogue& d, const form& f, std::size_t q) {
  d.answered &= ~(std::uint64_t{1} << q);
  d.skipped &= ~(std::uint64_t{1} << q);
  if (f.ask[q].is_list()) d.lists[list_index(f, q)].clear();
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
    if (other.uses & changed && is_answered(d, later) && !given.applies(f, later)) {
      forget_answer(d, f, later);
      changed |= std::uint64_t{1} << later;
      continue;
    }
    if (!(other.needs & changed)) continue;
    const bool known = !(other.needs & ~d.answered);
    if (known && !(other.list.fields & changed) && given.still_fits(f, later)) continue;
    forget_answer(d, f, later);
    changed |= std::uint64_t{1} << later;
  }
}

} // namespace tallyline::menus
