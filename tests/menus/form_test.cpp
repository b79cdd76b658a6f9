// What a form does with answers that change, go back, drop, or come in a dial string.
#include "menus/dialogue.h"
#include "tests/support/menu_phone.h"

#include <doctest/doctest.h>

using namespace tallyline;
using menus::action;
using tests::phone;

namespace {

constexpr std::string_view clinic = R"(
menu: clinic
dial: "*140*7#"
languages: [en]
who: nurse
start: home
keys: {choices: {back: "0", home: "00", more: "3"}}
screens:
  home:
    text: "Clinic"
    choices:
      - {label: Stock, form: stock}
      - {label: More, go: second}
      - {label: Secret, go: secret}
      - {label: Bye, end: "Bye {person.name}"}
  second:
    text: "Second"
    choices: [{label: Third, go: third}, {label: Leave, end: true}]
  third: {text: "Third"}
  secret: {text: "Secret", pin: true}
forms:
  stock:
    pin: false
    ask:
      - {name: kind, choice: [{value: 5, label: Masks}, {value: 70, label: Gloves}], text: "What?"}
      - {name: boxes, number: {min: 1, max: kind * 2}, text: "Boxes?"}
      - {name: broken, number: {max: boxes}, text: "Broken?"}
      - {name: note, line: {min: 2, max: 20}, text: "Note?", label: Note, personal: true}
    rules:
      - {must: "boxes - broken >= 2", text: "Only {boxes - broken} left.", again: boxes}
      - {warn: "kind == 5 and boxes > 8", text: "Many masks.", again: kind}
      - {warn: "boxes * 900000000000 * broken * 900000000000 > 1", name: huge, text: "Huge.", again: boxes}
)";

phone at_clinic(std::string_view dialled = "*140*7#", std::string_view saved = {}) {
  return phone(dialled, saved, clinic);
}

} // namespace

TEST_CASE("a choice's number leaves out the keys") {
  CHECK(at_clinic().last.text == "Clinic\n1 Stock\n2 More\n4 Secret\n5 Bye");
  CHECK(at_clinic().say({"5"}).last.text == "Bye somebody");
  CHECK(at_clinic().say({"5"}).last.what == action::end);
  CHECK(at_clinic().say({"3"}).shows("Clinic")); // the key "more": there is no more
}

TEST_CASE("back goes through the screens the way they came, home at once") {
  auto p = at_clinic();
  p.say({"2", "1"});
  CHECK(p.last.text == "Third\n0 Back");
  CHECK(p.say({"0"}).shows("Second"));
  CHECK(p.say({"0"}).shows("Clinic"));
  CHECK(p.say({"0"}).shows("Clinic"));
  CHECK(p.say({"2", "1", "00"}).shows("Clinic\n1 Stock"));
}

TEST_CASE("a screen that needs the PIN asks it once, and back from the PIN leaves it") {
  auto p = at_clinic();
  CHECK(p.say({"4"}).shows("Enter your PIN."));
  CHECK(p.say({"*"}).shows("Clinic"));
  CHECK(p.say({"4", "PIN"}).shows("Secret"));
  CHECK(p.say({"0", "4"}).shows("Secret"));
}

TEST_CASE("limits may be made from answers, and an answer they no longer allow is asked again") {
  auto p = at_clinic();
  p.say({"1", "2", "100", "30", "all well"});
  CHECK(p.shows("Huge.")); // a warn whose value overflows cannot be said to be in order
  p.say({"1"});
  CHECK(p.last.text == "Please check:\nkind Gloves\nboxes 100\nbroken 30\nNote all well\n1 Send\n2 Change\n0 Back");
  p.say({"2", "1"});
  CHECK(p.shows("What?"));
  p.say({"1"}); // masks: at most 10 boxes
  CHECK(p.shows("Boxes?"));
  CHECK(p.say({"11"}).shows("It must be from 1 to 10.\nBoxes?"));
  CHECK(p.say({"10"}).shows("Broken?")); // 30 are more than there are
  CHECK(p.say({"1"}).shows("Many masks."));
  CHECK(p.say({"1"}).shows("Huge."));
  CHECK(p.say({"1", "1"}).last.what == action::submit);
  const auto filled = p.engine.filled(*p.d);
  CHECK(filled.flags == std::vector<std::string_view>{"warn1", "huge"});
  CHECK(filled.values.at(0).number == 5);
  CHECK(filled.values.at(3).text == "all well");
  CHECK(filled.values.at(3).personal);
  CHECK(filled.one_per == std::vector<std::string_view>{"station"});
}

