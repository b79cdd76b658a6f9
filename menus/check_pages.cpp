#include "menus/check_pages.h"

#include "menus/turn.h"

#include <algorithm>
#include <array>

namespace tallyline::menus {
namespace {

constexpr std::size_t most_pages = 200; // enough to say that it is too many

std::size_t pages(turn& t, dialogue& d) {
  d.from = 0;
  t.here();
  std::size_t count = 1;
  for (; d.more && count < most_pages; ++count) {
    d.from = d.next;
    t.here();
  }
  return count;
}

std::int64_t longest_number(limits l) { return std::max(l.max, l.min); }

} // namespace

dialogue_ptr page_prover::at_start(std::uint16_t language) const {
  const engine e(menu_, election_);
  auto earlier = std::make_shared<past>();
  for (const auto& q : menu_.queues)
    earlier->queues[q] = {9999, 9999, 9999, 9999};
  auto d = e.open({election_.first(noun::person), election_.first(menu_.scope)}, {}, std::move(earlier));
  d->language = language;
  return d;
}

std::size_t page_prover::of_screen(std::uint16_t screen, std::uint16_t language, const bearer& on) const {
  const auto d = at_start(language);
  d->screen = screen;
  turn t(*d, menu_, election_, on);
  return pages(t, *d);
}

// Answers that take most room.
void page_prover::fill(dialogue& d, std::uint16_t form) const {
  start_form(d, menu_, form);
  const auto& f = menu_.forms[form];
  const answers given(d, menu_, election_);
  for (std::size_t q = 0; q < f.ask.size(); ++q) {
    const question& asked = f.ask[q];
    if (asked.is_list()) {
      auto& list = d.lists[list_index(f, q)];
      list.assign(asked.each ? given.size(asked) : asked.most, 0);
      const auto items = given.items(asked);
      for (std::size_t i = 0; i < list.size(); ++i)
        list[i] = longest_number(given.limits_of(asked, answers::item(items, i)));
    } else if (asked.is_text()) {
      // In the alphabet of the language; whoever types another one may get more pages, and can turn them.
      const std::size_t size = asked.what == question::kind::text ? asked.longest : 15;
      auto& text = d.texts[text_index(f, q)];
      for (std::size_t c = 0; c < size; ++c)
        text += menu_.languages[d.language].right_to_left ? "\u0646" : "w";
    } else if (asked.what == question::kind::choice) {
      std::size_t longest = 0;
      for (std::size_t o = 0; o < asked.options.size(); ++o) {
        const auto& label = menu_.text(asked.options[o].label, d.language).literal;
        if (label.size() >= longest) longest = label.size(), d.numbers[q] = static_cast<std::int64_t>(o);
      }
    } else if (asked.what == question::kind::choose) {
      const auto items = given.items(asked);
      d.numbers[q] = items.empty() ? 0 : items.front().index;
      if (items.empty()) continue;
    } else {
      d.numbers[q] = asked.what == question::kind::yes_no ? 1 : longest_number(given.limits_of(asked));
    }
    d.answered |= std::uint64_t{1} << q;
  }
}

std::vector<std::size_t> page_prover::of_form(std::uint16_t form, std::uint16_t language, const bearer& on) const {
  const auto d = at_start(language);
  fill(*d, form);
  turn t(*d, menu_, election_, on);
  std::vector<std::size_t> all;
  d->at = place::question;
  for (std::size_t q = 0; q < menu_.forms[form].ask.size(); ++q) {
    d->question = static_cast<std::uint16_t>(q);
    all.push_back(pages(t, *d));
  }
  d->at = place::confirm;
  all.push_back(pages(t, *d));
  return all;
}

bool page_prover::receipt_fits(std::uint16_t form, std::uint16_t language, const bearer& on) const {
  const auto d = at_start(language);
  fill(*d, form);
  const turn t(*d, menu_, election_, on);
  using enum submit_verdict;
  constexpr std::array once{recorded,           duplicate,       corrected,         review,     correction_late,
                            correction_refused, taken_elsewhere, nothing_to_follow, out_of_area};
  constexpr std::array twice{first_entry, agreed, differs};
  // In training they stand below its heading.
  const std::string heading = menu_.training.empty() ? "" : t.say(message::training) + '\n';
  const auto fits = [&](submit_verdict v) {
    return on.fits(heading + t.receipt_text(v, "482-193-7620", "100000-0", "402817"));
  };
  return std::all_of(once.begin(), once.end(), fits) &&
         (menu_.forms[form].entries != 2 || std::all_of(twice.begin(), twice.end(), fits));
}

std::vector<std::size_t> page_prover::of_moments(std::uint16_t form, std::uint16_t language, const bearer& on) const {
  const auto d = at_start(language);
  fill(*d, form);
  turn t(*d, menu_, election_, on);
  std::vector<std::size_t> all;
  d->at = place::warning;
  for (std::size_t r = 0; r < menu_.forms[form].rules.size(); ++r) {
    d->rule = static_cast<std::uint16_t>(r);
    all.push_back(pages(t, *d));
  }
  for (const place at : {place::resume, place::change}) {
    d->at = at;
    all.push_back(pages(t, *d));
  }
  return all;
}

bool page_prover::fits_alone(message which, std::uint16_t language, const bearer& on) const {
  const auto d = at_start(language);
  return on.fits(turn(*d, menu_, election_, on).say(which));
}

std::string page_prover::longest_item(const form& f, std::uint16_t language) const {
  std::string longest;
  const auto longer = [&](std::string_view text) {
    if (text.size() > longest.size()) longest = text;
  };
  for (const auto& q : f.ask) {
    if (std::find(f.one_per.begin(), f.one_per.end(), q.name) == f.one_per.end()) continue;
    for (const auto& o : q.options)
      longer(menu_.text(o.label, language).literal);
    if (q.of != noun::nothing)
      longer(election_.text(election_.first(q.of), attribute::name, menu_.languages[language].tag));
  }
  return longest;
}

bool page_prover::sent_fits(text_id text, entity scope, std::string_view item, std::uint16_t language,
                            const bearer& on) const {
  const auto& l = menu_.languages[language];
  std::array<value, moments> locals;
  locals.fill(nothing_value());
  locals[static_cast<std::size_t>(moment::item)] = text_value(item);
  locals[static_cast<std::size_t>(moment::total)] = number_value(9999);
  const context c{&election_, l.tag, scope, election_.first(noun::person), nullptr, locals, nullptr, l.days};
  std::string out;
  render(menu_.text(text, language), c, l.digits, out);
  return on.fits(out);
}

bool page_prover::reminder_fits(std::uint16_t form, std::uint16_t language, const bearer& on) const {
  const auto& f = menu_.forms[form];
  return f.reminder == no_text ||
         sent_fits(f.reminder, election_.first(menu_.scope), longest_item(f, language), language, on);
}

bool page_prover::escalation_fits(std::uint16_t form, std::uint16_t language, const bearer& on) const {
  const auto& f = menu_.forms[form]; // the list itself is cut to what has room
  return f.escalation == no_text || sent_fits(f.escalation, election_.first(noun::area), "99999999", language, on);
}

std::size_t page_prover::numbers_of_lists(std::uint16_t form) const {
  const auto d = at_start(0);
  fill(*d, form);
  std::size_t all = 0;
  for (const auto& q : menu_.forms[form].ask)
    if (q.each) all += answers(*d, menu_, election_).size(q);
  return all;
}

} // namespace tallyline::menus
