#include "menus/turn.h"

#include "menus/utf8.h"

#include <utility>

namespace tallyline::menus {

step turn::show(std::string_view before) {
  auto r = request();
  std::string noted;
  if (!note_.empty()) {
    noted = before.empty() ? note_ : note_ + '\n' + std::string(before);
    before = noted;
  }
  std::string marked(lang().right_to_left ? before : std::string_view{});
  if (lang().right_to_left && !before.empty()) {
    std::size_t nowhere = std::string::npos;
    mark_right_to_left(marked, nowhere);
    before = marked;
  }
  r.before = before;
  page p = lay_out(r, on_);
  d_.next = static_cast<std::uint32_t>(p.next);
  d_.more = p.more;
  return {action::prompt, std::move(p.text)};
}

step turn::refuse(std::string_view why) {
  refused_ = true;
  refusal_ = why;
  d_.from = was_from_; // whoever turned to this page stays on it
  return show(refusal_);
}

page_request turn::request() {
  write_body();
  if (lang().right_to_left) mark_right_to_left(body_, choices_at_);
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

// Why nothing was recorded: in the form's own words where it has some. Empty for what was.
std::string turn::refusal_text(submit_verdict verdict) const {
  const auto own_or = [&](text_id form::*own, message which) {
    const auto id = d_.form == no_index ? no_text : the_form().*own;
    return id == no_text ? say(which) : text_of(id);
  };
  switch (verdict) {
  case submit_verdict::try_later:
    return say(message::try_later);
  case submit_verdict::correction_late:
    return say(message::correction_late);
  case submit_verdict::correction_refused:
    return say(message::correction_refused);
  case submit_verdict::taken_elsewhere:
    return own_or(&form::elsewhere, message::taken_elsewhere);
  case submit_verdict::nothing_to_follow:
    return own_or(&form::unpreceded, message::nothing_to_follow);
  case submit_verdict::out_of_area:
    return own_or(&form::outside, message::out_of_area);
  case submit_verdict::not_below:
    return say(message::not_below);
  case submit_verdict::oneself:
    return say(message::oneself);
  case submit_verdict::no_such_person:
    return say(message::no_such_person);
  case submit_verdict::number_taken:
    return say(message::number_taken);
  case submit_verdict::not_by_sms:
    return say(message::not_by_sms);
  default:
    return {};
  }
}

std::string turn::receipt_text(submit_verdict verdict, std::string_view receipt, std::string_view ticket,
                               std::string_view pin) const {
  if (auto refused = refusal_text(verdict); !refused.empty()) return refused;
  std::array<value, moments> values;
  values.fill(nothing_value());
  values[static_cast<std::size_t>(moment::receipt)] = text_value(receipt);
  if (!ticket.empty()) values[static_cast<std::size_t>(moment::ticket)] = text_value(ticket);
  if (!pin.empty()) values[static_cast<std::size_t>(moment::pin)] = text_value(pin);
  const bool own = d_.form != no_index && the_form().receipt != no_text;
  if (verdict == submit_verdict::recorded && own) return text_of(the_form().receipt, values);
  const auto with_receipt = [&](message which) {
    std::string out = text_of(menu_.own[static_cast<std::size_t>(which)], values);
    if (own && the_form().shows_ticket && !ticket.empty())
      out += '\n' + text_of(menu_.own[static_cast<std::size_t>(message::ticket_line)], values);
    return out;
  };
  switch (verdict) {
  case submit_verdict::duplicate:
    return with_receipt(message::duplicate_receipt);
  case submit_verdict::corrected:
    return with_receipt(message::corrected_receipt);
  case submit_verdict::review:
    return with_receipt(message::review_receipt);
  case submit_verdict::first_entry:
    return with_receipt(message::first_entry_receipt);
  case submit_verdict::agreed:
    return with_receipt(message::agreed_receipt);
  case submit_verdict::differs:
    return with_receipt(message::differs_receipt);
  default:
    return with_receipt(message::recorded_receipt);
  }
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
  add_numbered(menu_.number_of_choice(index), label);
}

void turn::add_numbered(std::uint32_t number, std::string_view label) {
  if (!body_.empty()) body_ += '\n';
  if (choices_at_ == std::string::npos) choices_at_ = body_.size();
  append_number(body_, number, lang().digits);
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
    return write_resume();
  case place::warning:
    add_text(body_, the_form().rules[d_.rule].text);
    add_choice(0, say(message::warn_right));
    return add_choice(1, say(message::warn_correct));
  }
}

void turn::write_screen() {
  const screen& s = menu_.screens[d_.screen];
  add_text(body_, s.text);
  if (s.reports) write_own_reports();
  for (const auto& c : s.choices)
    if (is_shown(c)) add_numbered(c.key, text_of(c.label));
}

// A form goes by the label of the choice that leads to it.
void turn::write_own_reports() {
  if (!d_.earlier || d_.earlier->reports.empty()) return add_line(say(message::no_reports));
  const auto label = [&](const std::string& name) {
    for (const auto& s : menu_.screens)
      for (const auto& c : s.choices)
        if (c.what == choice::kind::form && menu_.forms[c.target].name == name) return text_of(c.label);
    return name;
  };
  for (const auto& r : d_.earlier->reports) {
    const auto day = r.local_minutes / minutes_of_day;
    std::string line = label(r.form);
    if (!r.key.empty()) line += ' ' + r.key;
    if (day != election_.local_minutes() / minutes_of_day) line += ' ' + shown_date(day, lang().days);
    line += ' ' + clock_time(r.local_minutes % minutes_of_day);
    if (!r.ticket.empty()) line += ' ' + say(message::ticket_line, {{moment::ticket, text_value(r.ticket)}});
    add_line({});
    append_in_digits(body_, line + ' ' + r.receipt, lang().digits);
  }
}

// What had been answered, so that the subscriber knows what going on means.
void turn::write_resume() {
  add_line(say(message::resume_question));
  const form& f = the_form();
  for (std::size_t q = 0; q < f.ask.size(); ++q) {
    if (!is_answered(d_, q) || !can_be_changed(q)) continue;
    add_line(label_of(q));
    body_ += ' ';
    write_answer(q);
  }
  add_choice(0, say(message::resume_continue));
  add_choice(1, say(message::resume_again));
}

// "Understood: Ballots 120, Invalid 4".
std::string turn::answers_in(std::uint64_t questions) {
  const std::string body = std::exchange(body_, say(message::understood));
  for (std::size_t q = 0; q < the_form().ask.size(); ++q) {
    const bool partly = q == d_.question && the_question().each && given() != 0;
    if ((!(questions >> q & 1) && !partly) || !can_be_changed(q)) continue;
    if (body_.back() != ':') body_ += lang().right_to_left ? "،" : ",";
    body_ += ' ';
    body_ += label_of(q);
    body_ += ' ';
    partly ? write_numbers(q) : write_answer(q);
  }
  return std::exchange(body_, body);
}

void turn::write_question() {
  const question& q = the_question();
  if (!q.each) {
    q.text == no_text ? add_line(say(message::ask_reason)) : add_text(body_, q.text);
    write_options(q);
    return write_way_on(q);
  }
  const std::size_t at = given();
  append_number(body_, static_cast<std::int64_t>(at + 1), lang().digits);
  body_ += '/';
  const auto items = answers_.items(q);
  append_number(body_, static_cast<std::int64_t>(items.empty() ? q.options.size() : items.size()), lang().digits);
  body_ += ' ';
  std::string label;
  const std::array<value, 1> item{item_value(q, items, at, label)};
  add_text(body_, q.text, item);
}

// An item of a for_each as its texts see it; an option is its label, which `label` keeps.
value turn::item_value(const question& q, std::span<const entity> items, std::size_t i, std::string& label) const {
  if (q.options.empty()) return entity_value(answers::item(items, i));
  if (i >= q.options.size()) return nothing_value();
  label = text_of(q.options[i].label);
  return text_value(label, true);
}

// "# 120": the default; "# Skip".
void turn::write_way_on(const question& q) {
  if (!q.is_typed()) return;
  const auto offered = default_of(q);
  if (!offered && !q.optional) return;
  add_line({});
  append_in_digits(body_, menu_.answer_keys.more, lang().digits);
  body_ += ' ';
  if (offered)
    append_value(*offered, answers_.with(), lang().digits, body_);
  else
    body_ += say(message::skip);
}

void turn::write_options(const question& q) {
  if (q.what == question::kind::yes_no) {
    add_choice(0, say(message::yes));
    add_choice(1, say(message::no));
  }
  for (std::size_t o = 0; o < q.options.size(); ++o)
    add_choice(static_cast<std::uint32_t>(o), text_of(q.options[o].label));
  if (q.by_code) return;
  const bool chosen_from = q.what == question::kind::choose;
  const auto items = chosen_from ? answers_.items(q) : std::span<const entity>{};
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::array<value, 1> item{entity_value(items[i])};
    std::string label = text_of(q.show, item);
    if (q.show == no_text) append_value(item[0], answers_.with(), lang().digits, label);
    add_choice(static_cast<std::uint32_t>(i), label);
  }
  if (!q.optional || q.is_typed()) return;
  const std::size_t size = q.what == question::kind::yes_no ? 2 : chosen_from ? items.size() : q.options.size();
  add_choice(static_cast<std::uint32_t>(size), say(message::skip));
}

