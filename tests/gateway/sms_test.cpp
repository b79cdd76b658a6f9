// Reports by SMS: the same forms and rules as by USSD.
#include "menus/script.h"
#include "tests/gateway/intake_kit.h"
#include "tests/support/menu_phone.h"

using namespace tallyline;
using gateway::said;

namespace {

constexpr std::string_view script = R"(
menu: night
dial: "*140#"
languages: [en]
who: presiding_officer
start: home
screens: {home: {text: Home, choices: [{label: Count, form: count}, {label: Quick, form: quick}]}}
forms:
  count:
    one_per: [station]
    sms: [COUNT, شمارش]
    ask:
      - {name: ballots, number: {max: station.registered}, text: "Ballots?"}
      - {name: invalid, number: {max: ballots}, text: "Invalid?"}
    rules: [{must: "invalid < ballots", text: "Too many invalid.", again: invalid}]
  quick:
    one_per: [station]
    pin: false
    sms: {words: [QUICK], confirm: false, receipt: true}
    ask: [{name: present, number: , text: "Present?"}]
)";

struct sms_desk : tests::desk {
  sms_desk() {
    gateway::live_menu m{std::shared_ptr<const menus::script>(tests::loaded(script)), "aa", nullptr};
    m.engine = std::make_unique<menus::engine>(*m.script, world);
    menus[0] = std::move(m);
    restart();
  }
  void write(std::string_view text, std::uint64_t msisdn = 98912) {
    gateway::inbound in{said::line, msisdn, "140", text, {0, 0, 0, 0, gateway::bearer_kind::sms}};
    intake->take(in);
    store.complete_all();
  }
};

} // namespace

TEST_CASE_FIXTURE(sms_desk, "one line fills a form, the PIN is asked, what was understood is read back and confirmed") {
  write("COUNT 120, 7");
  CHECK(shows("PIN"));
  CHECK(out.pages.back().path.by == gateway::bearer_kind::sms);
  write("1234");
  CHECK(shows("120"));
  CHECK(store.records.empty());
  write("1");
  REQUIRE(store.records.size() == 1);
  CHECK(store.records[0].by == storage::bearer::sms);
  CHECK(shows("Receipt"));
}

TEST_CASE_FIXTURE(sms_desk, "Persian words and digits, small letters and any separators are the same line") {
  for (const auto* line : {"شمارش ۱۲۰ ۷", "count;120;7", "Count\n120\n7"}) {
    write(line);
    write("1234");
    write("1");
  }
  CHECK(store.records.size() == 1);
  CHECK(intake->counters().records == 3); // two of them the same report again
}

TEST_CASE_FIXTURE(sms_desk, "the form's rules refuse by SMS what they refuse by USSD, and ask again") {
  write("COUNT 9999 7");
  write("1234");
  CHECK(shows("1500")); // the limit, as a phone would see it
  write("100");
  CHECK(shows("Invalid?"));
  write("100");
  CHECK(shows("Too many invalid."));
  write("5");
  write("1");
  CHECK(store.records.size() == 1);
}

TEST_CASE_FIXTURE(sms_desk, "a form may take a line without asking back") {
  write("QUICK 55");
  REQUIRE(store.records.size() == 1);
  CHECK(shows("Receipt"));
}

TEST_CASE_FIXTURE(sms_desk, "the same line twice is one record with one receipt") {
  write("QUICK 55");
  const std::string first = last();
  write("QUICK 55");
  CHECK(intake->counters().records == 2);
  CHECK(last().substr(last().size() - 4) == first.substr(first.size() - 4));
}

TEST_CASE_FIXTURE(sms_desk, "what begins no form gets the menu, and can be answered by SMS") {
  write("hello");
  CHECK(shows("1 Count"));
  write("2");
  CHECK(shows("Present?"));
  write("60"); // no whole line: asked back as on any phone
  write("1");
  REQUIRE(store.records.size() == 1);
}

