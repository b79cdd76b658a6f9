#include "menus/script.h"

#include "menus/includes.h"
#include "menus/loader.h"

#include <algorithm>
#include <tuple>

namespace tallyline::menus {
namespace {

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
  auto text = read_text(path);
  if (!text) {
    problems.push_back(unreadable(path.string()));
    return;
  }
  sources one;
  one.add(path.string(), std::move(*text));
  findings found(one, problems);
  if (const auto tree = parse_yaml(one[0], found)) loader(found, out).own_texts(*tree, true);
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
  const auto texts = std::make_shared<sources>();
  result.texts = texts;
  // One byte too many is enough to be refused.
  texts->add(std::move(name), std::string(text.substr(0, largest_script + 1)));
  auto menu = std::make_unique<script>();
  menu->own.fill(no_text);
  findings found(*texts, result.problems);
  const auto trees = read_trees(*texts, found, options);
  if (trees.empty()) return result;
  loader load(found, *menu);
  load.script_of(trees);
  if (menu->languages.empty()) return result;
  std::stable_sort(result.problems.begin(), result.problems.end(), [](const diagnostic& a, const diagnostic& b) {
    return std::tie(a.file, a.line, a.column) < std::tie(b.file, b.line, b.column);
  });
  shared_texts(*menu, options, result.problems);
  if (result.problems.empty()) load.require_own_texts(trees.front());
  if (!result.problems.empty()) return result;
  for (std::size_t i = 0; i < menu->languages.size(); ++i)
    hints_of(*menu, i);
  result.menu = std::move(menu);
  return result;
}

load_result load_script(const std::filesystem::path& file, const load_options& options) {
  auto here = options;
  if (!here.include)
    here.include = [folder = file.parent_path()](std::string_view name) { return read_inside(folder, name); };
  if (const auto text = read_text(file)) return load_script_text(*text, file.string(), here);
  load_result result;
  result.problems.push_back(unreadable(file.string()));
  return result;
}

} // namespace tallyline::menus