std::string turn::label_of(std::size_t q) const {
  const question& asked = the_form().ask[q];
  if (asked.of_reason) return say(message::reason_label);
  return asked.label == no_text ? asked.name : text_of(asked.label);
}

void turn::write_read_back() {
  const form& f = the_form();
  add_line(f.confirm == no_text ? say(message::confirm) : text_of(f.confirm));
  for (std::size_t q = 0; q < f.ask.size(); ++q) {
    if (!answers_.applies(f, q)) continue;
    add_line(label_of(q));
    body_ += ' ';
    write_answer(q);
  }
  add_choice(0, say(message::send));
  add_choice(1, say(message::change));
}

void turn::write_answer(std::size_t q) {
  const question& asked = the_form().ask[q];
  if (!is_answered(d_, q)) {
    body_ += "–";
    return;
  }
  if (asked.each || asked.what == question::kind::list) return write_numbers(q);
  if (asked.what == question::kind::yes_no) return add_inline(say(d_.numbers[q] != 0 ? message::yes : message::no));
  if (asked.what == question::kind::choice)
    return add_text(body_, asked.options[static_cast<std::size_t>(d_.numbers[q])].label);
  if (asked.what == question::kind::choose && asked.show != no_text) {
    const std::array<value, 1> item{answers_.field(q)};
    return add_text(body_, asked.show, item);
  }
  append_value(answers_.field(q), answers_.with(), lang().digits, body_);
}

void turn::write_numbers(std::size_t q) {
  const question& asked = the_form().ask[q];
  const auto& list = d_.lists[list_index(the_form(), q)];
  const auto items = answers_.items(asked);
  std::string label;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i) body_ += ' ';
    if (asked.each) {
      const std::array<value, 1> item{item_value(asked, items, i, label)};
      if (asked.show != no_text)
        add_text(body_, asked.show, item);
      else if (!asked.options.empty())
        body_ += label;
      else
        append_number(body_, answers_.number_of_item(asked, items, i), lang().digits);
      body_ += '=';
    }
    append_number(body_, list[i], lang().digits);
  }
}

void turn::write_changes() {
  add_line(say(message::change_which));
  std::uint32_t index = 0;
  for (std::size_t q = 0; q < the_form().ask.size(); ++q)
    if (can_be_changed(q)) add_choice(index++, label_of(q));
}

} // namespace tallyline::menus
