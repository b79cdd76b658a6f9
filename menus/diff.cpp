#include "menus/diff.h"

#include "menus/yaml_tree.h"

#include <algorithm>
#include <array>

namespace tallyline::menus {
namespace {

bool plain(const std::string& value) {
  return !value.empty() && value.find_first_of(",:{}[]#\"'\n") == std::string::npos && value.front() != ' ' &&
         value.back() != ' ';
}

void append_flow(const yaml_node& n, std::string& out, bool inside) {
  if (n.is_scalar()) {
    if (!inside || plain(n.value)) {
      out += n.value;
      return;
    }
    out += '"';
    for (const char c : n.value)
      out += c == '"' ? "\\\"" : c == '\n' ? "\\n" : std::string(1, c);
    out += '"';
    return;
  }
  if (n.what == yaml_node::kind::null) return;
  out += n.is_map() ? '{' : '[';
  for (std::size_t i = 0; i < n.items.size(); ++i) {
    if (i) out += ", ";
    if (n.is_map()) out += n.keys[i].value + ": ";
    append_flow(n.items[i], out, true);
  }
  out += n.is_map() ? '}' : ']';
}

std::string flow(const yaml_node& n) {
  std::string out;
  append_flow(n, out, false);
  return out;
}

const yaml_node* find(const yaml_node& map, std::string_view key) {
  for (std::size_t i = 0; i < map.keys.size(); ++i)
    if (map.keys[i].value == key) return &map.items[i];
  return nullptr;
}

// The script and all it includes as one tree.
yaml_node whole(const sources& texts) {
  std::vector<diagnostic> ignored;
  findings found(texts, ignored);
  yaml_node all;
  for (std::size_t f = 0; f < texts.size(); ++f) {
    auto tree = parse_yaml(texts[f], found);
    if (!tree) continue;
    if (f == 0) {
      all = std::move(*tree);
      continue;
    }
    for (std::size_t k = 0; k < tree->keys.size(); ++k) {
      const auto* there = find(all, tree->keys[k].value);
      auto& items = tree->items[k];
      if (!there) {
        all.keys.push_back(std::move(tree->keys[k]));
        all.items.push_back(std::move(items));
      } else if (there->is_map() && items.is_map()) {
        auto& into = all.items[static_cast<std::size_t>(there - all.items.data())];
        std::move(items.keys.begin(), items.keys.end(), std::back_inserter(into.keys));
        std::move(items.items.begin(), items.items.end(), std::back_inserter(into.items));
      }
    }
  }
  return all;
}

// What an entry of a list is known by, so that it is found again when it has moved.
std::string identity(const yaml_node& entry) {
  static constexpr std::array by{"name", "value", "must", "warn", "form", "go", "language"};
  for (const auto* key : by)
    if (const auto* n = find(entry, key); n && n->is_scalar())
      return std::string(key) == "name" || std::string(key) == "value" ? n->value : std::string(key) + ' ' + n->value;
  return flow(entry);
}

bool list_of_maps(const yaml_node& n) {
  return n.is_list() && std::all_of(n.items.begin(), n.items.end(), [](const auto& i) { return i.is_map(); });
}

std::string one_of(std::string_view list) {
  return list == "ask" ? "question" : list == "rules" ? "rule" : list == "choices" ? "choice" : std::string(list);
}

class comparison {
public:
  std::vector<difference> all(const yaml_node& a, const yaml_node& b) {
    part_ = "menu";
    each_key(a, b, [&](const std::string& key, const yaml_node* x, const yaml_node* y) {
      if (key == "screens" || key == "forms")
        parts(key.substr(0, key.size() - 1), x, y);
      else if (key == "texts")
        part_ = key, either("", "", x, y), part_ = "menu";
      else if (key != "include")
        either(key, key, x, y);
    });
    return std::move(out_);
  }

private:
  template <class Each> static void each_key(const yaml_node& a, const yaml_node& b, Each each) {
    for (std::size_t i = 0; i < a.keys.size(); ++i)
      each(a.keys[i].value, &a.items[i], find(b, a.keys[i].value));
    for (std::size_t i = 0; i < b.keys.size(); ++i)
      if (!find(a, b.keys[i].value)) each(b.keys[i].value, nullptr, &b.items[i]);
  }

