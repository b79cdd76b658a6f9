// Each word of the menu language, by what a subscriber sees and what would be recorded.
#include "tests/support/menu_phone.h"

#include "menus/dialogue.h"
#include "menus/past.h"

using namespace tallyline;
using namespace tallyline::menus;
using tests::phone;

namespace {

std::string script_with(std::string_view choices, std::string_view forms, std::string_view languages = "[en]") {
  return "menu: trial\ndial: \"*7#\"\nlanguages: " + std::string(languages) +
         "\nwho: presiding_officer\nstart: home\nscreens:\n  home:\n    text: Home\n    choices:\n" +
         std::string(choices) + "forms:\n" + std::string(forms);
}

// A script with one form whose questions are given, each a line of a YAML list.
std::string asking(std::string_view questions, std::string_view rest = {}, std::string_view languages = "[en]") {
  return script_with("      - {label: Report, form: report}\n",
                     "  report:\n    pin: false\n" + std::string(rest) + "    ask:\n" + std::string(questions),
                     languages);
}

phone at(const std::string& script, std::string_view dialled = "*7#") { return phone(dialled, {}, script); }

const filled_value* value_of(const filled_form& f, std::string_view name) {
  for (const auto& v : f.values)
    if (v.name == name) return &v;
  return nullptr;
}

std::shared_ptr<const past> one_record(std::vector<std::string> key, std::vector<past_value> values, bool own = true,
                                       std::uint16_t form = 0) {
  std::vector<past_record> all(1);
  all[0].form = form;
  all[0].own = own;
  all[0].key_text = key.empty() ? "" : key.front();
  all[0].key = std::move(key);
  all[0].receipt = "1234567890";
  all[0].values = std::move(values);
  return std::make_shared<const past>(std::move(all));
}

// Dials again with earlier records.
void redial(phone& p, std::shared_ptr<const past> earlier, std::string_view dialled = "*7#") {
  p.d = p.engine.open({p.world.person, p.world.station}, "en", std::move(earlier));
  p.last = p.engine.dial(*p.d, dialled, {}, p.page);
}

} // namespace

TEST_CASE("yes or no is chosen and recorded as a word") {
  auto p = at(asking("      - {name: open, yes_no: , text: \"Open?\"}\n"));
  CHECK(p.say({"1"}).last.text == "Open?\n1 Yes\n2 No\n0 Back");
  CHECK(p.say({"3"}).shows("Answer with one of the numbers."));
  CHECK(p.say({"2"}).shows("Please check:\nopen No\n"));
  CHECK(p.say({"1"}).last.what == action::submit);
  CHECK(value_of(p.engine.filled(*p.d), "open")->text == "no");
}

TEST_CASE("a question with 'when' is asked only when it holds, and its answer is forgotten when that changes") {
  auto p = at(asking("      - {name: open, yes_no: , text: \"Open?\"}\n"
                     "      - {name: why, line: {}, when: not open, text: \"Why?\"}\n"
                     "      - {name: staff, number: , text: \"Staff?\"}\n"));
  CHECK(p.say({"1", "2"}).shows("Why?"));
  CHECK(p.say({"no key", "3"}).shows("Please check:\nopen No\nwhy no key\nstaff 3\n1 Send"));
  CHECK(p.say({"2", "1", "1"}).shows("Please check:\nopen Yes\nstaff 3\n1 Send"));
  CHECK(p.say({"1"}).last.what == action::submit);
  CHECK_FALSE(value_of(p.engine.filled(*p.d), "why"));
}

TEST_CASE("an optional question is passed over by a key where it is typed, by a choice where one is chosen") {
  auto p =
      at(asking("      - {name: note, line: {}, optional: true, text: \"Note?\"}\n"
                "      - {name: state, choice: [{value: good, label: Good}], optional: true, text: \"State?\"}\n"));
  CHECK(p.say({"1"}).shows("Note?\n# Skip\n* Back"));
  CHECK(p.say({"#"}).shows("State?\n1 Good\n2 Skip\n"));
  CHECK(p.say({"2"}).shows("Please check:\nnote –\nstate –\n"));
  CHECK(p.say({"1"}).last.what == action::submit);
  const auto filled = p.engine.filled(*p.d);
  CHECK(value_of(filled, "note")->what == filled_value::kind::nothing);
}

