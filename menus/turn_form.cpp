#include "menus/by_code.h"
#include "menus/identifiers.h"
#include "menus/turn.h"

#include "menus/utf8.h"

#include <algorithm>
#include <utility>
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

// An Arabic keyboard's yeh and kaf are Persian's: the same name is the same text, whichever phone it was typed on.
void write_in_persian(std::string& text) {
  for (const auto& [arabic, persian] : {std::pair{"\u064A", "\u06CC"}, {"\u0649", "\u06CC"}, {"\u0643", "\u06A9"}})
    for (std::size_t at = 0; (at = text.find(arabic, at)) != std::string::npos; at += 2)
      text.replace(at, 2, persian);
}

value count(std::size_t n) { return number_value(static_cast<std::int64_t>(n)); }

} // namespace

// "120*45*33" at a question for one thing: what follows answers the questions behind it. A text may hold a star, and so
// may a time or a date.
bool turn::holds_several(std::string_view text) const {
  const question& q = the_question();
  if (ahead_ || q.is_list() || q.what == question::kind::text || q.what == question::kind::time ||
      q.what == question::kind::date)
    return false;
  const std::size_t star = text.find('*');
  return star != std::string_view::npos && star > 0 && star + 1 < text.size();
}

step turn::on_question(std::string_view text) {
  if (holds_several(text)) {
    d_.ahead = text;
    return take_ahead();
  }
  if (the_question().each) return many_numbers(text);
  switch (the_question().what) {
  case question::kind::number:
    return one_number(text);
  case question::kind::text:
    return one_text(text);
  case question::kind::time:
    return one_time(text);
  case question::kind::date:
    return one_date(text);
  case question::kind::national_code:
  case question::kind::phone:
    return one_identifier(text);
  case question::kind::list:
    return list_of_numbers(text);
  default:
    return one_choice(text);
  }
}

step turn::one_time(std::string_view text) {
  const auto minutes = read_time(text);
  if (!minutes) return refuse(message::not_a_time);
  const limits l = answers_.limits_of(the_question());
  return l.hold(*minutes) ? keep(*minutes) : refuse(say_limits(message::too_small, l));
}

step turn::one_date(std::string_view text) {
  const auto days = read_date(text);
  if (!days) return refuse(message::not_a_date);
  const limits l = answers_.limits_of(the_question());
  return l.hold(*days) ? keep(*days) : refuse(say_limits(message::too_small, l));
}

step turn::one_identifier(std::string_view text) {
  const question& q = the_question();
  const bool code = q.what == question::kind::national_code;
  auto digits = code ? read_national_code(text) : read_phone(text, q.country);
  if (!digits) return refuse(code ? message::bad_national_code : message::bad_phone);
  keep_text(std::move(*digits));
  return advance();
}

step turn::list_of_numbers(std::string_view text) {
  const question& q = the_question();
  const auto came = numbers_in(text, q.most);
  if (!came) return refuse(message::not_a_number);
  if (came->size() > q.most)
    return refuse(say(message::too_many, {{moment::given, count(came->size())}, {moment::total, count(q.most)}}));
  if (came->size() < q.least)
    return refuse(say(message::too_few, {{moment::given, count(came->size())}, {moment::total, count(q.least)}}));
  const limits l = answers_.limits_of(q);
  for (std::size_t i = 0; i < came->size(); ++i)
    if (!l.hold((*came)[i])) return refuse(say_limits(message::item_refused, l, static_cast<std::int64_t>(i + 1)));
  forget_answer(d_, the_form(), d_.question);
  d_.lists[list_index(the_form(), d_.question)] = *came;
  d_.answered |= std::uint64_t{1} << d_.question;
  follow_change(d_, menu_, election_, d_.question);
  return advance();
}

void turn::keep_text(std::string text) {
  auto& kept = d_.texts[text_index(the_form(), d_.question)];
  const bool same = is_answered(d_, d_.question) && kept == text;
  kept = std::move(text);
  d_.answered |= std::uint64_t{1} << d_.question;
  d_.skipped &= ~d_.answered;
  if (!same) follow_change(d_, menu_, election_, d_.question);
}

std::string turn::say_limits(message which, limits l, std::int64_t item) const {
  const auto shown = d_.at != place::question                      ? number_value
                     : the_question().what == question::kind::date ? date_value
                     : the_question().what == question::kind::time ? time_value
                                                                   : number_value;
  return say(which, {{moment::min, shown(l.min)}, {moment::max, shown(l.max)}, {moment::item, number_value(item)}});
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
    const limits l = answers_.limits_of(the_question(), answers::item(items, from + i));
    if (l.hold(came[i])) continue;
    if (came.size() > 1) return refuse(say_limits(message::item_refused, l, static_cast<std::int64_t>(i + 1)));
    return refuse(say_limits(came[i] < l.min ? message::too_small : message::too_large, l));
  }
  return std::nullopt;
}

