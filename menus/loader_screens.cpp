#include "menus/loader.h"

namespace tallyline::menus {
namespace {
constexpr std::size_t most_screens = 5000;
constexpr std::size_t most_choices = 500;
} // namespace

void loader::screens(const yaml_node& n) {
  if (!n.is_map() || n.items.empty() || n.items.size() > most_screens) {
    file_.error(n.at, "'screens' must be a map of 1 to 5000 screens", "write: screens: {home: {text: …}}");
    return;
  }
  out_.screens.resize(n.items.size());
  for (std::size_t i = 0; i < n.items.size() && !file_.full(); ++i) {
    if (!identifier(n.keys[i])) continue;
    out_.screens[i].name = n.keys[i].value;
    screen_of(n.items[i], out_.screens[i]);
  }
  if (out_.start < out_.screens.size() && out_.screens[out_.start].choices.empty() && !file_.full())
    file_.error(n.keys[out_.start].at, "the start screen has no choices", "give it at least one");
}

void loader::screen_of(const yaml_node& n, screen& s) {
  if (!known_keys(n, "a screen", {"text", "choices", "pin"}) && !n.is_map()) return;
  if (const auto* t = need(n, "text", "the screen")) s.text = text(*t, everywhere_);
  if (const auto* p = find(n, "pin")) flag(*p, s.pin);
  const auto* choices = find(n, "choices");
  if (!choices || !list(*choices, "'choices'")) return;
  if (choices->items.size() > most_choices) {
    file_.error(choices->at, "more than 500 choices", "make several screens of them");
    return;
  }
  for (const auto& c : choices->items)
    choice_of(c, s);
}

void loader::choice_of(const yaml_node& n, screen& s) {
  if (!known_keys(n, "a choice", {"label", "go", "form", "language", "end"}) && !n.is_map()) return;
  choice c;
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
    file_.error(n.at, ways ? "the choice leads to several places" : "the choice leads nowhere",
                "give it one of: go: SCREEN, form: FORM, language: TAG, end: true");
  s.choices.push_back(c);
}

} // namespace tallyline::menus
