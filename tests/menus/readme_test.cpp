// Every example of menus/README.md is loaded, and every word of the language is in it.
#include "tests/support/menu_phone.h"

#include <fstream>
#include <sstream>

using namespace tallyline;
using namespace tallyline::menus;

namespace {

std::string readme() {
  std::ifstream in(std::filesystem::path(TALLYLINE_SOURCE_DIR) / "menus/README.md");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> examples() {
  std::vector<std::string> all;
  const std::string text = readme(), fence = "```yaml\n";
  for (auto at = text.find(fence); at != std::string::npos; at = text.find(fence, at)) {
    at += fence.size();
    all.push_back(text.substr(at, text.find("```", at) - at));
  }
  return all;
}

std::string indented(const std::string& text, int by) {
  std::istringstream lines(text);
  std::string out, line;
  while (std::getline(lines, line))
    out += std::string(static_cast<std::size_t>(by), ' ') + line + '\n';
  return out;
}

// A whole script around a part.
std::string whole(const std::string& example) {
  const auto first = example.substr(0, example.find('\n'));
  const auto part = example.substr(first.size() + 1);
  if (first == "# menu") return part;
  const std::string head =
      "menu: t\ndial: \"*7#\"\nlanguages: [en]\nwho: presiding_officer\nstart: home\nscreens:\n  home:\n"
      "    text: Home\n    choices:\n";
  const std::string choice = "      - {label: Report, form: report}\n", forms = "forms:\n  report:\n";
  if (first == "# choices") return head + indented(part, 6) + forms + "    ask: [{name: n, number: , text: \"N?\"}]\n";
  if (first == "# form") return head + choice + forms + indented(part, 4);
  if (first == "# questions") return head + choice + forms + "    ask:\n" + indented(part, 6);
  FAIL("an example without a mark that says what it is: " << first);
  return {};
}

} // namespace

TEST_CASE("every example of the README loads") {
  const auto all = examples();
  CHECK(all.size() >= 5);
  for (const auto& example : all) {
    const auto got = load_script_text(whole(example), "README.md", tests::shipped_texts);
    for (const auto& p : got.problems)
      MESSAGE(to_string(p));
    CHECK_MESSAGE(got, example);
  }
}

TEST_CASE("the README's first menu works as it says") {
  tests::phone p("*145#", {}, whole(examples().front()));
  CHECK(p.say({"1", "PIN"}).shows("Is the station calm now?\n1 Yes\n2 No"));
  CHECK(p.say({"2", "a crowd"}).shows("Whom shall we call?\n# Skip"));
  CHECK(p.say({"#"}).shows("Please check:\ncalm No\nwhat a crowd\ncall –"));
}

TEST_CASE("every word of the language is in the README") {
  const std::string text = readme();
  for (const auto& row : catalogue())
    CHECK_MESSAGE(text.find('`' + std::string(row.of == noun::record ? "record." : "") + std::string(row.name) + '`') !=
                      std::string::npos,
                  word(row.of) << '.' << row.name);
  for (const std::string name :
       {"menu",     "dial",   "languages", "who",      "start",   "screens", "forms",    "include", "texts",
        "keys",     "digits", "calendar",  "text",     "choices", "pin",     "label",    "go",      "form",
        "language", "end",    "when",      "key",      "ask",     "one_per", "rules",    "must",    "warn",
        "name",     "again",  "confirm",   "receipt",  "feeds",   "entries", "reason",   "opens",   "closes",
        "shut",     "number", "line",      "choice",   "choose",  "yes_no",  "time",     "date",    "national_code",
        "phone",    "list",   "for_each",  "optional", "default", "show",    "personal", "least",   "most",
        "country",  "sum",    "count",     "percent",  "min",     "max",     "abs",      "given",   "or_else",
        "if",       "years",  "earlier",   "records",  "now",     "today",   "corrects", "election",
        "training", "reports", "once", "many", "follows", "queue", "ticket",
        "does",     "act",    "whom",      "until",    "roles",   "by"})
    CHECK_MESSAGE((text.find('`' + name + '`') != std::string::npos ||
                   text.find('`' + name + '(') != std::string::npos || text.find(name + ": ") != std::string::npos),
                  name);
}
