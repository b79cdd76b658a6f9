#include "menus/script.h"

#include "tests/support/menu_phone.h"

#include <algorithm>
#include <chrono>
#include <doctest/doctest.h>
#include <string>

using namespace tallyline;
using namespace tallyline::menus;

namespace {

std::string repeated(std::string_view what, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i)
    out += what;
  return out;
}

// The first error, without the line and the caret.
std::string first_error(std::string_view text) {
  const auto result = load_script_text(text, "x.yaml", tests::shipped_texts);
  REQUIRE_FALSE(result);
  REQUIRE_FALSE(result.problems.empty());
  CHECK(result.problems.size() <= 20);
  const auto& p = result.problems.front();
  return std::to_string(p.line) + ":" + std::to_string(p.column) + " " + p.what;
}

const std::string head = "menu: m\ndial: \"*1#\"\nlanguages: [en]\nwho: clerk\nstart: home\nscreens: {home: {text: Hi, "
                         "choices: [{label: Go, "
                         "form: f}]}}\nforms: {f: {ask: [";

} // namespace

TEST_CASE("the shipped scripts load, and say which answers feed the reports") {
  const std::filesystem::path root(TALLYLINE_SOURCE_DIR);
  for (const auto file : {"menus/scripts/polling.yaml", "scripts/demo/georgia-2013/menu.yaml"}) {
    const auto result = load_script(root / file, tests::shipped_texts);
    for (const auto& p : result.problems)
      MESSAGE(to_string(p));
    REQUIRE(result);
    const auto& forms = result.menu->forms;
    const auto at = std::find_if(forms.begin(), forms.end(), [](const form& f) { return f.name == "count"; });
    REQUIRE(at != forms.end());
    const form& count = *at;
    REQUIRE(count.feeds.size() == 1);
    CHECK(count.feeds[0].report == "results");
    CHECK(count.ask.at(count.feeds[0].question_for("votes")).name == "votes");
    CHECK(count.feeds[0].question_for("nothing of the kind") == no_index);
    CHECK(count.one_per == std::vector<std::string>{"station", "contest"});
  }
}

TEST_CASE("what an admin leaves out has its usual value") {
  const auto menu = tests::loaded(head + "{name: n, number: , text: N}, {name: l, line: , text: L}]}}");
  const auto& f = menu->forms.at(0);
  CHECK(f.pin);
  CHECK(f.one_per == std::vector<std::string>{"station"});
  CHECK(f.ask.at(0).max.empty());
  CHECK(f.ask.at(1).longest == 160);
  CHECK(menu->choice_keys.more == "9");
  CHECK(menu->answer_keys.back == "*");
}

TEST_CASE("choices are numbered through all pages, without the numbers that are keys") {
  const auto menu = tests::loaded(head + "{name: n, number: , text: N}]}}");
  CHECK(menu->number_of_choice(7) == 8);
  CHECK(menu->number_of_choice(8) == 10);
  CHECK(menu->number_of_choice(90) == 92);
  for (std::uint32_t i = 0; i < 200; ++i)
    CHECK(menu->choice_of_number(menu->number_of_choice(i)) == i);
  CHECK(menu->choice_of_number(9) == script::no_choice);
  CHECK(menu->choice_of_number(0) == script::no_choice);
}

TEST_CASE("a value of digits alone is a number, one with leading zeros or more is a text") {
  const auto numeric = [](std::string_view a, std::string_view b) {
    const auto menu = tests::loaded(head + "{name: n, choice: [{value: " + std::string(a) +
                                    "}, {value: " + std::string(b) + "}], text: N}]}}");
    return menu->forms.at(0).ask.at(0).numeric;
  };
  CHECK(numeric("5", "-7"));
  CHECK_FALSE(numeric("5", "07"));
  CHECK_FALSE(numeric("5", "\"12:00\""));
}

TEST_CASE("Persian digits are shown in Persian, unless the script says otherwise") {
  std::string text(tests::night_script);
  tests::phone native("*140#", {}, text), latin("*140#", {}, text + "digits: {fa: latin}\n");
  CHECK(native.say({"2"}).shows("شعبه ۰۱۰۰۱\n۱ شمارش"));
  CHECK(latin.say({"2"}).shows("شعبه 01001\n1 شمارش"));
}

TEST_CASE("a script's own text takes the place of the engine's") {
  tests::phone p("*140#", {},
                 std::string(tests::night_script) + "texts: {ask_pin: {en: \"PIN of {station.code}?\", fa: رمز؟}}\n");
  CHECK(p.say({"1"}).shows("PIN of 01001?"));
}

TEST_CASE("a language whose texts the engine lacks must bring them") {
  const auto what = first_error(
      "menu: m\ndial: \"*1#\"\nlanguages: [ka]\nwho: clerk\nstart: home\nscreens: {home: {text: Hi, choices: [{label: "
      "Go, go: home}]}}\ntexts: {back: x, home: x, more: x}\n");
  CHECK(what.starts_with("3:12 texts of the engine are missing in 'ka': empty, not_a_number, "));
}

