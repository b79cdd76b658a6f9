#include "tests/support/menu_phone.h"

#include <fstream>
#include <map>
#include <unistd.h>

using namespace tallyline;
using namespace tallyline::menus;

namespace {

constexpr std::string_view head = "menu: t\ndial: \"*7#\"\nlanguages: [en]\nwho: presiding_officer\nstart: home\n"
                                  "screens: {home: {text: Home, choices: [{label: F, form: f}]}}\n";

load_result load(const std::string& script, std::map<std::string, std::string> files) {
  auto options = tests::shipped_texts;
  options.include = [files = std::move(files)](std::string_view name) -> std::optional<std::string> {
    const auto found = files.find(std::string(name));
    return found == files.end() ? std::nullopt : std::optional(found->second);
  };
  return load_script_text(script, "t.yaml", options);
}

std::string refusal(const load_result& got) {
  CHECK_FALSE(got);
  REQUIRE_FALSE(got.problems.empty());
  const auto& p = got.problems.front();
  return p.file + ":" + std::to_string(p.line) + ": " + p.what;
}

const std::string one_form = "forms: {f: {pin: false, ask: [{name: n, number: , text: \"How many?\"}]}}\n";

} // namespace

TEST_CASE("forms, screens and texts come from included files, which may include others") {
  const auto got =
      load(std::string(head) + "include: [forms.yaml]\n", {{"forms.yaml", one_form + "include: [shared/texts.yaml]\n"},
                                                           {"shared/texts.yaml", "texts: {send: \"Send it\"}\n"}});
  REQUIRE(got);
  CHECK(got.texts->size() == 3);
  CHECK((*got.texts)[2].name == "shared/texts.yaml");
  const tests::small_world world;
  const tests::octet_page page{182};
  const engine e(*got.menu, world);
  const auto d = e.open({world.person, world.station}, "en");
  e.dial(*d, "*7*1*5#", {}, page);
  CHECK(e.answer(*d, "0", page).text.find("How many?") == 0);
}

TEST_CASE("a mistake in an included file is told there") {
  CHECK(refusal(load(std::string(head) + "include: [forms.yaml]\n", {{"forms.yaml", "\n\nforms: {f: {ask: 3}}\n"}})) ==
        "forms.yaml:3: 'ask' must be a list");
  CHECK(refusal(load(std::string(head) + one_form + "include: [forms.yaml]\n", {{"forms.yaml", one_form}})) ==
        "forms.yaml:1: 'f' is given in two files");
  CHECK(refusal(load(std::string(head) + one_form + "include: [more.yaml]\n", {{"more.yaml", "dial: \"*8#\"\n"}})) ==
        "more.yaml:1: an included file has no 'dial'");
}

TEST_CASE("a cycle, a missing file, one outside the folder and too many of them are refused where they are named") {
  const std::string script = std::string(head) + one_form;
  CHECK(refusal(load(script + "include: [a.yaml]\n",
                     {{"a.yaml", "include: [b.yaml]\n"}, {"b.yaml", "include: [a.yaml]\n"}})) ==
        "b.yaml:1: 'a.yaml' includes itself: a.yaml → b.yaml → a.yaml");
  CHECK(refusal(load(script + "include: [gone.yaml]\n", {})) == "t.yaml:8: 'gone.yaml' cannot be read");
  for (const std::string name : {"../a.yaml", "/etc/passwd", "x/../../a.yaml", "./a.yaml", "C:a.yaml", "a\\b.yaml"})
    CHECK_MESSAGE(
        refusal(load(script + "include: ['" + name + "']\n", {{name, ""}})).find("lies outside the script's folder") !=
            std::string::npos,
        name);
  std::map<std::string, std::string> many;
  std::string list;
  for (int i = 0; i < 40; ++i) {
    many["f" + std::to_string(i)] = "texts: {}\n";
    list += (i ? ", f" : "f") + std::to_string(i);
  }
  CHECK(refusal(load(script + "include: [" + list + "]\n", many)) == "t.yaml:8: more than 32 files");
  const std::string large = "# " + std::string(700'000, 'x') + "\ntexts: {}\n";
  CHECK(refusal(load(script + "include: [a, b]\n", {{"a", large}, {"b", large}})) ==
        "t.yaml:8: the script and its includes are larger than 1 MiB");
  CHECK(refusal(load(script + "include: a.yaml\n", {})) == "t.yaml:8: 'include' must be a list");
}

TEST_CASE("a link that leads out of the folder is not followed") {
  namespace fs = std::filesystem;
  const fs::path root = fs::temp_directory_path() / ("tallyline-include-test-" + std::to_string(::getpid()));
  fs::remove_all(root);
  fs::create_directories(root / "menus");
  std::ofstream(root / "secret.yaml") << one_form;
  std::ofstream(root / "menus/t.yaml") << head << "include: [f.yaml]\n";
  fs::create_symlink("../secret.yaml", root / "menus/f.yaml");
  CHECK_FALSE(load_script(root / "menus/t.yaml", tests::shipped_texts));
  fs::remove(root / "menus/f.yaml");
  fs::copy_file(root / "secret.yaml", root / "menus/f.yaml");
  CHECK(load_script(root / "menus/t.yaml", tests::shipped_texts));
  fs::remove_all(root);
}
