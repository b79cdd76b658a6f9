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
value date_value(std::int64_t days) {
  auto v = number_value(days);
  v.what = value::kind::date;
  return v;
}
value time_value(std::int64_t minutes) {
  auto v = number_value(minutes);
  v.what = value::kind::time;
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

std::string as_recorded(const value& v) {
  switch (v.what) {
  case value::kind::number:
    return std::to_string(v.number);
  case value::kind::truth:
    return v.holds() ? "yes" : "no";
  case value::kind::date:
    return iso_date(v.number);
  case value::kind::time:
    return clock_time(v.number);
  default:
    return std::string(v.text());
  }
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
  case op::date:
    return date_value(i.arg);
  case op::time:
    return time_value(i.arg);
  case op::election:
    return entity_value({noun::election, 0});
  case op::now:
    return time_value(c.election->local_minutes() % minutes_of_day);
  case op::today:
    return date_value(c.election->local_minutes() / minutes_of_day);
  case op::corrects:
    return truth_value(c.fields && c.fields->corrects());
  case op::records:
    return entities_value(c.earlier ? c.earlier->own(static_cast<std::uint16_t>(i.arg)) : std::span<const entity>{});
  case op::queue: {
    const auto* q = c.earlier ? c.earlier->queue(p.queues[index / queue_figures]) : nullptr;
    const auto figure = q ? (*q)[index % queue_figures] : std::nullopt;
    return figure ? number_value(*figure) : nothing_value();
  }
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

value got_of_record(attribute what, entity of, const context& c) {
  if (!c.earlier || of.index >= c.earlier->records().size()) return nothing_value();
  const past_record& r = c.earlier->records()[of.index];
  if (what == attribute::made_at) return time_value(r.local_minutes % minutes_of_day);
  return text_value(what == attribute::receipt ? r.receipt : r.key_text);
}

value got_number(attribute what, entity of, const context& c) {
  const std::int64_t n = c.election->number(of, what);
  if (what == attribute::date) return date_value(n);
  return what == attribute::polls_open || what == attribute::polls_close ? time_value(n) : number_value(n);
}

value got(const instruction& i, entity of, const context& c) {
  if (of.kind == noun::record) return got_of_record(i.get, of, c);
  switch (i.what) {
  case op::get_number:
    return got_number(i.get, of, c);
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
bool is_nothing(const value& v) {
  return v.what == value::kind::nothing || (v.what == value::kind::entity && v.of.kind == noun::nothing);
}
bool spoilt(const value& v) { return v.what == value::kind::error || is_nothing(v); }
// What comes of spoilt values: an error stays one, whatever else is missing.
value spoil(const value& a, const value& b) {
  return a.what == value::kind::error || b.what == value::kind::error ? error_value() : nothing_value();
}

// A record may have been made by another version of the script, in which the answer was of another kind: what is not of
// the type that the expression was compiled for is not there.
value of_past(const past_value& v, type is) {
  if (is == number_type) {
    const auto* n = std::get_if<std::int64_t>(&v);
    return n ? number_value(*n) : nothing_value();
  }
  if (is == numbers_type) {
    const auto* list = std::get_if<std::vector<std::int64_t>>(&v);
    return list ? numbers_value(*list) : nothing_value();
  }
  const auto* text = std::get_if<std::string>(&v);
  if (!text) return nothing_value();
  if (is == truth_type) return *text == "yes" || *text == "no" ? truth_value(*text == "yes") : nothing_value();
  if (is == date_type) {
    const auto days = parse_iso_date(*text);
    return days ? date_value(*days) : nothing_value();
  }
  if (is == time_type) {
    const auto minutes = parse_clock_time(*text);
    return minutes ? time_value(*minutes) : nothing_value();
  }
  return is == text_type ? text_value(*text, true) : nothing_value();
}

value looked_up(const program::lookup& what, std::span<const value> keys, const context& c) {
  if (!c.earlier) return nothing_value();
  std::array<std::string, most_keys> parts;
  std::array<std::string_view, most_keys> views;
  for (std::size_t k = 0; k < keys.size(); ++k) {
    if (spoilt(keys[k])) return spoil(keys[k], keys[k]);
    parts[k] = keys[k].what == value::kind::entity ? code_of(*c.election, keys[k].of) : as_recorded(keys[k]);
    views[k] = parts[k];
  }
  const past_record* r = c.earlier->find(what.form, std::span(views).first(keys.size()));
  return r && what.field < r->values.size() ? of_past(r->values[what.field], what.is) : nothing_value();
}

value joined(op what, const value& a, const value& b, std::int64_t arg) {
  if (what == op::or_else) return is_nothing(a) ? b : a;
  if (spoilt(a) || spoilt(b)) return spoil(a, b);
  if (what == op::years) return number_value(years_between(a.number, b.number, static_cast<calendar>(arg)));
  if (what <= op::multiply || (what >= op::percent && what <= op::most)) return arithmetic(what, a.number, b.number);
  return what == op::in ? contained(a, b) : compared(what, a, b);
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
    if (i.what == op::earlier) {
      const auto& what = p.lookups[static_cast<std::size_t>(i.arg)];
      top -= what.keys;
      stack[top] = looked_up(what, std::span(stack).subspan(top, what.keys), c);
      ++top;
      continue;
    }
    if (i.what == op::select) {
      top -= 2;
      auto& test = stack[top - 1];
      test = spoilt(test) ? spoil(test, test) : test.holds() ? stack[top] : stack[top + 1];
      continue;
    }
    if (stack_effect(i.what) == 0) {
      if (i.what == op::given)
        last = last.what == value::kind::error ? last : truth_value(!is_nothing(last));
      else if (spoilt(last))
        last = spoil(last, last);
      else if (i.what <= op::get_list)
        last = got(i, last.of, c);
      else
        last = applied(i.what, last);
      continue;
    }
    stack[top - 2] = joined(i.what, stack[top - 2], last, i.arg);
    --top;
  }
  return top ? stack[top - 1] : error_value();
}

} // namespace tallyline::menus
