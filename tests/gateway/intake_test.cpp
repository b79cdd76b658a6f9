#include "tests/gateway/intake_kit.h"

using namespace tallyline;
using namespace tallyline::tests;
using gateway::said;

namespace {
const std::vector<std::string_view> report{"1", "1234", "1", "120", "45", "7", "1"};
}

TEST_CASE("no page leaves before the answer it follows is on disk") {
  desk d;
  d.hear(said::begin, "*140#");
  CHECK(d.shows("Station 001")); // nothing was answered yet
  for (const auto answer : report) {
    const std::size_t pages = d.out.pages.size();
    d.hear(said::answer, answer);
    CHECK_MESSAGE(d.out.pages.size() == pages, answer);
    REQUIRE_MESSAGE(d.store.waiting() == 1, answer);
    d.store.complete_all();
    CHECK(d.out.pages.size() == pages + 1);
  }
  CHECK(d.shows("Recorded. Receipt"));
  CHECK(d.out.pages.back().last);
  REQUIRE(d.store.records.size() == 1);
  const auto& r = d.store.records[0];
  CHECK(r.key == std::vector<std::string>{"001", "president"});
  CHECK(r.role == "presiding_officer");
  CHECK(r.menu_version.size() == 64);
  CHECK(std::get<std::vector<storage::list_item>>(r.fields.at(1).value) ==
        std::vector<storage::list_item>{{1, 120}, {2, 45}});
  CHECK(d.store.drafts.empty());
  CHECK(d.intake->open_sessions() == 0);
}

TEST_CASE(
    "a disk that fails at any step gives try again later and no receipt, what was acknowledged is there afterwards") {
  for (std::size_t step = 0; step < report.size(); ++step) {
    desk d;
    d.call({});
    for (std::size_t i = 0; i < step; ++i) {
      d.hear(said::answer, report[i]);
      d.store.complete_all();
    }
    const auto kept = d.store.drafts.empty() ? std::string{} : d.store.drafts.begin()->second.bytes;
    d.store.failure = make_error_code(storage::errc::disk_full);
    d.hear(said::answer, report[step]);
    d.store.complete_all();
    CHECK(d.shows("try again later"));
    CHECK(d.out.pages.back().last);
    CHECK(d.store.records.empty());
    CHECK((d.store.drafts.empty() ? std::string{} : d.store.drafts.begin()->second.bytes) == kept);
    d.store.failure = {};
    d.call({}, 2);
    CHECK(d.shows(step == 0 ? "Station 001" : "Enter your PIN"));
  }
}

TEST_CASE("a gateway that dies at any step goes on at the next unanswered question") {
  const std::vector<std::string_view> asked{"Contest?", "First", "Second", "Invalid", "Please check"};
  for (std::size_t given = 2; given < report.size(); ++given) {
    desk d;
    d.call({});
    for (std::size_t i = 0; i < given; ++i) {
      d.hear(said::answer, report[i]);
      d.store.complete_all();
    }
    d.restart();
    d.call({"1234", "1"}, 2);
    CHECK_MESSAGE(d.shows(asked[given - 2]), given);
  }
}

TEST_CASE("a phone that hangs up while its record is written still has its record, and the same report again the same "
          "receipt") {
  desk d;
  d.call({"1", "1234", "1", "120", "45", "7"});
  d.hear(said::answer, "1");
  d.hear(said::gone, "");
  const std::size_t pages = d.out.pages.size();
  d.store.complete_all();
  CHECK(d.out.pages.size() == pages); // nobody is there to read it
  REQUIRE(d.store.records.size() == 1);
  d.call({"1", "1234", "1", "120", "45", "7", "1"}, 2);
  CHECK(d.shows("Already recorded. Receipt"));
  CHECK(d.store.records.size() == 1);
  CHECK(d.store.drafts.empty());
}

TEST_CASE("a redial while the record is written waits for the disk and begins anew") {
  desk d;
  d.call({"1", "1234", "1", "120", "45", "7"});
  d.hear(said::answer, "1");
  d.hear(said::begin, "*140#", 2);
  d.store.complete_all();
  CHECK(d.shows("Station 001"));
  CHECK(d.out.pages.back().path.session == 2);
  CHECK(d.intake->open_sessions() == 1);
}

TEST_CASE("what is said again while the disk works is passed over") {
  desk d;
  d.call({"1", "1234", "1"});
  d.hear(said::answer, "120");
  d.hear(said::answer, "120"); // the SMSC repeats
  d.store.complete_all();
  CHECK(d.shows("Second"));
  CHECK(d.intake->counters().repeated == 1);
}

TEST_CASE("an answer in a session that is not open gets a page that says to dial again") {
  desk d;
  d.hear(said::answer, "120");
  CHECK(d.shows("dial again"));
  d.call({"1"});
  d.hear(said::answer, "120", 77); // another session of the same phone
  CHECK(d.shows("dial again"));
  CHECK(d.intake->open_sessions() == 1);
}