TEST_CASE("files that are no scripts are refused with a place, whatever they hold") {
  CHECK(first_error("") == "1:1 the script is empty");
  CHECK(first_error("# nothing\n") == "1:1 the script is empty");
  CHECK(first_error("- a\n") == "1:1 a menu script is a map");
  CHECK(first_error("42") == "1:1 a menu script is a map");
  CHECK(first_error("\xEF\xBB\xBFmenu: m") == "1:1 the file begins with a byte-order mark");
  CHECK(first_error(std::string_view("m\0e\0", 4)) == "1:1 the file is not UTF-8");
  CHECK(first_error("menu: \xC0\xAF") == "1:7 this is not UTF-8");
  CHECK(first_error("menu: a\x01") == "1:8 a control character in the script");
  CHECK(first_error("a:\n\t- b") == "2:1 a tab in the indentation");
  CHECK(first_error("!x a: 1") == "1:1 tags are not allowed in a menu script");
  CHECK(first_error("? [a]\n: b").ends_with("a plain word is expected before ':'"));
}

TEST_CASE("bombs are refused at once: large files, deep nesting, anchors") {
  CHECK(first_error("# " + repeated("x", 1 << 20)) == "1:1 the script is larger than 1 MiB");
  const auto began = std::chrono::steady_clock::now();
  for (const std::string_view open : {"[", "{a: ", "- ", "? ", "[{"})
    CHECK_FALSE(first_error("menu: \n " + repeated(open, 200'000)).empty());
  std::string stairs;
  for (std::size_t depth = 0; depth < 200; ++depth)
    stairs += std::string(depth, ' ') + "a:\n";
  CHECK(first_error(stairs) == "25:25 this is nested too deeply");
  CHECK(first_error("a: &a [x, x]\nb: &b [*a, *a]\n") == "1:4 anchors are not allowed in a menu script");
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(5));
}

TEST_CASE("at most twenty mistakes are told") {
  std::string many = head;
  for (int i = 0; i < 50; ++i)
    many += "{name: 1x, number: , text: N}, ";
  CHECK(load_script_text(many + "]}}", "x.yaml", tests::shipped_texts).problems.size() == 20);
}

TEST_CASE("a missing file and missing engine texts are told") {
  const auto nowhere = load_script("/nowhere/menu.yaml", tests::shipped_texts);
  CHECK(to_string(nowhere.problems.at(0)) ==
        "/nowhere/menu.yaml:1:1: error: the file cannot be read\n  check its name and who may read it\n");
  const auto textless = load_script_text(tests::night_script, "x.yaml", {"/nowhere"});
  CHECK(textless.problems.at(0).file == "/nowhere/texts.yaml");
}

TEST_CASE("a script of 500 screens and 2,000 texts loads in under half a second") {
  std::string text = "menu: m\ndial: \"*1#\"\nlanguages: [en, fa]\nwho: clerk\nstart: s0\nscreens:\n";
  for (int i = 0; i < 500; ++i) {
    const auto n = std::to_string(i), next = std::to_string((i + 1) % 500);
    text += "  s" + n + ":\n    text: {en: \"Screen " + n +
            " of {station.name}\", fa: \"صفحه {station.name}\"}\n    choices:\n";
    for (int c = 0; c < 3; ++c)
      text += "      - {label: {en: Next, fa: بعدی}, go: s" + next + "}\n";
  }
  const auto began = std::chrono::steady_clock::now();
  CHECK(tests::loaded(text)->screens.size() == 500);
  const auto took = std::chrono::steady_clock::now() - began;
  MESSAGE("loaded in " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count()
                       << " ms (with sanitizers, where built so)");
  CHECK(took < std::chrono::seconds(5)); // sanitizers slow it down some ten times
}

TEST_CASE("A form says by when it is expected, and how who has not reported is reminded") {
  const auto menu = tests::loaded(
      head + "{name: hour, choice: [{value: '12:00', label: noon}], text: H}, {name: n, number: , text: N}], one_per: "
             "[station, hour], expected: {by: hour}, reminder: '{station.code} {item}', escalation: '{area.name} {total} "
             "{item}'}}");
  const auto& f = menu->forms.at(0);
  CHECK(f.expected);
  CHECK(f.due_question == 0);
  CHECK(f.reminder != no_text);
  CHECK(f.escalation != no_text);
  const std::string ask = head + "{name: n, number: , text: N}], ";
  CHECK_FALSE(tests::loaded(ask + "expected: false}}")->forms.at(0).expected);
  CHECK(tests::loaded(ask + "expected: {by: '20:30'}}}")->forms.at(0).due.time.result == time_type);
  CHECK(first_error(ask + "expected: maybe}}").find("'expected' is true, false or a map") != std::string::npos);
  CHECK(first_error(ask + "expected: {by: n}}}").find("'n' does not say by when") != std::string::npos);
  CHECK(first_error(ask + "escalation: '{station.code}'}}").find("station") != std::string::npos);
}
