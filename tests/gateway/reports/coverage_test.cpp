// What share of the processes runs by computer, and the file that names them.
#include "gateway/reports/coverage_file.h"
#include "tests/gateway/reports/office_kit.h"
#include "tests/support/menu_phone.h"

#include <fstream>

using namespace tallyline;
using namespace tallyline::tests;
using gateway::coverage;

namespace {

struct covered : registration {
  gateway::report_scope by(std::string_view text) {
    const auto file = folder / "coverage.yaml";
    std::ofstream(file, std::ios::binary) << text;
    gateway::report_scope scope;
    scope.coverage = file.string();
    return scope;
  }
};

struct ways {
  std::int64_t by[6] = {}; // by bearer
  void add(storage::bearer b) { ++by[static_cast<std::size_t>(b)]; }
};

std::size_t row_of(const gateway::table& t, const std::string& process, const std::string& area) {
  for (std::size_t r = 0; r < t.rows.size(); ++r)
    if (text_at(t, r, "process") == process && text_at(t, r, "area") == area) return r;
  FAIL("no row ", process, " ", area);
  return 0;
}

void check_ways(const gateway::table& t, std::size_t row, const ways& w) {
  const char* const columns[] = {"ussd", "sms", "terminal", "link", "paper"};
  for (std::size_t b = 0; b < 5; ++b)
    CHECK_MESSAGE(number_at(t, row, columns[b]) == w.by[b + 1], columns[b]);
}

constexpr std::string_view two_steps = R"(
processes:
  - {name: documents, forms: [documents], says: {en: Documents, fa: مدارک}}
  - {name: registration, forms: [registered], expected: {count_of: documents}}
)";

} // namespace

TEST_CASE_FIXTURE(covered, "What is done by which way, from paper and not at all is what the generator knows") {
  auto all = generated(200, 5, 2);
  for (std::size_t i = 0; i < all.size(); i += 9)
    all[i].by = storage::bearer::console;
  write(all);
  auto scope = by(two_steps);
  scope.by = "county";
  const auto t = made(coverage, scope, saturday);
  for (const auto* county : {"C1", "C2"}) {
    ways first, second;
    std::int64_t tickets = 0, done = 0;
    for (const auto& w : written) {
      if ((w.office < "O5") != (county == std::string("C1"))) continue;
      ++tickets, first.add(w.by);
      if (w.done) ++done, second.add(w.by);
    }
    const auto a = row_of(t, "documents", county), b = row_of(t, "registration", county);
    check_ways(t, a, first);
    check_ways(t, b, second);
    CHECK(text_at(t, a, "process_name") == "مدارک");
    CHECK(number_at(t, a, "expected") == tickets);
    CHECK(number_at(t, a, "missing") == 0);
    CHECK(number_at(t, b, "expected") == tickets);
    CHECK(number_at(t, b, "missing") == tickets - done);
    const auto computer = done - second.by[5];
    CHECK(tenths_at(t, b, "share") == (computer * 2000 + tickets) / (2 * tickets));
    const auto sum = row_of(t, "total", county);
    CHECK(number_at(t, sum, "expected") == 2 * tickets);
  }
  const auto last = t.rows.size() - 1;
  CHECK(text_at(t, last, "process") == "total");
  CHECK(number_at(t, last, "expected") == 400);
}

TEST_CASE_FIXTURE(covered, "Registrations of persons make one total an area, not one a person") {
  write(generated(60, 5, 1));
  auto db = storage::sqlite::open_for_reading(database.string());
  CHECK(db.number("SELECT count(*) FROM total WHERE form = 'documents'") <= 4); // districts
  CHECK(db.number("SELECT sum(records) FROM total WHERE form = 'documents'") == 60);
  CHECK(storage::wrong_totals(db).empty());
}

TEST_CASE_FIXTURE(covered, "One may be expected of each station, office or candidate of the pack") {
  write({{"O1", person(1), saturday}});
  const auto t = made(coverage, by(R"(
processes:
  - {name: a, forms: [documents], expected: {one_per: office}}
  - {name: b, forms: [documents], expected: {one_per: station}}
  - {name: c, forms: [documents], expected: {one_per: candidate}}
)"),
                      saturday);
  CHECK(number_at(t, row_of(t, "a", "IR"), "expected") == 7);
  CHECK(number_at(t, row_of(t, "a", "IR"), "missing") == 6);
  CHECK(number_at(t, row_of(t, "b", "IR"), "expected") == 3);
  CHECK(number_at(t, row_of(t, "c", "IR"), "expected") == 3);
}

