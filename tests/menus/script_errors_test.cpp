// What a wrong script is told, word for word: an admin has nothing else to go by.
#include "tests/support/menu_phone.h"

#include <doctest/doctest.h>
#include <string>
#include <utility>
#include <vector>

using namespace tallyline;

namespace {

constexpr std::string_view right = R"~(
menu: night
dial: "*140#"
languages: [en, fa]
who: presiding_officer
start: home
screens:
  home:
    text: {en: Hello, fa: سلام}
    choices:
      - {label: Count, form: count}
forms:
  count:
    ask:
      - {name: ballots, number: {max: station.registered}, text: "Ballots?"}
      - {name: votes, for_each: station.contests, number: {}, text: "{contest.name}"}
    rules:
      - {must: "sum(votes) <= ballots", text: "Too many: {sum(votes)}"}
)~";

struct mistake {
  std::string_view title;
  std::vector<std::pair<std::string_view, std::string_view>> edits; // of the script above
  std::string_view told;
};

const std::vector<mistake> mistakes{
    {"a misspelt part of who may correct, with what was meant",
     {{"    rules:", "    corrections: {buy: [own]}\n    rules:"}},
     R"~(night.yaml:16:19: error: 'corrections' has no 'buy'
      corrections: {buy: [own]}
                    ^
  did you mean 'by'?
)~"},
    {"a misspelt name in a rule, with what was meant",
     {{R"~(<= ballots)~", R"~(<= balots)~"}},
     R"~(night.yaml:17:31: error: unknown name 'balots'
        - {must: "sum(votes) <= balots", text: "Too many: {sum(votes)}"}
                                ^
  did you mean 'ballots'?
)~"},
    {"a misspelt name within a text",
     {{R"~(Too many: {sum(votes)})~", R"~(Too many: {sum(vote)})~"}},
     R"~(night.yaml:17:63: error: unknown name 'vote'
        - {must: "sum(votes) <= ballots", text: "Too many: {sum(vote)}"}
                                                                ^
  did you mean 'votes'?
)~"},
    {"columns count characters, not octets",
     {{R"~(fa: سلام)~", R"~(fa: "سلام {station.cod}")~"}},
     R"~(night.yaml:8:42: error: a station has no 'cod'
      text: {en: Hello, fa: "سلام {station.cod}"}
                                           ^
  did you mean 'code'?
)~"},
    {"through the quotes of a quoted expression",
     {{R"~("sum(votes) <= ballots")~", R"~('1 == 1 and ''a'' == ''b'' or balots == 2')~"}},
     R"~(night.yaml:17:46: error: unknown name 'balots'
        - {must: '1 == 1 and ''a'' == ''b'' or balots == 2', text: "Too many: {sum(votes)}"}
                                               ^
  did you mean 'ballots'?
)~"},
    {"in the line of a folded expression",
     {{R"~({must: "sum(votes) <= ballots", text: "Too many: {sum(votes)}"})~", R"~(must: >
          sum(votes) <=
          balots
        text: Too many)~"}},
     R"~(night.yaml:19:11: error: unknown name 'balots'
            balots
            ^
  did you mean 'ballots'?
)~"},
    {"a text that one of the languages lacks",
     {{R"~(, fa: سلام)~", R"~()~"}},
     R"~(night.yaml:8:11: error: this text is missing in 'fa'
      text: {en: Hello}
            ^
  add fa: …
)~"},
    {"a language that is none of the script's",
     {{R"~(fa: سلام)~", R"~(fa: سلام, ar: x)~"}},
     R"~(night.yaml:8:33: error: there is no language 'ar'
      text: {en: Hello, fa: سلام, ar: x}
                                  ^
  known here: en, fa
)~"},
    {"an unknown key of a choice",
     {{R"~(form: count)~", R"~(from: count)~"}},
     R"~(night.yaml:10:9: error: the choice leads nowhere
        - {label: Count, from: count}
          ^
  give it one of: go: SCREEN, form: FORM, language: TAG, end: true
night.yaml:10:24: error: a choice has no 'from'
        - {label: Count, from: count}
                         ^
  did you mean 'form'?
)~"},
    {"a screen that is not there",
     {{R"~(form: count)~", R"~(go: hom)~"}},
     R"~(night.yaml:10:28: error: there is no screen 'hom'
        - {label: Count, go: hom}
                             ^
  did you mean 'home'?
)~"},
    {"a form that is not there",
     {{R"~(form: count)~", R"~(form: cuont)~"}},
     R"~(night.yaml:10:30: error: there is no form 'cuont'
        - {label: Count, form: cuont}
                               ^
  did you mean 'count'?
)~"},
    {"a choice that leads nowhere",
     {{R"~(, form: count)~", R"~()~"}},
     R"~(night.yaml:10:9: error: the choice leads nowhere
        - {label: Count}
          ^
  give it one of: go: SCREEN, form: FORM, language: TAG, end: true
)~"},
    {"a start that is not there",
     {{R"~(start: home)~", R"~(start: hone)~"}},
     R"~(night.yaml:5:8: error: there is no screen 'hone'
  start: hone
         ^
  did you mean 'home'?
)~"},
    {"a question that is there twice",
     {{R"~(name: votes)~", R"~(name: ballots)~"}},
     R"~(night.yaml:15:16: error: the name 'ballots' is taken
        - {name: ballots, for_each: station.contests, number: {}, text: "{contest.name}"}
                 ^
  choose another name
)~"},
    {"a rule that is no question of true or false",
     {{R"~("sum(votes) <= ballots")~", R"~("sum(votes)")~"}},
     R"~(night.yaml:17:16: error: a rule must be true or false, this is a number
        - {must: "sum(votes)", text: "Too many: {sum(votes)}"}
                 ^
  compare it with something
)~"},
    {"a rule that no answer can change",
     {{R"~("sum(votes) <= ballots")~", R"~("station.registered > 3")~"}},
     R"~(night.yaml:17:16: error: this rule uses no answer of the form
        - {must: "station.registered > 3", text: "Too many: {sum(votes)}"}
                 ^
)~"},
    {"a question to ask again that is not there",
     {{R"~(ballots", text)~", R"~(ballots", again: vots, text)~"}},
     R"~(night.yaml:17:48: error: there is no question 'vots'
        - {must: "sum(votes) <= ballots", again: vots, text: "Too many: {sum(votes)}"}
                                                 ^
  did you mean 'votes'?
)~"},
    {"a for_each over what is no list",
     {{R"~(station.contests)~", R"~(station.area)~"}},
     R"~(night.yaml:15:33: error: a list is needed here, this is an area
        - {name: votes, for_each: station.area, number: {}, text: "{contest.name}"}
                                  ^
  such as station.contests
)~"},
    {"a question without a kind",
     {{R"~(, number: {max: station.registered})~", R"~()~"}},
     R"~(night.yaml:14:9: error: the question has no kind
        - {name: ballots, text: "Ballots?"}
          ^
  give it one of: number: {min: 0}, line: {max: 40}, choose: LIST, choice: [{value: …, label: …}], yes_no:, time:, date:, national_code:, phone:, ticket: FORM, list:
)~"},
    {"a limit that is no number",
     {{R"~(max: station.registered)~", R"~(max: station.name)~"}},
     R"~(night.yaml:14:39: error: a limit must be a number, this is a text
        - {name: ballots, number: {max: station.name}, text: "Ballots?"}
                                        ^
)~"},
    {"a list where a text shows one value",
     {{R"~({sum(votes)})~", R"~({votes})~"}},
     R"~(night.yaml:17:59: error: a list of numbers cannot be shown in a text
        - {must: "sum(votes) <= ballots", text: "Too many: {votes}"}
                                                            ^
  show sum(x) or count(x)
)~"},
    {"two keys alike, and a key that could be an answer",
     {{R"~(start: home)~", R"~(start: home
keys: {choices: {back: "9"}, answers: {more: "0"}})~"}},
     R"~(night.yaml:6:17: error: two of these keys are the same
  keys: {choices: {back: "9"}, answers: {more: "0"}}
                  ^
  give back, home and more a key each
night.yaml:6:46: error: key '0' could be an answer
  keys: {choices: {back: "9"}, answers: {more: "0"}}
                                               ^
  where digits are the answer, keys are made of * and #
)~"},
    {"a service code that is none",
     {{R"~("*140#")~", R"~(140)~"}},
     R"~(night.yaml:2:7: error: this is no USSD code
  dial: 140
        ^
  write it in quotes, as in "*140#"
)~"},
    {"a feed from a question that is not there",
     {{R"~(    rules:)~", R"~(    feeds: {report: results, votes: vots}
    rules:)~"}},
     R"~(night.yaml:16:37: error: there is no question 'vots'
      feeds: {report: results, votes: vots}
                                      ^
  did you mean 'votes'?
)~"},
    {"a key that does not begin with the scope",
     {{R"~(    rules:)~", R"~(    one_per: [ballots]
    rules:)~"}},
     R"~(night.yaml:16:14: error: 'one_per' must begin with station
      one_per: [ballots]
               ^
  write: one_per: [station, …]
)~"},
    {"an engine's text that is none",
     {{R"~(start: home)~", R"~(start: home
texts: {wrong_pn: x})~"}},
     R"~(night.yaml:6:9: error: there is no text 'wrong_pn'
  texts: {wrong_pn: x}
          ^
  did you mean 'wrong_pin'?
)~"},
    {"a value that an engine's text does not have",
     {{R"~(start: home)~", R"~(start: home
texts: {wrong_pin: "{max}"})~"}},
     R"~(night.yaml:6:22: error: unknown name 'max'
  texts: {wrong_pin: "{max}"}
                       ^
  known here: station, person, now, today, election
)~"},
    {"a kind of scope that is none",
     {{R"~(who: presiding_officer)~", R"~(who: {role: clerk, scope: offise})~"}},
     R"~(night.yaml:4:27: error: there is no kind of scope 'offise'
  who: {role: clerk, scope: offise}
                            ^
  did you mean 'office'?
)~"},
    {"a key given twice",
     {{R"~(start: home)~", R"~(start: home
start: home)~"}},
     R"~(night.yaml:6:1: error: 'start' is given twice
  start: home
  ^
  keep one of them
)~"},
    {"a tab",
     {{R"~(  home:)~", R"~(	home:)~"}},
     R"~(night.yaml:7:1: error: a tab in the indentation
   home:
  ^
  indent with spaces
)~"},
    {"an anchor",
     {{R"~({en: Hello)~", R"~(&a {en: Hello)~"}},
     R"~(night.yaml:8:11: error: anchors are not allowed in a menu script
      text: &a {en: Hello, fa: سلام}
            ^
  write the value out where it is needed, or quote a text that begins with '&'
)~"},
    {"an alias",
     {{R"~(form: count)~", R"~(form: *a)~"}},
     R"~(night.yaml:10:30: error: aliases are not allowed in a menu script; quote a text that begins with '*'
        - {label: Count, form: *a}
                               ^
)~"},
    {"a bracket that is not closed",
     {{R"~(fa: سلام})~", R"~(fa: سلام)~"}},
     R"~(night.yaml:9:12: error: this does not continue the map above it; check the indentation, the commas and the brackets
      choices:
             ^
)~"},
    {"a second document",
     {{R"~(start: home)~", R"~(start: home
---)~"}},
     R"~(night.yaml:7:1: error: a second document in the file
  screens:
  ^
  delete the '---' before it
)~"},
    {"several at once, in their order",
     {{R"~(<= ballots)~", R"~(<= balots)~"},
      {R"~(form: count)~", R"~(go: hom)~"},
      {R"~(who: presiding_officer
)~",
       R"~()~"}},
     R"~(night.yaml:1:1: error: the script lacks 'who'
  menu: night
  ^
  write the role that may dial, such as: who: presiding_officer
night.yaml:9:28: error: there is no screen 'hom'
        - {label: Count, go: hom}
                             ^
  did you mean 'home'?
night.yaml:16:31: error: unknown name 'balots'
        - {must: "sum(votes) <= balots", text: "Too many: {sum(votes)}"}
                                ^
  did you mean 'ballots'?
)~"},
};

std::string edited(const mistake& m) {
  std::string text(right.substr(1));
  for (const auto& [from, to] : m.edits) {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
  }
  return text;
}

} // namespace

TEST_CASE("a mistake is told with its place, the line, a caret, and what to write instead") {
  REQUIRE(menus::load_script_text(right.substr(1), "night.yaml", tests::shipped_texts));
  for (const auto& m : mistakes) {
    const auto result = menus::load_script_text(edited(m), "night.yaml", tests::shipped_texts);
    CHECK_MESSAGE(!result, m.title);
    std::string told;
    for (const auto& p : result.problems)
      told += menus::to_string(p);
    CHECK_MESSAGE(told == m.told, m.title << ":\n" << told);
  }
}
