// Reports from paper.
#include "gateway/paper_desk.h"
#include "tests/gateway/intake_kit.h"

using namespace tallyline;
using namespace tallyline::gateway;

namespace {

struct paper_kit : tests::desk {
  paper_kit() {
    storage::person p;
    p.msisdn = 98900, p.role = "supervisor", p.scope = storage::scope_kind::area, p.scope_index = 0, p.name = "Omid";
    p.language = "en";
    election.people.push_back(p);
    election.index();
    whole.emplace(election);
    menus[0].engine = std::make_unique<menus::engine>(*menus[0].script, *whole);
    store.at_once = true;
    paper.emplace(menus, *whole, store, [this] { return now_ms; });
  }
  paper_answer enter(const std::string& csv, std::uint64_t by = 98900) {
    std::optional<paper_answer> got;
    // As it goes over the control link.
    paper->take(paper_batch_of(to_line(paper_batch{by, csv})),
                [&](const paper_answer& a) { got = paper_answer_of(to_line(a)); });
    REQUIRE(got.has_value());
    return *got;
  }
  std::optional<election_world> whole;
  std::optional<paper_desk> paper;
};

} // namespace

TEST_CASE_FIXTURE(paper_kit, "Reports from paper go through the form's rules and are kept as entered at the console") {
  const auto a = enter("form,station,contest,votes,invalid\n"
                       "count,001,president,120*45,7\n"
                       "count,002,president,1501*45,7\n"
                       "count,777,president,1*2,3\n"
                       "recount,001,president,1*2,3\n");
  REQUIRE(a.rows.size() == 4);
  CHECK(a.rows[0].what == row_result::kind::recorded);
  CHECK(a.rows[0].line == 2);
  CHECK(a.rows[1].about == "votes");
  CHECK(a.rows[2].text == "777 is not known here");
  CHECK(a.rows[3].text == "there is no form recount");
  REQUIRE(store.records.size() == 1);
  CHECK(store.records[0].by == storage::bearer::console);
  CHECK(store.records[0].role == "supervisor");
  CHECK(store.records[0].msisdn == 98900);
  CHECK(store.records[0].scope == "001");
}

TEST_CASE_FIXTURE(paper_kit, "The same paper entered twice is one record with one receipt") {
  const std::string csv = "form,station,contest,votes,invalid\ncount,001,president,120*45,7\n";
  const auto first = enter(csv), second = enter(csv);
  CHECK(store.records.size() == 1);
  CHECK(second.rows[0].text.starts_with("Already recorded."));
  CHECK(second.rows[0].text.substr(second.rows[0].text.find("Receipt")) ==
        first.rows[0].text.substr(first.rows[0].text.find("Receipt")));
}

TEST_CASE_FIXTURE(paper_kit, "Nobody who is not on the roster enters paper, nor anything that is no file of reports") {
  CHECK(enter("form,station\ncount,001\n", 4711).refused == "+4711 is nobody on the roster");
  CHECK(enter("a,b\n1,2\n").refused.find("this is no file of reports") != std::string::npos);
  CHECK(store.records.empty());
}

TEST_CASE("A line that no command of ours has written is refused and harms nobody") {
  for (const auto* line :
       {"enter", "enter {", "enter 1", "enter {}", "enter {\"by\":\"1\"}", "enter {\"by\":1,\"csv\":\"\"}",
        "enter {\"by\":\"1a\",\"csv\":\"\"}", "enter {\"by\":\"99999999999999999999\",\"csv\":\"\"}"})
    CHECK_THROWS_AS(paper_batch_of(line), std::runtime_error);
  for (const auto* line :
       {"", "[]", "{}", "{\"refused\":\"\",\"rows\":[1]}", "{\"refused\":\"\",\"rows\":[{\"line\":\"1\"}]}"})
    CHECK_THROWS_AS(paper_answer_of(line), std::runtime_error);
}