step turn::many_numbers(std::string_view text) {
  const auto items = answers_.items(the_question());
  const std::size_t size = items.empty() ? the_question().options.size() : items.size();
  const std::size_t from = given(), left = size - std::min(from, size);
  const auto came = numbers_in(text, std::min(left, text.size() / 2 + 1));
  if (!came) return refuse(message::not_a_number);
  if (came->size() > left)
    return refuse(say(message::too_many, {{moment::given, count(came->size())}, {moment::total, count(left)}}));
  if (auto refused = refused_items(*came, items, from)) return std::move(*refused);
  if (from == 0) forget_answer(d_, the_form(), d_.question);
  auto& list = d_.lists[list_index(the_form(), d_.question)];
  list.reserve(size);
  list.insert(list.end(), came->begin(), came->end());
  if (list.size() == size) {
    d_.answered |= std::uint64_t{1} << d_.question;
    return advance();
  }
  if (came->size() == 1) return show();
  return show(say(message::taken, {{moment::given, count(came->size())}, {moment::total, count(left)}}));
}

step turn::one_choice(std::string_view text) {
  const question& q = the_question();
  if (q.by_code) return one_by_code(text);
  const std::size_t size = q.what == question::kind::yes_no ? 2 : answers_.size(q);
  const std::uint32_t index = chosen(text, size + q.optional); // behind the last: none of them
  if (index == script::no_choice) return refuse(message::invalid_choice);
  if (index == size) return skip();
  if (q.what == question::kind::yes_no) return keep(index == 0);
  return keep(q.what == question::kind::choice ? std::int64_t{index} : answers_.items(q)[index].index);
}

step turn::one_by_code(std::string_view text) {
  const auto found = find_by_code(election_, answers_.items(the_question()), text);
  if (found.several) return refuse(message::be_exact);
  return found.which ? keep(found.which->index) : refuse(message::no_such_code);
}

// Its check digit is looked at where tickets are given out.
step turn::one_ticket(std::string_view text) {
  std::string digits;
  append_latin_digits(digits, text);
  std::erase_if(digits, [](char c) { return c == '-' || c == ' '; });
  const bool good = digits.size() >= 2 && digits.size() <= 16 && digits.find_first_not_of("0123456789") == digits.npos;
  if (!good) return refuse(message::bad_ticket);
  keep_text(std::move(digits));
  return advance();
}

step turn::one_text(std::string_view text) {
  if (first_malformed(text) != std::string_view::npos) return refuse(message::unreadable);
  const question& q = the_question();
  if (!q.ticket_of.empty()) return one_ticket(text);
  const std::size_t length = characters(text);
  const limits l{q.shortest, q.longest};
  if (!l.hold(static_cast<std::int64_t>(length)))
    return refuse(say_limits(length < q.shortest ? message::too_short : message::too_long, l));
  std::string clean;
  append_in_digits(clean, text, digit_style::latin); // control characters become spaces
  if (menu_.persian_letters()) write_in_persian(clean);
  keep_text(std::move(clean));
  return advance();
}

step turn::keep(std::int64_t number) {
  const bool same = is_answered(d_, d_.question) && d_.numbers[d_.question] == number;
  d_.numbers[d_.question] = number;
  d_.answered |= std::uint64_t{1} << d_.question;
  d_.skipped &= ~d_.answered;
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

std::optional<step> turn::broken_rule(std::uint64_t settled) {
  const form& f = the_form();
  const bool complete = settled + 1 == std::uint64_t{1} << f.ask.size();
  for (std::size_t r = 0; r < f.rules.size(); ++r) {
    const rule& rule = f.rules[r];
    // Not yet, or of an answer that was not given: the rule says nothing.
    if (rule.test.fields & ~settled || rule.test.needed & ~d_.answered ||
        (!rule.must && (!complete || d_.confirmed >> r & 1)))
      continue;
    // What overflowed cannot be said to be in order, neither here nor below; what is not there breaks no rule.
    const value v = evaluate(rule.test, answers_.with());
    if (v.what == value::kind::nothing) continue;
    if (rule.must && !v.holds()) {
      const std::string why = text_of(rule.text);
      forget_answer(d_, f, rule.again);
      d_.at = place::question;
      d_.question = rule.again;
      was_from_ = 0; // another question's page
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
  const std::uint64_t settled = answers_.settled(f);
  if (auto broken = broken_rule(settled)) return std::move(*broken);
  for (std::size_t q = 0; q < f.ask.size(); ++q) {
    if (settled >> q & 1) continue;
    if (answer_by_itself(q)) return advance(before);
    d_.at = place::question;
    d_.question = static_cast<std::uint16_t>(q);
    if (f.ask[q].what != question::kind::choose || !answers_.items(f.ask[q]).empty()) return show(before);
    if (f.ask[q].optional) {
      d_.skipped |= std::uint64_t{1} << q;
      return advance(before);
    }
    leave_form(d_);
    d_.at = place::screen;
    was_from_ = std::exchange(d_.screen_from, 0);
    return refuse(message::nothing_to_choose);
  }
  d_.at = place::confirm;
  return show(before);
}

} // namespace tallyline::menus
