// What the language says of steps, queues, one's own reports and training.
#include "menus/past.h"
#include "tests/support/menu_phone.h"

using namespace tallyline;
using namespace tallyline::menus;

namespace {

const std::string head = R"(
menu: papers
dial: "*7#"
training: "*70#"
languages: [en]
who: presiding_officer
start: home
screens:
  home:
    text: "Waiting {queue(papers).waiting}, oldest {queue(papers).oldest}, done {queue(papers).last_hour}, {queue(papers).minutes}"
    choices:
      - {label: Papers, form: papers}
      - {label: Next, form: next}
      - {label: Mine, go: mine}
  mine:
    text: "Yours:"
    reports: true
forms:
  papers:
    pin: false
    one_per: [station, code]
    once: {text: "Elsewhere at {station.name}."}
    ask: [{name: code, national_code: , personal: true, text: "Code?"}, {name: phone, phone: , optional: true, text: "Phone?"}, {name: name, line: , text: "Name?"}, {name: note, line: , optional: true, text: "Note?"}]
    sms: [PAP]
    receipt: "Ticket {ticket}, {receipt}"
  next:
    pin: false
    one_per: [station, code]
    follows: {form: papers, text: "No papers.", area: "Papers elsewhere."}
    ask: [{name: code, national_code: , personal: true, text: "Code?"}]
)";

std::string refused(std::string script, std::string_view what, std::string_view by) {
  script.replace(script.find(what), what.size(), by);
  const auto got = load_script_text(script, "t.yaml", tests::shipped_texts);
  CHECK_FALSE(got);
  std::string all;
  for (const auto& p : got.problems)
    all += p.what + "; ";
  return all;
}

std::shared_ptr<past> waiting_two() {
  auto p = std::make_shared<past>();
  p->queues["papers"] = {2, 15, 4, 30};
  return p;
}

} // namespace

TEST_CASE("what waits stands on the first page, and what is not known is a dash") {
  tests::phone p("*7#", {}, head);
  CHECK(p.shows("Waiting –, oldest –, done –, –"));
  p.d = p.engine.open({p.world.person, p.world.station}, "en", waiting_two());
  CHECK(p.engine.dial(*p.d, "*7#", {}, p.page).text.starts_with("Waiting 2, oldest 15, done 4, 30"));
  CHECK(p.script->queues == std::vector<std::string>{"papers"});
}

TEST_CASE("one's own reports are listed with form, time, ticket and receipt") {
  tests::phone p("*7#", {}, head);
  CHECK(p.say({"3"}).shows("Yours:\nYou have sent no report yet."));
  auto earlier = std::make_shared<past>();
  earlier->reports = {{"next", "", "482-193-7620", "", p.world.minutes - 10},
                      {"papers", "x", "111-222-3334", "57-3", p.world.minutes - 1440}};
  p.d = p.engine.open({p.world.person, p.world.station}, "en", earlier);
  p.engine.dial(*p.d, "*7#", {}, p.page);
  CHECK(p.say({"3"}).shows("Yours:\nNext 17:50 482-193-7620\nPapers x 2026-11-23 18:00 Ticket 57-3 111-222-3334"));
}

TEST_CASE("the receipt shows the ticket, and one that is told again shows it below") {
  tests::phone p("*7*1*0012345679#", {}, head);
  p.say({"#", "Ann", "#", "1"});
  CHECK(p.engine.filled(*p.d).once);
  const auto told = [&](submit_verdict v) {
    auto again = tests::phone("*7*1*0012345679#", {}, head);
    again.say({"#", "Ann", "#", "1"});
    return again.engine.submitted(*again.d, v, "482-193-7620", again.page, "57-3").text;
  };
  CHECK(told(submit_verdict::recorded) == "Ticket 57-3, 482-193-7620");
  CHECK(told(submit_verdict::duplicate) == "Already recorded. Receipt 482-193-7620\nTicket 57-3");
  CHECK(told(submit_verdict::taken_elsewhere) == "Elsewhere at Old school.");
  CHECK(told(submit_verdict::nothing_to_follow) ==
        "The step before this one is not recorded yet. Nothing was recorded.");
  tests::phone n("*7*2*0012345679#", {}, head);
  n.say({"1"});
  CHECK(n.engine.filled(*n.d).follows == "papers");
  CHECK(n.engine.submitted(*n.d, submit_verdict::out_of_area, {}, n.page).text == "Papers elsewhere.");
}

