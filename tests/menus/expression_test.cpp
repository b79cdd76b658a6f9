#include "menus/expression.h"

#include "menus/text.h"
#include "tests/support/menu_world.h"

#include <array>
#include <doctest/doctest.h>
#include <limits>

using namespace tallyline;
using namespace tallyline::menus;

namespace {

const name_table names{
    {"station", entity_type(noun::station), origin::scope, 0},
    {"person", entity_type(noun::person), origin::person, 0},
    {"contest", entity_type(noun::contest), origin::field, 0},
    {"ballots", number_type, origin::field, 1},
    {"votes", numbers_type, origin::field, 2},
    {"hour", text_type, origin::field, 3},
    {"big", number_type, origin::field, 4},
    {"none", numbers_type, origin::field, 5},
};

struct given final : field_source {
  std::array<std::int64_t, 3> votes{60, 30, 10};
  value field(std::size_t i) const override {
    switch (i) {
    case 0:
      return entity_value(tests::small_world::contest);
    case 1:
      return number_value(120);
    case 2:
      return numbers_value(votes);
    case 3:
      return text_value("17:00");
    case 4:
      return number_value(std::numeric_limits<std::int64_t>::max());
    default:
      return numbers_value({});
    }
  }
};

struct result {
  given fields;
  tests::small_world world;
  program p;
  value v;
  explicit result(std::string_view source) {
    auto compiled = compile(source, names);
    if (const auto* e = std::get_if<expression_error>(&compiled)) FAIL(source << ": " << e->what);
    p = std::get<program>(std::move(compiled));
    v = evaluate(p, {&world, "en", world.station, world.person, &fields, {}});
  }
};

std::int64_t number(std::string_view source) {
  const result r(source);
  REQUIRE_MESSAGE(r.v.what == value::kind::number, source);
  return r.v.number;
}
bool truth(std::string_view source) {
  const result r(source);
  REQUIRE_MESSAGE(r.v.what == value::kind::truth, source);
  return r.v.number != 0;
}
bool is_error(std::string_view source) { return result(source).v.what == value::kind::error; }

// "column: what | hint"
std::string wrong(std::string_view source) {
  const auto compiled = compile(source, names);
  const auto* e = std::get_if<expression_error>(&compiled);
  return e ? std::to_string(e->at) + ": " + e->what + (e->hint.empty() ? "" : " | " + e->hint) : "fine";
}

} // namespace

TEST_CASE("operators bind as in arithmetic: product, sum, comparison, not, and, or") {
  CHECK(number("2 + 3 * 4") == 14);
  CHECK(number("(2 + 3) * 4") == 20);
  CHECK(number("10 - 4 - 3") == 3);
  CHECK(number("-2 * -3 - -1") == 7);
  CHECK(truth("1 + 1 == 2 and not 2 < 1"));
  CHECK(truth("true or false and false"));
  CHECK_FALSE(truth("(true or false) and false"));
  CHECK_FALSE(truth("not true or false"));
}

TEST_CASE("names give answers, attributes are followed, functions fold lists") {
  CHECK(number("station.registered") == 1000);
  CHECK(number("sum(votes)") == 100);
  CHECK(number("count(votes) + count(contest.candidates)") == 6);
  CHECK(number("sum(none)") == 0);
  CHECK(number("min(votes) + max(votes)") == 70);
  CHECK(number("max(ballots, 121) - min(ballots, 7)") == 114);
  CHECK(number("abs(3 - 10)") == 7);
  CHECK(truth("30 in votes"));
  CHECK_FALSE(truth("31 in votes"));
  CHECK(truth("contest in station.contests"));
  CHECK(truth("hour == '17:00' and hour != \"12:00\""));
  CHECK(truth("sum(votes) <= ballots * contest.max_choices"));
}

TEST_CASE("percent rounds toward zero and never overflows on the way") {
  CHECK(number("percent(1464, 95)") == 1390);
  CHECK(number("percent(-7, 50)") == -3);
  CHECK(number("percent(7, -50)") == -3);
  CHECK(number("percent(99, 1)") == 0);
  CHECK(number("percent(big, 100)") == std::numeric_limits<std::int64_t>::max());
  CHECK(number("percent(100, big)") == std::numeric_limits<std::int64_t>::max());
  CHECK(number("percent(50, big)") == std::numeric_limits<std::int64_t>::max() / 2);
  CHECK(is_error("percent(big, 101)"));
}

TEST_CASE("overflow is an error, spreads, and never wraps") {
  for (const auto source : {"big + 1", "-big - 2", "big * 2", "-(-big - 1)", "abs(-big - 1)", "big * big - big * big",
                            "big + 1 > 0", "not big + 1 > 0", "max(none)"})
    CHECK_MESSAGE(is_error(source), source);
  CHECK(is_error("big + 1 > 0 or true")); // nobody can say what the left would have been
  CHECK(truth("true or big + 1 > 0"));    // the left decides
  CHECK_FALSE(truth("false and big + 1 > 0"));
}