TEST_CASE("what was passed over stays so over a drop, and a rule about it does not apply") {
  const auto script = asking("      - {name: a, number: , optional: true, text: \"A?\"}\n"
                             "      - {name: b, number: , text: \"B?\"}\n",
                             "    rules: [{must: \"a > b\", text: \"A is more than B.\", again: b}, "
                             "{must: \"or_else(a, 0) < 100\", text: \"Too much.\", again: a}]\n");
  auto p = at(script);
  p.say({"1", "#"});
  // A report of which nothing but the leaving out is known is resumed all the same.
  phone again("*7#", p.saved(), script);
  CHECK(again.say({"1"}).shows("B?"));
  CHECK(again.say({"500"}).shows("Please check:\na –\nb 500"));
  auto broken = at(script);
  CHECK(broken.say({"1", "3", "5"}).shows("A is more than B.\nB?"));
}

TEST_CASE("a default is shown and taken by a key, another answer can be typed") {
  const auto script =
      asking("      - {name: voters, number: {max: 2000}, default: station.registered, text: \"Voters?\"}\n");
  auto p = at(script);
  CHECK(p.say({"1"}).shows("Voters?\n# 1000\n"));
  CHECK(p.say({"#"}).shows("Please check:\nvoters 1000"));
  CHECK(at(script).say({"1", "998"}).shows("Please check:\nvoters 998"));
}

TEST_CASE("a time is understood however it is typed, within its limits") {
  const auto script = asking("      - {name: at, time: {min: 07:00, max: election.polls_close}, text: \"When?\"}\n");
  for (const auto typed : {"17:30", "1730", "17.30", "17*30", "۱۷:۳۰"}) {
    auto p = at(script);
    CHECK_MESSAGE(p.say({"1", typed}).shows("Please check:\nat 17:30"), typed);
    p.say({"1"});
    CHECK(value_of(p.engine.filled(*p.d), "at")->text == "17:30");
  }
  CHECK(at(script).say({"1", "930"}).shows("Please check:\nat 09:30"));
  CHECK(at(script).say({"1", "2030"}).shows("It must be from 07:00 to 20:00."));
  for (const auto typed : {"25:00", "17:60", "noon", "1", "173000", "-5", "::"})
    CHECK_MESSAGE(at(script).say({"1", typed}).last.text.find("When?") != std::string::npos, typed);
}

TEST_CASE("a date is understood in both calendars, recorded in one, and shown in that of the language") {
  const auto script = asking("      - {name: born, date: {max: today}, text: \"Born?\"}\n"
                             "      - {name: age, number: , default: \"years(born, election.date)\", text: \"Age?\"}\n",
                             {}, "[en, fa]");
  for (const auto typed : {"1365/12/30", "1366-1-1", "13660101", "1987-03-21", "۱۳۶۶/۱/۱", "1366*1*1"}) {
    auto p = at(script);
    p.say({"1", typed});
    if (std::string_view(typed) == "1365/12/30") {
      CHECK(p.shows("Write the date")); // 1365 was no leap year
      continue;
    }
    CHECK_MESSAGE(p.shows("Age?\n# 39\n"), typed);
    CHECK(p.say({"#"}).shows("Please check:\nborn 1987-03-21\nage 39"));
    p.say({"1"});
    CHECK(value_of(p.engine.filled(*p.d), "born")->text == "1987-03-21");
  }
  CHECK(at(script).say({"1", "2027-01-01"}).last.text.find("Born?") != std::string::npos);
  CHECK(at(script).say({"1", "2023-02-29"}).shows("Write the date as"));
}

