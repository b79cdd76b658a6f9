#include "menus/turn.h"

#include "menus/utf8.h"

#include <bit>

namespace tallyline::menus {

namespace {
constexpr std::int64_t largest = 999'999'999'999;
constexpr std::string_view separators = "*#,;/ \t\n";
} // namespace

step turn::on_question(std::string_view text) {
  const form& f = the_form();
  const question& q = f.ask[d_.question];
  if (q.each) return many_numbers(f, q, text);
  switch (q.what) {
  case question::kind::number: return one_number(f, q, text);
  case question::kind::text: return one_text(f, q, text);
  default: return one_choice(f, q, text);
  }
}

turn::limits turn::limits_of(const question& q, std::optional<entity> item) const {
  const std::array<value, 1> locals{item ? entity_value(*item) : nothing_value()};
  const context c = answers_.with(locals);
  limits l{0, largest};
  if (!q.min.empty())
    if (const value v = evaluate(q.min, c); v.what == value::kind::number && v.number > 0) l.min = v.number;
  if (!q.max.empty())
    if (const value v = evaluate(q.max, c); v.what == value::kind::number && v.number < l.max) l.max = v.number;
  return l;
}

std::string turn::say_limits(message which, limits l, std::int64_t item) const {
  std::array<value, moments> values;
  values.fill(nothing_value());
  values[static_cast<std::size_t>(moment::min)] = number_value(l.min);
  values[static_cast<std::size_t>(moment::max)] = number_value(l.max);
  values[static_cast<std::size_t>(moment::item)] = number_value(item);
  return say(which, values);
}

step turn::one_number(const form&, const question& q, std::string_view text) {
  const auto n = whole_number(text);
  if (!n) return refuse(message::not_a_number);
  const limits l = limits_of(q, std::nullopt);
  if (*n < l.min) return show(say_limits(message::too_small, l));
  if (*n > l.max) return show(say_limits(message::too_large, l));
  d_.numbers[d_.question] = *n;
  return answered(d_.question);
}

step turn::many_numbers(const form& f, const question& q, std::string_view text) {
  const auto items = answers_.items(q);
  auto& list = d_.lists[list_index(f, d_.question)];
  std::vector<std::int64_t> came;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(separators, at), text.size());
    if (end > at) {
      const auto n = whole_number(text.substr(at, end - at));
      if (!n) return refuse(message::not_a_number);
      came.push_back(*n);
    }
    at = end + 1;
  }
  if (came.empty()) return refuse(message::not_a_number);
  std::array<value, moments> counts;
  counts.fill(nothing_value());
  counts[static_cast<std::size_t>(moment::given)] = number_value(static_cast<std::int64_t>(came.size()));
  counts[static_cast<std::size_t>(moment::total)] = number_value(static_cast<std::int64_t>(items.size() - list.size()));
  if (came.size() > items.size() - list.size()) return show(say(message::too_many, counts));
  for (std::size_t i = 0; i < came.size(); ++i) {
    const limits l = limits_of(q, items[list.size() + i]);
    if (came[i] >= l.min && came[i] <= l.max) continue;
    if (came.size() > 1) return show(say_limits(message::item_refused, l, static_cast<std::int64_t>(i + 1)));
    return show(say_limits(came[i] < l.min ? message::too_small : message::too_large, l));
  }
  list.insert(list.end(), came.begin(), came.end());
  d_.page = 0;
  if (list.size() == items.size()) return answered(d_.question);
  return came.size() > 1 ? show(say(message::taken, counts)) : show();
}

step turn::one_choice(const form&, const question& q, std::string_view text) {
  if (q.what == question::kind::choice) {
    const std::uint32_t index = chosen(text, q.options.size());
    if (index == script::no_choice) return refuse(message::invalid_choice);
    d_.numbers[d_.question] = index;
  } else {
    const auto items = answers_.items(q);
    const std::uint32_t index = chosen(text, items.size());
    if (index == script::no_choice) return refuse(message::invalid_choice);
    d_.numbers[d_.question] = items[index].index;
  }
  return answered(d_.question);
}

step turn::one_text(const form& f, const question& q, std::string_view text) {
  if (first_malformed(text) != std::string_view::npos) return refuse(message::unreadable);
  const std::size_t length = characters(text);
  const limits l{q.shortest, q.longest};
  if (length < q.shortest) return show(say_limits(message::too_short, l));
  if (length > q.longest) return show(say_limits(message::too_long, l));
  std::string clean;
  for (const char c : text) clean += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  d_.texts[text_index(f, d_.question)] = std::move(clean);
  return answered(d_.question);
}

step turn::answered(std::size_t q) {
  d_.answered |= std::uint64_t{1} << q;
  d_.page = 0;
  return advance();
}

bool turn::answer_by_itself(const form& f, std::size_t q) {
  if (f.ask[q].what != question::kind::choose) return false;
  const auto items = answers_.items(f.ask[q]);
  if (items.size() != 1) return false;
  d_.numbers[q] = items.front().index;
  d_.answered |= std::uint64_t{1} << q;
  return true;
}

std::optional<step> turn::broken_rule() {
  const form& f = the_form();
  const bool complete = std::popcount(d_.answered) == static_cast<int>(f.ask.size());
  for (std::size_t r = 0; r < f.rules.size(); ++r) {
    const rule& rule = f.rules[r];
    if (rule.test.fields & ~d_.answered) continue; // not decidable yet
    const value v = evaluate(rule.test, answers_.with());
    if (rule.must && !v.holds()) {
      std::string why;
      add_text(why, rule.text);
      forget_answer(d_, f, rule.again);
      d_.at = place::question;
      d_.question = rule.again;
      return show(why);
    }
    // What overflowed cannot be said to be in order.
    if (!rule.must && complete && (v.holds() || v.what == value::kind::error) && !(d_.confirmed >> r & 1)) {
      d_.at = place::warning;
      d_.rule = static_cast<std::uint16_t>(r);
      return show();
    }
  }
  return std::nullopt;
}

step turn::advance(std::string_view before) {
  const form& f = the_form();
  d_.page = 0;
  if (auto broken = broken_rule()) return std::move(*broken);
  for (std::size_t q = 0; q < f.ask.size(); ++q) {
    if (is_answered(d_, q)) continue;
    if (answer_by_itself(f, q)) return advance(before);
    d_.at = place::question;
    d_.question = static_cast<std::uint16_t>(q);
    if (f.ask[q].each || f.ask[q].what == question::kind::choose) {
      if (answers_.items(f.ask[q]).empty() && f.ask[q].each) return answered(q); // nothing to ask for: an empty list
      if (answers_.items(f.ask[q]).empty()) {
        leave_form(d_);
        d_.at = place::screen;
        return show(say(message::nothing_to_choose));
      }
    }
    return show(before);
  }
  d_.at = place::confirm;
  return show(before);
}

} // namespace tallyline::menus