TEST_CASE("a program knows which answers it needs") {
  CHECK(result("sum(votes) <= ballots").p.fields == 0b110);
  CHECK(result("contest.max_choices == 1").p.fields == 0b1);
  CHECK(result("station.registered > 1").p.fields == 0);
}

TEST_CASE("what is wrong is told at its column, with what to write instead") {
  CHECK(wrong("sum(votes) <= balots") == "14: unknown name 'balots' | did you mean 'ballots'?");
  CHECK(wrong("station.registred") == "8: a station has no 'registred' | did you mean 'registered'?");
  CHECK(wrong("contest.candidates.name") == "19: a list of candidates has no 'name'");
  CHECK(wrong("sun(votes)") == "0: unknown function 'sun' | did you mean 'sum'?");
  CHECK(wrong("sum(ballots)") == "4: sum() needs a list of numbers, this is a number");
  CHECK(wrong("ballots = 3") == "8: one '=' is not known here | write == to compare");
  CHECK(wrong("ballots / 3") == "8: there is no division | percent(x, n) is x * n / 100");
  CHECK(wrong("ballots > 3 && true") == "12: '&&' is not known here | write: and");
  CHECK(wrong("1 < ballots < 3") == "12: comparisons do not chain | write: a < b and b < c");
  CHECK(wrong("hour > 3") == "0: '>' needs a number, this is a text");
  CHECK(wrong("hour == 3") == "8: '==' compares a text with a number");
  CHECK(wrong("ballots and true") == "0: 'and' needs yes or no, this is a number");
  CHECK(wrong("(ballots") == "8: the expression ends too early | ')' is missing here");
  CHECK(wrong("ballots +") == "9: the expression ends too early | a value is missing");
  CHECK(wrong("ballots 3") == "8: this does not belong here");
  CHECK(wrong("") == "0: the expression is empty");
  CHECK(wrong("99999999999999999999") == "0: this number is too large | numbers go up to 9223372036854775807");
  CHECK(wrong("hour == '17") == "8: this text does not end | write the closing '");
  CHECK(wrong("ballots ≤ 3") == "8: '≤' is not known here | write: <=");
  CHECK(wrong("ballots > ۳") == "10: '۳' does not belong in an expression");
}

TEST_CASE("deep nesting is refused, not run out of stack") {
  for (const std::string open : {"(", "-", "not ", "min(1, "}) {
    std::string source;
    for (int i = 0; i < 100'000; ++i)
      source += open;
    CHECK(wrong(source).find("the expression is nested too deeply") != std::string::npos);
  }
  std::string right = "1";
  for (int i = 0; i < 20; ++i)
    right = "1 + (" + right + ")";
  CHECK(wrong(right).find("the expression is nested too deeply") != std::string::npos);
  std::string left = "1";
  for (int i = 0; i < 1000; ++i)
    left += " + 1";
  CHECK(number(left) == 1001);
}

TEST_CASE("a text shows its expressions, digits as the language writes them, and braces that are doubled") {
  const auto shown = [](std::string_view source, digit_style digits) {
    const auto compiled = compile_text(source, names);
    REQUIRE(std::holds_alternative<text_template>(compiled));
    given fields;
    tests::small_world world;
    std::string out;
    render(std::get<text_template>(compiled), {&world, "fa", world.station, world.person, &fields, {}}, digits, out);
    return out;
  };
  CHECK(shown("Station {station.code}: {sum(votes)} of {ballots}", digit_style::latin) == "Station 01001: 100 of 120");
  CHECK(shown("شعبه {station.code}", digit_style::persian) == "شعبه ۰۱۰۰۱");
  CHECK(shown("{ballots}", digit_style::arabic) == "١٢٠");
  CHECK(shown("{{{ballots}}} {station}", digit_style::latin) == "{120} Old school");
  CHECK(shown("{big * 2}", digit_style::latin) == "–");
  CHECK(shown("{'}'}", digit_style::latin) == "}");
}

TEST_CASE("a text that is wrong is told at its column") {
  const auto error = [](std::string_view source) {
    const auto compiled = compile_text(source, names);
    const auto* e = std::get_if<expression_error>(&compiled);
    return e ? std::to_string(e->at) + ": " + e->what + " | " + e->hint : "fine";
  };
  CHECK(error("a {ballot}") == "3: unknown name 'ballot' | did you mean 'ballots'?");
  CHECK(error("a {ballots") == "2: this '{' is not closed | write {{ for a brace in the text");
  CHECK(error("a } b") == "2: this '}' closes nothing | write }} for a brace in the text");
  CHECK(error("{votes}") == "1: a list of numbers cannot be shown in a text | show sum(x) or count(x)");
}
