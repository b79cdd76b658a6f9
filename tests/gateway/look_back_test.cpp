// What a dialogue is given before it opens: earlier records, and the language chosen last time.
#include "gateway/past_records.h"
#include "menus/script.h"
#include "storage/canonical.h"
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
      - {label: Persian, language: fa}
forms:
  turnout:
    pin: false
    one_per: [station, hour]
    reason: "Why?"
    ask:
      - {name: hour, time: , text: "Hour?"}
      - {name: present, number: , default: "earlier(turnout, time('12:00')).present", text: "Voters?"}
)";

// The desk with another menu, and a record of 12:00 on its disk.
struct looking_back : tests::desk {
  looking_back() {
    menus[0].script = std::shared_ptr<const menus::script>(tests::loaded(turnout_menu));
    menus[0].engine = std::make_unique<menus::engine>(*menus[0].script, world);
    restart();
    storage::report r;
    r.form = "turnout";
    r.key = {"001", "12:00"};
    r.scope = "001";
    r.fields = {{"hour", std::string("12:00"), false}, {"present", std::int64_t{120}, false}};
    r.role = "presiding_officer";
    r.menu_version = "ff";
    const storage::canonical::salts salts(1);
    store.past.push_back({"1234567890", storage::canonical::record_bytes(r, salts, 0, 0), 98912, false});
  }
};

} // namespace

TEST_CASE_FIXTURE(looking_back, "earlier records are read before the first page, and give defaults and reasons") {
  hear(said::begin, "*140#");
  CHECK(out.pages.empty()); // nothing is said before the disk has answered
  CHECK(store.asked == std::vector<std::string>{"load_past 001"});
  store.complete_all();
  CHECK(shows("Home"));
  for (const auto a : {"1", "1200"}) {
    hear(said::answer, a);
    store.complete_all();
  }
  CHECK(shows("Voters?\n# 120"));
  hear(said::answer, "130");
  store.complete_all();
  CHECK(shows("Why?"));
}

TEST_CASE_FIXTURE(looking_back, "a disk that fails says so, and the next call looks again") {
  store.failure = storage::make_error_code(storage::errc::io);
  hear(said::begin, "*140#");
  store.complete_all();
  CHECK(shows("It could not be recorded now."));
  CHECK(out.pages.back().last);
  CHECK(intake->open_sessions() == 0);
  store.failure = {};
  call({"1"}, 2);
  CHECK(shows("Hour?"));
}

TEST_CASE_FIXTURE(looking_back, "who hangs up or dials again while the disk reads harms nobody") {
  hear(said::begin, "*140#", 1);
  hear(said::gone, "", 1);
  store.complete_all();
  CHECK(out.pages.empty());
  hear(said::begin, "*140#", 2);
  hear(said::begin, "*140#", 3);
  hear(said::answer, "1", 3); // before any page
  store.complete_all();
  REQUIRE(out.pages.size() == 1);
  CHECK(out.pages[0].path.session == 3);
}

TEST_CASE_FIXTURE(looking_back, "the first of two entries is seen by who made it only") {
  auto& menu = *menus[0].script;
  store.past[0].pending = true;
  const auto seen_by = [&](std::uint64_t msisdn, std::string_view role) {
    return gateway::past_of(menu, store.past, "001", msisdn, role, world.clock())->records().size();
  };
  CHECK(seen_by(98912, "presiding_officer") == 1);
  CHECK(seen_by(98913, "presiding_officer") == 0);
  CHECK(seen_by(98912, "clerk") == 0);
  store.past[0].pending = false;
  CHECK(seen_by(98913, "presiding_officer") == 1);
  store.past[0].body = "no record";
  CHECK(seen_by(98912, "presiding_officer") == 0);
}

TEST_CASE_FIXTURE(looking_back,
                  "a language chosen is spoken at the next call and kept on disk, without being waited for") {
  call({"2"});
  CHECK(store.languages[98912] == "fa");
  hear(said::begin, "*140#", 2);
  store.complete_all();
  hear(said::answer, "1", 2);
  store.complete_all();
  CHECK(shows("برگشت"));
  store.asked.clear();
  call({}, 3, 98913);
  CHECK_FALSE(shows("برگشت"));
}

TEST_CASE_FIXTURE(looking_back,
                  "a draft that goes on under an earlier version still looks back, by that version's answers") {
  call({"1", "1200"});
  hear(said::gone, "");
  std::string other(turnout_menu);
  const std::string_view asked = "name: present, number: , default: \"earlier(turnout, time('12:00')).present\"";
  other.replace(other.find(asked), asked.size(), "name: voters, number: ");
  gateway::live_menu next{std::shared_ptr<const menus::script>(tests::loaded(other)), "22", nullptr};
  next.engine = std::make_unique<menus::engine>(*next.script, world);
  intake->put_into_service(std::move(next));
  call({"1"}, 2);
  CHECK(shows("Voters?\n# 120")); // a default that only the earlier version has
}

TEST_CASE_FIXTURE(looking_back, "a menu out of service takes no new calls, and those under way finish") {
  gateway::live_menu next{std::shared_ptr<const menus::script>(tests::loaded(tests::night_script)), "33", nullptr};
  next.engine = std::make_unique<menus::engine>(*next.script, world);
  call({"1", "1300"});
  intake->put_into_service(std::move(next));
  intake->take_out_of_service("turnout");
  hear(said::answer, "7");
  store.complete_all();
  CHECK(shows("Please check:"));
  call({}, 2);
  CHECK(shows("Station 001"));
}