TEST_CASE_FIXTURE(sms_desk, "a stranger is counted and gets no SMS back, and garbage harms nobody") {
  write("QUICK 55", 555);
  CHECK(store.records.empty());
  CHECK(intake->counters().strangers == 1);
  REQUIRE(!out.pages.empty());
  CHECK(last().empty()); // nothing is sent: the other side may be a machine that answers, too
  for (int octet = 0; octet < 256; ++octet)
    write(std::string(5, static_cast<char>(octet)));
  write(std::string(5000, '7'));
  write("");
}

TEST_CASE_FIXTURE(sms_desk, "a receipt goes out by SMS after a report by USSD where the form says so") {
  call({"2", "55", "1"});
  REQUIRE(store.records.size() == 1);
  REQUIRE(out.pages.size() >= 2);
  const auto& message = out.pages[out.pages.size() - 2];
  CHECK(message.path.by == gateway::bearer_kind::sms);
  CHECK(message.text.find("Receipt") != std::string::npos);
  CHECK(out.pages.back().path.by == gateway::bearer_kind::ussd);
}

TEST_CASE_FIXTURE(sms_desk, "a call and an SMS of one subscriber are two dialogues, and the later one counts") {
  call({"1"});
  write("QUICK 55");
  CHECK(store.records.size() == 1);
  hear(said::answer, "1234");
  CHECK(intake->counters().lost_sessions == 1);
}

TEST_CASE("a line's word is one word, and one form's only") {
  const auto refused = [](std::string text) {
    std::string all(script);
    const auto at = all.find("words: [QUICK]");
    all.replace(at, 14, text);
    return !menus::load_script_text(all, "t.yaml", tests::shipped_texts);
  };
  CHECK_FALSE(refused("words: [FAST]"));
  CHECK(refused("words: [COUNT]"));
  CHECK(refused("words: [\"TWO WORDS\"]"));
  CHECK(refused("words: QUICK"));
  CHECK(refused("word: [QUICK]"));
}

TEST_CASE_FIXTURE(sms_desk, "an SMS that the disk does not take is to come again, and is taken then") {
  out.puts_off = true;
  store.failure = storage::errc::disk_full;
  write("QUICK 55");
  CHECK(store.records.empty());
  CHECK(out.put_offs == 1);
  CHECK(out.pages.empty()); // the network brings it again: nobody has to be told to try later
  store.failure = {};
  write("QUICK 55");
  CHECK(store.records.size() == 1);
  CHECK(shows("Receipt"));
}

TEST_CASE_FIXTURE(sms_desk, "what comes while the disk works for the message before is not taken") {
  const auto line = [](std::string_view text) {
    return gateway::inbound{said::line, 98912, "140", text, {0, 0, 0, 0, gateway::bearer_kind::sms}};
  };
  CHECK(intake->take(line("QUICK 55"))); // its record is not committed yet
  CHECK_FALSE(intake->take(line("1")));
  store.complete_all();
  CHECK(store.records.size() == 1);
}

TEST_CASE_FIXTURE(sms_desk, "a dialogue of ours is opened when nothing is against it, and not into a call") {
  int asked = 0;
  const auto way = [&]() -> std::optional<gateway::return_path> {
    ++asked;
    return gateway::return_path{0, 0x8100, 0, 0, gateway::bearer_kind::ussd, 0, true};
  };
  CHECK(intake->open_to(555, {}, way) == "is not on the roster as presiding_officer");
  CHECK(intake->open_to(98912, "another", way) == "no such menu is in service");
  CHECK(asked == 0); // nothing was set up for what did not happen
  CHECK(intake->open_to(98912, {}, way).empty());
  store.complete_all();
  CHECK(shows("1 Count"));
  CHECK(intake->open_to(98912, {}, way) == "is in a call already");
  CHECK(intake->open_to(98913, {}, [] { return std::optional<gateway::return_path>(); }).starts_with("no bind"));
}
