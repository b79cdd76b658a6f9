// The reports, the chase and the exports on a small election whose every figure is known.
#include "gateway/chase.h"
#include "gateway/exports/eml.h"
#include "gateway/exports/nist.h"
#include "gateway/exports/views.h"
#include "gateway/reports/digit_tests.h"
#include "gateway/reports/report.h"
#include "tests/storage/support.h"
#include "tests/support/menu_phone.h"

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <sstream>

using namespace tallyline;
using namespace tallyline::gateway;
using storage::test::mina;
using storage::test::omid;
using storage::test::reza;
using storage::test::sara;

namespace {

constexpr std::string_view menu_text = R"~(
menu: night
dial: "*140#"
languages: [en]
who: presiding_officer
start: home
screens:
  home:
    text: Hello
    choices: [{label: Turnout, form: turnout}, {label: Count, form: count}, {label: Incident, form: incident}]
forms:
  turnout:
    one_per: [station, hour]
    expected: {by: hour}
    reminder: "{station.code}: turnout of {item}, please."
    escalation: "{area.name}: {total} silent: {item}"
    feeds: {report: turnout, at: hour, present: present}
    ask:
      - {name: hour, choice: [{value: "12:00", label: noon}, {value: "17:00", label: five}], text: "Hour?"}
      - {name: present, number: , text: "Voters?"}
  count:
    one_per: [station, contest]
    expected: {by: "20:30"}
    feeds: {report: results, votes: votes, invalid: invalid, ballots: ballots}
    ask:
      - {name: contest, choose: station.contests, text: "Contest?"}
      - {name: ballots, number: , text: "Ballots?"}
      - {name: invalid, number: , text: "Invalid?"}
      - {name: votes, for_each: contest.candidates, number: , text: "{candidate.name}"}
  incident:
    expected: false
    ask: [{name: what, line: , text: "What?"}]
)~";

// 2026-05-01 in Tehran; the polls close at 20:00 there, 16:30 UTC.
constexpr std::int64_t closing = 1'777'653'000'000, minute = 60'000;

struct night : storage::test::night {
  night() : storage::test::night(), election(storage::load_election(database).value()), world(election) {}

  storage::report voters(std::string station, std::uint64_t msisdn, std::string hour, std::int64_t present) {
    storage::report r;
    r.form = "turnout";
    r.key = {station, hour};
    r.scope = std::move(station);
    r.fields = {{"hour", std::move(hour), false}, {"present", present, false}};
    r.msisdn = msisdn;
    r.role = "presiding_officer";
    r.menu_version = "00ff";
    r.time_ms = closing;
    return r;
  }
  storage::report votes(std::string station, std::uint64_t msisdn, std::string contest,
                        std::vector<storage::list_item> votes, std::int64_t after_minutes = 10) {
    auto r = voters(station, msisdn, contest, 0);
    r.form = "count";
    r.fields = {{"contest", std::move(contest), false},
                {"ballots", std::int64_t{100}, false},
                {"invalid", std::int64_t{4}, false},
                {"votes", std::move(votes), false}};
    r.time_ms = closing + after_minutes * minute;
    return r;
  }
  void submit(const std::vector<storage::report>& all) {
    storage::test::blocking_store s(database);
    for (const auto& r : all)
      REQUIRE(s.submit(r).has_value());
  }
  // As CSV, which has neither rules nor notes.
  std::string csv(table (*report)(const report_source&, const report_scope&), const report_scope& scope = {},
                  std::int64_t at = closing + 60 * minute) {
    auto reader = storage::reader::open(database).value();
    last = report({reader, election, {menu}, at}, scope);
    std::ostringstream out;
    print(out, last, format::csv);
    auto text = out.str();
    text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
    return text.substr(text.find('\n') + 1);
  }

  std::shared_ptr<const menus::script> menu{tests::loaded(menu_text)};
  storage::election election;
  election_world world;
  table last;
};

} // namespace

TEST_CASE_FIXTURE(night,
                  "Results add up by area, say how many stations are in, and mark the first as having the seat") {
  submit({votes("1001", sara, "president", {{1, 10}, {2, 20}, {41, 30}}),
          votes("1002", reza, "president", {{1, 1}, {2, 2}, {41, 3}})});
  CHECK(csv(results, {.contest = "president"}) == "IR,ایران,president,2,3,1,یک,11,16.7,\n"
                                                  "IR,ایران,president,2,3,2,دو,22,33.3,\n"
                                                  "IR,ایران,president,2,3,41,چهل,33,50.0,●\n"
                                                  "IR,ایران,president,2,3,,All candidates,66,100.0,\n"
                                                  "IR,ایران,president,2,3,,Invalid,8,,\n");
  CHECK(csv(results, {.area = "A1", .by = "station", .contest = "president"})
            .find("1002,شعبه ۲,president,1,1,41,چهل,3,50.0,\n") != std::string::npos);
  CHECK(last.notes.front().starts_with("Included: 2 current reports, 0 of them"));
}