TEST_CASE("a change that is given up, by back or home, changes nothing") {
  auto p = at_clinic();
  p.say({"1", "1", "5", "1", "fine", "1", "2", "2"});
  CHECK(p.shows("Boxes?"));
  CHECK(p.say({"*"}).shows("Huge.") == false);
  CHECK(p.last.text == "Please check:\nkind Masks\nboxes 5\nbroken 1\nNote fine\n1 Send\n2 Change\n0 Back");
  CHECK(p.say({"2", "2", "**"}).shows("Clinic"));
  CHECK(p.say({"1"}).shows(
      "Your report is not finished.\nkind Masks\nboxes 5\nbroken 1\nNote fine\n1 Go on with it\n2 Start again"));
  CHECK(p.say({"1"}).shows("Please check:\nkind Masks\nboxes 5"));
}

TEST_CASE("a form that is chosen again begins anew when the subscriber says so") {
  auto p = at_clinic();
  p.say({"1", "1", "5", "**", "1", "2"});
  CHECK(p.shows("What?"));
  CHECK(p.say({"00"}).saved().empty()); // nothing is worth keeping
}

TEST_CASE("back keeps what was answered: only the question it goes to is asked again") {
  auto p = at_clinic();
  p.say({"1", "2", "100", "30"});
  CHECK(p.shows("Note?"));
  CHECK(p.say({"*", "*"}).shows("Boxes?"));
  CHECK(p.say({"90"}).shows("Note?"));
  CHECK(p.say({"*", "*", "*"}).shows("What?"));
  CHECK(p.say({"0"}).shows("Clinic"));
}

TEST_CASE("a text is taken as typed, without control characters, between its shortest and longest") {
  auto p = at_clinic();
  p.say({"1", "2", "100", "30"});
  CHECK(p.say({"x"}).shows("Write at least 2 letters.\nNote?"));
  const std::string endless(2000, 'x');
  CHECK(p.say({std::string_view(endless)}).shows("Write at most 20 letters.\nNote?"));
  CHECK(p.say({"\xFF\xFE\xFD"}).shows("This could not be read. Please write it again.\nNote?"));
  p.say({"  a\tb\x01 ۱۲ 😀 "});
  p.say({"1", "1"});
  CHECK(p.engine.filled(*p.d).values.at(3).text == "a b  ۱۲ 😀");
}

TEST_CASE(
    "a dial string counts its answers from behind the service code, whatever stars and hashes the network leaves") {
  for (const auto dialled : {"*140*7*1*2*100#", "*140*7*1*2*100", "140*7*1*2*100#", "#140*7*1*2*100##"})
    CHECK(at_clinic(dialled).shows("Understood: kind Gloves, boxes 100\nBroken?"));
  for (const auto dialled : {"*140*7#", "140*7", "*140*7*#", "*999*1#", "", "*#*#", "*140*71*1#"})
    CHECK(at_clinic(dialled).shows("Clinic"));
}

TEST_CASE("a refused answer ends the filling, so that what follows lands in no other question") {
  CHECK(at_clinic("*140*7*1*2*900*30*ok#").shows("Understood: kind Gloves\nIt must be from 1 to 140.\nBoxes?"));
  CHECK(at_clinic("*140*7*1*2*30*29*90#")
            .shows("Understood: kind Gloves, broken 29\nOnly 1 left.\nBoxes?")); // 90 was meant for the note
  CHECK(at_clinic("*140*7*1**100#").shows("No answer came.\nWhat?"));
  CHECK(at_clinic("*140*7*7#").shows("Answer with one of the numbers.\nClinic"));
}

TEST_CASE("a confirmation or a warning is never answered by a dial string") {
  auto p = at_clinic("*140*7*1*1*10*1*fine*1*1*1#");
  CHECK(p.shows("Many masks."));
  CHECK(phone("*140*1*100*60*30*10*1*1#").say({"PIN"}).shows("Please check:"));
}

TEST_CASE("a redial with answers offers the unfinished report first, started again, the answers are taken") {
  phone p;
  p.say({"1", "PIN", "100", "60"});
  phone again("*140*1*77#", p.saved());
  CHECK(again.say({"PIN"}).shows("Your report is not finished."));
  CHECK(again.say({"1"}).shows("2/3 5 Ben"));
  phone anew("*140*1*77#", p.saved());
  CHECK(anew.say({"PIN", "2"}).shows("Understood: ballots 77\n1/3 1 Ann"));
  CHECK(anew.say({"78"}).shows("It must be from 0 to 77."));
}

