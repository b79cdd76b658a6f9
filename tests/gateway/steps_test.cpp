// Steps, queues and training as a subscriber meets them.
#include "menus/script.h"
#include "storage/pseudonym.h"
#include "tests/gateway/intake_kit.h"
#include "tests/support/menu_phone.h"

using namespace tallyline;
using gateway::said;

namespace {

constexpr std::string_view papers_menu = R"(
menu: papers
dial: "*140#"
training: "*1400#"
languages: [en]
who: presiding_officer
start: home
screens:
  home:
    text: "Waiting {queue(papers).waiting}, {queue(papers).oldest} min, {queue(papers).minutes} left"
    choices:
      - {label: Papers, form: papers}
      - {label: Mine, go: mine}
  mine: {text: "Yours:", reports: true}
forms:
  papers:
    pin: false
    one_per: [station, code]
    once: {text: "Another station has it."}
    ask: [{name: code, national_code: , personal: true, text: "Code?"}]
    receipt: "Ticket {ticket}"
)";

struct counter : tests::desk {
  counter() {
    menus[0].script = std::shared_ptr<const menus::script>(tests::loaded(papers_menu));
    menus[0].engine = std::make_unique<menus::engine>(*menus[0].script, world);
    world.hide_by([this](std::string_view code) { return storage::pseudonym(key, code); });
    restart();
  }
};

} // namespace

TEST_CASE_FIXTURE(counter, "the first page shows the queue as it was when the call began") {
  store.queues = {{"papers", 3, now_ms - 600'000, 6}};
  call({});
  CHECK(shows("Waiting 3, 10 min, 30 left"));
  CHECK(store.opened_with.queue_scopes == std::vector<std::string>{"001"});
  CHECK(store.opened_with.own_of == 98912);
  store.queues = {{"papers", 3, now_ms - 600'000, 0}};
  call({}, 2);
  CHECK(shows("Waiting 3, 10 min, – left"));
  store.queues = {{"papers", 0, 0, 0}};
  call({}, 3);
  CHECK(shows("Waiting 0, – min, 0 left"));
}

TEST_CASE_FIXTURE(counter, "the receipt has the ticket, and another station is told in the form's words") {
  call({"1", "0012345679", "1"});
  CHECK(shows("Ticket 1-"));
  CHECK(store.records.at(0).pseudonyms == std::vector<std::uint8_t>{1});
  CHECK(store.records.at(0).once);
  call({"1", "0012345679", "1"}, 2, 98913);
  CHECK(last() == "Another station has it.");
  CHECK(store.records.size() == 1);
  CHECK(intake->counters().refused_reports == 1);
  CHECK(intake->counters().store_errors == 0);
}

TEST_CASE_FIXTURE(counter, "one's own reports are listed without what the key hides") {
  store.own = {{"papers", "001/" + storage::pseudonym(key, "0012345679"), "482-193-7620", now_ms, 7}};
  call({"2"});
  CHECK(shows("Yours:\nPapers 1970-01-01 00:16 Ticket 7-"));
  CHECK(shows(" 482-193-7620"));
}

TEST_CASE_FIXTURE(counter, "training is headed, keeps no draft, leaves a waiting one alone, and counts for nothing") {
  call({"1", "0012345679"});
  REQUIRE(store.drafts.size() == 1);
  hear(said::gone, "");
  hear(said::begin, "*1400#", 2);
  store.complete_all();
  CHECK(shows("TRAINING\nWaiting"));
  for (const auto a : {"1", "0499370899", "1"}) {
    hear(said::answer, a, 2);
    store.complete_all();
  }
  CHECK(shows("TRAINING\nTicket 1-"));
  REQUIRE(store.records.size() == 1);
  CHECK(store.records[0].form == "training.papers");
  CHECK(store.opened_with.queues == std::vector<std::string>{"training.papers"});
  CHECK(store.drafts.size() == 1);
  call({}, 3);
  CHECK(shows("Your report is not finished."));
}