TEST_CASE_FIXTURE(night, "A tie for the last seat gives it to nobody and names who ties") {
  submit({votes("1001", sara, "president", {{1, 10}, {2, 10}, {41, 3}})});
  const auto text = csv(results, {.contest = "president"});
  CHECK(text.find("●") == std::string::npos);
  CHECK(last.notes.front() ==
        "president: 1 یک, 2 دو tie with 10 votes each for 1 of 1 seat; the figures so far do not decide it.");
}

TEST_CASE_FIXTURE(night, "What is in review counts nowhere and is said below the table") {
  submit({votes("1001", sara, "president", {{1, 10}, {2, 20}, {41, 30}})});
  auto other = votes("1001", mina, "president", {{1, 11}, {2, 20}, {41, 30}});
  other.role = "clerk";
  submit({other});
  CHECK(csv(results, {.contest = "president"}).find("president,1,3,1,یک,10,") != std::string::npos);
  CHECK(last.notes.front().find("1 in review") != std::string::npos);
  CHECK(csv(flags) == "IR,ایران,count,in review,1\n");
}

TEST_CASE_FIXTURE(night,
                  "Turnout is the share of those registered where it was reported, beside an earlier election's") {
  submit({voters("1001", sara, "12:00", 200), voters("1002", reza, "12:00", 130), voters("1001", sara, "17:00", 300)});
  CHECK(csv(turnout) == "IR,ایران,12:00,2,3,1100,330,30.0\nIR,ایران,17:00,1,3,500,300,60.0\n");
  const auto file = (folder / "before.csv").string();
  std::ofstream(file) << "code,hour,share\nIR,12:00,35.5\n";
  CHECK(csv(turnout, {.key = "12:00", .against = file}) == "IR,ایران,12:00,2,3,1100,330,30.0,35.5,-5.5\n");
  CHECK(csv(turnout, {.by = "station", .key = "17:00"}).find("1001,شعبه ۱,17:00,1,1,500,300,60.0\n") !=
        std::string::npos);
}

TEST_CASE_FIXTURE(night, "Missing names who is to be called for what is due, and nobody who has reported") {
  submit({voters("1001", sara, "12:00", 200), voters("1002", reza, "12:00", 130)});
  const auto afternoon = closing - 5 * 60 * minute; // 15:00
  CHECK(csv(missing, {}, afternoon) == "ب,2001,شعبه ۳,turnout,12:00,(no presiding_officer on the roster),\n");
  CHECK(csv(missing, {.area = "A1", .key = "17:00"}, afternoon) ==
        "الف,1001,شعبه ۱,turnout,17:00,Sara,+989120000001\nالف,1002,شعبه ۲,turnout,17:00,Reza,+989120000002\n");
  CHECK(csv(missing, {.by = "province"}, afternoon) ==
        "A1,الف,turnout,12:00,2,2,0,0,0,100.0\nA2,ب,turnout,12:00,1,0,0,0,1,0.0\n");
  // In Alpha there are two contests, elsewhere one.
  const auto counts = csv(missing, {.area = "A1", .form = "count"});
  CHECK(counts.find("1001,شعبه ۱,count,\"president, council\",Sara") != std::string::npos);
  CHECK_THROWS_WITH(csv(missing, {.form = "incident"}), "no such report is expected; there are: turnout, count");
}

TEST_CASE_FIXTURE(night, "A form may be due days before the polling") {
  const auto polling = world.number({menus::noun::election, 0}, menus::attribute::date) * menus::minutes_of_day;
  const auto due = [&](const std::string& when) {
    std::string text(menu_text);
    text.replace(text.find("20:30"), 5, when);
    const std::vector<std::shared_ptr<const menus::script>> menus{tests::loaded(text)};
    const auto all = expected_of(menus, world);
    const auto count = std::find_if(all.begin(), all.end(), [](const auto& f) { return f.what().name == "count"; });
    REQUIRE(count != all.end());
    return count->parts.at(0).due_minute;
  };
  CHECK(due("20:30") == polling + 20 * 60 + 30);
  CHECK(due("-14 18:00") == polling - 14 * menus::minutes_of_day + 18 * 60);
}

