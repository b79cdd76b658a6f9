#include "menus/loader.h"

#include <algorithm>
#include <charconv>

namespace tallyline::menus {
namespace {
constexpr std::size_t most_screens = 5000;
constexpr std::size_t most_choices = 500;
} // namespace

void loader::screens(const std::vector<entry>& all, std::size_t at) {
  if (all.empty() || all.size() > most_screens) {
    found_.error(at, "a script has 1 to 5000 screens", "write: screens: {home: {text: …}}");
    return;
  }
  out_.screens.resize(all.size());
  for (std::size_t i = 0; i < all.size() && !found_.full(); ++i) {
    if (!identifier(*all[i].name)) continue;
    out_.screens[i].name = all[i].name->value;
    out_.screens[i].at = static_cast<place_in_text>(all[i].name->at);
    screen_of(*all[i].what, out_.screens[i]);
  }
  if (out_.start < out_.screens.size() && out_.screens[out_.start].choices.empty() && !found_.full())
    found_.error(all[out_.start].name->at, "the start screen has no choices", "give it at least one");
}

void loader::screen_of(const yaml_node& n, screen& s) {
  if (!known_keys(n, "a screen", {"text", "choices", "pin", "reports"}) && !n.is_map()) return;
  if (const auto* t = need(n, "text", "the screen")) s.text = text(*t, everywhere_);
  if (const auto* p = find(n, "pin")) flag(*p, s.pin);
  if (const auto* r = find(n, "reports"); r && flag(*r, s.reports)) out_.lists_own = out_.lists_own || s.reports;
  const auto* choices = find(n, "choices");
  if (!choices || !list(*choices, "'choices'")) return;
  if (choices->items.size() > most_choices) {
    found_.error(choices->at, "more than 500 choices", "make several screens of them");
    return;
  }
  for (const auto& c : choices->items)
    choice_of(c, s);
  number_choices(s);
}

// The number stands for the place, so that it stays when another choice is not shown, unless the script gives one.
void loader::number_choices(screen& s) {
  for (std::size_t c = 0; c < s.choices.size(); ++c) {
    auto& key = s.choices[c].key;
    const bool given = key != 0;
    if (!given) key = out_.number_of_choice(static_cast<std::uint32_t>(c));
    for (std::size_t other = 0; other < c; ++other)
      if (s.choices[other].key == key) {
        found_.error(s.choices[c].at, "two choices of this screen are chosen by " + std::to_string(key),
                     given ? "give it another key"
                           : "another choice has this number as its 'key'; give this one a key too");
        break;
      }
  }
}

void loader::choice_of(const yaml_node& n, screen& s) {
  if (!known_keys(n, "a choice", {"label", "go", "form", "language", "end", "when", "key"}) && !n.is_map()) return;
  choice c;
  c.at = static_cast<place_in_text>(n.at);
  if (const auto* when = find(n, "when")) {
    if (auto p = expression(*when, everywhere_)) {
      if (p->result != truth_type)
        found_.error(when->at, "'when' must be true or false, this is " + describe(p->result),
                     "compare it with something");
      c.when = std::move(*p);
    }
  }
  if (const auto* k = find(n, "key")) {
    const auto hidden = [&](std::uint32_t number) {
      return std::find(out_.skipped.begin(), out_.skipped.end(), number) != out_.skipped.end();
    };
    std::uint32_t number = 0;
    const auto [end, failed] = std::from_chars(k->value.data(), k->value.data() + k->value.size(), number);
    if (!k->is_scalar() || failed != std::errc{} || end != k->value.data() + k->value.size() || number < 1 ||
        number > 999)
      found_.error(k->at, "a key is a number from 1 to 999", "");
    else if (hidden(number))
      found_.error(k->at, "key " + std::to_string(number) + " turns the page or goes back",
                   "give another one, or change the script's 'keys'");
    else
      c.key = number;
  }
  if (const auto* l = need(n, "label", "the choice")) c.label = text(*l, everywhere_);
  int ways = 0;
  if (const auto* to = find(n, "go"); to && ++ways) {
    c.what = choice::kind::go;
    c.target = one_of(*to, screen_names_, "screen");
  }
  if (const auto* to = find(n, "form"); to && ++ways) {
    c.what = choice::kind::form;
    c.target = one_of(*to, form_names_, "form");
  }
  if (const auto* to = find(n, "language"); to && ++ways) {
    c.what = choice::kind::language;
    c.target = one_of(*to, language_tags_, "language");
  }
  if (const auto* to = find(n, "end"); to && ++ways) {
    c.what = choice::kind::end;
    if (!to->is_scalar() || to->value != "true") c.farewell = text(*to, everywhere_);
  }
  if (ways != 1)
    found_.error(n.at, ways ? "the choice leads to several places" : "the choice leads nowhere",
                 "give it one of: go: SCREEN, form: FORM, language: TAG, end: true");
  s.choices.push_back(std::move(c));
}

} // namespace tallyline::menus
