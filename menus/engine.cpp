#include "menus/engine.h"

#include "menus/turn.h"

namespace tallyline::menus {
namespace {

constexpr std::size_t longest_dialled = 1000; // no phone sends more

// The code without its marks at the ends: "140" of "*140#".
std::string_view bare(std::string_view code) {
  while (!code.empty() && (code.front() == '*' || code.front() == '#'))
    code.remove_prefix(1);
  while (!code.empty() && (code.back() == '*' || code.back() == '#'))
    code.remove_suffix(1);
  return code;
}

// What stands behind the service code in a dial string: "1*120" of "*140*1*120#". Some networks leave out the first
// star or the last hash.
std::string_view answers_in(std::string_view dialled, std::string_view code) {
  dialled = bare(dialled);
  code = bare(code);
  if (!dialled.starts_with(code)) return {};
  dialled.remove_prefix(code.size());
  if (!dialled.starts_with('*')) return {};
  return dialled.substr(1, longest_dialled);
}

// In training each page begins with the word for it, and what follows has so much less room.
class headed final : public bearer {
public:
  headed(const bearer& real, std::string heading) : real_(real), heading_(std::move(heading)) {}
  bool fits(std::string_view utf8) const override { return real_.fits(with(utf8)); }
  std::string with(std::string_view text) const { return heading_ + '\n' + std::string(text); }

private:
  const bearer& real_;
  std::string heading_;
};

template <class Do> step spoken(const engine& e, const dialogue& d, const bearer& on, Do act) {
  if (!d.training) return act(on);
  const headed page(on, e.say(d, message::training));
  step next = act(page);
  if (next.what == action::prompt || next.what == action::end) next.text = page.with(next.text);
  return next;
}

} // namespace

void dialogue_deleter::operator()(dialogue* d) const noexcept { delete d; }

engine::engine(const script& menu, const world& election) : menu_(menu), election_(election) {}

bool engine::fits(subject who, std::string_view saved, std::shared_ptr<const past> earlier) const {
  const auto d = open(who, {}, std::move(earlier));
  return restore_draft(*d, menu_, election_, saved);
}

std::optional<engine::waiting_at> engine::stopped_at(subject who, std::string_view saved) const {
  const auto d = open(who, {});
  if (!restore_draft(*d, menu_, election_, saved)) return std::nullopt;
  const form& f = menu_.forms[d->form];
  const auto settled = answers(*d, menu_, election_).settled(f);
  std::uint16_t q = 0;
  while (q < f.ask.size() && (settled >> q & 1))
    ++q;
  return waiting_at{d->form, q};
}

dialogue_ptr engine::open(subject who, std::string_view language, std::shared_ptr<const past> earlier) const {
  dialogue_ptr d(new dialogue);
  d->earlier = std::move(earlier);
  d->who = who;
  d->screen = menu_.start;
  const std::uint16_t spoken = menu_.language_index(language);
  d->language = spoken == no_index ? 0 : spoken;
  return d;
}

void engine::vouch(dialogue& d) const { d.authenticated = true; }

void engine::train(dialogue& d) const { d.training = true; }

step engine::dial(dialogue& d, std::string_view dialled, std::string_view saved, const bearer& on) const {
  return spoken(*this, d, on, [&](const bearer& page) {
    turn t(d, menu_, election_, page);
    if (d.who.person.kind != noun::person || d.who.scope.kind != menu_.scope)
      return t.end(t.say(message::not_on_roster));
    d.ahead = answers_in(dialled, d.training ? menu_.training : menu_.dial);
    if (!saved.empty() && restore_draft(d, menu_, election_, saved)) return t.resume();
    step first = t.home();
    return d.ahead.empty() ? std::move(first) : t.take_ahead();
  });
}

step engine::fill(dialogue& d, std::uint16_t form, std::string_view answers, const bearer& on) const {
  return spoken(*this, d, on, [&](const bearer& page) {
    turn t(d, menu_, election_, page);
    if (d.who.person.kind != noun::person || d.who.scope.kind != menu_.scope)
      return t.end(t.say(message::not_on_roster));
    d.ahead = answers.substr(0, longest_dialled);
    return t.fill(form);
  });
}

bool engine::at_confirm(const dialogue& d) const { return d.at == place::confirm; }

bool engine::takes_words(const dialogue& d) const {
  return d.at == place::question && d.form != no_index && menu_.forms[d.form].ask[d.question].is_text();
}

const form* engine::form_of(const dialogue& d) const { return d.form == no_index ? nullptr : &menu_.forms[d.form]; }

step engine::answer(dialogue& d, std::string_view text, const bearer& on) const {
  return spoken(*this, d, on, [&](const bearer& page) { return turn(d, menu_, election_, page).take(text); });
}

step engine::pin_checked(dialogue& d, pin_verdict verdict, const bearer& on) const {
  return spoken(*this, d, on, [&](const bearer& page) { return turn(d, menu_, election_, page).after_pin(verdict); });
}

step engine::submitted(dialogue& d, submit_verdict verdict, std::string_view receipt, const bearer& on,
                       std::string_view ticket, std::string_view pin) const {
  step last = spoken(*this, d, on, [&](const bearer& page) {
    turn t(d, menu_, election_, page);
    return t.end(t.receipt_text(verdict, receipt, ticket, pin));
  });
  if (verdict != submit_verdict::try_later) leave_form(d);
  return last;
}

namespace {

filled_value filled_answer(const answers& given, const question& asked, std::size_t q) {
  filled_value out;
  out.name = asked.name;
  out.personal = asked.personal;
  out.ticket_of = asked.ticket_of;
  const value answer = given.field(q);
  switch (answer.what) {
  case value::kind::number:
    out.what = filled_value::kind::number;
    out.number = answer.number;
    break;
  case value::kind::text:
    out.what = filled_value::kind::text;
    out.text = answer.text();
    break;
  case value::kind::truth:
    out.what = filled_value::kind::text;
    out.text = answer.holds() ? "yes" : "no";
    break;
  case value::kind::date:
    out.what = filled_value::kind::text;
    out.text = iso_date(answer.number);
    break;
  case value::kind::time:
    out.what = filled_value::kind::text;
    out.text = clock_time(answer.number);
    break;
  case value::kind::entity:
    if (asked.of == noun::record) {
      out.what = filled_value::kind::text;
      out.text = given.code(answer.of);
      break;
    }
    out.what = filled_value::kind::reference;
    out.reference = answer.of;
    break;
  case value::kind::numbers: {
    out.what = filled_value::kind::list;
    out.items.reserve(answer.size);
    const auto items = given.items(asked);
    for (std::size_t i = 0; i < answer.size; ++i)
      out.items.push_back({answers::item(items, i), given.number_of_item(asked, items, i), answer.numbers()[i]});
    break;
  }
  default:
    break;
  }
  return out;
}

// A time is the next one of that clock; a date is until its end.
std::optional<std::int64_t> until_of(const value& v, std::int64_t now) {
  if (v.what == value::kind::date) return (v.number + 1) * minutes_of_day;
  if (v.what != value::kind::time) return std::nullopt;
  const std::int64_t today = now - now % minutes_of_day + v.number;
  return today > now ? today : today + minutes_of_day;
}

void fill_act(const form& f, const answers& given, filled_form& out) {
  if (f.does.what == doing::act::nothing) return;
  out.does = &f.does;
  const auto answer = [&](std::uint16_t q) { return q == no_index ? nothing_value() : given.field(q); };
  if (const value whom = answer(f.does.whom); whom.what == value::kind::entity) out.whom = whom.of;
  if (const value number = answer(f.does.number); number.what == value::kind::text) out.number = number.text();
  out.until = until_of(answer(f.does.until), given.with().election->local_minutes());
}

} // namespace

filled_form engine::filled(const dialogue& d) const {
  const form& f = menu_.forms[d.form];
  const answers given(d, menu_, election_);
  filled_form out;
  out.form = f.name;
  out.one_per.assign(f.one_per.begin(), f.one_per.end());
  out.scope = d.who.scope;
  out.values.reserve(f.ask.size());
  out.entries = f.entries;
  out.once = f.once, out.many = f.many, out.training = d.training;
  out.follows = f.follows;
  for (std::size_t q = 0; q < f.ask.size(); ++q) {
    if (!given.applies(f, q)) continue;
    auto value = filled_answer(given, f.ask[q], q);
    if (f.ask[q].of_reason)
      out.reason = std::move(value.text);
    else
      out.values.push_back(std::move(value));
  }
  fill_act(f, given, out);
  out.own_corrections = f.corrections.own;
  out.correcting_roles.assign(f.corrections.roles.begin(), f.corrections.roles.end());
  out.corrections_until = moment_of_deadline(f.corrections.until, given.with());
  for (std::size_t r = 0; r < f.rules.size(); ++r)
    if (d.confirmed >> r & 1) out.flags.push_back(f.rules[r].name);
  return out;
}

void engine::save(const dialogue& d, std::string& out) const { save_draft(d, menu_, election_, out); }

std::string engine::say(const dialogue& d, message which) const {
  dialogue speaker;
  speaker.who = d.who;
  speaker.language = d.language;
  return turn(speaker, menu_, election_, unlimited).say(which);
}

std::string_view engine::language(const dialogue& d) const { return menu_.languages[d.language].tag; }

} // namespace tallyline::menus
