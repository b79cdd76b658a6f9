// A subscriber at a dialogue: types answers, sees pages; and a script with a count to type them into.
#pragma once

#include "menus/engine.h"
#include "menus/script.h"
#include "tests/support/menu_world.h"

#include <doctest/doctest.h>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tallyline::tests {

inline const menus::load_options shipped_texts{std::filesystem::path(TALLYLINE_SOURCE_DIR) / "menus/scripts"};

inline constexpr std::string_view night_script = R"(
menu: night
dial: "*140#"
languages: [en, fa]
who: presiding_officer
start: home
screens:
  home:
    text: {en: "Station {station.code}", fa: "شعبه {station.code}"}
    choices:
      - {label: {en: Count, fa: شمارش}, form: count}
      - {label: {en: Persian, fa: فارسی}, language: fa}
forms:
  count:
    one_per: [station, contest]
    ask:
      - {name: contest, choose: station.contests, text: {en: "Contest?", fa: "کدام؟"}}
      - {name: ballots, number: {max: station.registered}, text: {en: "Ballots?", fa: "برگه‌ها؟"}}
      - {name: votes, for_each: contest.candidates, number: {max: ballots}, text: "{candidate.number} {candidate.name}"}
    rules:
      - {must: "sum(votes) <= ballots", text: {en: "Too many: {sum(votes)}.", fa: "زیاد است."}, again: votes}
      - {warn: "sum(votes) != ballots", name: differs, text: {en: "Sum {sum(votes)}.", fa: "جمع {sum(votes)}."}, again: votes}
    receipt: {en: "Done {receipt}", fa: "ثبت {receipt}"}
)";

inline std::unique_ptr<menus::script> loaded(std::string_view source) {
  auto result = menus::load_script_text(source, "test.yaml", shipped_texts);
  for (const auto& p : result.problems)
    MESSAGE(menus::to_string(p));
  REQUIRE(result);
  return std::move(result.menu);
}

struct phone {
  small_world world;
  std::unique_ptr<menus::script> script;
  menus::engine engine;
  menus::dialogue_ptr d;
  octet_page page{182};
  menus::step last;

  explicit phone(std::string_view dialled = "*140#", std::string_view saved = {},
                 std::string_view source = night_script)
      : script(loaded(source)), engine(*script, world), d(engine.open({world.person, world.station}, "en")),
        last(engine.dial(*d, dialled, saved, page)) {}

  // Answers one page after the other; "PIN" is a PIN that is right.
  phone& say(std::initializer_list<std::string_view> answers) {
    for (const auto a : answers) {
      last = engine.answer(*d, a == "PIN" ? "1234" : a, page);
      if (last.what == menus::action::check_pin) last = engine.pin_checked(*d, menus::pin_verdict::right, page);
    }
    return *this;
  }
  bool shows(std::string_view beginning) const { return last.text.starts_with(beginning); }
  std::string saved() const {
    std::string out;
    engine.save(*d, out);
    return out;
  }
};

} // namespace tallyline::tests
