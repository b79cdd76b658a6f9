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
constexpr std::int64_t most_in_list = 100;

} // namespace

type loader::type_of(const question& q) {
  if (q.each) return numbers_type;
  switch (q.what) {
  case question::kind::list:
    return numbers_type;
  case question::kind::yes_no:
    return truth_type;
  case question::kind::date:
    return date_type;
  case question::kind::time:
    return time_type;
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
                  {"name", "text", "number", "line", "choose", "choice", "yes_no", "time", "date", "national_code",
                   "phone", "list", "for_each", "label", "show", "personal", "optional", "default", "when", "by", "ticket"}) &&
      !n.is_map())
    return;
  question q;
  q.at = static_cast<place_in_text>(n.at);
  const auto* name = need(n, "name", "the question");
  if (!name || !identifier(*name)) return;
  q.name = name->value;
  static constexpr std::array<std::string_view, 11> words{"and", "or",    "not",      "in",       "true",   "false",
                                                          "now", "today", "election", "corrects", "receipt"};
  if (std::find(words.begin(), words.end(), q.name) != words.end())
    found_.error(name->at, "'" + q.name + "' means something else in expressions", "choose another name");
  for (const auto& known : names)
    if (known.name == q.name)
      return found_.error(name->at, "the name '" + q.name + "' is taken", "choose another name");
  auto inner = names;
  if (!kind_of(n, q, names, inner)) return;
  if (const auto* t = need(n, "text", "the question")) q.text = text(*t, inner);
  if (const auto* l = find(n, "label")) q.label = text(*l, everywhere_);
  if (const auto* s = find(n, "show")) {
    if (q.of == noun::nothing && !q.each) found_.error(s->at, "'show' is for choose and for_each only", "");
    q.show = text(*s, inner);
  }
  if (const auto* p = find(n, "personal")) flag(*p, q.personal);
  if (const auto* b = find(n, "by")) by_of(*b, q);
  q.personal = q.personal || q.of == noun::person; // their number
  if (q.personal && q.is_list()) found_.error(n.at, "a list of numbers cannot be personal", "");
  extras_of(n, q, names);
  q.needs = q.list.fields | q.min.fields | q.max.fields;
  q.uses = q.when.fields;
  names.push_back({q.name, type_of(q), origin::field, static_cast<std::uint16_t>(f.ask.size())});
  f.ask.push_back(std::move(q));
}

void loader::extras_of(const yaml_node& n, question& q, const name_table& names) {
  if (const auto* o = find(n, "optional")) flag(*o, q.optional);
  if (q.optional && q.each) found_.error(n.at, "a for_each question cannot be optional", "a missing number is 0");
  if (const auto* w = find(n, "when")) {
    auto p = expression(*w, names);
    if (p && p->result != truth_type)
      found_.error(w->at, "'when' must be true or false, this is " + describe(p->result), "compare it with something");
    if (p) q.when = std::move(*p);
  }
  const auto* d = find(n, "default");
  if (!d) return;
  if (!q.is_typed() || q.is_list() || q.by_code) {
    found_.error(d->at, "only an answer that is typed can have a default",
                 "it is for number, line, time, date, national_code and phone");
    return;
  }
  auto p = literal_or_expression(*d, names, type_of(q));
  if (p && p->result != type_of(q))
    found_.error(d->at, "the answer is " + describe(type_of(q)) + ", this is " + describe(p->result), "");
  if (p) q.fallback = std::move(*p);
}

bool loader::kind_of(const yaml_node& n, question& q, const name_table& names, name_table& inner) {
  static constexpr std::array<std::string_view, 11> words{"number", "line", "choose",        "choice", "yes_no", "ticket",
                                                          "time",   "date", "national_code", "phone",  "list"};
  const yaml_node* kind = nullptr;
  std::string_view word;
  int kinds = 0;
  for (const auto w : words)
    if (const auto* found = find(n, w)) kind = found, word = w, ++kinds;
  const auto* each = find(n, "for_each");
  if (kinds != 1 || (each && word != "number")) {
    found_.error(
        n.at,
        kinds > 1 ? "the question is of several kinds"
        : each    ? "'for_each' asks for a number"
                  : "the question has no kind",
        each ? "write: for_each: LIST, number: {min: 0}"
             : "give it one of: number: {min: 0}, line: {max: 40}, choose: LIST, choice: [{value: …, label: …}], "
               "yes_no:, time:, date:, national_code:, phone:, ticket: FORM, list:");
    return false;
  }
  bool fine = true;
  if (each) each_of(*each, q, names, inner, fine);
  if (!fine) return false;
  if (word == "number") return limits_of(*kind, q, inner, number_type, "'number'"), true;
  if (word == "line") return line_of(*kind, q), true;
  if (word == "ticket") return ticket_of(*kind, q), true;
  if (word == "choice") return q.what = question::kind::choice, options_of(*kind, q), true;
  if (word == "time") return q.what = question::kind::time, limits_of(*kind, q, inner, time_type, "'time'"), true;
  if (word == "date") return q.what = question::kind::date, limits_of(*kind, q, inner, date_type, "'date'"), true;
  if (word == "list") return q.what = question::kind::list, list_of_numbers(*kind, q, inner), true;
  if (word == "phone") return q.what = question::kind::phone, phone_of(*kind, q), true;
  if (word == "choose") return q.what = question::kind::choose, list_of_entities(*kind, q, names, inner);
  q.what = word == "yes_no" ? question::kind::yes_no : question::kind::national_code;
  if (kind->what != yaml_node::kind::null && !(kind->is_map() && kind->items.empty()))
    found_.error(kind->at, "'" + std::string(word) + "' takes nothing here", "write: " + std::string(word) + ":");
  return true;
}

