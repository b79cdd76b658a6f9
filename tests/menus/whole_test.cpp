// A form that comes whole keeps to the questions and rules of a dialogue.
#include "menus/whole.h"
#include "tests/support/menu_phone.h"

#include <doctest/doctest.h>

using namespace tallyline;
using menus::whole_result;
using kind = menus::whole_result::kind;

namespace {

constexpr std::string_view stock_script = R"(
menu: stock
dial: "*141#"
languages: [en]
who: presiding_officer
start: home
screens: {home: {text: "Home", choices: [{label: Stock, form: stock}]}}
forms:
  stock:
    one_per: [station, kind]
    opens: "08:00"
    closes: "20:00"
    ask:
      - {name: kind, choice: [{value: masks, label: Masks}, {value: gloves, label: Gloves}], text: "What?"}
      - {name: boxes, number: {min: 1, max: 100}, text: "Boxes?"}
      - {name: sealed, yes_no: , text: "Sealed?"}
      - {name: since, time: {min: 07:00}, when: sealed, text: "Since?"}
      - {name: seen, date: , optional: true, text: "When?"}
      - {name: pens, for_each: [{value: red, label: Red}, {value: blue, label: Blue}], number: {max: 50}, text: "{item}?"}
      - {name: note, line: {min: 2, max: 20}, optional: true, text: "Note?"}
      - {name: least, number: , default: boxes, text: "Least?"}
    rules:
      - {must: "sum(pens) < 60", text: "{sum(pens)} pens are too many.", again: pens}
      - {warn: "boxes > 50", name: many, text: "{boxes} boxes?", again: boxes}
)";

struct desk {
  tests::small_world world;
  std::unique_ptr<menus::script> script;
  menus::engine engine;
  explicit desk(std::string_view source = tests::night_script)
      : script(tests::loaded(source)), engine(*script, world) {}
  whole_result fill(std::vector<menus::whole_answer> answers, std::vector<std::string_view> confirmed = {},
                    std::string_view language = "en") const {
    return menus::fill_whole(*script, world, {world.person, world.station}, language,
                             {0, std::move(answers), std::move(confirmed)});
  }
};

using given = std::vector<menus::whole_answer>;
const given good{{"kind", "gloves"}, {"boxes", "12"},        {"sealed", "yes"},   {"since", "17:00"},
                 {"pens", "10*20"},  {"seen", "2026-11-24"}, {"note", "all well"}};

given with(std::string_view question, std::string_view text) {
  given changed = good;
  for (auto& a : changed)
    if (a.question == question) a.text = text;
  return changed;
}

} // namespace

TEST_CASE("a whole form is filled by names, whatever their order, and takes defaults") {
  const desk d(stock_script);
  auto got = d.fill(good);
  REQUIRE_MESSAGE(got.what == kind::complete, got.why);
  const auto filled = d.engine.filled(*got.filled);
  CHECK(filled.form == "stock");
  REQUIRE(filled.values.size() == 8);
  CHECK(filled.values[0].text == "gloves");
  CHECK(filled.values[3].text == "17:00");
  CHECK(filled.values[4].text == "2026-11-24");
  CHECK(filled.values[5].items[1].value == 20);
  CHECK(filled.values[7].number == 12); // the default
}

TEST_CASE("what a phone would refuse is refused with the same words and names its question") {
  const desk d(stock_script);
  const auto refused = [&](std::string_view question, std::string_view text, std::string_view why) {
    const auto got = d.fill(with(question, text));
    CHECK(got.what == kind::refused);
    CHECK(got.about == question);
    CHECK_MESSAGE(got.why.find(why) != std::string::npos, got.why);
    CHECK(got.filled == nullptr);
  };
  refused("boxes", "101", "100");
  refused("boxes", "x", "Digits only");
  refused("boxes", "5*6", "Digits only"); // no way to answer the next question too
  refused("kind", "1", "");          // a value is wanted, not its place
  refused("sealed", "1", "");
  refused("since", "06:00", "07:00");
  refused("seen", "2026-02-30", "date");
  refused("pens", "10", "1");
  refused("pens", "10*20*30", "3");
  refused("pens", "30*30", "60 pens are too many.");
  refused("note", "\xFF\xFE", "");
}

TEST_CASE("an answer that is missing, unknown, given twice or not asked for is refused") {
  const desk d(stock_script);
  CHECK(d.fill(with("boxes", "")).about == "boxes");
  CHECK(d.fill(with("note", "")).what == kind::complete);
  auto more = good;
  more.push_back({"colour", "red"});
  CHECK(d.fill(more).about == "colour");
  more.back() = {"boxes", "13"};
  CHECK(d.fill(more).about == "boxes");
  CHECK(d.fill(with("sealed", "no")).about == "since");
}

TEST_CASE("a warning wants its name among the confirmed, and flags the form") {
  const desk d(stock_script);
  auto got = d.fill(with("boxes", "51"));
  CHECK(got.what == kind::unconfirmed);
  CHECK(got.about == "many");
  CHECK(got.why == "51 boxes?");
  got = d.fill(with("boxes", "51"), {"many"});
  REQUIRE(got.what == kind::complete);
  CHECK(d.engine.filled(*got.filled).flags == std::vector<std::string_view>{"many"});
  // Confirmed in advance of what does not happen: no flag.
  got = d.fill(good, {"many"});
  REQUIRE(got.what == kind::complete);
  CHECK(d.engine.filled(*got.filled).flags.empty());
}

TEST_CASE("a form that is shut says so") {
  desk d(stock_script);
  d.world.minutes += 3 * 60;
  const auto got = d.fill(good);
  CHECK(got.what == kind::shut);
  CHECK(got.why.find("20:00") != std::string::npos);
}

TEST_CASE("no PIN is asked, and a list of one may be named or left out, but not be another") {
  const desk d;
  CHECK(d.fill({{"ballots", "10"}, {"votes", "5*3*2"}}).what == kind::complete);
  CHECK(d.fill({{"contest", "president"}, {"ballots", "10"}, {"votes", "5*3*2"}}).what == kind::complete);
  CHECK(d.fill({{"contest", "council"}, {"ballots", "10"}, {"votes", "5*3*2"}}).about == "contest");
  const auto got = d.fill({{"ballots", "10"}, {"votes", "5*3*3"}});
  CHECK(got.what == kind::refused);
  CHECK(got.why == "Too many: 11.");
  CHECK(got.about == "votes");
}

TEST_CASE("somebody whose scope is of another kind fills nothing") {
  const desk d;
  const auto got = menus::fill_whole(*d.script, d.world, {d.world.person, d.world.contest}, "en", {0, {}, {}});
  CHECK(got.what == kind::refused);
  CHECK(got.filled == nullptr);
}
