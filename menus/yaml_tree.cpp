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

std::size_t offset(const YAML::Mark& m) { return m.pos < 0 ? 0 : static_cast<std::size_t>(m.pos); }

class builder final : public YAML::EventHandler {
public:
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
  static void check(const YAML::Mark& m, YAML::anchor_t a, std::string_view tag) {
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
  std::vector<yaml_node> stack_;
};

// What yaml-cpp would get wrong or say unclearly; also bounds its recursion before it begins.
bool acceptable(source_file& file) {
  const auto text = file.text();
  const auto fail = [&](std::size_t at, std::string what, std::string hint) {
    file.error(at, std::move(what), std::move(hint));
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

// A line as it can be printed: what is no character, or none that shows, replaced.
std::string printable(std::string_view line) {
  std::string out;
  for (std::size_t at = 0; at < line.size();) {
    const auto from = at;
    const char32_t c = next_character(line, at);
    if (c == 0xFEFF) continue;
    if (c == malformed)
      out += "\uFFFD";
    else if (c < 0x20 || c == 0x7F)
      out += ' ';
    else
      out += line.substr(from, at - from);
  }
  return out;
}

// In a block scalar (after '|' or '>'): its lines lose their indentation, and each line end is one character.
std::size_t place_in_block(std::string_view source, std::size_t at, std::size_t wanted) {
  const auto first = source.find('\n', at);
  if (first == std::string_view::npos) return at;
  const auto begin = source.find_first_not_of(" \r\n", first);
  if (begin == std::string_view::npos) return at;
  const auto indent = begin - (source.rfind('\n', begin) + 1);
  auto place = begin;
  for (std::size_t value = 0; value < wanted && place < source.size(); ++value)
    if (source[place++] == '\n')
      for (std::size_t i = 0; i < indent && place < source.size() && source[place] == ' '; ++i)
        ++place;
  return place;
}

// The byte of `source` where byte `wanted` of the scalar that starts at `at` is written.
std::size_t place_in_scalar(std::string_view source, std::size_t at, std::size_t wanted) {
  if (at >= source.size()) return at;
  if (source[at] == '|' || source[at] == '>') return place_in_block(source, at, wanted);
  const char quote = source[at] == '"' || source[at] == '\'' ? source[at] : '\0';
  if (quote) ++at;
  const auto begin = at;
  for (std::size_t value = 0; value < wanted && at < source.size(); ++value) {
    const char c = source[at];
    if (c == '\n' || c == '\r') { // folded into one space
      while (at < source.size() && (source[at] == '\n' || source[at] == '\r' || source[at] == ' '))
        ++at;
    } else if (quote == '"' && c == '\\' && at + 1 < source.size()) {
      const char e = source[at + 1];
      if (e == 'x' || e == 'u' || e == 'U') return begin; // as good as it gets
      at += 2;
    } else {
      at += quote == '\'' && source.substr(at, 2) == "''" ? 2 : 1;
    }
  }
  return at;
}

} // namespace

constexpr std::size_t most_errors = 20;

bool source_file::full() const { return problems_.size() >= most_errors; }

void source_file::error(std::size_t at, std::string what, std::string hint) {
  if (full()) return;
  at = std::min(at, text_.size());
  const auto before = text_.substr(0, at);
  const auto start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  diagnostic d;
  d.file = name_;
  d.line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
  d.column = static_cast<int>(characters(before.substr(start))) + 1;
  d.what = std::move(what);
  d.hint = std::move(hint);
  auto line = text_.substr(start, text_.find('\n', start) - start);
  if (line.ends_with('\r')) line.remove_suffix(1);
  d.source = printable(line);
  problems_.push_back(std::move(d));
}

void source_file::error_in(const yaml_node& scalar, std::size_t at, std::string what, std::string hint) {
  error(place_in_scalar(text_, scalar.at, at), std::move(what), std::move(hint));
}

std::optional<yaml_node> parse_yaml(source_file& file) {
  if (!acceptable(file)) return std::nullopt;
  try {
    std::istringstream in{std::string(file.text())};
    YAML::Parser parser(in);
    builder tree, second;
    if (!parser.HandleNextDocument(tree)) {
      file.error(0, "the script is empty", "");
      return std::nullopt;
    }
    if (parser.HandleNextDocument(second))
      throw refused{second.root.at, "a second document in the file", "delete the '---' before it"};
    return std::move(tree.root);
  } catch (const refused& r) {
    file.error(r.at, r.what, r.hint);
  } catch (const YAML::Exception& e) {
    file.error(offset(e.mark), readable(e.msg), "");
  }
  return std::nullopt;
}

} // namespace tallyline::menus
