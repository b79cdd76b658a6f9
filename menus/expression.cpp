#include "menus/expression.h"

#include "menus/expression_stack.h"

#include <algorithm>
#include <array>

namespace tallyline::menus {

value nothing_value() {
  value v;
  v.what = value::kind::nothing;
  v.verbatim = false;
  return v;
}
value error_value() {
  value v;
  v.what = value::kind::error;
  v.verbatim = false;
  return v;
}
value number_value(std::int64_t n) {
  value v;
  v.what = value::kind::number;
  v.verbatim = false;
  v.number = n;
  return v;
}
value truth_value(bool b) {
  auto v = number_value(b);
  v.what = value::kind::truth;
  return v;
}
value text_value(std::string_view t, bool verbatim) {
  value v;
  v.what = value::kind::text;
  v.verbatim = verbatim;
  v.data = t.data();
  v.size = t.size();
  return v;
}
value entity_value(entity e) {
  value v;
  v.what = value::kind::entity;
  v.verbatim = false;
  v.of = e;
  return v;
}
value entities_value(std::span<const entity> list) {
  value v;
  v.what = value::kind::entities;
  v.verbatim = false;
  v.data = list.data();
  v.size = list.size();
  return v;
}
value numbers_value(std::span<const std::int64_t> list) {
  value v;
  v.what = value::kind::numbers;
  v.verbatim = false;
  v.data = list.data();
  v.size = list.size();
  return v;
}

namespace {

value arithmetic(op what, std::int64_t a, std::int64_t b) {
  std::int64_t r = 0;
  bool over = false;
  switch (what) {
  case op::add:
    over = __builtin_add_overflow(a, b, &r);
    break;
  case op::subtract:
    over = __builtin_sub_overflow(a, b, &r);
    break;
  case op::multiply:
    over = __builtin_mul_overflow(a, b, &r);
    break;
  case op::percent: {
    // a * b may need 128 bits though a hundredth of it fits. With a = 100 q + m and b = 100 s + t:
    // a * b / 100 = q b + m s + m t / 100, all of one sign, so that rounding the last rounds the sum toward zero.
    const std::int64_t m = a % 100;
    over = __builtin_mul_overflow(a / 100, b, &r) || __builtin_add_overflow(r, m * (b / 100), &r) ||
           __builtin_add_overflow(r, m * (b % 100) / 100, &r);
    break;
  }
  case op::least:
    r = std::min(a, b);
    break;
  case op::most:
    r = std::max(a, b);
    break;
  default:
    over = true;
  }
  return over ? error_value() : number_value(r);
}

value compared(op what, const value& a, const value& b) {
  switch (what) {
  case op::less:
    return truth_value(a.number < b.number);
  case op::less_equal:
    return truth_value(a.number <= b.number);
  case op::greater:
    return truth_value(a.number > b.number);
  case op::greater_equal:
    return truth_value(a.number >= b.number);
  default:
    break;
  }
  bool same = a.what == b.what;
  if (same && a.what == value::kind::entity)
    same = a.of == b.of;
  else if (same && a.what == value::kind::text)
    same = a.text() == b.text();
  else if (same)
    same = a.number == b.number;
  return truth_value(same == (what == op::equal));
}

value contained(const value& item, const value& list) {
  if (list.what == value::kind::entities) {
    const auto all = list.entities();
    return truth_value(std::find(all.begin(), all.end(), item.of) != all.end());
  }
  const auto all = list.numbers();
  return truth_value(std::find(all.begin(), all.end(), item.number) != all.end());
}

value folded(op what, const value& list) {
  if (what == op::count) return number_value(static_cast<std::int64_t>(list.size));
  const auto all = list.numbers();
  if (what == op::sum) {
    std::int64_t total = 0;
    for (const auto n : all)
      if (__builtin_add_overflow(total, n, &total)) return error_value();
    return number_value(total);
  }
  if (all.empty()) return error_value();
  return number_value(what == op::least_of ? *std::min_element(all.begin(), all.end())
                                           : *std::max_element(all.begin(), all.end()));
}

value loaded(const instruction& i, const program& p, const context& c) {
  const auto index = static_cast<std::size_t>(i.arg);
  switch (i.what) {
  case op::number:
    return number_value(i.arg);
  case op::truth:
    return truth_value(i.arg != 0);
  case op::text:
    return text_value(p.texts[index]);
  case op::scope:
    return entity_value(c.scope);
  case op::person:
    return entity_value(c.person);
  case op::field:
    return c.fields ? c.fields->field(index) : error_value();
  default:
    return index < c.locals.size() ? c.locals[index] : error_value();
  }
}

value got(const instruction& i, entity of, const context& c) {
  switch (i.what) {
  case op::get_number:
    return number_value(c.election->number(of, i.get));
  case op::get_link:
    return entity_value(c.election->link(of, i.get));
  case op::get_list:
    return entities_value(c.election->list(of, i.get));
  default:
    return text_value(c.election->text(of, i.get, c.language), i.get == attribute::name);
  }
}

value applied(op what, const value& v) {
  switch (what) {
  case op::invert:
    return truth_value(v.number == 0);
  case op::negate:
    return arithmetic(op::subtract, 0, v.number);
  case op::absolute:
    return v.number < 0 ? arithmetic(op::subtract, 0, v.number) : v;
  default:
    return folded(what, v);
  }
}

// A value that is not there (an error, an answer not yet given, a link to nothing) spoils whatever uses it.
bool spoilt(const value& v) {
  return v.what == value::kind::error || v.what == value::kind::nothing ||
         (v.what == value::kind::entity && v.of.kind == noun::nothing);
}

} // namespace

value evaluate(const program& p, const context& c) {
  std::array<value, stack_size> stack;
  std::size_t top = 0; // values on the stack
  for (std::size_t at = 0; at < p.code.size(); ++at) {
    const auto& i = p.code[at];
    if (i.what <= op::local) {
      stack[top++] = loaded(i, p, c);
      continue;
    }
    auto& last = stack[top - 1];
    if (i.what == op::both || i.what == op::either) {
      // An error on the left decides nothing good: it stays the result.
      if (spoilt(last) || (last.number != 0) == (i.what == op::either))
        at = static_cast<std::size_t>(i.arg) - 1;
      else
        --top;
      continue;
    }
    if (stack_effect(i.what) == 0) {
      if (spoilt(last))
        last = error_value();
      else if (i.what <= op::get_list)
        last = got(i, last.of, c);
      else
        last = applied(i.what, last);
      continue;
    }
    auto& left = stack[top - 2];
    if (spoilt(left) || spoilt(last))
      left = error_value();
    else if (i.what <= op::multiply || (i.what >= op::percent && i.what <= op::most))
      left = arithmetic(i.what, left.number, last.number);
    else
      left = i.what == op::in ? contained(left, last) : compared(i.what, left, last);
    --top;
  }
  return top ? stack[top - 1] : error_value();
}

} // namespace tallyline::menus
