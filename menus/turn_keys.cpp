#include "menus/turn.h"

#include "menus/utf8.h"

namespace tallyline::menus {

std::optional<step> turn::navigate(std::string_view text) {
  if (text.empty() || text.size() > 8) return std::nullopt;
  const key_set& keys = asks_for_digits() ? menu_.answer_keys : menu_.choice_keys;
  std::string latin;
  append_latin_digits(latin, text);
  if (latin == keys.home) return home();
  if (latin == keys.back) return back();
  if (latin != keys.more) return std::nullopt;
  if (!d_.more)
    if (auto passed = pass_over()) return passed;
  return turn_page();
}

bool turn::asks_for_digits() const {
  if (d_.at == place::pin) return true;
  if (d_.at != place::question) return false;
  return the_question().is_typed();
}

// Of an answer that is typed: the default, or none.
std::optional<step> turn::pass_over() {
  if (d_.at != place::question || !the_question().is_typed()) return std::nullopt;
  const question& q = the_question();
  if (const auto offered = default_of(q)) {
    if (offered->what != value::kind::text) return keep(offered->number);
    const std::string text(offered->text()); // taken as if it had been typed, with its limits and check digits
    return q.what == question::kind::text ? one_text(text) : one_identifier(text);
  }
  if (!q.optional) return std::nullopt;
  return skip();
}

// Nothing when there is none now, or it lies outside the question's limits.
std::optional<value> turn::default_of(const question& q) const {
  if (q.fallback.empty()) return std::nullopt;
  const value v = evaluate(q.fallback, answers_.with());
  if (v.what == value::kind::nothing || v.what == value::kind::error) return std::nullopt;
  if (v.what != value::kind::text && !answers_.limits_of(q).hold(v.number)) return std::nullopt;
  return v;
}

step turn::skip() {
  forget_answer(d_, the_form(), d_.question);
  d_.skipped |= std::uint64_t{1} << d_.question;
  follow_change(d_, menu_, election_, d_.question);
  return advance();
}

// On the last page it begins again: whoever turned past a line must find it.
step turn::turn_page() {
  d_.from = d_.more ? d_.next : 0;
  return show();
}

step turn::back() {
  if (d_.from > 0) {
    d_.from = static_cast<std::uint32_t>(page_before(request(), d_.from, on_));
    return show();
  }
  switch (d_.at) {
  case place::screen:
    return back_to_screen();
  case place::pin:
    // To a screen of its own the PIN was asked for: that one cannot be shown.
    if (d_.after_pin == place::screen) return back_to_screen();
    return d_.restored ? home() : go_to(place::screen);
  case place::resume:
    return d_.restored ? home() : go_to(place::screen);
  case place::change:
    return go_to(place::confirm);
  case place::warning:
    return ask(the_form().rules[d_.rule].again);
  case place::confirm:
    return back_from(the_form().ask.size());
  case place::question:
    break;
  }
  if (d_.changing) {
    d_.changing = false;
    return advance();
  }
  if (the_question().each && !is_answered(d_, d_.question)) { // one item back
    auto& list = d_.lists[list_index(the_form(), d_.question)];
    if (!list.empty()) {
      list.pop_back();
      return show();
    }
  }
  return back_from(d_.question);
}

step turn::back_to_screen() {
  if (d_.trail_size == 0) return home();
  const auto& to = d_.trail[--d_.trail_size];
  d_.screen = to.screen;
  d_.screen_from = to.from;
  return behind_pin(place::screen, menu_.screens[d_.screen].pin);
}

// Answers stay until another one is given; of a list the last number is asked again.
step turn::back_from(std::size_t question) {
  const form& f = the_form();
  while (question > 0) {
    if (!can_be_changed(--question)) continue;
    if (f.ask[question].each && is_answered(d_, question)) {
      auto list = std::move(d_.lists[list_index(f, question)]);
      forget_answer(d_, f, question);
      list.pop_back();
      d_.lists[list_index(f, question)] = std::move(list);
    }
    return ask(question);
  }
  return go_to(place::screen);
}

} // namespace tallyline::menus
