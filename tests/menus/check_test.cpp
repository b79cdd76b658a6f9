#include "menus/check.h"
#include "tests/support/menu_phone.h"

using namespace tallyline;
using namespace tallyline::menus;

namespace {

const std::vector<entity> all_there_is{{noun::election, 0},  {noun::area, 0},      {noun::station, 0},
                                       {noun::contest, 0},   {noun::candidate, 0}, {noun::candidate, 1},
                                       {noun::candidate, 2}, {noun::person, 0}};

// "error 12: what", a line each.
std::string findings(std::string_view script, int total_s = 1800) {
  const auto loaded = load_script_text(script, "t.yaml", tests::shipped_texts);
  for (const auto& p : loaded.problems)
    MESSAGE(to_string(p));
  REQUIRE(loaded);
  const tests::small_world world;
  const tests::octet_page page{182};
  std::string out;
  for (const auto& p : check(loaded, {&world, all_there_is, {{"ussd", &page}}, total_s, 10}).problems)
    out += (p.level == diagnostic::severity::error ? "error " : "warning ") + std::to_string(p.line) + ": " + p.what +
           '\n';
  return out;
}

// Eleven lines, then the questions and the rules of a form.
std::string script_of(std::string_view questions, std::string_view rules = {}) {
  std::string s = "menu: t\ndial: \"*7#\"\nlanguages: [en]\nwho: presiding_officer\nstart: home\nscreens:\n"
                  "  home: {text: Home, choices: [{label: F, form: f}]}\nforms:\n  f:\n    ask:\n";
  s += questions;
  if (!rules.empty()) (s += "    rules:\n") += rules;
  return s;
}

} // namespace

TEST_CASE("a script with nothing wrong has no findings, and says what a form costs") {
  CHECK(findings(tests::night_script) == "");
  const auto loaded = load_script_text(tests::night_script, "t.yaml", tests::shipped_texts);
  const tests::small_world world;
  const tests::octet_page page{182};
  const auto got = check(loaded, {&world, all_there_is, {{"ussd", &page}}, 180, 10});
  CHECK(got.good());
  REQUIRE(got.forms.size() == 1);
  CHECK(got.forms[0].turns == 8); // the form, the PIN, two questions, three candidates, the read-back
  CHECK(got.forms[0].quick_turns == 6);
  CHECK(got.forms[0].seconds == 80);
  CHECK(got.forms[0].widest.size() == 2); // two languages
}

TEST_CASE("what no choice leads to is an error, also when only a hidden choice does") {
  CHECK(findings(R"(menu: t
dial: "*7#"
languages: [en]
who: presiding_officer
start: home
screens:
  home: {text: Home, choices: [{label: A, go: a}, {label: B, go: b, when: 1 > 2}]}
  a: {text: A, choices: [{label: C, go: a}]}
  b: {text: B}
forms:
  f: {ask: [{name: n, number: , text: N}]}
)") == "warning 7: this choice is never shown: its 'when' cannot hold\n"
       "error 9: no choice leads to the screen 'b'\n"
       "error 11: no choice leads to the form 'f'\n");
}

TEST_CASE("a start screen whose choices may all be hidden is told") {
  CHECK(findings("menu: t\ndial: \"*7#\"\nlanguages: [en]\nwho: presiding_officer\nstart: home\nscreens:\n"
                 "  home: {text: Home, choices: [{label: A, end: true, when: now > '12:00'}]}\n") ==
        "warning 7: the start screen may show no choice at all\n");
}