// Over a list of the election, or over options written out.
void loader::each_of(const yaml_node& n, question& q, const name_table& names, name_table& inner, bool& fine) {
  q.each = true;
  if (!n.is_list()) {
    fine = list_of_entities(n, q, names, inner);
    return;
  }
  options_of(n, q);
  inner.push_back({"item", text_type, origin::local, 0});
}

bool loader::list_of_entities(const yaml_node& n, question& q, const name_table& names, name_table& inner) {
  auto list = expression(n, names);
  if (!list) return false;
  if (list->result.what != base::entity || !list->result.list) {
    found_.error(n.at, "a list is needed here, this is " + describe(list->result), "such as station.contests");
    return false;
  }
  q.of = list->result.of;
  q.list = std::move(*list);
  inner.push_back({std::string(word(q.of)), entity_type(q.of), origin::local, 0});
  return true;
}

void loader::limits_of(const yaml_node& n, question& q, const name_table& inner, type is, std::string_view owner) {
  if (n.what == yaml_node::kind::null) return; // "number:" alone
  if (!known_keys(n, owner, {"min", "max"}) && !n.is_map()) return;
  for (const auto& [key, limit] : {std::pair{"min", &q.min}, std::pair{"max", &q.max}}) {
    const auto* e = find(n, key);
    if (!e) continue;
    auto p = literal_or_expression(*e, inner, is);
    if (!p) continue;
    if (p->result != is)
      found_.error(e->at, "a limit must be " + describe(is) + ", this is " + describe(p->result), "");
    *limit = std::move(*p);
  }
}

// 17:00 and 2026-11-24 stand for themselves where a time or a date is expected.
std::optional<program> loader::literal_or_expression(const yaml_node& n, const name_table& names, type is) {
  const auto literal = !n.is_scalar()    ? std::nullopt
                       : is == date_type ? parse_iso_date(n.value)
                       : is == time_type ? parse_clock_time(n.value)
                                         : std::nullopt;
  if (!literal) return expression(n, names);
  program p;
  p.code.push_back({is == date_type ? op::date : op::time, {}, *literal});
  p.result = is;
  return p;
}

void loader::list_of_numbers(const yaml_node& n, question& q, const name_table& inner) {
  if (n.what == yaml_node::kind::null) return;
  if (!known_keys(n, "'list'", {"min", "max", "least", "most"}) && !n.is_map()) return;
  yaml_node limits = n;
  limits.keys.clear(), limits.items.clear();
  for (std::size_t i = 0; i < n.keys.size(); ++i) {
    if (n.keys[i].value == "min" || n.keys[i].value == "max") {
      limits.keys.push_back(n.keys[i]), limits.items.push_back(n.items[i]);
      continue;
    }
    const auto count = n.items[i].is_scalar() ? whole_number(n.items[i].value) : std::nullopt;
    if (!count || *count < 1 || *count > most_in_list)
      found_.error(n.items[i].at, "a list has 1 to 100 numbers", "");
    else
      (n.keys[i].value == "least" ? q.least : q.most) = static_cast<std::uint32_t>(*count);
  }
  limits_of(limits, q, inner, number_type, "'list'");
  if (q.least > q.most) found_.error(n.at, "'least' is more than 'most'", "");
}

void loader::phone_of(const yaml_node& n, question& q) {
  if (n.what == yaml_node::kind::null) return;
  if (!known_keys(n, "'phone'", {"country"})) return;
  if (const auto* c = find(n, "country")) {
    q.country = scalar(*c, "a country code").value_or("");
    if (q.country.empty() || q.country.size() > 3 || q.country.find_first_not_of("0123456789") != std::string::npos)
      found_.error(c->at, "a country code is one to three digits", "as in: phone: {country: 98}");
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
      found_.error(e->at, "a length is a number from 1 to 500", "");
    else
      *limit = static_cast<std::uint32_t>(*length);
  }
  if (q.shortest > q.longest) found_.error(n.at, "the shortest is longer than the longest", "");
}

void loader::options_of(const yaml_node& n, question& q) {
  if (!list(n, q.each ? "'for_each'" : "'choice'")) return;
  if (n.items.empty() || n.items.size() > 500) found_.error(n.at, "there are 1 to 500 options", "");
  q.numeric = true;
  for (const auto& item : n.items) {
    if (!known_keys(item, "an option", {"value", "label"}) && !item.is_map()) continue;
    option o;
    const auto* v = need(item, "value", "the option");
    if (v) o.text = scalar(*v, "a value").value_or("");
    const auto* l = find(item, "label");
    if (l || v) o.label = text(l ? *l : *v, everywhere_);
    if (std::any_of(q.options.begin(), q.options.end(), [&](const auto& x) { return x.text == o.text; }))
      found_.error(v ? v->at : item.at, "the value '" + o.text + "' is given twice", "");
    const auto number = whole_number(o.text);
    o.number = number.value_or(0);
    q.numeric = q.numeric && number.has_value();
    q.options.push_back(std::move(o));
  }
}

} // namespace tallyline::menus
