#include "tests/support/menu_phone.h"

#include <doctest/doctest.h>

using namespace tallyline;
using menus::action;
using tests::phone;

TEST_CASE("a form is asked question by question behind the PIN, read back and submitted") {
  phone p;
  CHECK(p.last.text == "Station 01001\n1 Count\n2 Persian");
  p.say({"1"});
  CHECK(p.last.text.starts_with("Enter your PIN."));
  p.say({"PIN"});
  CHECK(p.last.text.starts_with("Ballots?")); // one contest: not asked
  p.say({"100", "60", "30"});
  CHECK(p.last.text.starts_with("3/3 41 Cleo"));
  p.say({"10"});
  CHECK(p.last.text ==
        "Please check:\ncontest President\nballots 100\nvotes 1=60 5=30 41=10\n1 Send\n2 Change\n0 Back");
  p.say({"1"});
  REQUIRE(p.last.what == action::submit);
  const auto filled = p.engine.filled(*p.d);
  CHECK(filled.values.at(2).items.at(2).value == 10);
  p.last = p.engine.submitted(*p.d, menus::submit_verdict::recorded, "123-456-7890", p.page);
  CHECK(p.last.what == action::end);
  CHECK(p.last.text == "Done 123-456-7890");
  CHECK(p.saved().empty());
}

TEST_CASE("many numbers in one go fill a for_each, Persian digits and any separators included") {
  for (const auto answer : {"60*30*10", "60 30 10", "۶۰,۳۰,۱۰", "٦٠#٣٠#١٠"}) {
    phone p;
    p.say({"1", "PIN", "100", answer});
    CHECK(p.last.text.starts_with("Please check:"));
  }
}

TEST_CASE("too few numbers are taken and the rest is asked, too many are refused") {
  phone p;
  p.say({"1", "PIN", "100", "60*30"});
  CHECK(p.last.text.starts_with("Understood 2 of 3. Go on:\n3/3 41 Cleo"));
  phone q;
  q.say({"1", "PIN", "100", "1*2*3*4"});
  CHECK(q.last.text.starts_with("4 numbers came, only 3 are left."));
}

TEST_CASE("an answer that cannot be taken gets a line that says what to do, and the question again") {
  const std::string endless(2000, '9');
  for (const std::string_view bad : {std::string_view{"many"}, std::string_view{"-5"}, std::string_view{endless},
                                     std::string_view{"😀"}, std::string_view{"1.5"}, std::string_view{"\xFF\xFE"}}) {
    phone p;
    p.say({"1", "PIN", bad});
    CHECK(p.last.text.starts_with("Digits only, please.\nBallots?"));
  }
  phone p;
  p.say({"1", "PIN", ""});
  CHECK(p.last.text.starts_with("No answer came.\nBallots?"));
  p.say({"1001"});
  CHECK(p.last.text.starts_with("It must be from 0 to 1000.\nBallots?"));
}

TEST_CASE("a must rule refuses as soon as it is decidable and asks its question again") {
  phone p;
  p.say({"1", "PIN", "100", "60*30*11"});
  CHECK(p.last.text.starts_with("Too many: 101.\n1/3 1 Ann"));
  p.say({"60*30*10"});
  CHECK(p.last.text.starts_with("Please check:"));
}

TEST_CASE("a warning is confirmed once and flags the form, corrected figures are judged afresh") {
  phone p;
  p.say({"1", "PIN", "100", "60*30*5"});
  CHECK(p.last.text.starts_with("Sum 95.\n1 Yes, it is right"));
  p.say({"2"});
  CHECK(p.last.text.starts_with("1/3 1 Ann"));
  p.say({"60*30*6", "1"});
  CHECK(p.last.text.starts_with("Please check:"));
  p.say({"1"});
  REQUIRE(p.last.what == action::submit);
  CHECK(p.engine.filled(*p.d).flags == std::vector<std::string_view>{"differs"});
}

TEST_CASE("one answer can be changed at the end without typing the rest again") {
  phone p;
  p.say({"1", "PIN", "100", "60*30*10", "2"});
  CHECK(p.last.text.starts_with("Change which one?\n1 ballots\n2 votes"));
  p.say({"1"});
  CHECK(p.last.text.starts_with("Ballots?"));
  p.say({"101"});
  CHECK(p.last.text.starts_with("Sum 100."));
}

TEST_CASE("back returns to the question before, an item of a list at a time") {
  phone p;
  p.say({"1", "PIN", "100", "60", "*"});
  CHECK(p.last.text.starts_with("1/3 1 Ann"));
  p.say({"*"});
  CHECK(p.last.text.starts_with("Ballots?"));
  p.say({"**"});
  CHECK(p.last.text.starts_with("Station 01001"));
}

