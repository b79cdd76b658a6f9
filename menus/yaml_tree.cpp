#include "menus/yaml_tree.h"

#include "menus/utf8.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>

namespace tallyline::menus {
namespace {

struct refused {
  std::size_t at;
  std::string what, hint;
};

class builder final : public YAML::EventHandler {
public:
  explicit builder(std::size_t base) : base_(base) {}
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& m, YAML::anchor_t a) override {
    check(m, a, {});
    add({yaml_node::kind::null, offset(m), {}, {}, {}});
  }
  void OnAlias(const YAML::Mark& m, YAML::anchor_t) override {
    throw refused{offset(m), "aliases are not allowed in a menu script",
                  "write the value out, or quote a text that begins with '*'"};
  }
  void OnScalar(const YAML::Mark& m, const std::string& tag, YAML::anchor_t a, const std::string& v) override {
    check(m, a, tag);
    add({yaml_node::kind::scalar, offset(m), v, {}, {}});
  }
  void OnSequenceStart(const YAML::Mark& m, const std::string& tag, YAML::anchor_t a,
                       YAML::EmitterStyle::value) override {
    open(m, a, tag, yaml_node::kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& m, const std::string& tag, YAML::anchor_t a, YAML::EmitterStyle::value) override {
    open(m, a, tag, yaml_node::kind::map);
  }
  void OnMapEnd() override { close(); }

  yaml_node root;

private:
  // yaml-cpp gives "?" for a plain scalar and "!" for a quoted one.
  std::size_t offset(const YAML::Mark& m) const { return base_ + (m.pos < 0 ? 0 : static_cast<std::size_t>(m.pos)); }
  void check(const YAML::Mark& m, YAML::anchor_t a, std::string_view tag) const {
    if (a)
      throw refused{offset(m), "anchors are not allowed in a menu script",
                    "write the value out where it is needed, or quote a text that begins with '&'"};
    if (tag.size() > 1)
      throw refused{offset(m), "tags are not allowed in a menu script", "quote a text that begins with '!'"};
  }
  void open(const YAML::Mark& m, YAML::anchor_t a, std::string_view tag, yaml_node::kind what) {
    check(m, a, tag);
    if (stack_.size() >= static_cast<std::size_t>(deepest_yaml))
      throw refused{offset(m), "this is nested too deeply", ""};
    stack_.push_back({what, offset(m), {}, {}, {}});
  }
  void close() {
    auto done = std::move(stack_.back());
    stack_.pop_back();
    add(std::move(done));
  }
  void add(yaml_node n) {
    if (stack_.empty()) {
      root = std::move(n);
      return;
    }
    auto& parent = stack_.back();
    if (parent.is_map() && parent.keys.size() == parent.items.size())
      add_key(parent, std::move(n));
    else
      parent.items.push_back(std::move(n));
  }
  static void add_key(yaml_node& parent, yaml_node n) {
    if (!n.is_scalar())
      throw refused{n.at, "a plain word is expected before ':'", "quote a text that begins with '{' or '['"};
    for (const auto& k : parent.keys)
      if (k.value == n.value) throw refused{n.at, "'" + n.value + "' is given twice", "keep one of them"};
    parent.keys.push_back(std::move(n));
  }
  std::size_t base_; // of the file among the sources
  std::vector<yaml_node> stack_;
};

// What yaml-cpp would get wrong or say unclearly; also bounds its recursion before it begins.
bool acceptable(const sources::file& file, findings& found) {
  const std::string_view text = file.text;
  const auto fail = [&](std::size_t at, std::string what, std::string hint) {
    found.error(file.base + at, std::move(what), std::move(hint));
    return false;
  };
  if (text.size() > largest_script)
    return fail(0, "the script is larger than 1 MiB", "split it, or look for something pasted twice");
  if (text.starts_with("\xEF\xBB\xBF"))
    return fail(0, "the file begins with a byte-order mark", "save it as UTF-8 without BOM");
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") ||
      text.substr(0, 4).find('\0') != std::string_view::npos)
    return fail(0, "the file is not UTF-8", "save it as UTF-8 without BOM");
  if (const auto bad = first_malformed(text); bad != std::string_view::npos)
    return fail(bad, "this is not UTF-8", "save the file as UTF-8");
  bool indent = true;
  int open = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\t' && indent) return fail(at, "a tab in the indentation", "indent with spaces");
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7F)
      return fail(at, "a control character in the script", "delete it");
    indent = c == '\n' || (indent && c == ' ');
    open += (c == '[' || c == '{') - (c == ']' || c == '}');
    if (c == '\n' && open < 0) open = 0;
    if (open > 8 * deepest_yaml) return fail(at, "this is nested too deeply", "close the brackets");
  }
  return true;
}

std::string readable(std::string what) {
  if (what == "illegal map value") return "a ':' where none is expected; quote texts that contain ': '";
  if (what == "unknown token") return "this cannot stand here; put the text in quotes";
  if (what.find("anchor") != std::string::npos)
    return "aliases are not allowed in a menu script; quote a text that begins with '*'";
  for (const std::string_view part : {"map", "sequence"})
    if (what.find("end of " + std::string(part)) != std::string::npos)
      return "this does not continue the " + std::string(part == "map" ? part : "list") +
             " above it; check the indentation, the commas and the brackets";
  return what;
}

} // namespace

constexpr std::size_t most_errors = 20;

bool findings::full() const { return problems_.size() >= most_errors; }

void findings::error(std::size_t at, std::string what, std::string hint) {
  if (!full()) problems_.push_back(all_.tell(diagnostic::severity::error, at, std::move(what), std::move(hint)));
}

void findings::error_in(const yaml_node& scalar, std::size_t at, std::string what, std::string hint) {
  error(all_.inside(scalar.at, at), std::move(what), std::move(hint));
}

std::optional<yaml_node> parse_yaml(const sources::file& file, findings& found) {
  if (!acceptable(file, found)) return std::nullopt;
  try {
    std::istringstream in{file.text};
    YAML::Parser parser(in);
    builder tree(file.base), second(file.base);
    if (!parser.HandleNextDocument(tree)) {
      found.error(file.base, "the script is empty", "");
      return std::nullopt;
    }
    if (parser.HandleNextDocument(second))
      throw refused{second.root.at, "a second document in the file", "delete the '---' before it"};
    return std::move(tree.root);
  } catch (const refused& r) {
    found.error(r.at, r.what, r.hint);
  } catch (const YAML::Exception& e) {
    found.error(file.base + (e.mark.pos < 0 ? 0 : static_cast<std::size_t>(e.mark.pos)), readable(e.msg), "");
  }
  return std::nullopt;
}

} // namespace tallyline::menus