TEST_CASE("rules that cannot hold, cannot fail, or contradict each other are found by the ranges of the answers") {
  const std::string_view staff = "      - {name: staff, number: {max: 50}, text: S}\n";
  const auto rule = [&](std::string_view r) { return findings(script_of(staff, "      - " + std::string(r) + "\n")); };
  CHECK(rule("{must: \"staff > 50\", text: X}") == "error 13: this rule can never hold: nobody could send the form\n");
  CHECK(rule("{must: \"staff > 49\", text: X}") == "");
  CHECK(rule("{must: \"staff >= 0\", text: X}") == "warning 13: this rule always holds: it refuses nothing\n");
  CHECK(rule("{must: \"staff * 2 <= 100\", text: X}") == "warning 13: this rule always holds: it refuses nothing\n");
  CHECK(rule("{must: \"staff * 2 <= 99\", text: X}") == "");
  CHECK(rule("{warn: \"staff < 51\", text: X}") == "error 13: this warning is always given\n");
  CHECK(rule("{warn: \"staff > 60 and staff < 70\", text: X}") == "warning 13: this warning can never be given\n");
  CHECK(rule("{warn: \"staff > 60 or staff == 7\", text: X}") == "");
  CHECK(rule("{warn: \"not (staff <= 50)\", text: X}") == "warning 13: this warning can never be given\n");
  CHECK(rule("{must: \"staff <= station.registered\", text: X}") == "");
  CHECK(rule("{must: \"percent(staff, 50) < 27\", text: X}") ==
        "warning 13: this rule always holds: it refuses nothing\n");
  CHECK(rule("{must: \"if(staff > 60, 1, 2) == 1\", text: X}") ==
        "error 13: this rule can never hold: nobody could send the form\n");
  CHECK(findings(script_of(staff, "      - {must: \"staff < 10\", text: X}\n      - {must: \"staff > 20\", text: X}\n")) ==
        "error 14: this rule and the one in line 13 cannot both hold for 'staff'\n");
  CHECK(findings(script_of(staff, "      - {must: \"staff < 10\", text: X}\n      - {must: \"staff > 2\", text: X}\n")) ==
        "");
}

TEST_CASE("a question that no answer can satisfy, or whose condition is none, is told") {
  CHECK(findings(script_of("      - {name: a, number: {min: 9, max: 3}, text: A}\n")) ==
        "error 11: no answer to 'a' can be right: its least is more than its most\n");
  CHECK(findings(script_of("      - {name: t, time: {min: 20:00, max: 08:00}, text: T}\n")) ==
        "error 11: no answer to 't' can be right: its least is more than its most\n");
  CHECK(
      findings(script_of("      - {name: a, number: {max: 5}, text: A}\n      - {name: b, number: , when: a > 5, text: B}\n"
                    "      - {name: c, number: , when: a < 6, text: C}\n")) ==
      "warning 12: 'b' is never asked: its 'when' cannot hold\n"
      "warning 13: 'c' is always asked: its 'when' always holds\n");
}

TEST_CASE("texts that fall into many pages, and receipts that would be cut, are told with the longest values") {
  const std::string longest(700, 'x');
  CHECK(findings(script_of("      - {name: a, number: , text: " + longest + "}\n")) ==
        "warning 11: the question 'a' falls into 4 pages in 'en' on ussd, with the longest values\n");
  CHECK(findings(script_of("      - {name: a, number: , text: A}\n") + "    receipt: \"" + longest + "\"\n") ==
        "error 9: the receipt of 'f' does not fit one page in 'en' on ussd: it would be cut\n");
}

TEST_CASE("a form that takes longer than the operator allows is told, with what helps") {
  CHECK(findings(tests::night_script, 60) ==
        "warning 14: 'count' takes up to 8 answers, about 80 s; operators end a session after 60 s\n");
}

TEST_CASE("the scripts that ship have no error") {
  const tests::small_world world;
  const tests::octet_page page{182};
  for (const auto file : {"menus/scripts/polling.yaml", "scripts/demo/georgia-2013/menu.yaml"}) {
    const auto loaded = load_script(std::filesystem::path(TALLYLINE_SOURCE_DIR) / file, tests::shipped_texts);
    REQUIRE(loaded);
    CHECK(check(loaded, {&world, all_there_is, {{"ussd", &page}}}).good());
  }
}

TEST_CASE("what a rule says is held against the page, and the engine's own words that cannot be turned must fit one") {
  const std::string long_text(900, 'x');
  const auto wordy = findings(script_of("      - {name: a, number: {max: 9}, text: A}\n      - {name: b, number: {max: 9}, text: B}\n",
                                        "      - {warn: \"a > b\", name: w, text: \"" + long_text + "\"}\n"));
  CHECK_MESSAGE(wordy.find("warning 14: what this rule says falls into") != std::string::npos, wordy);
  const auto own = findings(script_of("      - {name: a, number: , text: A}\n") + "texts: {try_later: \"" + long_text + "\"}\n");
  CHECK_MESSAGE(own.find("the text 'try_later' does not fit one page in 'en' on ussd") != std::string::npos, own);
}
