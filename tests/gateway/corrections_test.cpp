// Who may correct a form's record and until when: from the menu's words to the door's, and back to the phone.
#include "gateway/filled_report.h"
#include "gateway/intake_words.h"
#include "menus/script.h"
#include "storage/errors.h"
#include "tests/gateway/intake_kit.h"
#include "tests/support/menu_phone.h"

using namespace tallyline;
using gateway::said;

namespace {

constexpr std::string_view turnout_menu = R"(
menu: turnout
dial: "*140#"
languages: [en, fa]
who: presiding_officer
start: home
screens:
  home:
    text: "Home"
    choices:
      - {label: Turnout, form: turnout}
forms:
  turnout:
    pin: false
    corrections: {by: [own, supervisor], until: "1970-01-01 18:00"}
    ask:
      - {name: present, number: , text: "Voters?"}
)";

struct correcting : tests::desk {
  correcting() {
    menus[0].script = std::shared_ptr<const menus::script>(tests::loaded(turnout_menu));
    menus[0].engine = std::make_unique<menus::engine>(*menus[0].script, world);
    restart();
    store.check = [this](const storage::report& r) {
      came = r.corrections;
      return answer;
    };
  }
  void report() { call({"1", "120", "1"}); }
  storage::correction_rule came;
  boost::system::error_code answer;
};

} // namespace

TEST_CASE_FIXTURE(correcting,
                  "the form's rule goes with the report: own, roles, and the last moment of the minute named") {
  report();
  CHECK(came.own);
  CHECK(came.roles == std::vector<std::string>{"supervisor"});
  CHECK(came.until_ms == 18 * 3'600'000 + 59'999); // the election of this kit has no time zone: UTC
  CHECK(shows("Recorded"));
}

TEST_CASE_FIXTURE(correcting, "a correction that comes too late is told so, and its draft is gone") {
  answer = storage::make_error_code(storage::errc::correction_late);
  report();
  CHECK(shows("Too late for a correction"));
  CHECK(out.pages.back().last);
  CHECK(store.drafts.empty());
  CHECK(store.records.empty());
  CHECK(intake->counters().refused_reports == 1);
  CHECK(intake->counters().store_errors == 0);
}

TEST_CASE_FIXTURE(correcting, "a correction that the form does not take is told so") {
  answer = storage::make_error_code(storage::errc::correction_refused);
  report();
  CHECK(shows("takes no corrections"));
}

TEST_CASE_FIXTURE(correcting, "while the disk has no room nobody begins, and who is under way goes on") {
  hear(said::begin, "*140#");
  store.complete_all();
  intake->begin_none(true);
  hear(said::answer, "1");
  store.complete_all();
  CHECK(shows("Voters?"));
  call({}, 2, 98913);
  CHECK(shows("later"));
  CHECK(out.pages.back().last);
  intake->begin_none(false);
  call({}, 3, 98913);
  CHECK(shows("Home"));
}
