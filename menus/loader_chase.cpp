// What a form says about being reported: by when it is expected, and how those who have not are reminded.
#include "menus/loader.h"

#include <algorithm>

namespace tallyline::menus {

// false, or {by: "12:30"}, or {by: hour} with a question of the key whose choices are times.
void loader::expected_of(const yaml_node& n, form& f) {
  if (!n.is_map()) {
    if (!n.is_scalar() || (n.value != "false" && n.value != "true"))
      return found_.error(n.at, "'expected' is true, false or a map", "write: expected: {by: \"12:30\"}, or: false");
    f.expected = n.value == "true";
    return;
  }
  if (!known_keys(n, "'expected'", {"by"})) return;
  const auto* by = need(n, "by", "'expected'");
  if (!by) return;
  const auto q = std::find_if(f.ask.begin(), f.ask.end(), [&](const auto& x) { return x.name == by->value; });
  if (!by->is_scalar() || q == f.ask.end()) return deadline_of(*by, f.due);
  const bool in_key = std::find(f.one_per.begin(), f.one_per.end(), q->name) != f.one_per.end();
  const bool times = !q->options.empty() && std::all_of(q->options.begin(), q->options.end(), [](const option& o) {
    return parse_clock_time(o.text).has_value();
  });
  if (!in_key || !times)
    return found_.error(by->at, "'" + q->name + "' does not say by when",
                        "name a question of 'one_per' whose choices are times such as \"12:00\", or write a time");
  f.due_question = static_cast<std::uint16_t>(q - f.ask.begin());
}

// {item}: what is missing, such as 12:00. A supervisor's text has no station of its own: {item} lists them, {total}
// counts them.
void loader::reminders_of(const yaml_node& n, form& f) {
  const name_table::value_type item{"item", text_type, origin::local, static_cast<std::uint16_t>(moment::item)};
  if (const auto* r = find(n, "reminder")) {
    auto names = everywhere_;
    names.push_back(item);
    f.reminder = text(*r, names);
  }
  if (const auto* e = find(n, "escalation")) {
    name_table names;
    for (const auto& known : everywhere_)
      if (known.from != origin::scope) names.push_back(known);
    names.push_back({"area", entity_type(noun::area), origin::scope, 0});
    names.push_back(item);
    names.push_back({"total", number_type, origin::local, static_cast<std::uint16_t>(moment::total)});
    f.escalation = text(*e, names);
  }
}

} // namespace tallyline::menus
