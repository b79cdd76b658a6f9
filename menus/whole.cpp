#include "menus/whole.h"

#include "menus/dialogue.h"
#include "menus/turn.h"

#include <algorithm>

namespace tallyline::menus {
namespace {

class filler {
public:
  filler(const script& menu, const world& election, dialogue& d, const whole_form& given)
      : menu_(menu), election_(election), d_(d), given_(given), form_(menu.forms[given.form]) {}

  whole_result run() {
    // What changes the roster wants somebody at hand, who is asked for a PIN and told one.
    if (form_.does.what != doing::act::nothing)
      return {whole_result::kind::refused, {}, at_hand().say(message::not_by_sms), {}};
    if (const auto* stray = first_unknown())
      return {whole_result::kind::refused, {}, no_such(*stray), std::string(stray->question)};
    turn first = at_hand();
    step next = first.fill(given_.form);
    if (next.what == action::end) return {whole_result::kind::shut, {}, std::move(next.text), {}};
    if (first.refused()) return refused(first);
    // Each question is answered once: what a rule asks again ends it.
    while (d_.at != place::confirm)
      if (auto stopped = d_.at == place::warning ? warned() : answered()) return std::move(*stopped);
    if (const auto* unused = first_unused()) return not_taken(*unused);
    return {whole_result::kind::complete, {}, {}, {}};
  }

private:
  turn at_hand() const { return {d_, menu_, election_, unlimited}; }
  const question& asked() const { return form_.ask[d_.question]; }

  const whole_answer* answer_to(std::string_view name) const {
    const auto found = std::find_if(given_.answers.begin(), given_.answers.end(),
                                    [&](const whole_answer& a) { return a.question == name && !a.text.empty(); });
    return found == given_.answers.end() ? nullptr : &*found;
  }

  std::optional<whole_result> answered() {
    const std::uint16_t before = d_.question;
    const auto* a = answer_to(asked().name);
    turn t = at_hand();
    if (a)
      t.take_recorded(a->text);
    else
      t.take_nothing();
    if (t.refused()) return refused(t);
    if (d_.at != place::question || d_.question != before) return std::nullopt;
    // A list of which numbers are missing.
    const auto& list = d_.lists[list_index(form_, before)];
    const answers all(d_, menu_, election_);
    const auto number = [](std::size_t n) { return number_value(static_cast<std::int64_t>(n)); };
    return whole_result{whole_result::kind::refused,
                        {},
                        at_hand().say(message::too_few, {{moment::given, number(list.size())},
                                                         {moment::total, number(all.size(asked()))}}),
                        asked().name};
  }

  std::optional<whole_result> warned() {
    const rule& r = form_.rules[d_.rule];
    if (std::find(given_.confirmed.begin(), given_.confirmed.end(), r.name) == given_.confirmed.end())
      return whole_result{whole_result::kind::unconfirmed, {}, at_hand().rule_text(r), r.name};
    at_hand().confirm_warning();
    return std::nullopt;
  }

  whole_result refused(const turn& t) const {
    const bool of_question = d_.form != no_index && d_.at == place::question;
    return {whole_result::kind::refused, {}, t.refusal(), of_question ? asked().name : std::string()};
  }

  const whole_answer* first_unknown() const {
    for (std::size_t i = 0; i < given_.answers.size(); ++i) {
      const auto& a = given_.answers[i];
      const bool known =
          std::any_of(form_.ask.begin(), form_.ask.end(), [&](const question& q) { return q.name == a.question; });
      const bool twice = std::any_of(given_.answers.begin(), given_.answers.begin() + static_cast<std::ptrdiff_t>(i),
                                     [&](const whole_answer& b) { return a.question == b.question; });
      if (!known || twice) return &a;
    }
    return nullptr;
  }
  std::string no_such(const whole_answer& a) const {
    return at_hand().say(message::invalid_choice) + " (" + std::string(a.question.substr(0, 40)) + ")";
  }

  // An answer that nothing asked for, or another one than a list of one gives by itself. A reason that no correction
  // needs is none of these: whoever sends a file cannot know.
  const whole_answer* first_unused() const {
    const answers all(d_, menu_, election_);
    for (std::size_t q = 0; q < form_.ask.size(); ++q) {
      const auto* a = answer_to(form_.ask[q].name);
      if (!a || form_.ask[q].of_reason || (is_answered(d_, q) && all.is_asked(form_.ask[q]) && all.applies(form_, q)))
        continue;
      const value v = all.field(q);
      if (v.what == value::kind::entity && all.applies(form_, q) && all.code(v.of) == a->text) continue;
      return a;
    }
    return nullptr;
  }
  whole_result not_taken(const whole_answer& a) const {
    return {whole_result::kind::refused, {}, at_hand().say(message::invalid_choice), std::string(a.question)};
  }

  const script& menu_;
  const world& election_;
  dialogue& d_;
  const whole_form& given_;
  const form& form_;
};

} // namespace

whole_result fill_whole(const script& menu, const world& election, subject who, std::string_view language,
                        const whole_form& form, std::shared_ptr<const past> earlier) {
  dialogue_ptr d = engine(menu, election).open(who, language, std::move(earlier));
  d->authenticated = true;
  whole_result got = filler(menu, election, *d, form).run();
  if (got.what == whole_result::kind::complete) got.filled = std::move(d);
  return got;
}

step turn::take_recorded(std::string_view text) {
  const question& q = the_question();
  const auto items = answers_.items(q);
  switch (q.what) {
  case question::kind::choice:
    for (std::size_t i = 0; i < q.options.size() && !q.each; ++i)
      if (q.options[i].text == text) return keep(static_cast<std::int64_t>(i));
    break;
  case question::kind::choose:
    for (const entity e : items)
      if (answers_.code(e) == text) return keep(e.index);
    break;
  case question::kind::yes_no:
    if (text == "yes" || text == "no") return keep(text == "yes");
    break;
  default:
    ahead_ = true; // a star is no way to answer the next question too
    return on_question(text);
  }
  return refuse(message::invalid_choice);
}

step turn::take_nothing() {
  const question& q = the_question();
  if (q.optional && !q.is_typed()) return skip();
  if (auto passed = pass_over()) return std::move(*passed);
  return refuse(message::empty);
}

std::string turn::rule_text(const rule& r) const { return text_of(r.text); }

step turn::confirm_warning() {
  d_.confirmed |= std::uint64_t{1} << d_.rule;
  return advance();
}

} // namespace tallyline::menus