TEST_CASE("a national code must have its check digit, leading zeros may be missing") {
  const auto script = asking("      - {name: code, national_code: , personal: true, text: \"Code?\"}\n");
  CHECK(at(script).say({"1", "0499370899"}).shows("Please check:\ncode 0499370899"));
  CHECK(at(script).say({"1", "499370899"}).shows("Please check:\ncode 0499370899"));
  CHECK(at(script).say({"1", "۰۴۹۹۳۷۰۸۹۹"}).shows("Please check:\ncode 0499370899"));
  for (const auto typed : {"0499370898", "1111111111", "12345", "04993708990", "abcdefghij"})
    CHECK_MESSAGE(at(script).say({"1", typed}).shows("This national code is not right."), typed);
}

TEST_CASE("a telephone number is recorded with its country") {
  const auto script = asking("      - {name: call, phone: {country: 98}, text: \"Phone?\"}\n");
  for (const auto typed : {"09121234567", "+989121234567", "00989121234567", "0912 123-4567"})
    CHECK_MESSAGE(at(script).say({"1", typed}).shows("Please check:\ncall 989121234567"), typed);
  for (const auto typed : {"12", "0000000000", "hello", "+98912123456789012"})
    CHECK_MESSAGE(at(script).say({"1", typed}).shows("This is no phone number."), typed);
}

TEST_CASE("a list takes its numbers in one go, as few and as many as it says") {
  const auto script =
      asking("      - {name: seals, list: {min: 100, max: 999, least: 2, most: 3}, text: \"Seals?\"}\n");
  CHECK(at(script).say({"1", "101"}).shows("1 numbers came, at least 2 are needed."));
  CHECK(at(script).say({"1", "101*102*103*104"}).shows("4 numbers came, only 3 are left."));
  CHECK(at(script).say({"1", "101*99"}).shows("Number 2 must be from 100 to 999."));
  auto p = at(script);
  CHECK(p.say({"1", "101 102,103"}).shows("Please check:\nseals 101 102 103"));
  phone again("*7#", p.saved(), script);
  CHECK(again.say({"1"}).shows("Please check:\nseals 101 102 103"));
  again.say({"1"});
  const auto filled = again.engine.filled(*again.d);
  REQUIRE(value_of(filled, "seals")->items.size() == 3);
  CHECK(value_of(filled, "seals")->items[1].number == 2);
  CHECK(value_of(filled, "seals")->items[1].value == 102);
  CHECK(at(script, "*7*1*101*102#").shows("Please check:\nseals 101 102"));
}

TEST_CASE("for_each goes over what is written out, too") {
  const auto script =
      asking("      - {name: stock, for_each: [{value: ors, label: ORS sachets}, {value: zinc, label: Zinc}], "
             "number: {max: 500}, text: \"{item}?\"}\n",
             "    rules: [{must: \"sum(stock) > 0\", text: \"Nothing at all?\", again: stock}]\n");
  auto p = at(script);
  CHECK(p.say({"1"}).shows("1/2 ORS sachets?"));
  CHECK(p.say({"40"}).shows("2/2 Zinc?"));
  phone again("*7#", p.saved(), script);
  CHECK(again.say({"1", "7"}).shows("Please check:\nstock ORS sachets=40 Zinc=7"));
  again.say({"1"});
  const auto filled = again.engine.filled(*again.d);
  CHECK(value_of(filled, "stock")->items.at(1).number == 2);
  CHECK(value_of(filled, "stock")->items.at(1).value == 7);
  CHECK(at(script, "*7*1*0*0#").last.text.find("Nothing at all?") != std::string::npos);
}

