#include "menus/script.h"

#include "menus/loader.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace tallyline::menus {
namespace {

// At most one byte more than is allowed, so that a huge file costs nothing.
std::optional<std::string> content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  std::string text(largest_script + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return in.bad() ? std::nullopt : std::optional(std::move(text));
}

diagnostic unreadable(const std::string& name) {
  diagnostic d;
  d.file = name;
  d.line = d.column = 1;
  d.what = "the file cannot be read";
  d.hint = "check its name and who may read it";
  return d;
}

void shared_texts(script& out, const load_options& options, std::vector<diagnostic>& problems) {
  const auto path = options.texts / "texts.yaml";
  const auto text = content(path);
  if (!text) {
    problems.push_back(unreadable(path.string()));
    return;
  }
  source_file file(path.string(), *text, problems);
  if (const auto tree = parse_yaml(file)) loader(file, out).own_texts(*tree, true);
}

void hints_of(script& s, std::size_t language) {
  auto& l = s.languages[language];
  context c;
  c.language = l.tag;
  const auto hint = [&](std::string_view key, message which) {
    std::string out;
    append_in_digits(out, key, l.digits);
    out += ' ';
    render(s.text(s.own[static_cast<std::size_t>(which)], language), c, l.digits, out);
    return out;
  };
  l.choices = {hint(s.choice_keys.back, message::back), hint(s.choice_keys.home, message::home),
               hint(s.choice_keys.more, message::more)};
  l.answers = {hint(s.answer_keys.back, message::back), hint(s.answer_keys.home, message::home),
               hint(s.answer_keys.more, message::more)};
}

} // namespace

load_result load_script_text(std::string_view text, std::string name, const load_options& options) {
  load_result result;
  auto menu = std::make_unique<script>();
  menu->own.fill(no_text);
  source_file file(std::move(name), text, result.problems);
  const auto tree = parse_yaml(file);
  if (!tree) return result;
  loader load(file, *menu);
  load.script_of(*tree);
  if (menu->languages.empty()) return result;
  std::stable_sort(result.problems.begin(), result.problems.end(), [](const diagnostic& a, const diagnostic& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
  shared_texts(*menu, options, result.problems);
  if (result.problems.empty()) load.require_own_texts(*tree);
  if (!result.problems.empty()) return result;
  for (std::size_t i = 0; i < menu->languages.size(); ++i)
    hints_of(*menu, i);
  result.menu = std::move(menu);
  return result;
}

load_result load_script(const std::filesystem::path& file, const load_options& options) {
  const auto text = content(file);
  if (text) return load_script_text(*text, file.string(), options);
  load_result result;
  result.problems.push_back(unreadable(file.string()));
  return result;
}

} // namespace tallyline::menus
