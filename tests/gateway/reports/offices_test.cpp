// How the offices work, and the league's file, checked against figures that the test reckons for itself.
#include "gateway/menu_files.h"
#include "gateway/reports/league.h"
#include "gateway/reports/opening_hours.h"
#include "tests/gateway/reports/office_kit.h"

#include <fstream>

using namespace tallyline;
using namespace tallyline::tests;
using gateway::offices;

namespace {

struct judged : registration {
  // A league file of the test's own.
  gateway::report_scope by(std::string_view text) {
    const auto file = folder / "league.yaml";
    std::ofstream(file, std::ios::binary) << text;
    gateway::report_scope scope;
    scope.league = file.string();
    return scope;
  }
};

constexpr std::string_view plain_league = R"(
share_of: county
hours: {from: "07:30", until: "20:00", closed: [friday]}
in_time_minutes: 120
score: registrations * 10 - or_else(median_minutes, 0)
)";

std::size_t row_of(const gateway::table& t, const std::string& code) {
  for (std::size_t r = 0; r < t.rows.size(); ++r)
    if (text_at(t, r, "code") == code) return r;
  FAIL("no row ", code);
  return 0;
}

bool open_at(std::int64_t ms) {
  const auto local = ms + 210 * minute_ms; // Tehran has had no summer time since 2022
  const auto day = local / day_ms, minute = local % day_ms / minute_ms;
  return (day + 3) % 7 != 4 && minute >= 7 * 60 + 30 && minute < 20 * 60;
}

} // namespace

TEST_CASE_FIXTURE(judged, "Each office's figures are what the generator's own reckoning gives") {
  write(generated(300, 11, 7));
  const auto now = saturday + 7 * day_ms + 12 * hour_ms;
  for (std::size_t i = 0; i < 20; ++i)
    correct(written[i * 3], now - hour_ms, "b");
  const auto t = made(offices, by(plain_league), now);
  REQUIRE(t.rows.size() == 7);
  std::map<std::string, std::int64_t> county;
  for (const auto& w : written)
    county[w.office < "O5" ? "C1" : "C2"] += w.done != 0;
  for (int o = 1; o <= 6; ++o) {
    const auto code = fmt::format("O{}", o);
    const auto r = row_of(t, code);
    std::vector<std::int64_t> took;
    std::int64_t tickets = 0, waiting = 0, corrected = 0, events = 0, out = 0;
    for (std::size_t i = 0; i < written.size(); ++i) {
      const auto& w = written[i];
      if (w.office != code) continue;
      ++tickets, ++events, out += !open_at(w.since);
      corrected += i % 3 == 0 && i < 60;
      if (!w.done) {
        ++waiting;
        continue;
      }
      ++events, out += !open_at(w.done);
      took.push_back((w.done - w.since) / minute_ms);
    }
    std::sort(took.begin(), took.end());
    const auto done = static_cast<std::int64_t>(took.size()), in_county = county[o < 5 ? "C1" : "C2"];
    const auto tenths = [](std::int64_t part, std::int64_t whole) { return (part * 2000 + whole) / (2 * whole); };
    CHECK(number_at(t, r, "registrations") == done);
    CHECK(number_at(t, r, "waiting") == waiting);
    CHECK(number_at(t, r, "median_minutes") == took[(took.size() * 50 + 99) / 100 - 1]);
    CHECK(number_at(t, r, "p95_minutes") == took[(took.size() * 95 + 99) / 100 - 1]);
    CHECK(number_at(t, r, "corrections") == corrected);
    CHECK(tenths_at(t, r, "share") == tenths(done, in_county));
    CHECK(tenths_at(t, r, "errors") == tenths(corrected, tickets + done));
    CHECK(tenths_at(t, r, "out_of_hours") == tenths(out, events));
    CHECK(number_at(t, r, "score") == done * 10 - number_at(t, r, "median_minutes"));
  }
  const auto idle = row_of(t, "O7");
  CHECK(number_at(t, idle, "registrations") == 0);
  CHECK(number_at(t, idle, "median_minutes") == -1);
  CHECK(text_at(t, idle, "last_activity") == "");
  CHECK(text_at(t, idle, "silent") == "silent");
}