TEST_CASE_FIXTURE(night, "Bearers and latency come from the reports that count") {
  auto by_sms = votes("1002", reza, "president", {{1, 1}, {2, 2}, {41, 3}}, 30);
  by_sms.by = storage::bearer::sms;
  submit({votes("1001", sara, "president", {{1, 1}, {2, 2}, {41, 3}}, 10), by_sms});
  CHECK(csv(bearers) == "IR,ایران,ussd,1,50.0\nIR,ایران,sms,1,50.0\n");
  CHECK(csv(latency) == "IR,ایران,2,0:10:00,0:10:00,0:30:00,0:30:00,0:30:00\n");
}

TEST_CASE_FIXTURE(night, "The chase writes to who has not reported, and tells the supervisor after some times") {
  submit({voters("1001", sara, "12:00", 200)});
  auto reader = storage::reader::open(database).value();
  const std::vector menus{menu};
  const auto expected = expected_of(menus, world);
  const auto g =
      gaps_of({reader, election, menus, closing}, expected, {.form = "turnout"}, world.clock().minutes_at(closing));
  auto plan = plan_chase(election, world, g, {.area = "A1"}, {});
  REQUIRE(plan.messages.size() == 2);
  CHECK(plan.messages[0].text == "1001: turnout of five, please.");
  CHECK(plan.messages[1].text == "1002: turnout of noon, five, please.");
  CHECK(plan.messages[1].what.keys == std::vector<std::string>{"1002/12:00", "1002/17:00"});
  // Reza was reminded twice of both, the last time long ago.
  const reminded twice{{{"1002/12:00", reza}, {2, 1000}}, {{"1002/17:00", reza}, {2, 1000}}};
  plan = plan_chase(election, world, g, {.area = "A1", .quiet_since_ms = 2000}, twice);
  REQUIRE(plan.messages.size() == 2);
  CHECK(plan.messages[1].what.msisdn == omid);
  CHECK(plan.messages[1].text == "Alpha: 1 silent: 1002");
  // A moment ago: he is left in peace, and not told of yet.
  plan = plan_chase(election, world, g, {.area = "A1", .quiet_since_ms = 500}, twice);
  CHECK(plan.messages.size() == 1);
  // Nobody can be reminded at 2001, and nobody answers for that area.
  plan = plan_chase(election, world, g, {}, {});
  CHECK(plan.nobody == 1);
}

TEST_CASE_FIXTURE(night, "The views of a form have its answers, and a column for each candidate") {
  const auto views = gateway::views_of({menu}, election);
  REQUIRE(views.size() == 3);
  std::vector<std::string> names;
  for (const auto& c : views[1].columns)
    names.push_back(c.name);
  CHECK(names == std::vector<std::string>{"contest", "ballots", "invalid", "votes_1", "votes_2", "votes_41"});
}

namespace {

struct counted : night {
  counted() {
    submit({votes("1001", sara, "president", {{1, 10}, {2, 20}, {41, 30}})});
    reader.emplace(storage::reader::open(database).value());
    const report_source s{*reader, election, {menu}, closing};
    of_whole.emplace(s, feed, whole);
    of_parts.emplace(s, feed, parts);
  }
  counted_election all() const {
    return {election, whole, parts, *of_whole, *of_parts, "2026-05-01T17:00:00Z", "HQ", "1", false};
  }
  feed_names feed = need_feed({menu}, "results");
  places whole = places_of(election, {}, {}), parts = places_of(election, {}, "province");
  std::optional<storage::reader> reader;
  std::optional<tallies> of_whole, of_parts;
};

} // namespace