TEST_CASE("a choice that is not shown keeps its number from the others, and is not taken") {
  const auto script = script_with("      - {label: First, form: report, when: now < '12:00'}\n"
                                  "      - {label: Second, form: report}\n"
                                  "      - {label: Keyed, form: report, key: 20}\n",
                                  "  report: {pin: false, ask: [{name: n, number: , text: \"N?\"}]}\n");
  auto p = at(script);
  CHECK(p.last.text == "Home\n2 Second\n20 Keyed");
  CHECK(p.say({"1"}).shows("Answer with one of the numbers."));
  CHECK(p.say({"20"}).shows("N?"));
  auto early = at(script);
  early.world.minutes -= 7 * 60;
  CHECK(early.say({"9"}).last.text == "Home\n1 First\n2 Second\n20 Keyed");
}

TEST_CASE("a rule over an earlier record holds against it, and does not apply without one") {
  const auto script =
      asking("      - {name: hour, choice: [{value: \"12:00\"}, {value: \"17:00\"}], text: \"Hour?\"}\n"
             "      - {name: present, number: , default: \"earlier(report, '12:00').present\", text: \"Voters?\"}\n",
             "    one_per: [station, hour]\n"
             "    rules: [{must: \"hour != '17:00' or present >= earlier(report, '12:00').present\", "
             "text: \"At 12:00 there were {earlier(report, '12:00').present}.\", again: present}]\n");
  auto p = at(script);
  CHECK(p.script->looks_back == std::vector<std::uint16_t>{0});
  CHECK(p.say({"1", "2", "100"}).shows("Please check:\nhour 17:00\npresent 100"));
  redial(p, one_record({"12:00"}, {std::string("12:00"), std::int64_t{120}}));
  CHECK(p.say({"1", "2"}).shows("Voters?\n# 120\n"));
  CHECK(p.say({"100"}).shows("At 12:00 there were 120.\nVoters?"));
  CHECK(p.say({"121"}).shows("Please check:\nhour 17:00\npresent 121"));
  redial(p, one_record({"12:00"}, {std::monostate{}, std::monostate{}})); // a personal or missing value
  CHECK(p.say({"1", "2", "1"}).shows("Please check:"));
}

TEST_CASE("a correction is asked for its reason, and nothing else is") {
  const auto script = asking("      - {name: n, number: , text: \"N?\"}\n", "    reason: \"Why other figures?\"\n");
  auto p = at(script);
  CHECK(p.say({"1", "5"}).shows("Please check:\nn 5\n1 Send"));
  redial(p, one_record({}, {std::int64_t{5}}));
  CHECK(p.say({"1", "5"}).shows("Please check:\nn 5\n1 Send")); // the same again
  redial(p, one_record({}, {std::int64_t{5}}, false));
  CHECK(p.say({"1", "6"}).shows("Please check:\nn 6\n1 Send")); // another person's: no correction of one's own
  redial(p, one_record({}, {std::int64_t{5}}));
  CHECK(p.say({"1", "6"}).shows("Why other figures?"));
  CHECK(p.say({"misread"}).shows("Please check:\nn 6\nReason misread\n1 Send"));
  CHECK(p.say({"1"}).last.what == action::submit);
  const auto filled = p.engine.filled(*p.d);
  CHECK(filled.reason == "misread");
  CHECK(filled.values.size() == 1);
}

TEST_CASE("a reason can be chosen from a list") {
  auto p = at(asking("      - {name: n, number: , text: \"N?\"}\n",
                     "    reason: {text: \"Why?\", choice: [{value: slip, label: A slip}, {value: recount, label: "
                     "Counted again}]}\n"));
  redial(p, one_record({}, {std::int64_t{5}}));
  CHECK(p.say({"1", "6"}).shows("Why?\n1 A slip\n2 Counted again"));
  p.say({"2", "1"});
  CHECK(p.engine.filled(*p.d).reason == "recount");
}

