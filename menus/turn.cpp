#include "menus/turn.h"

#include "menus/utf8.h"

#include <algorithm>
#include <charconv>

namespace tallyline::menus {
namespace {

constexpr std::size_t longest_number = 12;
constexpr std::size_t longest_pin = 8;

} // namespace

std::optional<std::int64_t> whole_number(std::string_view text) {
  if (text.size() > 2 * longest_number) return std::nullopt; // a Persian digit takes two octets
  std::string digits;
  append_latin_digits(digits, text);
  if (digits.empty() || digits.size() > longest_number) return std::nullopt;
  if (digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  std::int64_t n = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), n);
  return n;
}

step turn::take(std::string_view raw) {
  const std::string_view text = trimmed(raw);
  if (auto moved = navigate(text)) return std::move(*moved);
  was_from_ = std::exchange(d_.from, 0);
  if (text.empty()) return refuse(message::empty);
  switch (d_.at) {
  case place::screen:
    return on_screen(text);
  case place::pin:
    return on_pin(text);
  case place::resume:
    return on_resume(text);
  case place::question:
    return on_question(text);
  case place::warning:
    return on_warning(text);
  case place::confirm:
    return on_confirm(text);
  case place::change:
    return on_change(text);
  }
  return refuse(message::invalid_choice);
}

step turn::take_ahead() {
  std::string waiting = std::exchange(d_.ahead, {});
  std::string_view rest = waiting;
  step last = show();
  const std::uint64_t before = d_.form == no_index ? 0 : d_.answered;
  int taken = 0;
  while (!rest.empty() && last.what == action::prompt && (d_.at == place::screen || d_.at == place::question)) {
    const bool list = d_.at == place::question && the_question().what == question::kind::list;
    const bool words = d_.at == place::question && takes_the_rest();
    const std::size_t end = list || words ? rest.size() : rest.find('*');
    refused_ = false;
    ahead_ = true;
    std::string said(rest.substr(0, end));
    if (words) std::replace(said.begin(), said.end(), '*', ' ');
    last = take(said);
    ahead_ = false;
    if (refused_) break; // what follows was meant for another question
    ++taken;
    rest.remove_prefix(end >= rest.size() ? rest.size() : end + 1);
  }
  while (d_.by_line && rest.empty() && !refused_ && last.what == action::prompt && d_.at == place::question &&
         the_question().optional && !is_answered(d_, d_.question) && last_needed() < d_.question)
    last = skip();
  if (taken > 1 && last.what == action::prompt && d_.at == place::question && d_.form != no_index) {
    note_ = answers_in(d_.answered & ~before);
    last = show(refusal_);
  }
  if (refused_) return last;
  // A PIN is never taken from a dial string: it would stay in the phone's list of calls.
  if (d_.at == place::pin) d_.ahead = rest;
  return last;
}

// The last question that must be answered, among those asked now.
std::size_t turn::last_needed() const {
  std::size_t last = 0;
  for (std::size_t q = 0; q < the_form().ask.size(); ++q)
    if (!the_form().ask[q].optional && can_be_changed(q)) last = q;
  return last;
}

// A name has several words: as the last answer of one line it takes all that are left.
bool turn::takes_the_rest() const {
  return d_.by_line && the_question().what == question::kind::text && d_.question == last_needed();
}

step turn::go_to(place at) {
  // A form without an answer is not worth keeping; one with answers waits, so that a slip of the thumb costs nothing.
  if (at == place::screen && d_.form != no_index && !answers_.given()) leave_form(d_);
  d_.from = at == place::screen ? std::exchange(d_.screen_from, 0) : 0;
  d_.at = at;
  return show();
}

step turn::ask(std::size_t question) {
  d_.question = static_cast<std::uint16_t>(question);
  return go_to(place::question);
}

step turn::behind_pin(place then, bool needed) {
  if (needed && !d_.authenticated) {
    d_.after_pin = then;
    return go_to(place::pin);
  }
  return then == place::question ? advance() : go_to(then);
}

step turn::home() {
  d_.screen = menu_.start;
  d_.screen_from = 0;
  d_.trail_size = 0;
  d_.changing = false;
  return behind_pin(place::screen, menu_.screens[menu_.start].pin);
}

step turn::fill(std::uint16_t form) {
  if (const auto shut = outside_hours(menu_.forms[form])) return end(*shut);
  start_form(d_, menu_, form);
  d_.by_line = true;
  step first = behind_pin(place::question, the_form().pin);
  return d_.at == place::pin || d_.ahead.empty() ? std::move(first) : take_ahead();
}

step turn::resume() {
  d_.restored = true;
  return behind_pin(place::resume, the_form().pin);
}

step turn::on_screen(std::string_view text) {
  const auto number = whole_number(text);
  for (const auto& c : menu_.screens[d_.screen].choices)
    if (number && c.key == *number && is_shown(c)) return perform(c);
  return refuse(message::invalid_choice);
}