TEST_CASE_FIXTURE(judged, "The league goes by its formula, which is printed with it, and equal scores share a place") {
  const auto at = saturday + 10 * hour_ms;
  write({{"O1", person(1), at, at + minute_ms},
         {"O2", person(2), at, at + minute_ms},
         {"O3", person(3), at, at + minute_ms},
         {"O3", person(4), at, at + minute_ms}});
  const auto t = made(offices, by("score: registrations * 2\n"), at + hour_ms);
  CHECK(text_at(t, 0, "code") == "O3");
  CHECK(number_at(t, 0, "rank") == 1);
  CHECK(number_at(t, 0, "score") == 4);
  CHECK(number_at(t, 1, "rank") == 2);
  CHECK(number_at(t, 2, "rank") == 2);
  CHECK(number_at(t, 3, "rank") == 4);
  REQUIRE(t.notes.size() == 3);
  CHECK(t.notes[1] == "Score = registrations * 2");
}

TEST_CASE_FIXTURE(judged, "Who is commended or looked into comes with the rule, the figures and up to three records") {
  const auto at = saturday + 10 * hour_ms;
  std::vector<ticket> all;
  for (std::size_t i = 0; i < 5; ++i)
    all.push_back({"O1", person(i + 1), at, at + static_cast<std::int64_t>(i + 1) * minute_ms});
  all.push_back({"O2", person(9), at, at + 600 * minute_ms});
  write(all);
  auto scope = by(R"(
score: registrations
commend: [{name: quick, if: registrations >= 5 and median_minutes < 10, evidence: fastest, says: {en: Quick, fa: سریع}}]
look_into: [{name: slow, if: p95_minutes > 300, evidence: slowest, says: {en: Slow, fa: کند}}]
)");
  scope.commend = true;
  const auto good = made(offices, scope, at + day_ms);
  REQUIRE(good.rows.size() == 1);
  CHECK(text_at(good, 0, "code") == "O1");
  CHECK(text_at(good, 0, "says") == "سریع");
  CHECK(text_at(good, 0, "figures") == "registrations 5, median_minutes 3");
  auto reader = storage::reader::open(database).value();
  std::string receipts;
  for (const std::size_t i : {0, 1, 2})
    receipts += (receipts.empty() ? "" : " ") + reader.find_record(written[i].done_seq).value()->receipt;
  CHECK(text_at(good, 0, "receipts") == receipts);
  CHECK(good.notes.back() == "  quick: registrations >= 5 and median_minutes < 10");

  scope.commend = false, scope.look_into = true;
  const auto bad = made(offices, scope, at + day_ms);
  REQUIRE(bad.rows.size() == 1);
  CHECK(text_at(bad, 0, "code") == "O2");
  CHECK(text_at(bad, 0, "figures") == "p95_minutes 600");
  CHECK(text_at(bad, 0, "receipts") == reader.find_record(written[5].done_seq).value()->receipt);
}

TEST_CASE_FIXTURE(judged, "By county the offices' work is one row") {
  write(generated(100, 3, 1));
  auto scope = by(plain_league);
  scope.by = "county";
  const auto t = made(offices, scope, saturday + 2 * day_ms);
  REQUIRE(t.rows.size() == 2);
  std::int64_t done = 0;
  for (const auto& w : written)
    done += w.done != 0;
  CHECK(number_at(t, 0, "registrations") + number_at(t, 1, "registrations") == done);
  CHECK(number_at(t, row_of(t, "C1"), "offices") == 4);
  CHECK(tenths_at(t, 0, "share") + tenths_at(t, 1, "share") == 1000);
}

