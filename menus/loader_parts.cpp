#include "menus/loader.h"
#include "menus/suggest.h"

#include <algorithm>

namespace tallyline::menus {
namespace {

constexpr std::size_t longest_text = 2000; // characters; some 30 pages of a handset

std::vector<std::string_view> views(const std::vector<std::string>& names) { return {names.begin(), names.end()}; }

std::string quoted(std::string_view name) { return "'" + std::string(name) + "'"; }

} // namespace

bool loader::known_keys(const yaml_node& n, std::string_view owner, std::initializer_list<std::string_view> known) {
  if (!n.is_map()) {
    found_.error(n.at, std::string(owner) + " must be a map", "write it as: {" + std::string(*known.begin()) + ": …}");
    return false;
  }
  bool fine = true;
  for (const auto& k : n.keys) {
    if (std::find(known.begin(), known.end(), k.value) != known.end()) continue;
    found_.error(k.at, std::string(owner) + " has no " + quoted(k.value),
                 suggestion(k.value, std::span(known.begin(), known.size())));
    fine = false;
  }
  return fine;
}

const yaml_node* loader::find(const yaml_node& map, std::string_view key) {
  for (std::size_t i = 0; i < map.keys.size(); ++i)
    if (map.keys[i].value == key) return &map.items[i];
  return nullptr;
}

const yaml_node* loader::need(const yaml_node& map, std::string_view key, std::string_view owner) {
  const auto* found = find(map, key);
  if (!found) found_.error(map.at, std::string(owner) + " lacks " + quoted(key), "");
  return found;
}

bool loader::list(const yaml_node& n, std::string_view owner) {
  if (n.is_list()) return true;
  found_.error(n.at, std::string(owner) + " must be a list", "begin each entry with '- '");
  return false;
}

std::optional<std::string> loader::scalar(const yaml_node& n, std::string_view owner) {
  if (n.is_scalar() && !n.value.empty()) return n.value;
  found_.error(n.at, std::string(owner) + " must be one word or text", "");
  return std::nullopt;
}

bool loader::flag(const yaml_node& n, bool& out) {
  if (n.is_scalar() && (n.value == "true" || n.value == "false")) {
    out = n.value == "true";
    return true;
  }
  found_.error(n.at, "this must be true or false", "");
  return false;
}

bool loader::identifier(const yaml_node& n) {
  const auto fits = [](const std::string& s) {
    if (s.empty() || s.size() > 40 || (s[0] >= '0' && s[0] <= '9')) return false;
    return std::all_of(s.begin(), s.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
  };
  if (n.is_scalar() && fits(n.value)) return true;
  found_.error(n.at, n.is_scalar() ? quoted(n.value) + " cannot be a name" : "a name is expected",
               "a name has letters a-z, digits and _, at most 40, and begins with a letter");
  return false;
}

std::uint16_t loader::one_of(const yaml_node& n, const std::vector<std::string>& names, std::string_view what) {
  const auto word = scalar(n, what);
  if (!word) return no_index;
  const auto found = std::find(names.begin(), names.end(), *word);
  if (found != names.end()) return static_cast<std::uint16_t>(found - names.begin());
  found_.error(n.at, "there is no " + std::string(what) + " " + quoted(*word), suggestion(*word, views(names)));
  return no_index;
}

std::optional<program> loader::expression(const yaml_node& n, const name_table& names) {
  if (!n.is_scalar()) {
    found_.error(n.at, "an expression is expected", "quote it if it has ': ' or begins with '[' or '{'");
    return std::nullopt;
  }
  auto compiled = compile(n.value, names, around());
  if (auto* p = std::get_if<program>(&compiled)) {
    looks_back(p->looks_back);
    queues(p->queues);
    return std::move(*p);
  }
  auto& e = std::get<expression_error>(compiled);
  found_.error_in(n, e.at, std::move(e.what), std::move(e.hint));
  return std::nullopt;
}

text_id loader::new_text() {
  const auto id = static_cast<text_id>(out_.texts.size() / out_.languages.size());
  out_.texts.resize(out_.texts.size() + out_.languages.size());
  out_.text_places.resize(out_.texts.size());
  return id;
}

bool loader::text_in(const yaml_node& n, const name_table& names, text_id id, std::size_t language) {
  if (!n.is_scalar() || n.value.empty()) {
    found_.error(n.at, "a text is expected", "");
    return false;
  }
  if (characters(n.value) > longest_text) {
    found_.error(n.at, "this text is longer than 2000 characters",
                 "a handset shows 182 of them, or 80 of Persian, at a time");
    return false;
  }
  auto compiled = compile_text(n.value, names, around());
  if (auto* t = std::get_if<text_template>(&compiled)) {
    for (const auto& p : t->programs) {
      looks_back(p.looks_back);
      queues(p.queues);
    }
    out_.text_places[id * out_.languages.size() + language] = static_cast<place_in_text>(n.at);
    out_.texts[id * out_.languages.size() + language] = std::move(*t);
    return true;
  }
  auto& e = std::get<expression_error>(compiled);
  found_.error_in(n, e.at, std::move(e.what), std::move(e.hint));
  return false;
}

text_id loader::text(const yaml_node& n, const name_table& names, bool shared) {
  const auto id = new_text();
  if (!n.is_map()) {
    for (std::size_t i = 0; i < out_.languages.size(); ++i)
      if (!text_in(n, names, id, i)) return no_text;
    return id;
  }
  bool fine = true;
  for (std::size_t k = 0; k < n.keys.size(); ++k) {
    if (shared && out_.language_index(n.keys[k].value) == no_index) continue;
    const auto language = one_of(n.keys[k], language_tags_, "language");
    fine = language != no_index && text_in(n.items[k], names, id, language) && fine;
  }
  for (const auto& tag : language_tags_) {
    if (find(n, tag) || shared) continue;
    found_.error(n.at, "this text is missing in " + quoted(tag), "add " + tag + ": …");
    fine = false;
  }
  return fine ? id : no_text;
}

std::uint64_t loader::fields_in(text_id id) const {
  std::uint64_t fields = 0;
  if (id == no_text) return fields;
  for (std::size_t i = 0; i < out_.languages.size(); ++i)
    for (const auto& p : out_.text(id, i).programs)
      fields |= p.fields;
  return fields;
}

} // namespace tallyline::menus
