#include "menus/loader.h"
#include "menus/suggest.h"

#include <algorithm>
#include <charconv>

namespace tallyline::menus {
namespace {

name_table moment_names(message which, const name_table& everywhere) {
  // The hints beside the keys are made when the script loads: they can show nothing of the moment.
  auto names = which <= message::more ? name_table{} : everywhere;
  for (const auto m : moments_of(which))
    names.push_back({std::string(name_of(m)),
                     m == moment::receipt || m == moment::at || m == moment::ticket ? text_type : number_type,
                     origin::local, static_cast<std::uint16_t>(m)});
  return names;
}

bool only_digits(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Choice numbers that a key would hide; "0" and "00" never are numbers.
std::vector<std::uint32_t> hidden_numbers(const key_set& keys) {
  std::vector<std::uint32_t> hidden;
  for (const auto* k : {&keys.back, &keys.home, &keys.more}) {
    std::uint32_t n = 0;
    if (only_digits(*k) && !k->starts_with('0') &&
        std::from_chars(k->data(), k->data() + k->size(), n).ec == std::errc{})
      hidden.push_back(n);
  }
  std::sort(hidden.begin(), hidden.end());
  return hidden;
}

} // namespace

void loader::script_of(const std::deque<yaml_node>& trees) {
  const yaml_node& root = trees.front();
  if (!root.is_map()) {
    found_.error(root.at, "a menu script is a map", "begin with: menu: NAME");
    return;
  }
  known_keys(root, "a menu script",
             {"menu", "dial", "training", "languages", "who", "start", "screens", "forms", "keys", "texts", "digits",
              "calendar", "include"});
  for (std::size_t i = 1; i < trees.size(); ++i)
    known_keys(trees[i], "an included file", {"screens", "forms", "texts", "include"});
  if (const auto* n = need(root, "menu", "the script"); n && identifier(*n)) out_.name = n->value;
  if (const auto* n = need(root, "dial", "the script")) out_.dial = service_code(*n);
  if (const auto* n = find(root, "training")) {
    out_.training = service_code(*n);
    if (out_.training == out_.dial)
      found_.error(n->at, "this is the code of 'dial'", "give training a code of its own");
  }
  languages(find(root, "languages"), root);
  if (out_.languages.empty()) return; // no text could be read
  who(find(root, "who"), root);
  everywhere_ = {{std::string(word(out_.scope)), entity_type(out_.scope), origin::scope, 0},
                 {"person", entity_type(noun::person), origin::person, 0}};
  if (const auto* n = find(root, "digits")) digits(*n);
  if (const auto* n = find(root, "calendar")) calendars(*n);
  if (const auto* n = find(root, "keys")) keys(*n);
  out_.skipped = hidden_numbers(out_.choice_keys);
  const auto all_screens = spread(trees, "screens"), all_forms = spread(trees, "forms");
  for (const auto& e : all_screens)
    screen_names_.push_back(e.name->value);
  for (const auto& e : all_forms)
    form_names_.push_back(e.name->value);
  shapes(all_forms);
  if (const auto* n = need(root, "start", "the script"); n && !all_screens.empty()) {
    const auto start = one_of(*n, screen_names_, "screen");
    out_.start = start == no_index ? 0 : start;
  }
  screens(all_screens, root.at);
  forms(all_forms);
  for (const auto& tree : trees)
    if (const auto* n = find(tree, "texts")) own_texts(*n, false);
}

std::string loader::service_code(const yaml_node& n) {
  const auto code = scalar(n, "the dial code").value_or("");
  if (code.size() < 3 || !code.starts_with('*') || !code.ends_with('#') ||
      code.find_first_not_of("*#0123456789") != std::string::npos)
    found_.error(n.at, "this is no USSD code", "write it in quotes, as in \"*140#\"");
  return code;
}

std::vector<loader::entry> loader::spread(const std::deque<yaml_node>& trees, std::string_view key) {
  std::vector<entry> all;
  for (const auto& tree : trees) {
    const auto* map = find(tree, key);
    if (!map) continue;
    if (!map->is_map()) {
      found_.error(map->at, "'" + std::string(key) + "' must be a map", "write: " + std::string(key) + ": {NAME: {…}}");
      continue;
    }
    for (std::size_t i = 0; i < map->keys.size(); ++i) {
      const auto same = [&](const entry& e) { return e.name->value == map->keys[i].value; };
      // Within one file the parser has refused it.
      if (std::any_of(all.begin(), all.end(), same))
        found_.error(map->keys[i].at, "'" + map->keys[i].value + "' is given in two files", "keep one of them");
      all.push_back({&map->keys[i], &map->items[i]});
    }
  }
  return all;
}

surroundings loader::around() const {
  return {shapes_, out_.languages.empty() ? calendar::gregorian : out_.languages.front().days, in_form_};
}

void loader::looks_back(const std::vector<std::uint16_t>& wanted) {
  for (const auto f : wanted) {
    const auto at = std::lower_bound(out_.looks_back.begin(), out_.looks_back.end(), f);
    if (at == out_.looks_back.end() || *at != f) out_.looks_back.insert(at, f);
  }
}

void loader::queues(const std::vector<std::string>& wanted) {
  for (const auto& q : wanted)
    if (std::find(out_.queues.begin(), out_.queues.end(), q) == out_.queues.end()) out_.queues.push_back(q);
}

void loader::languages(const yaml_node* n, const yaml_node& root) {
  if (!n) {
    found_.error(root.at, "the script lacks 'languages'", "write: languages: [fa, en]");
    return;
  }
  if (!list(*n, "'languages'")) return;
  for (const auto& item : n->items) {
    const auto tag = scalar(item, "a language");
    if (!tag) continue;
    if (tag->size() > 12 ||
        tag->find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != std::string::npos)
      found_.error(item.at, "'" + *tag + "' is no language tag", "write fa, en, ar, ku-Latn …");
    else if (out_.language_index(*tag) != no_index)
      found_.error(item.at, "language '" + *tag + "' is given twice", "");
    else if (out_.languages.size() >= 32)
      found_.error(item.at, "more than 32 languages", "");
    else
      out_.languages.push_back({*tag, native_digits(*tag), native_calendar(*tag), is_right_to_left(*tag), {}, {}});
  }
  if (n->items.empty()) found_.error(n->at, "a script needs at least one language", "write: languages: [fa, en]");
  for (const auto& l : out_.languages)
    language_tags_.push_back(l.tag);
}

void loader::digits(const yaml_node& n) {
  if (!n.is_map()) {
    found_.error(n.at, "'digits' must be a map", "write: digits: {fa: latin}");
    return;
  }
  for (std::size_t i = 0; i < n.keys.size(); ++i) {
    const auto language = one_of(n.keys[i], language_tags_, "language");
    const auto style = one_of(n.items[i], {"latin", "native"}, "kind of digits");
    if (language != no_index && style == 0) out_.languages[language].digits = digit_style::latin;
  }
}

void loader::calendars(const yaml_node& n) {
  if (!n.is_map()) {
    found_.error(n.at, "'calendar' must be a map", "write: calendar: {fa: gregorian}");
    return;
  }
  for (std::size_t i = 0; i < n.keys.size(); ++i) {
    const auto language = one_of(n.keys[i], language_tags_, "language");
    const auto which = one_of(n.items[i], {"gregorian", "jalali"}, "calendar");
    if (language != no_index && which != no_index)
      out_.languages[language].days = which == 0 ? calendar::gregorian : calendar::jalali;
  }
}

void loader::who(const yaml_node* n, const yaml_node& root) {
  if (!n) {
    found_.error(root.at, "the script lacks 'who'", "write the role that may dial, such as: who: presiding_officer");
    return;
  }
  if (!n->is_map()) {
    if (identifier(*n)) out_.who = n->value;
    return;
  }
  known_keys(*n, "'who'", {"role", "scope"});
  if (const auto* role = need(*n, "role", "'who'"); role && identifier(*role)) out_.who = role->value;
  if (const auto* scope = find(*n, "scope")) {
    static const std::vector<std::string> scopes{"station", "office", "area"};
    const auto found = one_of(*scope, scopes, "kind of scope");
    if (found != no_index) out_.scope = noun_of(scopes[found]);
  }
}

void loader::keys(const yaml_node& n) {
  known_keys(n, "'keys'", {"choices", "answers"});
  if (const auto* c = find(n, "choices")) key_set_of(*c, out_.choice_keys, false);
  if (const auto* a = find(n, "answers")) key_set_of(*a, out_.answer_keys, true);
}

void loader::key_set_of(const yaml_node& n, key_set& set, bool answers) {
  if (!known_keys(n, "a set of keys", {"back", "home", "more"})) return;
  const auto read = [&](std::string_view name, std::string& key) {
    const auto* k = find(n, name);
    if (!k) return;
    const auto text = scalar(*k, "a key").value_or("");
    if (text.empty() || text.size() > 3 || text.find_first_not_of("*#0123456789") != std::string::npos)
      found_.error(k->at, "this is no key of a phone", "use 0-9, * and #, at most 3 of them, in quotes");
    else if (answers && text.find_first_of("0123456789") != std::string::npos)
      found_.error(k->at, "key '" + text + "' could be an answer",
                   "where digits are the answer, keys are made of * and #");
    key = text;
  };
  read("back", set.back);
  read("home", set.home);
  read("more", set.more);
  if (set.back == set.home || set.back == set.more || set.home == set.more)
    found_.error(n.at, "two of these keys are the same", "give back, home and more a key each");
}

void loader::own_texts(const yaml_node& map, bool shared) {
  if (!map.is_map()) {
    found_.error(map.at, "the texts must be a map", "write: texts: {wrong_pin: {fa: …, en: …}}");
    return;
  }
  std::vector<std::string_view> known;
  for (std::size_t m = 0; m < messages; ++m)
    known.push_back(name_of(static_cast<message>(m)));
  for (std::size_t i = 0; i < map.keys.size(); ++i) {
    const auto found = std::find(known.begin(), known.end(), map.keys[i].value);
    if (found == known.end()) {
      found_.error(map.keys[i].at, "there is no text '" + map.keys[i].value + "'",
                   suggestion(map.keys[i].value, known));
      continue;
    }
    const auto m = static_cast<std::size_t>(found - known.begin());
    if (out_.own[m] != no_text && shared) continue; // the script has its own
    const auto id = text(map.items[i], moment_names(static_cast<message>(m), everywhere_), shared);
    if (id != no_text) out_.own[m] = id;
  }
}

void loader::require_own_texts(const yaml_node& root) {
  const auto* n = find(root, "languages");
  for (std::size_t l = 0; l < out_.languages.size(); ++l) {
    std::string missing;
    for (std::size_t m = 0; m < messages; ++m)
      if (out_.own[m] == no_text || out_.text(out_.own[m], l).parts.empty())
        missing += (missing.empty() ? "" : ", ") + std::string(name_of(static_cast<message>(m)));
    if (missing.empty()) continue;
    const auto& tag = out_.languages[l].tag;
    found_.error(n->at, "texts of the engine are missing in '" + tag + "': " + missing,
                 "add each to the script, as in: texts: {" + missing.substr(0, missing.find(',')) + ": {" + tag +
                     ": …}}");
  }
}

} // namespace tallyline::menus
