#include "menus/loader.h"

#include <algorithm>

namespace tallyline::menus {
namespace {

bool is_number(const std::string& text) {
  return !text.empty() && text.size() < 18 && text.find_first_not_of("0123456789") == std::string::npos &&
         (text == "0" || text.front() != '0');
}

} // namespace

// What is wrong in a form is told when it is read; here it is passed over.
void loader::shapes(const std::vector<entry>& all) {
  for (const auto& e : all) {
    form_shape& shape = shapes_.emplace_back();
    shape.name = e.name->value;
    const auto* ask = find(*e.what, "ask");
    const auto* one_per = find(*e.what, "one_per");
    if (one_per && !one_per->items.empty()) shape.keys = one_per->items.size() - 1;
    if (!ask) continue;
    for (std::size_t q = 0; q < ask->items.size(); ++q) {
      const auto& item = ask->items[q];
      const auto* name = find(item, "name");
      if (!name) continue;
      type is = text_type; // an entity is known by its code
      if (find(item, "for_each") || find(item, "list"))
        is = numbers_type;
      else if (find(item, "number"))
        is = number_type;
      else if (find(item, "yes_no"))
        is = truth_type;
      else if (find(item, "date"))
        is = date_type;
      else if (find(item, "time"))
        is = time_type;
      else if (const auto* options = find(item, "choice")) {
        const bool numeric = std::all_of(options->items.begin(), options->items.end(), [](const yaml_node& o) {
          const auto* v = find(o, "value");
          return v && is_number(v->value);
        });
        is = numeric && !options->items.empty() ? number_type : text_type;
      }
      shape.fields.push_back({name->value, is, origin::local, static_cast<std::uint16_t>(q)});
    }
  }
}

} // namespace tallyline::menus
