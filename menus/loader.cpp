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
    names.push_back({std::string(name_of(m)), m == moment::receipt ? text_type : number_type, origin::local,
                     static_cast<std::uint16_t>(m)});
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

void loader::script_of(const yaml_node& root) {
  if (!root.is_map()) {
    file_.error(root.at, "a menu script is a map", "begin with: menu: NAME");
    return;
  }
  known_keys(root, "a menu script",
             {"menu", "dial", "languages", "who", "start", "screens", "forms", "keys", "texts", "digits"});
  if (const auto* n = need(root, "menu", "the script"); n && identifier(*n)) out_.name = n->value;
  if (const auto* n = need(root, "dial", "the script")) {
    const auto code = scalar(*n, "the dial code").value_or("");
    if (code.size() < 3 || !code.starts_with('*') || !code.ends_with('#') ||
        code.find_first_not_of("*#0123456789") != std::string::npos)
      file_.error(n->at, "this is no USSD code", "write it in quotes, as in \"*140#\"");
    out_.dial = code;
  }
  languages(find(root, "languages"), root);
  if (out_.languages.empty()) return; // no text could be read
  who(find(root, "who"), root);
  everywhere_ = {{std::string(word(out_.scope)), entity_type(out_.scope), origin::scope, 0},
                 {"person", entity_type(noun::person), origin::person, 0}};
  if (const auto* n = find(root, "digits")) digits(*n);
  if (const auto* n = find(root, "keys")) keys(*n);
  out_.skipped = hidden_numbers(out_.choice_keys);
  const auto* screen_map = need(root, "screens", "the script");
  const auto* form_map = find(root, "forms");
  if (screen_map && screen_map->is_map())
    for (const auto& k : screen_map->keys)
      screen_names_.push_back(k.value);
  if (form_map && form_map->is_map())
    for (const auto& k : form_map->keys)
      form_names_.push_back(k.value);
  if (const auto* n = need(root, "start", "the script"); n && screen_map) {
    const auto start = one_of(*n, screen_names_, "screen");
    out_.start = start == no_index ? 0 : start;
  }
  if (screen_map) screens(*screen_map);
  if (form_map) forms(*form_map);
  if (const auto* n = find(root, "texts")) own_texts(*n, false);
}

void loader::languages(const yaml_node* n, const yaml_node& root) {
  if (!n) {
    file_.error(root.at, "the script lacks 'languages'", "write: languages: [fa, en]");
    return;
  }
  if (!list(*n, "'languages'")) return;
  for (const auto& item : n->items) {
    const auto tag = scalar(item, "a language");
    if (!tag) continue;
    if (tag->size() > 12 ||
        tag->find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != std::string::npos)
      file_.error(item.at, "'" + *tag + "' is no language tag", "write fa, en, ar, ku-Latn …");
    else if (out_.language_index(*tag) != no_index)
      file_.error(item.at, "language '" + *tag + "' is given twice", "");
    else if (out_.languages.size() >= 32)
      file_.error(item.at, "more than 32 languages", "");
    else
      out_.languages.push_back({*tag, native_digits(*tag), {}, {}});
  }
  if (n->items.empty()) file_.error(n->at, "a script needs at least one language", "write: languages: [fa, en]");
  for (const auto& l : out_.languages)
    language_tags_.push_back(l.tag);
}

void loader::digits(const yaml_node& n) {
  if (!n.is_map()) {
    file_.error(n.at, "'digits' must be a map", "write: digits: {fa: latin}");
    return;
  }
  for (std::size_t i = 0; i < n.keys.size(); ++i) {
    const auto language = one_of(n.keys[i], language_tags_, "language");
    const auto style = one_of(n.items[i], {"latin", "native"}, "kind of digits");
    if (language != no_index && style == 0) out_.languages[language].digits = digit_style::latin;
  }
}

void loader::who(const yaml_node* n, const yaml_node& root) {
  if (!n) {
    file_.error(root.at, "the script lacks 'who'", "write the role that may dial, such as: who: presiding_officer");
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
      file_.error(k->at, "this is no key of a phone", "use 0-9, * and #, at most 3 of them, in quotes");
    else if (answers && text.find_first_of("0123456789") != std::string::npos)
      file_.error(k->at, "key '" + text + "' could be an answer",
                  "where digits are the answer, keys are made of * and #");
    key = text;
  };
  read("back", set.back);
  read("home", set.home);
  read("more", set.more);
  if (set.back == set.home || set.back == set.more || set.home == set.more)
    file_.error(n.at, "two of these keys are the same", "give back, home and more a key each");
}

void loader::own_texts(const yaml_node& map, bool shared) {
  if (!map.is_map()) {
    file_.error(map.at, "the texts must be a map", "write: texts: {wrong_pin: {fa: …, en: …}}");
    return;
  }
  std::vector<std::string_view> known;
  for (std::size_t m = 0; m < messages; ++m)
    known.push_back(name_of(static_cast<message>(m)));
  for (std::size_t i = 0; i < map.keys.size(); ++i) {
    const auto found = std::find(known.begin(), known.end(), map.keys[i].value);
    if (found == known.end()) {
      file_.error(map.keys[i].at, "there is no text '" + map.keys[i].value + "'", suggestion(map.keys[i].value, known));
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
    file_.error(n->at, "texts of the engine are missing in '" + tag + "': " + missing,
                "add each to the script, as in: texts: {" + missing.substr(0, missing.find(',')) + ": {" + tag +
                    ": …}}");
  }
}

} // namespace tallyline::menus
