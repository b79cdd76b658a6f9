// What one menu script says differently from another: by screens, forms, questions and rules, not by lines. Layout,
// comments, quotes and the split into included files make no difference.
//
// Pure; any thread.
#pragma once

#include "menus/script.h"

#include <string>
#include <vector>

namespace tallyline::menus {

struct difference {
  enum class kind : unsigned char { added, removed, changed };
  kind what = kind::changed;
  std::string part;          // "menu", "texts", "screen home", "form count"
  std::string where;         // within it: "question ballots number max"; empty: the whole part
  std::string before, after; // as YAML on one line; empty when it was not there
};

// In the order of the first script, what is new behind it. Both must have been read without errors.
std::vector<difference> diff(const load_result& before, const load_result& after);

} // namespace tallyline::menus