TEST_CASE("a number that is not on the roster is turned away and costs nothing") {
  desk d;
  d.hear(said::begin, "*140#", 1, 4912345);
  CHECK(d.shows("not on the roster"));
  CHECK(d.intake->open_sessions() == 0);
  CHECK(d.store.asked.empty());
}

TEST_CASE("wrong PINs are on disk before they are told, lock the number, and a restart gives no fresh tries") {
  desk d;
  d.call({"1"});
  for (int i = 0; i < 4; ++i) {
    d.hear(said::answer, "0000");
    d.store.complete_all();
    CHECK(d.shows("not right"));
  }
  d.restart();
  d.call({"0000"}, 2); // the unfinished form asks the PIN first
  CHECK(d.shows("locked"));
  d.call({"1234"}, 3);
  CHECK(d.shows("locked"));
  d.now_ms += 15 * 60 * 1000;
  d.call({"1234"}, 4);
  CHECK(d.shows("not finished"));
}

TEST_CASE("whoever is unlocked on disk by another process may try again at once") {
  desk d;
  d.call({"1", "0", "0", "0", "0", "0"});
  CHECK(d.shows("locked"));
  d.store.pins.clear();
  d.call({"1234"}, 2);
  CHECK(d.shows("not finished"));
}

TEST_CASE("a session not heard of for the operator's limit is forgotten, its draft is not") {
  desk d;
  d.call({"1", "1234", "1", "120"});
  REQUIRE(d.intake->next_expiry());
  d.now = *d.intake->next_expiry() - std::chrono::milliseconds(1);
  d.intake->expire();
  CHECK(d.intake->open_sessions() == 1);
  d.now += std::chrono::milliseconds(1);
  d.intake->expire();
  CHECK(d.intake->open_sessions() == 0);
  CHECK(!d.intake->next_expiry());
  d.call({"1234", "1"}, 2);
  CHECK(d.shows("Second"));
}

TEST_CASE("two officials at once do not mix") {
  desk d;
  d.call({"1", "1234", "1", "120"});
  d.call({"1", "1234", "2", "9"}, 1, 98913);
  d.hear(said::answer, "45");
  d.hear(said::answer, "8", 1, 98913);
  d.store.complete_all();
  d.hear(said::answer, "7");
  d.hear(said::answer, "1", 1, 98913);
  d.store.complete_all();
  d.hear(said::answer, "1");
  d.hear(said::answer, "1", 1, 98913);
  d.store.complete_all();
  REQUIRE(d.store.records.size() == 2);
  CHECK(d.store.records[0].key == std::vector<std::string>{"001", "president"});
  CHECK(d.store.records[1].key == std::vector<std::string>{"002", "council"});
}

TEST_CASE("a dial string's answers are kept before the page that follows them") {
  desk d;
  d.hear(said::begin, "*140*1*1*120#");
  CHECK(d.out.pages.empty()); // the form was chosen: that is an answer
  d.store.complete_all();
  CHECK(d.shows("Enter your PIN"));
  d.hear(said::answer, "1234");
  d.store.complete_all();
  CHECK(d.shows("Second"));
}

namespace {

// By another connection, as when the one that the response was to go by broke.
void hear_again(tests::desk& d, said what, std::string_view text) {
  d.intake->take({what, 98912, "140", text, {0, 1, 0, 0, gateway::bearer_kind::ussd, 7}});
  d.store.complete_all();
}

} // namespace

TEST_CASE("what the network sends again by another connection is the same answer, not one more") {
  tests::desk d;
  d.call({"1", "1234"});
  const auto pages = d.out.pages.size();
  d.taken = false;
  d.hear(said::answer, "1");
  d.store.complete_all();
  REQUIRE(d.out.pages.size() == pages + 1);
  hear_again(d, said::answer, "1");
  CHECK(d.out.pages.size() == pages + 1);
  CHECK(d.intake->counters().repeated == 1);
  d.intake->take({said::shown, 98912, {}, {}, {0, 1, 0}});
  hear_again(d, said::answer, "1"); // and this one is meant: the page has been taken
  CHECK(d.out.pages.size() == pages + 2);
}

TEST_CASE("the same words twice on one connection are two answers, even when the SMSC is slow to take the page") {
  tests::desk d;
  d.call({"1", "1234"});
  d.taken = false;
  const auto pages = d.out.pages.size();
  for (int i = 0; i < 2; ++i) {
    d.hear(said::answer, "1");
    d.store.complete_all();
  }
  CHECK(d.out.pages.size() == pages + 2);
  CHECK(d.intake->counters().repeated == 0);
}

TEST_CASE("a dial that is sent again opens one session") {
  tests::desk d;
  d.taken = false;
  d.call({});
  const auto pages = d.out.pages.size();
  hear_again(d, said::begin, "*140#");
  CHECK(d.out.pages.size() == pages);
  CHECK(d.intake->counters().sessions == 1);
  d.hear(said::begin, "*140#", 2); // another session of the network is another call
  d.store.complete_all();
  CHECK(d.intake->counters().sessions == 2);
}