TEST_CASE_FIXTURE(covered,
                  "A next step is expected of whoever waits for it or has had it, not of who went another way") {
  write({{"O1", person(1), saturday, saturday + minute_ms},
         {"O1", person(2), saturday, saturday + minute_ms},
         {"O5", person(3), saturday}});
  auto db = storage::sqlite::open_for_writing(database.string(), storage::sqlite::mode::read_write);
  db.exec("UPDATE step SET done_form = 'withdrawal' WHERE form = 'documents' AND ticket = 2");
  const auto t =
      made(coverage, by("processes: [{name: r, forms: [registered], expected: {step_after: documents}}]\n"), saturday);
  CHECK(number_at(t, row_of(t, "r", "IR"), "expected") == 2);
}

TEST_CASE_FIXTURE(covered, "Corrections count by the way in which the correction came") {
  write(generated(12, 5, 1));
  for (std::size_t i = 0; i < 4; ++i)
    correct(written[i], saturday + 2 * day_ms, "b", i == 0 ? storage::bearer::console : storage::bearer::sms);
  correct(written[0], saturday + 3 * day_ms, "c", storage::bearer::ussd); // corrected once more
  const auto t =
      made(coverage, by("processes: [{name: corrections, corrections_of: [documents, registered]}]\n"), saturday);
  ways w;
  w.by[1] = 1, w.by[2] = 3, w.by[5] = 1;
  check_ways(t, row_of(t, "corrections", "IR"), w);
  CHECK(tenths_at(t, row_of(t, "corrections", "IR"), "share") == 800);
}

TEST_CASE_FIXTURE(covered, "What the menus in service expect of each station is expected here") {
  const std::shared_ptr<const menus::script> menu{loaded(R"~(
menu: night
dial: "*140#"
languages: [en]
who: presiding_officer
start: home
screens: {home: {text: Hello, choices: [{label: Turnout, form: turnout}]}}
forms:
  turnout:
    one_per: [station, hour]
    ask:
      - {name: hour, choice: [{value: "12:00", label: noon}, {value: "17:00", label: five}], text: "Hour?"}
      - {name: present, number: , text: "Voters?"}
)~")};
  const auto e = storage::load_election(database).value();
  auto reader = storage::reader::open(database).value();
  const auto t =
      coverage({reader, e, {menu}, saturday}, by("processes: [{name: turnout, forms: [turnout], expected: menu}]\n"));
  CHECK(number_at(t, row_of(t, "turnout", "IR"), "expected") == 6); // three stations, two hours
  CHECK(number_at(t, row_of(t, "turnout", "IR"), "missing") == 6);
}

TEST_CASE_FIXTURE(covered,
                  "A process that is done for a county is not divided among its districts, and it is said so") {
  write({{"O1", person(1), saturday}});
  {
    storage::test::blocking_store s(database);
    auto r = record("decision", "O1", person(1), saturday, storage::bearer::ussd);
    r.key.front() = r.scope = "C1", r.msisdn = 989120000204, r.role = "board", r.once = false;
    REQUIRE(s.submit(r).has_value());
  }
  auto scope = by(R"(
processes:
  - {name: documents, forms: [documents]}
  - {name: decision, forms: [decision]}
)");
  scope.by = "district";
  auto t = made(coverage, scope, saturday);
  CHECK(t.notes.back() == "Not shown by this level, for it is done for larger areas: decision.");
  CHECK(number_at(t, t.rows.size() - 1, "expected") == 1);
  scope.by = "county";
  CHECK(number_at(made(coverage, scope, saturday), 0, "expected") == 1);
  scope.by = "station";
  CHECK_THROWS(made(coverage, scope, saturday));
}

TEST_CASE_FIXTURE(covered, "A mistake in the file of processes is told by its place") {
  const auto told = [&](std::string_view text) {
    try {
      made(coverage, by(text), saturday);
    } catch (const std::exception& e) {
      return std::string(e.what());
    }
    return std::string("nothing was wrong");
  };
  CHECK(told("processes: [{name: a}]\n").find("coverage.yaml:1:13: error: a process has a name, and forms") !=
        std::string::npos);
  CHECK(told("processes: [{name: a, forms: [b], expected: all}]\n").find("as_done, menu, {one_per") !=
        std::string::npos);
  CHECK(
      told("processes: [{name: a, forms: [b], expected: {one_per: village}}]\n").find("station, office or candidate") !=
      std::string::npos);
  CHECK(told("processes: [{name: a, forms: [b]}, {name: a, forms: [c]}]\n").find("there twice") != std::string::npos);
  CHECK(told("processes: []\n").find("names no process") != std::string::npos);
}

TEST_CASE("The processes that ship can be read, and each says what it is in both languages") {
  const auto all = gateway::read_processes({});
  CHECK(all.size() > 8);
  for (const auto& p : all)
    CHECK_MESSAGE((p.says.contains("fa") && p.says.contains("en")), p.name);
}
