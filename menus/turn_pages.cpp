#include "menus/turn.h"

#include "menus/utf8.h"

namespace tallyline::menus {

step turn::show(std::string_view before) {
  auto r = request();
  r.before = before;
  page p = lay_out(r, on_);
  d_.next = static_cast<std::uint32_t>(p.next);
  d_.more = p.more;
  return {action::prompt, std::move(p.text)};
}

step turn::refuse(std::string_view why) {
  refused_ = true;
  return show(why);
}

page_request turn::request() {
  write_body();
  const hints& hint = asks_for_digits() ? lang().answers : lang().choices;
  const bool nowhere_back = d_.at == place::screen && d_.screen == menu_.start && d_.trail_size == 0 && d_.from == 0;
  return {{}, body_, d_.from, choices_at_, nowhere_back ? std::string_view{} : std::string_view{hint.back}, hint.more};
}

std::string turn::say(message which, moment_values given) const {
  std::array<value, moments> values;
  values.fill(nothing_value());
  for (const auto& [name, v] : given)
    values[static_cast<std::size_t>(name)] = v;
  return text_of(menu_.own[static_cast<std::size_t>(which)], values);
}

std::string turn::receipt_text(submit_verdict verdict, std::string_view receipt) const {
  const auto with_receipt = [&](message which) { return say(which, {{moment::receipt, text_value(receipt)}}); };
  switch (verdict) {
  case submit_verdict::duplicate:
    return with_receipt(message::duplicate_receipt);
  case submit_verdict::corrected:
    return with_receipt(message::corrected_receipt);
  case submit_verdict::review:
    return with_receipt(message::review_receipt);
  case submit_verdict::try_later:
    return say(message::try_later);
  case submit_verdict::recorded:
    break;
  }
  if (d_.form == no_index || the_form().receipt == no_text) return with_receipt(message::recorded_receipt);
  std::array<value, moments> values;
  values.fill(nothing_value());
  values[static_cast<std::size_t>(moment::receipt)] = text_value(receipt);
  return text_of(the_form().receipt, values);
}

void turn::add_text(std::string& out, text_id id, std::span<const value> locals) const {
  if (id != no_text) render(menu_.text(id, d_.language), answers_.with(locals), lang().digits, out);
}

std::string turn::text_of(text_id id, std::span<const value> locals) const {
  std::string out;
  add_text(out, id, locals);
  return out;
}

void turn::add_line(std::string_view text) {
  if (!body_.empty()) body_ += '\n';
  body_ += text;
}

void turn::add_choice(std::uint32_t index, std::string_view label) {
  if (!body_.empty()) body_ += '\n';
  if (choices_at_ == std::string::npos) choices_at_ = body_.size();
  append_number(body_, menu_.number_of_choice(index), lang().digits);
  body_ += ' ';
  append_in_digits(body_, label, digit_style::latin); // a label is one line
}

void turn::write_body() {
  body_.clear();
  body_.reserve(256);
  choices_at_ = std::string::npos;
  switch (d_.at) {
  case place::screen:
    return write_screen();
  case place::pin:
    return add_line(say(message::ask_pin));
  case place::question:
    return write_question();
  case place::confirm:
    return write_read_back();
  case place::change:
    return write_changes();
  case place::resume:
    add_line(say(message::resume_question));
    add_choice(0, say(message::resume_continue));
    return add_choice(1, say(message::resume_again));
  case place::warning:
    add_text(body_, the_form().rules[d_.rule].text);
    add_choice(0, say(message::warn_right));
    return add_choice(1, say(message::warn_correct));
  }
}

void turn::write_screen() {
  const screen& s = menu_.screens[d_.screen];
  add_text(body_, s.text);
  for (std::size_t c = 0; c < s.choices.size(); ++c)
    add_choice(static_cast<std::uint32_t>(c), text_of(s.choices[c].label));
}

void turn::write_question() {
  const question& q = the_question();
  if (!q.each) {
    add_text(body_, q.text);
    return write_options(q);
  }
  const auto items = answers_.items(q);
  const std::size_t at = given();
  append_number(body_, static_cast<std::int64_t>(at + 1), lang().digits);
  body_ += '/';
  append_number(body_, static_cast<std::int64_t>(items.size()), lang().digits);
  body_ += ' ';
  const std::array<value, 1> item{at < items.size() ? entity_value(items[at]) : nothing_value()};
  add_text(body_, q.text, item);
}

void turn::write_options(const question& q) {
  for (std::size_t o = 0; o < q.options.size(); ++o)
    add_choice(static_cast<std::uint32_t>(o), text_of(q.options[o].label));
  if (q.what != question::kind::choose) return;
  const auto items = answers_.items(q);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::array<value, 1> item{entity_value(items[i])};
    std::string label = text_of(q.show, item);
    if (q.show == no_text) append_value(item[0], answers_.with(), lang().digits, label);
    add_choice(static_cast<std::uint32_t>(i), label);
  }
}

std::string turn::label_of(std::size_t q) const {
  const question& asked = the_form().ask[q];
  return asked.label == no_text ? asked.name : text_of(asked.label);
}

void turn::write_read_back() {
  const form& f = the_form();
  add_line(f.confirm == no_text ? say(message::confirm) : text_of(f.confirm));
  for (std::size_t q = 0; q < f.ask.size(); ++q) {
    add_line(label_of(q));
    body_ += ' ';
    write_answer(q);
  }
  add_choice(0, say(message::send));
  add_choice(1, say(message::change));
}

void turn::write_answer(std::size_t q) {
  const question& asked = the_form().ask[q];
  if (asked.what == question::kind::choice)
    return add_text(body_, asked.options[static_cast<std::size_t>(d_.numbers[q])].label);
  if (asked.what == question::kind::choose && asked.show != no_text) {
    const std::array<value, 1> item{answers_.field(q)};
    return add_text(body_, asked.show, item);
  }
  if (!asked.each) return append_value(answers_.field(q), answers_.with(), lang().digits, body_);
  const auto items = answers_.items(asked);
  const auto& list = d_.lists[list_index(the_form(), q)];
  for (std::size_t i = 0; i < list.size() && i < items.size(); ++i) {
    if (i) body_ += ' ';
    const std::array<value, 1> item{entity_value(items[i])};
    if (asked.show != no_text)
      add_text(body_, asked.show, item);
    else if (asked.of == noun::candidate)
      append_number(body_, election_.number(items[i], attribute::number), lang().digits);
    else
      append_number(body_, static_cast<std::int64_t>(i + 1), lang().digits);
    body_ += '=';
    append_number(body_, list[i], lang().digits);
  }
}

void turn::write_changes() {
  add_line(say(message::change_which));
  std::uint32_t index = 0;
  for (std::size_t q = 0; q < the_form().ask.size(); ++q)
    if (answers_.is_asked(the_form().ask[q])) add_choice(index++, label_of(q));
}

} // namespace tallyline::menus
