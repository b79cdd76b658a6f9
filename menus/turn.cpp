#include "menus/turn.h"

#include "menus/utf8.h"

#include <charconv>
#include <utility>

namespace tallyline::menus {

namespace {
constexpr std::size_t longest_number = 12; // digits: no sum of them overflows
constexpr std::size_t longest_pin = 8;
} // namespace

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::string digits;
  append_latin_digits(digits, text);
  if (digits.empty() || digits.size() > longest_number) return std::nullopt;
  std::int64_t n = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  return failed == std::errc{} && end == digits.data() + digits.size() && n >= 0 && digits.front() != '-' ? std::optional{n} : std::nullopt;
}

step turn::take(std::string_view raw) {
  const std::string_view text = trimmed(raw);
  if (auto moved = navigate(text)) return std::move(*moved);
  if (text.empty()) return refuse(message::empty);
  switch (d_.at) {
  case place::screen: return on_screen(text);
  case place::pin: return on_pin(text);
  case place::resume: return on_resume(text);
  case place::question: return on_question(text);
  case place::warning: return on_warning(text);
  case place::confirm: return on_confirm(text);
  case place::change: return on_change(text);
  }
  return refuse(message::invalid_choice);
}

step turn::take_ahead(std::string_view tokens) {
  step last = show();
  while (!tokens.empty() && last.what == action::prompt && d_.at != place::warning && d_.at != place::confirm) {
    if (d_.at == place::pin) { // a PIN is never taken from a dial string: it shows in the phone's list of calls
      d_.ahead = tokens;
      return last;
    }
    const std::size_t end = tokens.find('*');
    const place where = d_.at;
    const auto before = std::pair{d_.answered, d_.screen};
    const std::size_t listed = d_.form != no_index && d_.at == place::question && the_form().ask[d_.question].each
                                   ? d_.lists[list_index(the_form(), d_.question)].size() : 0;
    last = take(tokens.substr(0, end));
    tokens.remove_prefix(end == std::string_view::npos ? tokens.size() : end + 1);
    const bool list_grew = d_.form != no_index && d_.at == place::question && the_form().ask[d_.question].each &&
                           d_.lists[list_index(the_form(), d_.question)].size() > listed;
    if (d_.at == where && before == std::pair{d_.answered, d_.screen} && !list_grew) break; // refused: its page says why
  }
  return last;
}

std::optional<step> turn::navigate(std::string_view text) {
  const key_set& keys = asks_for_digits() ? menu_.answer_keys : menu_.choice_keys;
  std::string latin;
  if (text.size() > 8) return std::nullopt;
  append_latin_digits(latin, text);
  if (latin == keys.home) return home();
  if (latin == keys.back) return back();
  if (latin != keys.more) return std::nullopt;
  ++d_.page;
  return show();
}

bool turn::asks_for_digits() const {
  if (d_.at == place::pin) return true;
  if (d_.at != place::question) return false;
  const auto kind = the_form().ask[d_.question].what;
  return kind == question::kind::number || kind == question::kind::text;
}

step turn::home() {
  leave_form(d_);
  d_.at = place::screen;
  d_.screen = menu_.start;
  d_.page = 0;
  return show();
}

step turn::back() {
  if (d_.page > 0) {
    --d_.page;
    return show();
  }
  if (d_.at == place::screen || d_.at == place::pin || d_.at == place::resume) return home();
  const form& f = the_form();
  if (d_.at == place::change) {
    d_.at = place::confirm;
    return show();
  }
  std::size_t q = d_.at == place::question ? d_.question : d_.at == place::warning ? f.rules[d_.rule].again + std::size_t{1} : f.ask.size();
  if (d_.at == place::question && f.ask[q].each) { // one item back
    auto& list = d_.lists[list_index(f, q)];
    if (!list.empty()) {
      list.pop_back();
      return show();
    }
  }
  while (q > 0) {
    --q;
    if (f.ask[q].what == question::kind::choose && answers_.items(f.ask[q]).size() == 1) continue; // was never asked
    forget_answer(d_, f, q);
    d_.at = place::question;
    d_.question = static_cast<std::uint16_t>(q);
    return show();
  }
  return home();
}

