#include "gateway/authoring/elections.h"
#include "gateway/authoring/play.h"
#include "storage/canonical.h"
#include "tests/support/menu_phone.h"

#include <fstream>
#include <stdexcept>

using namespace tallyline;
using gateway::play;

namespace {

constexpr std::string_view entered_twice = R"(
menu: t
dial: "*7#"
languages: [en]
who: presiding_officer
start: home
screens: {home: {text: Home, choices: [{label: F, form: f}]}}
forms:
  f: {entries: 2, ask: [{name: n, number: , text: "N?"}]}
)";

std::unique_ptr<gateway::trial> trial_of(std::string_view script, const gateway::trial_settings& settings = {}) {
  std::shared_ptr<const menus::script> menu = tests::loaded(script);
  return std::make_unique<gateway::trial>(menu, gateway::election_for(*menu, {}, {}), settings);
}

gateway::played played_on(std::string_view script, std::string_view text) {
  return play(text, "t.test", [&](const gateway::play_head& head) { return trial_of(script, head.settings); });
}

std::vector<storage::past_entry> seven_of(const gateway::trial& first, const std::string& scope) {
  storage::report r;
  r.form = "f";
  r.key = {scope};
  r.scope = scope;
  r.fields = {{"n", std::int64_t{7}, false}};
  r.msisdn = first.person();
  r.role = "presiding_officer";
  r.entries = 2;
  const storage::canonical::salts salts(storage::canonical::salts_needed(r));
  return {{"111-111-1111", storage::canonical::record_bytes(r, salts, 0, 0), r.msisdn, true}};
}

std::string refusal(std::string_view text) {
  try {
    played_on(entered_twice, text);
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return {};
}

} // namespace

TEST_CASE("a file that is played becomes its own test, and says where a page is another one") {
  const auto first = played_on(entered_twice, "# a remark\nlang: en\ndial\n> 1\n> 1234\n> 5\n\n> 1\n");
  CHECK(first.differences.empty()); // pages that a file leaves out are not compared
  CHECK(first.transcript.find("| N?\n| * Back\n> 5\n") != std::string::npos);
  CHECK(first.transcript.find("! first-entry f S1001 n=5\n") != std::string::npos);
  const auto again = played_on(entered_twice, first.transcript);
  CHECK(again.differences.empty());
  CHECK(again.transcript == first.transcript);
  auto other = first.transcript;
  other.replace(other.find("| N?"), 4, "| M?");
  const auto differs = played_on(entered_twice, other);
  REQUIRE(differs.differences.size() == 1);
  CHECK(differs.differences[0] == "t.test:9: > 1234\n- | M?\n- | * Back\n+ | N?\n+ | * Back\n");
  CHECK(differs.transcript == first.transcript);
}

TEST_CASE("a file that is not understood says in which line") {
  CHECK(refusal("") == "t.test:0: there is nothing to play; begin with: dial *140#");
  CHECK(refusal("dial\n?? 3\n").starts_with("t.test:2: '?? 3' is not understood"));
  CHECK(refusal("dial\ntime 25:00\n").starts_with("t.test:2:"));
  CHECK(refusal("| page\n").starts_with("t.test:1: there is no command before this"));
  CHECK(refusal("at: noon\ndial\n").find("is no time") != std::string::npos);
}

TEST_CASE("two people's entries agree, differ, and count, on trial as in the database") {
  const auto t = trial_of(entered_twice);
  const auto enter = [&](std::string_view n) {
    t->dial("*7#");
    for (const auto a : {std::string_view("1"), std::string_view("1234"), n, std::string_view("1")})
      t->answer(a);
    return t->recorded().substr(0, t->recorded().find(' '));
  };
  CHECK(enter("5") == "first-entry");
  CHECK(enter("5") == "duplicate");
  REQUIRE(t->set_person("other"));
  CHECK(enter("6") == "differs");
  CHECK(enter("5") == "agreed");
  CHECK(enter("5") == "duplicate");
}

TEST_CASE("a call that breaks is gone on with, and the clock stands where it is set") {
  const auto t = trial_of(entered_twice);
  t->dial("*7#");
  for (const auto a : {"1", "1234", "5"})
    t->answer(a);
  t->drop();
  t->answer("1234");
  CHECK(t->page().starts_with("Your report is not finished.\nn 5"));
  CHECK(t->clock() == "2026-11-24 12:00");
  CHECK(t->set_time("2026-11-25 17:30"));
  CHECK(t->clock() == "2026-11-25 17:30");
  CHECK_FALSE(t->set_time("noon"));
  CHECK_FALSE(t->set_language("de"));
}

TEST_CASE("the made-up election serves scripts for stations, offices and areas") {
  for (const std::string scope : {"station", "office", "area"}) {
    std::string script(entered_twice);
    script.replace(script.find("who: presiding_officer"), 22, "who: {role: clerk, scope: " + scope + "}");
    const auto t = trial_of(script);
    t->dial("*7#");
    CHECK(t->page().starts_with("Home"));
  }
}

TEST_CASE("records that a database has stand in a trial, and are looked at as the store would") {
  const auto first = trial_of(entered_twice);
  gateway::trial_settings s;
  s.earlier = [&](const std::string& scope) { return seven_of(*first, scope); };
  const auto t = trial_of(entered_twice, s);
  t->dial("*7*1#");
  if (t->page().find("PIN") != std::string::npos) t->answer("1234");
  for (const auto* answer : {"7", "1"})
    t->answer(answer);
  CHECK(t->recorded().starts_with("duplicate f"));
  REQUIRE(t->set_person("other"));
  t->dial("*7*1#");
  if (t->page().find("PIN") != std::string::npos) t->answer("1234");
  for (const auto* answer : {"7", "1"})
    t->answer(answer);
  CHECK_MESSAGE(t->recorded().starts_with("agreed f"), t->recorded(), t->page());
}