TEST_CASE("while the subscriber is asked what to do with an unfinished report, it is kept") {
  phone p;
  p.say({"1", "PIN", "100", "60"});
  const auto saved = p.saved();
  phone again("*140#", saved);
  CHECK(again.saved() == saved);
  CHECK(again.say({"PIN"}).saved() == saved);
  CHECK(again.say({"**"}).last.what == action::prompt);
}

TEST_CASE("a confirmed warning is kept over a drop") {
  phone p;
  p.say({"1", "PIN", "100", "60*30*5", "1"});
  CHECK(p.shows("Please check:"));
  phone again("*140#", p.saved());
  CHECK(again.say({"PIN", "1"}).shows("Please check:"));
  again.say({"1"});
  CHECK(again.engine.filled(*again.d).flags == std::vector<std::string_view>{"differs"});
}

TEST_CASE("a draft of a script whose form has changed is left alone") {
  phone p;
  p.say({"1", "PIN", "100"});
  std::string other(tests::night_script);
  other.replace(other.find("name: ballots"), 13, "name: ballets");
  while (other.find("ballots") != std::string::npos)
    other.replace(other.find("ballots"), 7, "ballets");
  CHECK(phone("*140#", p.saved(), other).shows("Station 01001"));
  CHECK_FALSE(phone("*140#", p.saved()).shows("Station 01001"));
}

TEST_CASE("changing an answer leaves the list alone, the contest that was not asked is not offered") {
  phone p;
  p.say({"1", "PIN", "100", "60*30*10", "2"});
  CHECK(p.last.text == "Change which one?\n1 ballots\n2 votes\n0 Back");
  CHECK(p.say({"2"}).shows("1/3 1 Ann"));
  CHECK(p.say({"*"}).shows("Please check:\ncontest President\nballots 100\nvotes 1=60 5=30 41=10"));
  CHECK(p.say({"2", "2", "50"}).shows("2/3 5 Ben"));
  CHECK(p.say({"40*10"}).shows("Please check:\ncontest President\nballots 100\nvotes 1=50 5=40 41=10"));
}

TEST_CASE("many numbers: a star too many, a wrong one among them, and a number out of range take none") {
  phone p;
  p.say({"1", "PIN", "100"});
  CHECK(p.say({"60**10"}).shows("Digits only, please.\n1/3 1 Ann"));
  CHECK(p.say({"60 thirty 10"}).shows("Digits only, please.\n1/3 1 Ann"));
  CHECK(p.say({"60*101*10"}).shows("Number 2 must be from 0 to 100. None was taken.\n1/3 1 Ann"));
  CHECK(p.say({"۶۰، ۳۰، ۱۰"}).shows("Please check:"));
}

TEST_CASE("who has no such scope is told, and no page is shown") {
  phone p;
  p.d = p.engine.open({p.world.person, {menus::noun::office, 0}}, "fa");
  p.last = p.engine.dial(*p.d, "*140#", {}, p.page);
  CHECK(p.last.what == action::end);
  CHECK(p.shows("این شماره در فهرست نیست"));
  p.d = p.engine.open({}, "xx");
  p.last = p.engine.dial(*p.d, "*140#", {}, p.page);
  CHECK(p.last.what == action::end);
  CHECK(p.shows("This number is not on the roster."));
}

TEST_CASE("what became of the report is told in words of its own") {
  using menus::submit_verdict;
  for (const auto& [verdict, text] :
       {std::pair{submit_verdict::recorded, "Done 123"},
        {submit_verdict::duplicate, "Already recorded. Receipt 123"},
        {submit_verdict::corrected, "Corrected. Receipt 123"},
        {submit_verdict::review, "Kept for review. Receipt 123"},
        {submit_verdict::try_later, "It could not be recorded now. Please try again later."}}) {
    phone p;
    p.say({"1", "PIN", "100", "60*30*10", "1"});
    p.last = p.engine.submitted(*p.d, verdict, "123", p.page);
    CHECK(p.last.what == action::end);
    CHECK(p.last.text == text);
    CHECK(p.saved().empty() == (verdict != submit_verdict::try_later));
  }
}

TEST_CASE("a dialogue is small") { CHECK(sizeof(menus::dialogue) <= 256); }