  void tell(difference::kind what, const std::string& where, std::string before, std::string after) {
    out_.push_back({what, part_, where, std::move(before), std::move(after)});
  }

  void parts(const std::string& word, const yaml_node* a, const yaml_node* b) {
    static const yaml_node none{yaml_node::kind::map, 0, {}, {}, {}};
    each_key(a ? *a : none, b ? *b : none, [&](const std::string& name, const yaml_node* x, const yaml_node* y) {
      part_ = word + ' ' + name;
      either("", "", x, y);
    });
    part_ = "menu";
  }

  // `key`: of the node in its map, which says what the entries of a list are called.
  void either(const std::string& key, const std::string& where, const yaml_node* a, const yaml_node* b) {
    if (a && b) return both(key, where, *a, *b);
    tell(a ? difference::kind::removed : difference::kind::added, where, a ? flow(*a) : "", b ? flow(*b) : "");
  }

  void both(const std::string& key, const std::string& where, const yaml_node& a, const yaml_node& b) {
    if (a.is_map() && b.is_map())
      return each_key(a, b, [&](const std::string& name, const yaml_node* x, const yaml_node* y) {
        // The list's own name says nothing that its entries' does not.
        const bool list = (x && list_of_maps(*x)) || (y && list_of_maps(*y));
        either(name, list && x && y ? where : joined(where, name), x, y);
      });
    if (list_of_maps(a) && list_of_maps(b)) return lists(key, where, a, b);
    if (std::string before = flow(a), after = flow(b); before != after)
      tell(difference::kind::changed, where, std::move(before), std::move(after));
  }

  static std::string joined(const std::string& where, const std::string& name) {
    return where.empty() ? name : where + ' ' + name;
  }

  static std::vector<std::string> identities(const yaml_node& list) {
    std::vector<std::string> names;
    for (const auto& entry : list.items) {
      std::string name = identity(entry);
      const auto same = std::count(names.begin(), names.end(), name);
      names.push_back(same ? name + " #" + std::to_string(same + 1) : name);
    }
    return names;
  }

  void lists(const std::string& key, const std::string& where, const yaml_node& a, const yaml_node& b) {
    const auto before = identities(a), after = identities(b);
    std::vector<std::size_t> kept; // places in b, in the order of a
    for (std::size_t i = 0; i < before.size(); ++i) {
      const auto found = std::find(after.begin(), after.end(), before[i]);
      const auto at = static_cast<std::size_t>(found - after.begin());
      if (found != after.end()) kept.push_back(at);
      either("", joined(where, one_of(key) + ' ' + before[i]), &a.items[i],
             found != after.end() ? &b.items[at] : nullptr);
    }
    for (std::size_t i = 0; i < after.size(); ++i)
      if (std::find(before.begin(), before.end(), after[i]) == before.end())
        either("", joined(where, one_of(key) + ' ' + after[i]), nullptr, &b.items[i]);
    if (std::is_sorted(kept.begin(), kept.end())) return;
    const auto in_a_row = [](const std::vector<std::string>& names) {
      std::string row;
      for (const auto& n : names)
        row += (row.empty() ? "" : " · ") + n;
      return row;
    };
    tell(difference::kind::changed, joined(where, "order of " + key), in_a_row(before), in_a_row(after));
  }

  std::string part_;
  std::vector<difference> out_;
};

} // namespace

std::vector<difference> diff(const load_result& before, const load_result& after) {
  return comparison().all(whole(*before.texts), whole(*after.texts));
}

} // namespace tallyline::menus