TEST_CASE("one's own earlier records can be chosen from") {
  const auto script = script_with(
      "      - {label: Count, form: count}\n      - {label: Withdraw, form: withdraw}\n",
      "  count: {pin: false, one_per: [station, what], ask: [{name: what, line: {}, text: \"What?\"}]}\n"
      "  withdraw:\n    pin: false\n    ask:\n"
      "      - {name: which, choose: records(count), show: \"{record.key} at {record.at}\", text: \"Which?\"}\n"
      "      - {name: sure, yes_no: , text: \"{which.receipt}, sure?\"}\n");
  auto p = at(script);
  CHECK(p.say({"2"}).shows("There is nothing to choose now."));
  auto two = std::vector<past_record>(2);
  for (auto& r : two)
    r.values = {std::string("x")}, r.local_minutes = 61;
  two[0].key = {"president"}, two[0].key_text = "president", two[0].receipt = "1111111111";
  two[1].key = {"council"}, two[1].key_text = "council", two[1].receipt = "2222222222";
  const auto earlier = std::make_shared<const past>(std::move(two));
  redial(p, earlier);
  CHECK(p.say({"2"}).shows("Which?\n1 president at 01:01\n2 council at 01:01"));
  CHECK(p.say({"2"}).shows("2222222222, sure?"));
  const auto saved = p.saved();
  CHECK(p.engine.fits({p.world.person, p.world.station}, saved, earlier));
  CHECK_FALSE(p.engine.fits({p.world.person, p.world.station}, saved)); // the record is no more
  p.say({"1", "1"});
  CHECK(value_of(p.engine.filled(*p.d), "which")->text == "2222222222");
}

TEST_CASE("a form is taken in its hours only, at the beginning and when it is sent") {
  const auto script =
      asking("      - {name: n, number: , text: \"N?\"}\n", "    opens: 17:00\n    closes: election.polls_close\n");
  auto p = at(script);
  p.world.minutes -= 2 * 60;
  CHECK(p.say({"1"}).shows("This is taken from 17:00.\nHome"));
  p.world.minutes += 60;
  CHECK(p.say({"1", "4"}).shows("Please check:"));
  p.world.minutes += 3 * 60; // 20:00
  CHECK(p.say({"1"}).last.what == action::end);
  CHECK(p.shows("This was taken until 20:00."));
  p.world.minutes += 24 * 60;
  redial(p, {});
  CHECK(p.say({"1"}).shows("This was taken until 2026-11-24 20:00."));
  auto other = at(asking("      - {name: n, number: , text: \"N?\"}\n",
                         "    opens: \"2026-11-25 08:00\"\n    shut: \"Tomorrow.\"\n"));
  CHECK(other.say({"1"}).shows("Tomorrow.\nHome"));
}

TEST_CASE("many answers in one go fill the questions from where one stands, and are read back") {
  const auto script = asking("      - {name: a, number: , label: Ballots, text: \"A?\"}\n"
                             "      - {name: b, number: {max: 9}, label: Invalid, text: \"B?\"}\n"
                             "      - {name: c, line: {}, text: \"C?\"}\n");
  CHECK(at(script).say({"1", "120*4"}).shows("Understood: Ballots 120, Invalid 4\nC?"));
  CHECK(at(script).say({"1", "120*44*x"}).shows("It must be from 0 to 9.\nB?"));
  CHECK(at(script).say({"1", "120*4*all well"}).shows("Please check:\nBallots 120\nInvalid 4\nc all well"));
  CHECK(at(script).say({"1", "5", "4", "a*b"}).shows("Please check:\nBallots 5\nInvalid 4\nc a*b"));
}

TEST_CASE("a refused answer keeps the page that was turned to, and a screen is come back to where it was left") {
  std::string choices;
  for (int i = 1; i <= 30; ++i)
    choices += "      - {label: A choice with a long name, go: " + std::string(i == 20 ? "deep" : "home") + "}\n";
  auto script = script_with(choices, "  report: {ask: [{name: n, number: , text: \"N?\"}]}\n");
  script.insert(script.find("forms:"), "  deep: {text: Deep, choices: [{label: Report, form: report}]}\n");
  auto p = at(script);
  p.say({"9", "9"});
  const std::string page = p.last.text;
  CHECK(page.find("A choice") != std::string::npos);
  CHECK(p.say({"777"}).last.text.find(page.substr(0, 40)) != std::string::npos);
  auto q = at(script);
  while (q.last.text.find("\n21 ") == std::string::npos && !q.shows("21 "))
    q.say({"9"});
  const std::string there = q.last.text;
  CHECK(q.say({"21"}).shows("Deep"));
  CHECK(q.say({"0"}).last.text == there);
}

