// What changed between two scripts, as an approver reads it.
#include "menus/diff.h"

#include <doctest/doctest.h>

using namespace tallyline;

namespace {

constexpr std::string_view base = R"y(
menu: m
dial: "*140#"
languages: [en]
who: presiding_officer
start: home
screens:
  home:
    text: Welcome
    choices:
      - {label: Count, form: count}
      - {label: Help, go: help}
  help: {text: Dial again}
forms:
  count:
    ask:
      - {name: ballots, number: {min: 0, max: 900}, text: "Ballots?"}
      - {name: invalid, number: {min: 0, max: ballots}, text: "Invalid?"}
    rules:
      - {must: "invalid <= ballots", text: No}
)y";

std::string changed(std::string_view from, std::string_view to) {
  std::string text(base);
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

menus::load_result load(std::string_view text, const menus::load_options& more = {}) {
  auto options = more;
  options.texts = std::filesystem::path(TALLYLINE_SOURCE_DIR) / "menus/scripts";
  auto loaded = menus::load_script_text(text, "m.yaml", options);
  for (const auto& p : loaded.problems)
    INFO(menus::to_string(p));
  REQUIRE(loaded);
  return loaded;
}

std::string told(std::string_view after) {
  std::string all;
  for (const auto& d : menus::diff(load(base), load(after))) {
    all += d.what == menus::difference::kind::added ? '+' : d.what == menus::difference::kind::removed ? '-' : '~';
    all += d.part + '|' + d.where + '|' + d.before + '|' + d.after + '\n';
  }
  return all;
}

} // namespace

TEST_CASE("a script differs from itself in nothing, whatever its layout") {
  CHECK(told(base) == "");
  CHECK(told(changed("{label: Help, go: help}", "{go: \"help\",   label: 'Help'}   # a comment")) == "");
}

TEST_CASE("a changed limit, text or head is told by its place") {
  CHECK(told(changed("max: 900", "max: 950")) == "~form count|question ballots number max|900|950\n");
  CHECK(told(changed("text: Welcome", "text: {en: Hello}")) == "~screen home|text|Welcome|{en: Hello}\n");
  CHECK(told(changed("*140#", "*141#")) == "~menu|dial|*140#|*141#\n");
}

TEST_CASE("questions, rules and choices are known by what they are, not by where they stand") {
  CHECK(told(changed("      - {name: ballots, number: {min: 0, max: 900}, text: \"Ballots?\"}\n",
                     "      - {name: ballots, number: {min: 0, max: 900}, text: \"Ballots?\"}\n"
                     "      - {name: spoilt, number: {min: 0}, text: Spoilt}\n")) ==
        "+form count|question spoilt||{name: spoilt, number: {min: 0}, text: Spoilt}\n");
  CHECK(told(changed("invalid <= ballots", "invalid < ballots")) ==
        "-form count|rule must invalid <= ballots|{must: invalid <= ballots, text: No}|\n"
        "+form count|rule must invalid < ballots||{must: invalid < ballots, text: No}\n");
  CHECK(told(changed("      - {label: Count, form: count}\n      - {label: Help, go: help}\n",
                     "      - {label: Help, go: help}\n      - {label: Count, form: count}\n")) ==
        "~screen home|order of choices|form count · go help|go help · form count\n");
  CHECK(told(changed("label: Help", "label: Hints")) == "~screen home|choice go help label|Help|Hints\n");
}

TEST_CASE("a screen that came and a rule list that went are told whole") {
  CHECK(told(changed("  help: {text: Dial again}\n",
                     "  help: {text: Dial again, choices: [{label: More, go: more}]}\n  more: {text: None}\n")) ==
        "+screen help|choices||[{label: More, go: more}]\n+screen more|||{text: None}\n");
  CHECK(told(changed("    rules:\n      - {must: \"invalid <= ballots\", text: No}\n", "")) ==
        "-form count|rules|[{must: invalid <= ballots, text: No}]|\n");
}

TEST_CASE("moving a part into an included file makes no difference") {
  menus::load_options options;
  options.include = [](std::string_view) -> std::optional<std::string> {
    return "screens:\n  help: {text: Dial again}\n";
  };
  auto after = std::string(changed("  help: {text: Dial again}\n", "")) + "include: [shared.yaml]\n";
  CHECK(menus::diff(load(base), load(after, options)).empty());
}
