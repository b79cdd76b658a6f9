#include "menus/loader.h"

#include <algorithm>
#include <charconv>

namespace tallyline::menus {
namespace {

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t n = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), n);
  // "007" is a text: its zeros would be lost.
  if (failed != std::errc{} || end != text.data() + text.size() || std::to_string(n) != text) return std::nullopt;
  return n;
}

constexpr std::uint32_t longest_line = 500;

} // namespace

type loader::type_of(const question& q) {
  if (q.each) return numbers_type;
  switch (q.what) {
  case question::kind::number:
    return number_type;
  case question::kind::choose:
    return entity_type(q.of);
  case question::kind::choice:
    return q.numeric ? number_type : text_type;
  default:
    return text_type;
  }
}

void loader::question_of(const yaml_node& n, form& f, name_table& names) {
  if (!known_keys(n, "a question",
                  {"name", "text", "number", "line", "choose", "choice", "for_each", "label", "show", "personal"}) &&
      !n.is_map())
    return;
  question q;
  const auto* name = need(n, "name", "the question");
  if (!name || !identifier(*name)) return;
  q.name = name->value;
  static constexpr std::array<std::string_view, 6> words{"and", "or", "not", "in", "true", "false"};
  if (std::find(words.begin(), words.end(), q.name) != words.end())
    file_.error(name->at, "'" + q.name + "' means something else in expressions", "choose another name");
  for (const auto& known : names)
    if (known.name == q.name) return file_.error(name->at, "the name '" + q.name + "' is taken", "choose another name");
  auto inner = names;
  if (!kind_of(n, q, names, inner)) return;
  if (const auto* t = need(n, "text", "the question")) q.text = text(*t, inner);
  if (const auto* l = find(n, "label")) q.label = text(*l, everywhere_);
  if (const auto* s = find(n, "show")) {
    if (q.of == noun::nothing) file_.error(s->at, "'show' is for choose and for_each only", "");
    q.show = text(*s, inner);
  }
  if (const auto* p = find(n, "personal")) flag(*p, q.personal);
  if (q.personal && q.each) file_.error(n.at, "a for_each question cannot be personal", "");
  q.needs = q.list.fields | q.min.fields | q.max.fields;
  names.push_back({q.name, type_of(q), origin::field, static_cast<std::uint16_t>(f.ask.size())});
  f.ask.push_back(std::move(q));
}

bool loader::kind_of(const yaml_node& n, question& q, const name_table& names, name_table& inner) {
  const auto *number = find(n, "number"), *line = find(n, "line"), *choose = find(n, "choose"),
             *choice = find(n, "choice"), *each = find(n, "for_each");
  const int kinds = (number != nullptr) + (line != nullptr) + (choose != nullptr) + (choice != nullptr);
  if (kinds != 1 || (each && !number)) {
    file_.error(
        n.at,
        kinds > 1 ? "the question is of several kinds"
        : each    ? "'for_each' asks for a number"
                  : "the question has no kind",
        each ? "write: for_each: LIST, number: {min: 0}"
             : "give it one of: number: {min: 0}, line: {max: 40}, choose: LIST, choice: [{value: …, label: …}]");
    return false;
  }
  if (each) {
    q.each = true;
    if (!list_of_entities(*each, q, names, inner)) return false;
  }
  if (number) number_of(*number, q, inner);
  if (line) line_of(*line, q);
  if (choice) options_of(*choice, q);
  if (choose) {
    q.what = question::kind::choose;
    return list_of_entities(*choose, q, names, inner);
  }
  return true;
}

bool loader::list_of_entities(const yaml_node& n, question& q, const name_table& names, name_table& inner) {
  auto list = expression(n, names);
  if (!list) return false;
  if (list->result.what != base::entity || !list->result.list) {
    file_.error(n.at, "a list is needed here, this is " + describe(list->result), "such as station.contests");
    return false;
  }
  q.of = list->result.of;
  q.list = std::move(*list);
  inner.push_back({std::string(word(q.of)), entity_type(q.of), origin::local, 0});
  return true;
}

void loader::number_of(const yaml_node& n, question& q, const name_table& inner) {
  q.what = question::kind::number;
  if (n.what == yaml_node::kind::null) return; // "number:" alone
  if (!known_keys(n, "'number'", {"min", "max"}) && !n.is_map()) return;
  for (const auto& [key, limit] : {std::pair{"min", &q.min}, std::pair{"max", &q.max}}) {
    const auto* e = find(n, key);
    if (!e) continue;
    auto p = expression(*e, inner);
    if (!p) continue;
    if (p->result != number_type) file_.error(e->at, "a limit must be a number, this is " + describe(p->result), "");
    *limit = std::move(*p);
  }
}

void loader::line_of(const yaml_node& n, question& q) {
  q.what = question::kind::text;
  if (n.what == yaml_node::kind::null) return;
  if (!known_keys(n, "'line'", {"min", "max"}) && !n.is_map()) return;
  for (const auto& [key, limit] : {std::pair{"min", &q.shortest}, std::pair{"max", &q.longest}}) {
    const auto* e = find(n, key);
    if (!e) continue;
    const auto length = e->is_scalar() ? whole_number(e->value) : std::nullopt;
    if (!length || *length < 1 || *length > longest_line)
      file_.error(e->at, "a length is a number from 1 to 500", "");
    else
      *limit = static_cast<std::uint32_t>(*length);
  }
  if (q.shortest > q.longest) file_.error(n.at, "the shortest is longer than the longest", "");
}

void loader::options_of(const yaml_node& n, question& q) {
  q.what = question::kind::choice;
  if (!list(n, "'choice'")) return;
  if (n.items.empty() || n.items.size() > 500) file_.error(n.at, "a choice has 1 to 500 options", "");
  q.numeric = true;
  for (const auto& item : n.items) {
    if (!known_keys(item, "an option", {"value", "label"}) && !item.is_map()) continue;
    option o;
    const auto* v = need(item, "value", "the option");
    if (v) o.text = scalar(*v, "a value").value_or("");
    const auto* l = find(item, "label");
    if (l || v) o.label = text(l ? *l : *v, everywhere_);
    if (std::any_of(q.options.begin(), q.options.end(), [&](const auto& x) { return x.text == o.text; }))
      file_.error(v ? v->at : item.at, "the value '" + o.text + "' is given twice", "");
    const auto number = whole_number(o.text);
    o.number = number.value_or(0);
    q.numeric = q.numeric && number.has_value();
    q.options.push_back(std::move(o));
  }
}

} // namespace tallyline::menus