TEST_CASE("if() words a text without a grammar of plurals") {
  const auto script =
      asking("      - {name: n, number: , text: \"N?\"}\n", "    confirm: \"{n} {if(n == 1, 'ballot', 'ballots')}\"\n");
  CHECK(at(script).say({"1", "1"}).shows("1 ballot\n"));
  CHECK(at(script).say({"1", "2"}).shows("2 ballots\n"));
}

TEST_CASE("in a language written from right to left a line that would be turned round is marked") {
  const auto script = R"(
menu: trial
dial: "*7#"
languages: [fa]
who: presiding_officer
start: home
screens:
  home:
    text: "{station.name} شعبه"
    choices:
      - {label: "با *140# تماس بگیرید", end: true}
      - {label: "Latin", end: true}
)";
  phone p("*7#", {}, script);
  CHECK(p.last.text == "\u200FOld school شعبه\n۱ با \u200E*140#\u200E تماس بگیرید\n\u200F۲ Latin");
}

TEST_CASE("entries and deadlines, reasons and keys are read, and what cannot be is refused where it stands") {
  const auto refused = [](const std::string& script) {
    const auto got = load_script_text(script, "t.yaml", tests::shipped_texts);
    CHECK_FALSE(got);
    return got.problems.empty() ? std::string() : got.problems.front().what;
  };
  CHECK(at(asking("      - {name: n, number: , text: N}\n", "    entries: 2\n")).script->forms[0].entries == 2);
  CHECK(refused(asking("      - {name: n, number: , text: N}\n", "    entries: 3\n")) ==
        "there is no number of entries '3'");
  CHECK(refused(asking("      - {name: n, number: , text: N}\n", "    opens: 25:00\n")).size() > 0);
  CHECK(refused(asking("      - {name: n, number: , text: N}\n", "    opens: station.registered\n")) ==
        "a time is expected, this is a number");
  CHECK(refused(asking("      - {name: reason, number: , text: N}\n", "    reason: true\n")) ==
        "a question of this form is named 'reason' already");
  CHECK(refused(asking("      - {name: n, number: , optional: true, text: N}\n", "    one_per: [station, n]\n")) ==
        "there is no answer 'n'");
  CHECK(refused(asking("      - {name: n, yes_no: , default: true, text: N}\n")) ==
        "only an answer that is typed can have a default");
  CHECK(refused(asking("      - {name: n, number: , when: station.registered, text: N}\n")) ==
        "'when' must be true or false, this is a number");
  CHECK(refused(script_with("      - {label: A, end: true, key: 2}\n      - {label: B, end: true}\n",
                            "  f: {ask: [{name: n, number: , text: N}]}\n")) ==
        "two choices of this screen are chosen by 2");
  CHECK(refused(script_with("      - {label: A, end: true, key: 9}\n",
                            "  f: {ask: [{name: n, number: , text: N}]}\n")) == "key 9 turns the page or goes back");
  CHECK(refused(asking("      - {name: n, number: , when: \"earlier(reprot).n > 1\", text: N}\n")) ==
        "there is no form 'reprot'");
  CHECK(refused(asking("      - {name: n, number: , when: \"earlier(report, 1).n > 1\", text: N}\n")) ==
        "'report' has 0 keys behind its scope, here are 1");
  CHECK(refused(asking("      - {name: d, date: {min: 2026-02-30}, text: N}\n")).size() > 0);
}