TEST_CASE("a dial string fills the form as far as it goes, but never gives the PIN") {
  phone p("*140*1*100*60*30#");
  CHECK(p.last.text.starts_with("Enter your PIN."));
  p.say({"PIN"});
  CHECK(p.last.text.starts_with("Understood: ballots 100, votes 1=60 5=30\n3/3 41 Cleo"));
  phone refused("*140*1*5000*60#");
  refused.say({"PIN"});
  CHECK(refused.last.text.starts_with("It must be from 0 to 1000.\nBallots?"));
}

TEST_CASE("after a drop at any question a redial goes on there, behind the PIN") {
  const std::vector<std::string_view> answers{"100", "60", "30", "10"};
  const std::vector<std::string_view> asked{"Ballots?", "1/3 1 Ann", "2/3 5 Ben", "3/3 41 Cleo", "Please check:"};
  for (std::size_t given = 0; given <= answers.size(); ++given) {
    phone p;
    p.say({"1", "PIN"});
    for (std::size_t i = 0; i < given; ++i)
      p.say({answers[i]});
    phone again("*140#", p.saved());
    CHECK(again.last.text.starts_with("Enter your PIN."));
    again.say({"PIN"});
    CHECK(again.last.text.starts_with("Your report is not finished."));
    CHECK(again.last.text.find("\n1 Go on with it\n2 Start again") != std::string::npos);
    again.say({"1"});
    CHECK(again.last.text.starts_with(asked[given]));
  }
}

TEST_CASE("starting again forgets the draft") {
  phone p;
  p.say({"1", "PIN", "100"});
  phone again("*140#", p.saved());
  again.say({"PIN", "2"});
  CHECK(again.last.text.starts_with("Station 01001"));
  CHECK(again.saved().empty());
}

TEST_CASE("a draft that is cut anywhere, or has a wrong octet, is restored as sense or not at all") {
  phone p;
  p.say({"1", "PIN", "100", "60", "30"});
  const std::string whole = p.saved();
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    phone again("*140#", whole.substr(0, cut));
    CHECK(again.last.text.starts_with("Station 01001"));
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string wrong = whole;
    wrong[at] = static_cast<char>(wrong[at] ^ 0x55);
    phone again("*140#", wrong);
    again.say({"PIN", "1", "1"});
    CHECK(!again.last.text.empty());
  }
}

TEST_CASE("wrong and locked PINs are told, and the form waits") {
  phone p;
  p.say({"1"});
  p.last = p.engine.answer(*p.d, "9999", p.page);
  REQUIRE(p.last.what == action::check_pin);
  CHECK(p.last.text == "9999");
  p.last = p.engine.pin_checked(*p.d, menus::pin_verdict::wrong, p.page);
  CHECK(p.last.text.starts_with("The PIN is not right.\nEnter your PIN."));
  p.last = p.engine.pin_checked(*p.d, menus::pin_verdict::locked, p.page);
  CHECK(p.last.what == action::end);
}

TEST_CASE("Persian shows Persian digits") {
  phone p;
  p.say({"2"});
  CHECK(p.last.text.starts_with("شعبه"));
  CHECK(p.last.text.find("۱ شمارش") != std::string::npos);
}

TEST_CASE("every page fits its bearer, and turning pages shows all of the text") {
  for (std::size_t room = 24; room < 120; room += 7) {
    phone p;
    p.page = tests::octet_page(room);
    p.say({"1", "PIN", "100", "60*30*10"});
    std::string all;
    for (int page = 0; page < 12; ++page) {
      REQUIRE(p.page.fits(p.last.text));
      all += p.last.text + "\n";
      p.say({"9"});
    }
    for (const auto part : {"President", "41=10", "Send", "Change"})
      CHECK(all.find(part) != std::string::npos);
  }
}

TEST_CASE("whoever chooses a language is back at the start, in it") {
  tests::small_world world;
  const tests::octet_page page(300);
  const auto folder = std::filesystem::path(TALLYLINE_SOURCE_DIR) / "menus/scripts";
  const auto polling = menus::load_script(folder / "polling.yaml", {folder});
  REQUIRE(polling);
  const menus::engine engine(*polling.menu, world);
  const auto d = engine.open({world.person, world.station}, "en");
  CHECK(engine.dial(*d, "*140#", {}, page).text.starts_with("Station 01001"));
  CHECK(engine.answer(*d, "5", page).text.starts_with("Language?"));
  CHECK(engine.answer(*d, "1", page).text.starts_with("شعبه"));
}

TEST_CASE("where a saved dialogue waits is the first question without an answer") {
  phone p;
  p.say({"1", "PIN", "100"});
  std::string kept;
  kept = p.saved();
  const auto at = p.engine.stopped_at({p.world.person, p.world.station}, kept);
  REQUIRE(at.has_value());
  const auto& form = p.script->forms[at->form];
  CHECK(form.name == "count");
  CHECK(form.ask[at->question].name == "votes");
  CHECK_FALSE(p.engine.stopped_at({p.world.person, p.world.station}, "garbage").has_value());
}