step turn::on_screen(std::string_view text) {
  const screen& s = menu_.screens[d_.screen];
  const std::uint32_t index = chosen(text, s.choices.size());
  return index == script::no_choice ? refuse(message::invalid_choice) : perform(s.choices[index]);
}

step turn::perform(const choice& c) {
  d_.page = 0;
  switch (c.what) {
  case choice::kind::go:
    d_.screen = c.target;
    if (menu_.screens[c.target].pin && !d_.authenticated) return ask_pin();
    return show();
  case choice::kind::language:
    d_.language = c.target;
    return show();
  case choice::kind::end: {
    std::string text;
    if (c.farewell == no_text) text = say(message::goodbye);
    else add_text(text, c.farewell);
    return end(std::move(text));
  }
  case choice::kind::form: break;
  }
  start_form(d_, menu_, c.target);
  if (the_form().pin && !d_.authenticated) return ask_pin();
  return advance();
}

step turn::end(std::string text) const { return {action::end, page_of(text, 0, {}, {}, on_).text}; }

step turn::ask_pin() {
  d_.at = place::pin;
  d_.page = 0;
  return show();
}

step turn::on_pin(std::string_view text) {
  std::string digits;
  if (text.size() <= 4 * longest_pin) append_latin_digits(digits, text);
  if (digits.empty() || digits.size() > longest_pin || digits.find_first_not_of("0123456789") != std::string::npos)
    return refuse(message::pin_not_digits);
  return {action::check_pin, std::move(digits)};
}

step turn::after_pin(pin_verdict verdict) {
  if (verdict == pin_verdict::locked) return end(say(message::locked));
  if (verdict == pin_verdict::wrong) return refuse(message::wrong_pin);
  d_.authenticated = true;
  d_.page = 0;
  if (d_.resuming) {
    d_.at = place::resume;
    return show();
  }
  step next;
  if (d_.form == no_index) {
    d_.at = place::screen;
    next = show();
  } else {
    next = advance();
  }
  if (d_.ahead.empty()) return next;
  const std::string tokens = std::exchange(d_.ahead, {});
  return take_ahead(tokens);
}

step turn::on_resume(std::string_view text) {
  const std::uint32_t index = chosen(text, 2);
  if (index == script::no_choice) return refuse(message::invalid_choice);
  d_.resuming = false;
  return index == 0 ? advance() : home();
}

step turn::on_warning(std::string_view text) {
  const std::uint32_t index = chosen(text, 2);
  if (index == script::no_choice) return refuse(message::invalid_choice);
  if (index == 0) {
    d_.confirmed |= std::uint64_t{1} << d_.rule;
    return advance();
  }
  forget_answer(d_, the_form(), the_form().rules[d_.rule].again);
  return advance();
}

step turn::on_confirm(std::string_view text) {
  const std::uint32_t index = chosen(text, 2);
  if (index == script::no_choice) return refuse(message::invalid_choice);
  if (index == 0) return {action::submit, {}};
  d_.at = place::change;
  d_.page = 0;
  return show();
}

step turn::on_change(std::string_view text) {
  const std::uint32_t index = chosen(text, the_form().ask.size());
  if (index == script::no_choice) return refuse(message::invalid_choice);
  forget_answer(d_, the_form(), index);
  return advance();
}

std::uint32_t turn::chosen(std::string_view text, std::size_t of) const {
  const auto n = whole_number(text);
  if (!n || *n > 100'000) return script::no_choice;
  const std::uint32_t index = menu_.choice_of_number(static_cast<std::uint32_t>(*n));
  return index < of ? index : script::no_choice;
}

} // namespace tallyline::menus
