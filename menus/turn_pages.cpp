#include "menus/turn.h"

#include "menus/utf8.h"

namespace tallyline::menus {

step turn::show(std::string_view before) const {
  std::string whole(before);
  if (!whole.empty()) whole += '\n';
  whole += body();
  const hints& hint = asks_for_digits() ? lang().answers : lang().choices;
  const bool start = d_.at == place::screen && d_.screen == menu_.start;
  paged p = page_of(whole, d_.page, start ? std::string_view{} : std::string_view{hint.back}, hint.more, on_);
  if (!p.more) { // asked for more than there is: the last page it stays
    std::uint16_t last = 0;
    while (last < d_.page && page_of(whole, last, {}, hint.more, on_).more) ++last;
    d_.page = last;
  }
  return {action::prompt, std::move(p.text)};
}

std::string turn::say(message which, std::span<const value> moment_values) const {
  std::string out;
  std::array<value, moments> none;
  if (moment_values.empty()) {
    none.fill(nothing_value());
    moment_values = none;
  }
  add_text(out, menu_.own[static_cast<std::size_t>(which)], moment_values);
  return out;
}

std::string turn::receipt_text(submit_verdict verdict, std::string_view receipt) const {
  std::array<value, moments> values;
  values.fill(nothing_value());
  values[static_cast<std::size_t>(moment::receipt)] = text_value(receipt);
  switch (verdict) {
  case submit_verdict::recorded: {
    if (the_form().receipt == no_text) return say(message::recorded_receipt, values);
    std::string out;
    add_text(out, the_form().receipt, values);
    return out;
  }
  case submit_verdict::duplicate: return say(message::duplicate_receipt, values);
  case submit_verdict::corrected: return say(message::corrected_receipt, values);
  case submit_verdict::review: return say(message::review_receipt, values);
  case submit_verdict::try_later: break;
  }
  return say(message::try_later);
}

void turn::add_text(std::string& out, text_id id, std::span<const value> locals) const {
  if (id != no_text) render(menu_.text(id, d_.language), answers_.with(locals), lang().digits, out);
}

void turn::add_choice(std::string& out, std::uint32_t index, std::string_view label) const {
  if (!out.empty()) out += '\n';
  append_number(out, menu_.number_of_choice(index), lang().digits);
  out += ' ';
  out += label;
}

std::string turn::body() const {
  std::string out;
  switch (d_.at) {
  case place::screen: {
    const screen& s = menu_.screens[d_.screen];
    add_text(out, s.text);
    for (std::size_t c = 0; c < s.choices.size(); ++c) {
      std::string label;
      add_text(label, s.choices[c].label);
      add_choice(out, static_cast<std::uint32_t>(c), label);
    }
    return out;
  }
  case place::pin: return say(message::ask_pin);
  case place::question: question_body(out); return out;
  case place::resume:
    out = say(message::resume_question);
    add_choice(out, 0, say(message::resume_continue));
    add_choice(out, 1, say(message::resume_again));
    return out;
  case place::warning:
    add_text(out, the_form().rules[d_.rule].text);
    add_choice(out, 0, say(message::warn_right));
    add_choice(out, 1, say(message::warn_correct));
    return out;
  case place::confirm:
    read_back(out);
    add_choice(out, 0, say(message::send));
    add_choice(out, 1, say(message::change));
    return out;
  case place::change:
    out = say(message::change_which);
    for (std::size_t q = 0; q < the_form().ask.size(); ++q) add_choice(out, static_cast<std::uint32_t>(q), label_of(the_form(), q));
    return out;
  }
  return out;
}

void turn::question_body(std::string& out) const {
  const form& f = the_form();
  const question& q = f.ask[d_.question];
  if (q.each) {
    const auto items = answers_.items(q);
    const auto& list = d_.lists[list_index(f, d_.question)];
    const std::array<value, 1> item{list.size() < items.size() ? entity_value(items[list.size()]) : nothing_value()};
    return add_text(out, q.text, item);
  }
  add_text(out, q.text);
  if (q.what == question::kind::choice)
    for (std::size_t o = 0; o < q.options.size(); ++o) {
      std::string label;
      add_text(label, q.options[o].label);
      add_choice(out, static_cast<std::uint32_t>(o), label);
    }
  if (q.what != question::kind::choose) return;
  const auto items = answers_.items(q);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::array<value, 1> item{entity_value(items[i])};
    std::string label;
    if (q.show != no_text) add_text(label, q.show, item);
    else append_value(item[0], answers_.with(), lang().digits, label);
    add_choice(out, static_cast<std::uint32_t>(i), label);
  }
}

std::string turn::label_of(const form& f, std::size_t q) const {
  std::string out;
  if (f.ask[q].label != no_text) add_text(out, f.ask[q].label);
  else out = f.ask[q].name;
  return out;
}

void turn::read_back(std::string& out) const {
  const form& f = the_form();
  if (f.confirm != no_text) add_text(out, f.confirm);
  else out += say(message::confirm);
  for (std::size_t q = 0; q < f.ask.size(); ++q) {
    out += '\n';
    out += label_of(f, q);
    out += ' ';
    read_back_answer(out, f, q);
  }
}

void turn::read_back_answer(std::string& out, const form& f, std::size_t q) const {
  const question& asked = f.ask[q];
  if (asked.what == question::kind::choice) return add_text(out, asked.options[static_cast<std::size_t>(d_.numbers[q])].label);
  if (!asked.each) return append_value(answers_.field(q), answers_.with(), lang().digits, out);
  const auto items = answers_.items(asked);
  const auto& list = d_.lists[list_index(f, q)];
  for (std::size_t i = 0; i < list.size() && i < items.size(); ++i) {
    if (i) out += ' ';
    const std::array<value, 1> item{entity_value(items[i])};
    if (asked.show != no_text) add_text(out, asked.show, item);
    else append_number(out, items[i].kind == noun::candidate ? election_.number(items[i], attribute::number) : std::int64_t(i + 1), lang().digits);
    out += '=';
    append_number(out, list[i], lang().digits);
  }
}

} // namespace tallyline::menus