TEST_CASE_FIXTURE(counted, "The NIST report has what the schema's tables require, and every id it names") {
  // From the JSON schema of SP 1500-100 version 2 (usnistgov/ElectionResultsReporting): what each class must have.
  static const std::map<std::string, std::vector<std::string>> required{
      {"ElectionReport",
       {"Format", "GeneratedDate", "Issuer", "IssuerAbbreviation", "SequenceEnd", "SequenceStart", "Status",
        "VendorApplicationId"}},
      {"Election", {"ElectionScopeId", "EndDate", "Name", "StartDate", "Type"}},
      {"Candidate", {"BallotName", "@id"}},
      {"CandidateContest", {"VotesAllowed", "ElectoralDistrictId", "Name", "@id"}},
      {"CandidateSelection", {"CandidateIds", "@id"}},
      {"ReportingUnit", {"Type", "@id"}},
      {"SummaryCounts", {"Type"}},
      {"VoteCounts", {"Count", "Type"}},
      {"ExternalIdentifier", {"Type", "Value"}},
      {"InternationalizedText", {"Text"}},
      {"LanguageString", {"Content", "Language"}}};
  std::set<std::string> ids, named;
  const auto walk = [&](const auto& self, const boost::json::value& v) -> void {
    if (v.is_array())
      for (const auto& x : v.as_array())
        self(self, x);
    if (!v.is_object()) return;
    const auto& o = v.as_object();
    const std::string type =
        std::string(o.at("@type").as_string().c_str()).substr(std::string_view("ElectionResults.").size());
    REQUIRE_MESSAGE(required.contains(type), type);
    for (const auto& must : required.at(type))
      CHECK_MESSAGE(o.contains(must), type, " lacks ", must);
    for (const auto& pair : o) {
      const std::string key(pair.key());
      if (key == "@id") CHECK(ids.emplace(pair.value().as_string().c_str()).second);
      if (key == "GpUnitId" || key == "ElectoralDistrictId" || key == "ElectionScopeId")
        named.emplace(pair.value().as_string().c_str());
      if (key == "CandidateIds" || key == "ComposingGpUnitIds")
        for (const auto& id : pair.value().as_array())
          named.emplace(id.as_string().c_str());
      else
        self(self, pair.value());
    }
  };
  const auto report = boost::json::parse(nist_report(all()));
  walk(walk, report);
  for (const auto& id : named)
    CHECK_MESSAGE(ids.contains(id), id);
  CHECK(std::string(report.at("Status").as_string().c_str()) == "unofficial-partial");
  const auto& votes =
      report.at("Election").at(0).at("Contest").at(0).at("BallotSelection").at(2).at("VoteCounts").as_array();
  REQUIRE(votes.size() == 3); // the whole and two provinces
  CHECK(votes[0].at("Count").as_int64() == 30);
  CHECK(votes[2].at("Count").as_int64() == 0);
}

TEST_CASE_FIXTURE(counted, "EML 510 nests as it should and gives each unit's votes, 520 says who has the seat") {
  for (const auto& xml : {eml_510(all()), eml_520(all())}) {
    std::vector<std::string> open; // well-formed: every element that opens closes in order
    for (std::size_t at = xml.find("<EML"); at != std::string::npos; at = xml.find('<', at + 1)) {
      std::string name = xml.substr(at + 1, xml.find_first_of(" >", at) - at - 1);
      if (name.front() != '/') {
        open.push_back(name);
        continue;
      }
      REQUIRE_FALSE(open.empty());
      CHECK(open.back() == name.substr(1));
      open.pop_back();
    }
    CHECK(open.empty());
  }
  const auto count = eml_510(all());
  CHECK(count.find("<ReportingUnitIdentifier Id=\"A1\">الف</ReportingUnitIdentifier>") != std::string::npos);
  CHECK(count.find("<RejectedVotes ReasonCode=\"invalid\">4</RejectedVotes>") != std::string::npos);
  const auto result = eml_520(all());
  CHECK(result.find("<Votes>30</Votes>\n          <Elected>yes</Elected>") != std::string::npos);
}

TEST_CASE("XML text escapes what marks it up and leaves out what it cannot hold") {
  CHECK(xml_text("a<b> & \"c\" 'd'\x01\n") == "a&lt;b&gt; &amp; &quot;c&quot; &apos;d&apos;\n");
}

TEST_CASE("Digit tests pass even figures, point at made-up ones, and say nothing of a small sample") {
  std::mt19937 random(7);
  std::vector<std::int64_t> even, made_up;
  for (int i = 0; i < 2000; ++i) {
    even.push_back(100 + static_cast<std::int64_t>(random() % 900));
    made_up.push_back(100 + static_cast<std::int64_t>(random() % 90) * 10);
  }
  CHECK_FALSE(digits::last_digit(even)->stands_out());
  CHECK_FALSE(digits::repeated_pairs(even)->stands_out());
  CHECK_FALSE(digits::round_endings(even)->stands_out());
  CHECK(digits::last_digit(made_up)->stands_out());
  CHECK(digits::round_endings(made_up)->stands_out());
  CHECK_FALSE(digits::last_digit(std::span(even).first(99)));
}

TEST_CASE("An outlier lies far from the median by the spread of the others, and a handful has none") {
  std::vector<double> values;
  for (int i = 0; i < 30; ++i)
    values.push_back(50 + i % 5);
  values.push_back(95);
  const auto z = digits::modified_z(values);
  REQUIRE(z);
  CHECK(z->back() > digits::outlier_threshold);
  CHECK(std::abs(z->front()) < digits::outlier_threshold);
  CHECK_FALSE(digits::modified_z(std::span(values).first(19)));
}
