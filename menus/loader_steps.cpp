// What a form says about steps: reported in one place of the election, and what it follows.
#include "menus/loader.h"

#include <algorithm>

namespace tallyline::menus {

void loader::step_of(const yaml_node& n, form& f) {
  if (const auto* m = find(n, "many")) flag(*m, f.many);
  if (const auto* o = find(n, "once")) once_of(*o, f);
  if (const auto* w = find(n, "follows")) follows_of(*w, f);
  const bool two = f.entries == 2;
  if (two && (f.once || f.many || !f.follows.empty()))
    found_.error(n.at, "a form with two entries is no step", "take 'entries' out, or 'once', 'many' and 'follows'");
  if (f.once && !f.many && f.one_per.size() < 2)
    found_.error(n.at, "'once' of what? 'one_per' names the scope alone",
                 "write what there is one of in the whole election, as in: one_per: [" + std::string(word(out_.scope)) +
                     ", code]");
  if (!f.follows.empty() && (f.many || f.one_per.size() < 2))
    found_.error(n.at, "what follows a step names the same as that: its key has more than the scope",
                 "write one_per with the names that '" + f.follows + "' has, and without 'many'");
  // Nobody can be expected to report what is not known beforehand.
  const bool of_persons = std::any_of(f.one_per.begin(), f.one_per.end(), [&](const auto& name) {
    return std::any_of(f.ask.begin(), f.ask.end(), [&](const auto& q) { return q.personal && q.name == name; });
  });
  if (f.once || f.many || !f.follows.empty() || of_persons) f.expected = false;
}

// true, or {text: …}: what is said when another scope has reported it.
void loader::once_of(const yaml_node& n, form& f) {
  f.once = true;
  if (!n.is_map()) {
    flag(n, f.once);
    return;
  }
  if (!known_keys(n, "'once'", {"text"})) return;
  if (const auto* t = find(n, "text")) f.elsewhere = text(*t, everywhere_);
}

// A form, or {form: …, text: …, area: …}: what is said when there is nothing to follow, and when it lies elsewhere.
void loader::follows_of(const yaml_node& n, form& f) {
  const auto* name = &n;
  if (n.is_map()) {
    if (!known_keys(n, "'follows'", {"form", "text", "area"})) return;
    name = need(n, "form", "'follows'");
    if (const auto* t = find(n, "text")) f.unpreceded = text(*t, everywhere_);
    if (const auto* t = find(n, "area")) f.outside = text(*t, everywhere_);
  }
  if (name && identifier(*name)) f.follows = name->value;
}

// Forms of other menus are not known here; those of this one can be proved to fit.
void loader::steps_fit() {
  for (const auto& f : out_.forms)
    for (const auto& before : out_.forms) {
      if (f.follows.empty() || before.name != f.follows) continue;
      if (!before.once)
        found_.error(f.at, "'" + f.name + "' follows '" + before.name + "', which is not 'once'",
                     "add once: true to '" + before.name + "'");
      else if (before.one_per.size() != f.one_per.size() || before.many)
        found_.error(f.at, "'" + f.name + "' and '" + before.name + "' have other keys behind their scopes",
                     "give both the same names in 'one_per'");
    }
  for (const auto& q : out_.queues)
    for (const auto& f : out_.forms)
      if (f.name == q && !f.once)
        found_.error(f.at, "queue(" + q + ") has nothing to count: '" + q + "' is not 'once'", "add once: true to it");
}

} // namespace tallyline::menus