TEST_CASE("in training each page says so, fits, and what is filled is marked") {
  tests::phone p("*7#", {}, head);
  p.d = p.engine.open({p.world.person, p.world.station}, "en");
  p.engine.train(*p.d);
  p.last = p.engine.dial(*p.d, "*70*1*0012345679#", {}, p.page);
  CHECK(p.shows("TRAINING\nUnderstood: code 0012345679\nPhone?"));
  CHECK(p.say({"#", "Ann", "#"}).shows("TRAINING\nPlease check:"));
  CHECK(p.page.fits(p.last.text));
  CHECK(p.say({"1"}).last.what == action::submit);
  CHECK(p.engine.filled(*p.d).training);
  p.last = p.engine.submitted(*p.d, submit_verdict::recorded, "482-193-7620", p.page, "1-3");
  CHECK(p.last.text == "TRAINING\nTicket 1-3, 482-193-7620");
}

TEST_CASE("of one line the last text takes all words, and what is optional and missing is passed over") {
  tests::phone p("*7#", {}, head);
  p.last = p.engine.fill(*p.d, 0, "0012345679*989121234567*Ann*of*Green*Gables", p.page);
  CHECK_MESSAGE(p.shows("Please check:\ncode 0012345679\nphone 989121234567\nname Ann of Green Gables\nnote –"),
                p.last.text);
}

TEST_CASE("an earlier record is found by what its key hides") {
  const std::string script = std::string(head) + R"(  third:
    pin: false
    ask: [{name: code, national_code: , text: "Code?"}, {name: same, line: , default: "earlier(papers, code).name", text: "Same?"}]
)";
  std::string with = script;
  with.replace(with.find("      - {label: Mine, go: mine}"), 0, "      - {label: Third, form: third}\n");
  tests::phone p("*7#", {}, with);
  past_record r;
  r.key = {"~9765432100"};
  r.values = {{}, {}, std::string("Ann"), {}};
  auto earlier = std::make_shared<past>(std::vector{r});
  earlier->hide = [](std::string_view s) { return "~" + std::string(s.rbegin(), s.rend()); };
  p.d = p.engine.open({p.world.person, p.world.station}, "en", earlier);
  p.last = p.engine.dial(*p.d, "*7*3*0012345679#", {}, p.page);
  CHECK_MESSAGE(p.last.text.find("Same?\n# Ann") != std::string::npos, p.last.text);
}

TEST_CASE("what cannot be a step is refused where it stands") {
  CHECK(refused(head, "one_per: [station, code]\n    once", "one_per: [station]\n    once")
            .find("'once' of what? 'one_per' names the scope alone; ") != std::string::npos);
  CHECK(refused(head, "    once: {text: \"Elsewhere at {station.name}.\"}\n", "")
            .find("'ticket' is of a form that is 'once'; ") != std::string::npos);
  CHECK(refused(head, "pin: false\n    one_per", "entries: 2\n    one_per")
            .find("a form with two entries is no step; ") != std::string::npos);
  CHECK(refused(head, "queue(papers).waiting", "queue(papers).wating").find("a queue has no 'wating'; ") !=
        std::string::npos);
  CHECK(refused(head, "queue(papers).waiting", "queue(next).waiting")
            .find("queue(next) has nothing to count: 'next' is not 'once'; ") != std::string::npos);
  CHECK(refused(head, "training: \"*70#\"", "training: \"*7#\"").find("this is the code of 'dial'; ") !=
        std::string::npos);
  CHECK(refused(head, "text: \"No papers.\"", "txt: \"No papers.\"").find("'follows' has no 'txt'; ") !=
        std::string::npos);
  CHECK(refused(head, "    one_per: [station, code]\n    follows", "    many: true\n    follows")
            .find("what follows a step names the same as that: its key has more than the scope; ") !=
        std::string::npos);
}