TEST_CASE("an earlier record of another version, with another kind of value, is as if the value were not there") {
  const auto script =
      asking("      - {name: hour, choice: [{value: \"12:00\"}, {value: \"17:00\"}], text: \"Hour?\"}\n"
             "      - {name: n, number: , default: \"earlier(report, '12:00').n\", text: \"N?\"}\n"
             "      - {name: votes, list: , text: \"Votes?\"}\n",
             "    one_per: [station, hour]\n"
             "    rules: [{must: \"n + sum(earlier(report, '12:00').votes) > 0\", text: \"None.\", again: n}]\n");
  auto p = at(script);
  for (const past_value& other : {past_value(std::string("many")), past_value(std::vector<std::int64_t>{1, 2})}) {
    redial(p, one_record({"12:00"}, {std::string("12:00"), other, std::int64_t{7}}));
    CHECK(p.say({"1", "2"}).shows("N?\n* Back"));
    CHECK(p.say({"0", "4"}).shows("Please check:"));
  }
}

TEST_CASE("a default is taken by the rules of what is typed: one that does not fit is not offered or not taken") {
  const auto numbers = asking("      - {name: n, number: {max: 10}, default: station.registered, text: \"N?\"}\n");
  CHECK(at(numbers).say({"1"}).last.text == "N?\n* Back");
  const auto text = asking("      - {name: t, line: {max: 4}, default: station.name, text: \"T?\"}\n");
  CHECK(at(text).say({"1", "#"}).shows("Write at most 4 letters.\nT?"));
  const auto code = asking("      - {name: c, national_code: , default: station.code, text: \"C?\"}\n");
  CHECK(at(code).say({"1", "#"}).shows("This national code is not right."));
}

TEST_CASE("a draft is gone on with although a limit uses an answer that was passed over") {
  const auto script = asking("      - {name: a, number: , optional: true, text: \"A?\"}\n"
                             "      - {name: b, number: {max: a}, text: \"B?\"}\n"
                             "      - {name: c, number: , text: \"C?\"}\n");
  auto p = at(script);
  CHECK(p.say({"1", "#", "5"}).shows("C?"));
  phone again("*7#", p.saved(), script);
  CHECK(again.say({"1"}).shows("C?"));
}

TEST_CASE("home and a broken rule show their pages from the beginning, wherever the last page was turned to") {
  std::string choices;
  for (int i = 1; i <= 30; ++i)
    choices += "      - {label: A choice with a long name, form: report}\n";
  auto script = script_with("      - {label: Long, go: long}\n",
                            "  report: {pin: false, ask: [{name: n, number: , text: \"N?\"}]}\n");
  script.insert(script.find("forms:"), "  long:\n    text: Long\n    choices:\n" + choices);
  auto p = at(script);
  CHECK(p.say({"1", "#"}).last.text.find("Long") != std::string::npos);
  p.say({"9", "9", "20"});
  CHECK(p.shows("N?"));
  CHECK(p.say({"**"}).last.text == "Home\n1 Long");
  std::string options;
  for (int i = 1; i <= 30; ++i)
    options +=
        (i > 1 ? ", " : "") + std::string("{value: ") + std::to_string(i) + ", label: An option with a long name}";
  auto broken = at(
      asking("      - {name: a, number: , text: \"A?\"}\n      - {name: b, choice: [" + options + "], text: \"B?\"}\n",
             "    rules: [{must: \"a < b\", text: \"Less.\", again: a}]\n"));
  CHECK(broken.say({"1", "50", "9", "9", "20"}).last.text == "Less.\nA?\n* Back");
}

TEST_CASE("a key has at most eight parts") {
  std::string questions, names = "station";
  for (char c = 'a'; c < 'i'; ++c) {
    questions += std::string("      - {name: ") + c + ", number: , text: X}\n";
    names += std::string(", ") + c;
  }
  const auto got =
      load_script_text(asking(questions, "    one_per: [" + names + "]\n"), "t.yaml", tests::shipped_texts);
  REQUIRE_FALSE(got);
  CHECK(got.problems.front().what == "'one_per' has more than 8 names");
}
