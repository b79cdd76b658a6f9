#include "menus/turn.h"

#include "menus/utf8.h"

#include <algorithm>
#include <vector>

namespace tallyline::menus {
namespace {

// Whatever stands between the numbers of an answer that holds many.
constexpr std::string_view separators = "*#,;/ \t\r\n";
constexpr std::string_view persian_comma = "،";

// Nothing when a part is no number, or when two stars with nothing between them leave out which number is missing.
std::optional<std::vector<std::int64_t>> numbers_in(std::string_view text, std::size_t about) {
  std::vector<std::int64_t> came;
  came.reserve(about);
  while (!text.empty()) {
    const std::size_t end = std::min({text.find_first_of(separators), text.find(persian_comma), text.size()});
    if (end > 0) {
      const auto n = whole_number(text.substr(0, end));
      if (!n) return std::nullopt;
      came.push_back(*n);
    } else if (text.starts_with("**")) {
      return std::nullopt;
    }
    text.remove_prefix(end);
    if (text.starts_with("**")) return std::nullopt;
    text.remove_prefix(std::min(text.size(), text.starts_with(persian_comma) ? persian_comma.size() : std::size_t{1}));
  }
  if (came.empty()) return std::nullopt;
  return came;
}

value count(std::size_t n) { return number_value(static_cast<std::int64_t>(n)); }

} // namespace

step turn::on_question(std::string_view text) {
  if (the_question().each) return many_numbers(text);
  switch (the_question().what) {
  case question::kind::number:
    return one_number(text);
  case question::kind::text:
    return one_text(text);
  default:
    return one_choice(text);
  }
}

std::string turn::say_limits(message which, limits l, std::int64_t item) const {
  return say(
      which,
      {{moment::min, number_value(l.min)}, {moment::max, number_value(l.max)}, {moment::item, number_value(item)}});
}

step turn::one_number(std::string_view text) {
  const auto n = whole_number(text);
  if (!n) return refuse(message::not_a_number);
  const limits l = answers_.limits_of(the_question());
  if (*n < l.min) return refuse(say_limits(message::too_small, l));
  if (*n > l.max) return refuse(say_limits(message::too_large, l));
  return keep(*n);
}

std::size_t turn::given() const {
  // A whole list that is asked again begins from its first item; it stays until a number comes.
  return is_answered(d_, d_.question) ? 0 : d_.lists[list_index(the_form(), d_.question)].size();
}

std::optional<step> turn::refused_items(std::span<const std::int64_t> came, std::span<const entity> items,
                                        std::size_t from) {
  for (std::size_t i = 0; i < came.size(); ++i) {
    const limits l = answers_.limits_of(the_question(), items[from + i]);
    if (l.hold(came[i])) continue;
    if (came.size() > 1) return refuse(say_limits(message::item_refused, l, static_cast<std::int64_t>(i + 1)));
    return refuse(say_limits(came[i] < l.min ? message::too_small : message::too_large, l));
  }
  return std::nullopt;
}

step turn::many_numbers(std::string_view text) {
  const auto items = answers_.items(the_question());
  const std::size_t from = given(), left = items.size() - std::min(from, items.size());
  const auto came = numbers_in(text, std::min(left, text.size() / 2 + 1));
  if (!came) return refuse(message::not_a_number);
  if (came->size() > left)
    return refuse(say(message::too_many, {{moment::given, count(came->size())}, {moment::total, count(left)}}));
  if (auto refused = refused_items(*came, items, from)) return std::move(*refused);
  if (from == 0) forget_answer(d_, the_form(), d_.question);
  auto& list = d_.lists[list_index(the_form(), d_.question)];
  list.reserve(items.size());
  list.insert(list.end(), came->begin(), came->end());
  if (list.size() == items.size()) {
    d_.answered |= std::uint64_t{1} << d_.question;
    return advance();
  }
  if (came->size() == 1) return show();
  return show(say(message::taken, {{moment::given, count(came->size())}, {moment::total, count(left)}}));
}

step turn::one_choice(std::string_view text) {
  const question& q = the_question();
  if (q.what == question::kind::choice) {
    const std::uint32_t index = chosen(text, q.options.size());
    return index == script::no_choice ? refuse(message::invalid_choice) : keep(index);
  }
  const auto items = answers_.items(q);
  const std::uint32_t index = chosen(text, items.size());
  return index == script::no_choice ? refuse(message::invalid_choice) : keep(items[index].index);
}

step turn::one_text(std::string_view text) {
  if (first_malformed(text) != std::string_view::npos) return refuse(message::unreadable);
  const question& q = the_question();
  const std::size_t length = characters(text);
  const limits l{q.shortest, q.longest};
  if (!l.hold(static_cast<std::int64_t>(length)))
    return refuse(say_limits(length < q.shortest ? message::too_short : message::too_long, l));
  std::string clean;
  append_in_digits(clean, text, digit_style::latin); // control characters become spaces
  auto& kept = d_.texts[text_index(the_form(), d_.question)];
  const bool same = is_answered(d_, d_.question) && kept == clean;
  kept = std::move(clean);
  d_.answered |= std::uint64_t{1} << d_.question;
  if (!same) follow_change(d_, menu_, election_, d_.question);
  return advance();
}

step turn::keep(std::int64_t number) {
  const bool same = is_answered(d_, d_.question) && d_.numbers[d_.question] == number;
  d_.numbers[d_.question] = number;
  d_.answered |= std::uint64_t{1} << d_.question;
  if (!same) follow_change(d_, menu_, election_, d_.question);
  return advance();
}

bool turn::answer_by_itself(std::size_t q) {
  const question& asked = the_form().ask[q];
  if (answers_.is_asked(asked)) return false;
  if (!asked.each) d_.numbers[q] = answers_.items(asked).front().index;
  d_.answered |= std::uint64_t{1} << q;
  follow_change(d_, menu_, election_, q);
  return true;
}

std::optional<step> turn::broken_rule() {
  const form& f = the_form();
  const bool complete = d_.answered + 1 == std::uint64_t{1} << f.ask.size();
  for (std::size_t r = 0; r < f.rules.size(); ++r) {
    const rule& rule = f.rules[r];
    if (rule.test.fields & ~d_.answered || (!rule.must && (!complete || d_.confirmed >> r & 1))) continue;
    // What overflowed cannot be said to be in order, neither here nor below.
    const value v = evaluate(rule.test, answers_.with());
    if (rule.must && !v.holds()) {
      const std::string why = text_of(rule.text);
      forget_answer(d_, f, rule.again);
      d_.at = place::question;
      d_.question = rule.again;
      return refuse(why);
    }
    if (!rule.must && (v.holds() || v.what == value::kind::error)) {
      d_.rule = static_cast<std::uint16_t>(r);
      return go_to(place::warning);
    }
  }
  return std::nullopt;
}

step turn::advance(std::string_view before) {
  const form& f = the_form();
  d_.from = 0;
  d_.changing = false;
  if (auto broken = broken_rule()) return std::move(*broken);
  for (std::size_t q = 0; q < f.ask.size(); ++q) {
    if (is_answered(d_, q)) continue;
    if (answer_by_itself(q)) return advance(before);
    d_.at = place::question;
    d_.question = static_cast<std::uint16_t>(q);
    if (f.ask[q].what != question::kind::choose || !answers_.items(f.ask[q]).empty()) return show(before);
    leave_form(d_);
    d_.at = place::screen;
    return refuse(message::nothing_to_choose);
  }
  d_.at = place::confirm;
  return show(before);
}

} // namespace tallyline::menus
