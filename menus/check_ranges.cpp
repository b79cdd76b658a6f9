#include "menus/check_ranges.h"

#include "menus/answers.h"
#include "menus/expression_stack.h"

#include <algorithm>

namespace tallyline::menus {
namespace {

__extension__ typedef __int128 wide; // no sum or product of two 64-bit numbers overflows it

constexpr wide least_number = std::numeric_limits<std::int64_t>::min(),
               most_number = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t most_items = 1000; // in any list of an election

range of(wide low, wide high) {
  range r;
  r.low = static_cast<std::int64_t>(std::clamp(low, least_number, most_number));
  r.high = static_cast<std::int64_t>(std::clamp(high, least_number, most_number));
  r.known = true;
  return r;
}
range truth(bool can_be_false, bool can_be_true) { return of(can_be_false ? 0 : 1, can_be_true ? 1 : 0); }
range any() { return {}; }

range times(const range& a, const range& b) {
  const wide products[] = {wide(a.low) * b.low, wide(a.low) * b.high, wide(a.high) * b.low, wide(a.high) * b.high};
  return of(*std::min_element(products, products + 4), *std::max_element(products, products + 4));
}

range compared(op what, const range& a, const range& b) {
  switch (what) {
  case op::less:
    return truth(a.high >= b.low, a.low < b.high);
  case op::less_equal:
    return truth(a.high > b.low, a.low <= b.high);
  case op::greater:
    return truth(a.low <= b.high, a.high > b.low);
  case op::greater_equal:
    return truth(a.low < b.high, a.high >= b.low);
  case op::equal:
    return truth(a.low != a.high || b.low != b.high || a.low != b.low, a.low <= b.high && b.low <= a.high);
  default:
    return truth(a.low <= b.high && b.low <= a.high, a.low != a.high || b.low != b.high || a.low != b.low);
  }
}

range joined(op what, const range& a, const range& b) {
  if (what == op::years) return of(-3000, 3000);
  if (!a.known || !b.known) return what >= op::less && what <= op::in ? truth(true, true) : any();
  switch (what) {
  case op::add:
    return of(wide(a.low) + b.low, wide(a.high) + b.high);
  case op::subtract:
    return of(wide(a.low) - b.high, wide(a.high) - b.low);
  case op::multiply:
    return times(a, b);
  case op::percent: {
    const range p = times(a, b);
    return of(wide(p.low) / 100 - 1, wide(p.high) / 100 + 1);
  }
  case op::least:
    return of(std::min(a.low, b.low), std::min(a.high, b.high));
  case op::most:
    return of(std::max(a.low, b.low), std::max(a.high, b.high));
  case op::or_else:
    return of(std::min(a.low, b.low), std::max(a.high, b.high));
  case op::in:
    return truth(true, true);
  default:
    return compared(what, a, b);
  }
}

range applied(op what, const range& v) {
  switch (what) {
  case op::count:
    return of(v.count_low, v.count_high);
  case op::given:
    return truth(true, true);
  default:
    break;
  }
  if (!v.known) return what == op::invert ? truth(true, true) : any();
  switch (what) {
  case op::invert:
    return of(1 - v.high, 1 - v.low);
  case op::negate:
    return of(-wide(v.high), -wide(v.low));
  case op::absolute:
    return of(v.low > 0 ? wide(v.low) : v.high < 0 ? -wide(v.high) : 0, std::max(-wide(v.low), wide(v.high)));
  case op::sum:
    return of(std::min<wide>(wide(v.low) * v.count_high, wide(v.low) * v.count_low),
              std::max<wide>(wide(v.high) * v.count_high, wide(v.high) * v.count_low));
  default: // least_of, most_of
    return of(v.low, v.high);
  }
}

range of_attribute(attribute a) {
  switch (a) {
  case attribute::registered:
  case attribute::number:
    return of(0, largest_answer);
  case attribute::seats:
  case attribute::max_choices:
    return of(1, 10'000);
  case attribute::polls_open:
  case attribute::polls_close:
  case attribute::made_at:
    return of(0, 1439);
  case attribute::date:
    return of(-400'000, 400'000);
  default:
    return any();
  }
}

range loaded(const instruction& i, const std::vector<range>& fields) {
  switch (i.what) {
  case op::number:
  case op::truth:
  case op::date:
  case op::time:
    return of(i.arg, i.arg);
  case op::now:
    return of(0, 1439);
  case op::today:
    return of(-400'000, 400'000);
  case op::corrects:
    return truth(true, true);
  case op::records: {
    range r = any();
    r.count_high = most_items;
    return r;
  }
  case op::field:
    return fields[static_cast<std::size_t>(i.arg)];
  default:
    return any();
  }
}

// `and` and `or` jump over the right side when the left decides: both ways are followed by taking the right side as it
// is and joining it with the left at the end, kept here until the jump's target is reached.
struct pending {
  std::size_t until;
  bool either;
  range left;
};

range both_ways(const pending& p, const range& right) {
  if (!p.left.known || !right.known) return truth(true, true);
  return p.either ? of(std::max(p.left.low, right.low), std::max(p.left.high, right.high))
                  : of(std::min(p.left.low, right.low), std::min(p.left.high, right.high));
}

} // namespace

range range_of(const program& p, const std::vector<range>& fields) {
  std::vector<range> stack;
  std::vector<pending> waiting;
  const auto pop = [&] {
    const range r = stack.back();
    stack.pop_back();
    return r;
  };
  for (std::size_t at = 0; at <= p.code.size(); ++at) {
    while (!waiting.empty() && waiting.back().until == at) {
      stack.back() = both_ways(waiting.back(), stack.back());
      waiting.pop_back();
    }
    if (at == p.code.size()) break;
    const auto& i = p.code[at];
    if (i.what <= op::local) {
      stack.push_back(loaded(i, fields));
    } else if (i.what == op::both || i.what == op::either) {
      waiting.push_back({static_cast<std::size_t>(i.arg), i.what == op::either, pop()});
    } else if (i.what == op::earlier) {
      for (int k = 0; k < p.lookups[static_cast<std::size_t>(i.arg)].keys; ++k)
        pop();
      stack.push_back(p.lookups[static_cast<std::size_t>(i.arg)].is == number_type ? of(0, largest_answer) : any());
    } else if (i.what == op::select) {
      const range otherwise = pop(), then = pop(), test = pop();
      if (test.known && test.low == test.high)
        stack.push_back(test.low ? then : otherwise);
      else if (then.known && otherwise.known)
        stack.push_back(of(std::min(then.low, otherwise.low), std::max(then.high, otherwise.high)));
      else
        stack.push_back(any());
    } else if (stack_effect(i.what) == 0) {
      const range v = pop();
      stack.push_back(i.what <= op::get_list ? of_attribute(i.get) : applied(i.what, v));
    } else {
      const range b = pop(), a = pop();
      stack.push_back(joined(i.what, a, b));
    }
  }
  return stack.empty() ? any() : stack.back();
}

std::vector<range> ranges_of(const form& f) {
  std::vector<range> all(f.ask.size());
  for (std::size_t q = 0; q < f.ask.size(); ++q) {
    const question& asked = f.ask[q];
    range& r = all[q];
    switch (asked.what) {
    case question::kind::number:
    case question::kind::list:
      r = of(0, largest_answer);
      break;
    case question::kind::time:
      r = of(0, 1439);
      break;
    case question::kind::date:
      r = of(-400'000, 400'000);
      break;
    case question::kind::yes_no:
      r = truth(true, true);
      break;
    case question::kind::choice:
      if (!asked.numeric) continue;
      r = of(asked.options.front().number, asked.options.front().number);
      for (const auto& o : asked.options)
        r = of(std::min(r.low, o.number), std::max(r.high, o.number));
      continue;
    default:
      continue;
    }
    if (!asked.min.empty())
      if (const range low = range_of(asked.min, all); low.known) r.low = std::max(r.low, low.low);
    if (!asked.max.empty())
      if (const range high = range_of(asked.max, all); high.known) r.high = std::min(r.high, high.high);
    r.count_low = asked.what == question::kind::list ? asked.least : static_cast<std::int64_t>(asked.options.size());
    r.count_high = asked.what == question::kind::list ? asked.most
                   : asked.options.empty()            ? most_items
                                                      : static_cast<std::int64_t>(asked.options.size());
  }
  return all;
}

} // namespace tallyline::menus