step turn::perform(const choice& c) {
  switch (c.what) {
  case choice::kind::go:
    if (d_.trail_size == d_.trail.size()) {
      std::copy(d_.trail.begin() + 1, d_.trail.end(), d_.trail.begin());
      --d_.trail_size;
    }
    d_.trail[d_.trail_size++] = {d_.screen,
                                 was_from_ > 0xFFFF ? std::uint16_t{0} : static_cast<std::uint16_t>(was_from_)};
    d_.screen = c.target;
    d_.screen_from = 0;
    return behind_pin(place::screen, menu_.screens[c.target].pin);
  case choice::kind::language:
    d_.language = c.target;
    return home(); // the question of the language is answered
  case choice::kind::end:
    return end(c.farewell == no_text ? say(message::goodbye) : text_of(c.farewell));
  case choice::kind::form:
    break;
  }
  return begin(c.target);
}

bool turn::is_shown(const choice& c) const { return c.when.empty() || evaluate(c.when, answers_.with()).holds(); }

step turn::begin(std::uint16_t form) {
  if (const auto shut = outside_hours(menu_.forms[form])) return refuse(*shut);
  d_.screen_from = was_from_;
  const bool unfinished = d_.form == form && answers_.given();
  if (!unfinished) start_form(d_, menu_, form);
  return behind_pin(unfinished ? place::resume : place::question, the_form().pin);
}

step turn::end(std::string_view text) const { return {action::end, cut_to_fit(text, on_)}; }

step turn::on_pin(std::string_view text) {
  std::string digits;
  if (text.size() <= 2 * longest_pin) append_latin_digits(digits, text);
  if (digits.empty() || digits.size() > longest_pin || digits.find_first_not_of("0123456789") != std::string::npos)
    return refuse(message::pin_not_digits);
  return {action::check_pin, std::move(digits)};
}

step turn::after_pin(pin_verdict verdict) {
  d_.from = 0;
  if (verdict == pin_verdict::locked) return end(say(message::locked));
  if (verdict == pin_verdict::wrong) return refuse(message::wrong_pin);
  d_.authenticated = true;
  if (d_.at != place::pin) return show();
  step next = behind_pin(d_.after_pin, false);
  return d_.ahead.empty() || d_.at == place::resume ? std::move(next) : take_ahead();
}

step turn::on_resume(std::string_view text) {
  const std::uint32_t index = chosen(text, 2);
  if (index == script::no_choice) return refuse(message::invalid_choice);
  if (index == 0) {
    d_.restored = false;
    d_.ahead.clear();
    return advance();
  }
  if (!d_.restored) { // of the same dialogue: the form was chosen a moment ago
    start_form(d_, menu_, d_.form);
    return advance();
  }
  leave_form(d_);
  step next = home();
  return d_.ahead.empty() ? std::move(next) : take_ahead();
}

step turn::on_warning(std::string_view text) {
  const std::uint32_t index = chosen(text, 2);
  if (index == script::no_choice) return refuse(message::invalid_choice);
  if (index == 0) return confirm_warning();
  forget_answer(d_, the_form(), the_form().rules[d_.rule].again);
  return ask(the_form().rules[d_.rule].again);
}

step turn::on_confirm(std::string_view text) {
  const std::uint32_t index = chosen(text, 2);
  if (index == script::no_choice) return refuse(message::invalid_choice);
  // It may have been begun in time and be sent too late.
  if (index == 0 && outside_hours(the_form())) return end(*outside_hours(the_form()));
  if (index == 0) return {action::submit, {}};
  return go_to(place::change);
}

step turn::on_change(std::string_view text) {
  auto index = chosen(text, the_form().ask.size());
  for (std::size_t q = 0; q < the_form().ask.size(); ++q) {
    if (!can_be_changed(q) || index-- != 0) continue;
    d_.changing = true;
    return ask(q);
  }
  return refuse(message::invalid_choice);
}

bool turn::can_be_changed(std::size_t q) const {
  return answers_.is_asked(the_form().ask[q]) && answers_.applies(the_form(), q);
}

std::optional<std::int64_t> moment_of_deadline(const deadline& d, const context& c) {
  if (d.time.empty()) return std::nullopt;
  const value time = evaluate(d.time, c);
  if (time.what != value::kind::time) return std::nullopt;
  const std::int64_t day =
      d.day != deadline::no_day ? d.day : c.election->number({noun::election, 0}, attribute::date) - d.before;
  return day * minutes_of_day + time.number;
}

std::optional<std::string> turn::outside_hours(const form& f) const {
  if (f.opens.time.empty() && f.closes.time.empty()) return std::nullopt;
  const context c = answers_.with();
  const std::int64_t now = election_.local_minutes();
  const auto opens = moment_of_deadline(f.opens, c), closes = moment_of_deadline(f.closes, c);
  const bool early = opens && now < *opens, late = closes && now >= *closes;
  if (!early && !late) return std::nullopt;
  if (f.shut != no_text) return text_of(f.shut);
  const std::int64_t at = early ? *opens : *closes;
  std::string when = clock_time(at % minutes_of_day);
  if (at / minutes_of_day != now / minutes_of_day) when = shown_date(at / minutes_of_day, lang().days) + ' ' + when;
  return say(early ? message::not_open_yet : message::closed, {{moment::at, text_value(when)}});
}

std::uint32_t turn::chosen(std::string_view text, std::size_t of) const {
  const auto n = whole_number(text);
  if (!n || *n > 100'000) return script::no_choice;
  const std::uint32_t index = menu_.choice_of_number(static_cast<std::uint32_t>(*n));
  return index < of ? index : script::no_choice;
}

} // namespace tallyline::menus
