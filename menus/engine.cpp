#include "menus/engine.h"

#include "menus/turn.h"

namespace tallyline::menus {
namespace {

// For what is said outside a page, whose length the caller's bearer judges.
class endless final : public bearer {
public:
  bool fits(std::string_view) const override { return true; }
};
const endless no_limit;

// What stands behind the service code of a dial string: "1*120" of "*140*1*120#".
std::string_view answers_in(std::string_view dialled) {
  while (!dialled.empty() && (dialled.front() == '*' || dialled.front() == '#')) dialled.remove_prefix(1);
  const std::size_t end = dialled.find('*');
  if (end == std::string_view::npos) return {};
  dialled.remove_prefix(end + 1);
  while (!dialled.empty() && dialled.back() == '#') dialled.remove_suffix(1);
  return dialled;
}

} // namespace

void dialogue_deleter::operator()(dialogue* d) const noexcept { delete d; }

engine::engine(const script& menu, const world& election) : menu_(menu), election_(election) {}

dialogue_ptr engine::open(subject who, std::string_view language) const {
  dialogue_ptr d(new dialogue);
  d->who = who;
  d->screen = menu_.start;
  const std::uint16_t spoken = menu_.language_index(language);
  d->language = spoken == no_index ? 0 : spoken;
  return d;
}

step engine::dial(dialogue& d, std::string_view dialled, std::string_view saved, const bearer& on) const {
  turn t(d, menu_, election_, on);
  if (!saved.empty() && restore_draft(d, menu_, election_, saved)) {
    d.resuming = true;
    if (menu_.forms[d.form].pin) return t.ask_pin();
    d.at = place::resume;
    return t.show();
  }
  if (menu_.screens[menu_.start].pin) {
    d.ahead = answers_in(dialled);
    return t.ask_pin();
  }
  return t.take_ahead(answers_in(dialled));
}

step engine::answer(dialogue& d, std::string_view text, const bearer& on) const { return turn(d, menu_, election_, on).take(text); }

step engine::pin_checked(dialogue& d, pin_verdict verdict, const bearer& on) const {
  return turn(d, menu_, election_, on).after_pin(verdict);
}

step engine::submitted(dialogue& d, submit_verdict verdict, std::string_view receipt, const bearer& on) const {
  const std::string text = turn(d, menu_, election_, on).receipt_text(verdict, receipt);
  if (verdict != submit_verdict::try_later) leave_form(d);
  return {action::end, page_of(text, 0, {}, {}, on).text};
}

filled_form engine::filled(const dialogue& d) const {
  const form& f = menu_.forms[d.form];
  const answers given(d, menu_, election_);
  filled_form out;
  out.form = f.name;
  out.one_per.assign(f.one_per.begin(), f.one_per.end());
  out.scope = d.who.scope;
  for (std::size_t q = 0; q < f.ask.size(); ++q) {
    filled_value v;
    v.name = f.ask[q].name;
    v.personal = f.ask[q].personal;
    const value answer = given.field(q);
    if (f.ask[q].each) {
      v.what = filled_value::kind::list;
      const auto items = given.items(f.ask[q]);
      for (std::size_t i = 0; i < answer.numbers().size() && i < items.size(); ++i) v.items.push_back({items[i], answer.numbers()[i]});
    } else if (answer.what == value::kind::number) {
      v.what = filled_value::kind::number;
      v.number = answer.number;
    } else if (answer.what == value::kind::text) {
      v.what = filled_value::kind::text;
      v.text = answer.text();
    } else if (answer.what == value::kind::entity) {
      v.what = filled_value::kind::reference;
      v.reference = answer.of;
    }
    out.values.push_back(std::move(v));
  }
  for (std::size_t r = 0; r < f.rules.size(); ++r)
    if (d.confirmed >> r & 1) out.flags.push_back(f.rules[r].name);
  return out;
}

void engine::save(const dialogue& d, std::string& out) const { save_draft(d, menu_, election_, out); }

std::string engine::say(const dialogue& d, message which) const {
  dialogue speaker;
  speaker.who = d.who;
  speaker.language = d.language;
  return turn(speaker, menu_, election_, no_limit).say(which);
}

std::string_view engine::language(const dialogue& d) const { return menu_.languages[d.language].tag; }

} // namespace tallyline::menus