TEST_CASE_FIXTURE(judged, "A mistake in the league's file is told by its place, and what could stand there") {
  const auto told = [&](std::string_view text) {
    try {
      made(offices, by(text), saturday);
    } catch (const std::exception& e) {
      return std::string(e.what());
    }
    return std::string("nothing was wrong");
  };
  CHECK(told("score: registration * 2\n").find("league.yaml:1:8: error: unknown name 'registration'") !=
        std::string::npos);
  CHECK(told("score: registration * 2\n").find("the figures are: documents, registrations") != std::string::npos);
  CHECK(told("score: now\n").find("only figures, numbers") != std::string::npos);
  CHECK(told("score: waiting > 2\n").find("this gives no number") != std::string::npos);
  CHECK(told("score: 1\nlook_into: [{name: a, if: waiting}]\n").find("this gives no yes or no") != std::string::npos);
  CHECK(told("score: 1\nhours: {from: \"20:00\", until: \"07:00\"}\n").find("close before they open") !=
        std::string::npos);
  CHECK(told("scores: 1\n").find("there is no setting 'scores' in the league") != std::string::npos);
  CHECK(told("# nothing\n").find("is empty") != std::string::npos);
}

TEST_CASE("The league that ships can be read, and every rule says what it means in both languages") {
  const auto l = gateway::read_league({});
  CHECK(l.waits == "documents");
  CHECK_FALSE(l.commend.empty());
  CHECK_FALSE(l.look_into.empty());
  for (const auto* rules : {&l.commend, &l.look_into})
    for (const auto& rule : *rules)
      CHECK_MESSAGE((rule.says.contains("fa") && rule.says.contains("en")), rule.name);
}

TEST_CASE("Offices are open by the clock on their wall, and closed days have no open minutes") {
  gateway::opening_rule rule{8 * 60, 16 * 60, {}};
  rule.closed[4] = true; // Friday
  gateway::opening_hours hours(rule, "Asia/Tehran");
  CHECK(hours.open_at(saturday + 8 * hour_ms));
  CHECK_FALSE(hours.open_at(saturday + 8 * hour_ms - 1));
  CHECK_FALSE(hours.open_at(saturday + 16 * hour_ms));
  CHECK_FALSE(hours.open_at(saturday - day_ms + 12 * hour_ms)); // Friday
  CHECK(hours.open_minutes(saturday + 15 * hour_ms, saturday + day_ms + 9 * hour_ms) == 120);
  CHECK(hours.open_minutes(saturday - 2 * day_ms + 15 * hour_ms, saturday + 9 * hour_ms) == 120); // over the Friday
  CHECK(hours.open_minutes(saturday + 9 * hour_ms, saturday + 8 * hour_ms) == 0);
}

TEST_CASE_FIXTURE(judged, "Once the registration has closed no office grows silent") {
  const auto closes = saturday + 34 * day_ms + 18 * hour_ms; // 14 days before the polling
  write({{"O1", person(1), closes - 3 * hour_ms, closes - 30 * minute_ms}, {"O2", person(2), closes - 5 * hour_ms, 0}});
  const auto text = folder / "registration.yaml";
  std::ofstream(text, std::ios::binary)
      << "menu: r\ndial: \"*1#\"\nlanguages: [en]\nwho: {role: clerk, scope: office}\nstart: home\nscreens:\n  home: {text: Hi, choices: "
         "[{label: F, form: registered}]}\nforms:\n  registered:\n    one_per: [office]\n    closes: \"-14 18:00\"\n"
         "    ask: [{name: n, number: {min: 0}, text: \"How many?\"}]\n";
  const auto menu = gateway::load_menus({text.string()}).front().script;
  const auto e = storage::load_election(database).value();
  auto reader = storage::reader::open(database).value();
  const auto scope = by("hours: {from: \"07:30\", until: \"20:00\"}\nsilent_after_minutes: 120\nscore: registrations\n");
  for (const auto later : {hour_ms, 3 * day_ms}) {
    const auto t = offices({reader, e, {menu}, closes + later}, scope);
    CHECK(text_at(t, row_of(t, "O1"), "silent") == "");
    CHECK(text_at(t, row_of(t, "O2"), "silent") == "silent"); // it was, when it closed
  }
  const auto t = made(offices, scope, closes + 3 * day_ms); // a form that never closes
  CHECK(text_at(t, row_of(t, "O1"), "silent") == "silent");
}
