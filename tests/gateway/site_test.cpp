// The report link from a site's queue to the ledger and back: the site's folder, its calls, the bearer, a real store.
#include "tests/gateway/site_kit.h"

#include <set>

using namespace tallyline;
using test::site_night;

namespace {

// What the ledger holds under a receipt that the site shows.
std::string state_of(const site_night& n, const std::string& receipt) {
  auto reader = storage::reader::open(n.database);
  const auto found = reader->find_receipt(receipt);
  if (!found || !*found) return "unknown";
  return (*found)->state == storage::record_state::current ? "current" : "other";
}

} // namespace

TEST_CASE("A site fetches its forms, reports, and derives the receipts that the ledger has") {
  site_night n;
  gateway::site_desk desk(n.folder / "site");
  CHECK_FALSE(desk.has_forms());
  CHECK(n.call(desk).new_forms);
  REQUIRE(desk.has_forms());
  CHECK(desk.forms().site() == "S1");
  CHECK(desk.forms().scope_by_code(0, "01001").has_value());
  CHECK_FALSE(desk.forms().scope_by_code(0, "02001").has_value()); // another district's
  for (int i = 1; i <= 3; ++i)
    desk.queue().add(n.turnout("0100" + std::to_string(i), 200 + i));
  const auto sent = n.call(desk);
  CHECK(sent.answered == 3);
  CHECK(sent.waiting == 0);
  for (const auto& r : desk.queue().all()) {
    CHECK(r.verdict == "recorded");
    CHECK(state_of(n, r.receipt) == "current");
  }
}

TEST_CASE("A wrong report costs no call, and one that the gateway refuses says why") {
  site_night n;
  gateway::site_desk desk(n.folder / "site");
  n.call(desk);
  const auto refused = desk.check(n.turnout("01001", 99999));
  REQUIRE(refused.has_value());
  CHECK(refused->wants_confirming);
  CHECK(refused->about == "over_registered");
  // Past the check, as a program of somebody else might: its rules are the gateway's all the same.
  auto r = n.turnout("01001", 99999);
  r.confirmed = {"over_registered"};
  CHECK_FALSE(desk.check(r).has_value());
  desk.queue().add(r);
  n.menus.clear(); // out of service meanwhile
  const auto sent = n.call(desk);
  CHECK(sent.answered == 0);
}

TEST_CASE("The same report again is a duplicate, other figures correct it, and both say so with a receipt") {
  site_night n;
  gateway::site_desk desk(n.folder / "site");
  n.call(desk);
  for (const int present : {200, 200, 210})
    desk.queue().add(n.turnout("01001", present));
  CHECK(n.call(desk).answered == 3);
  const auto all = desk.queue().all();
  CHECK(all[0].verdict == "recorded");
  CHECK(all[1].verdict == "duplicate");
  CHECK(all[1].receipt == all[0].receipt);
  CHECK(all[2].verdict == "corrected");
  CHECK(state_of(n, all[2].receipt) == "current");
}

TEST_CASE(
    "What a key hides the gateway hides on arrival: the receipt is told, and the second site's report is refused") {
  site_night n("menu: papers\ndial: \"*1#\"\nlanguages: [en]\nwho: presiding_officer\nstart: home\nscreens:\n"
               "  home: {text: Hi, choices: [{label: D, form: documents}, {label: R, form: registered}]}\nforms:\n"
               "  documents:\n    one_per: [station, code]\n    once: true\n    ask:\n"
               "      - {name: code, national_code: , personal: true, text: \"Code?\"}\n"
               "      - {name: name, line: , personal: true, text: \"Name?\"}\n"
               "  registered:\n    one_per: [station, code]\n    once: true\n    follows: documents\n    ask:\n"
               "      - {name: code, national_code: , personal: true, text: \"Code?\"}\n");
  gateway::site_desk desk(n.folder / "site");
  n.call(desk);
  const auto add = [&](const char* form, const char* station, const char* code) {
    gateway::queued_report r;
    r.form = form, r.scope = station;
    r.answers = {{"code", code}};
    if (std::string_view(form) == "papers.documents") r.answers.emplace_back("name", "Ann");
    desk.queue().add(r);
  };
  add("papers.documents", "01001", "0012345679");
  add("papers.documents", "01002", "0012345679");
  add("papers.registered", "01001", "0499370899");
  add("papers.registered", "01001", "0012345679");
  CHECK(n.call(desk).waiting == 0);
  const auto all = desk.queue().all();
  CHECK(all[0].verdict == "recorded");
  CHECK(state_of(n, all[0].receipt) == "current");
  CHECK(all[1].verdict == "refused");
  CHECK(all[1].text.find("another office") != std::string::npos);
  CHECK(all[2].verdict == "refused");
  CHECK(all[3].verdict == "recorded");
  CHECK(state_of(n, all[3].receipt) == "current");
  auto reader = storage::reader::open(n.database);
  const auto record = reader->find_receipt(all[0].receipt).value();
  CHECK(record->body.find("0012345679") == std::string::npos);
}

TEST_CASE("A site whose clock is years off reports on the polling day, to a form that is open then") {
  site_night n("menu: night\ndial: \"*1#\"\nlanguages: [en]\nwho: presiding_officer\nstart: home\nscreens:\n"
               "  home: {text: Hi, choices: [{label: F, form: turnout}]}\nforms:\n  turnout:\n    one_per: [station]\n"
               "    opens: \"08:00\"\n    closes: \"22:00\"\n    ask: [{name: present, number: {min: 0}, text: \"How "
               "many?\"}]\n");
  gateway::site_desk desk(n.folder / "site");
  n.call(desk); // the test's own clock is years behind the polling day's or ahead of it
  REQUIRE(desk.has_forms());
  auto r = n.turnout("01001", 5);
  r.form = "night.turnout", r.answers = {{"present", "5"}};
  CHECK_FALSE(desk.check(r).has_value());
  desk.queue().add(r);
  CHECK(n.call(desk).answered == 1);
  // By the gateway's clock it is shut: that counts.
  n.gateway_ms += 86'400'000LL * 3;
  r.answers = {{"present", "6"}};
  desk.queue().add(r);
  CHECK(n.call(desk).refused == 1);
  CHECK(desk.queue().all().back().text.find("22:00") != std::string::npos);
}

TEST_CASE("A form that closes weeks before the polling is filled by a site whose clock is past that") {
  site_night n("menu: night\ndial: \"*1#\"\nlanguages: [en]\nwho: presiding_officer\nstart: home\nscreens:\n"
               "  home: {text: Hi, choices: [{label: F, form: turnout}]}\nforms:\n  turnout:\n    one_per: [station]\n"
               "    closes: \"-14 18:00\"\n    ask: [{name: present, number: {min: 0}, text: \"How many?\"}]\n");
  gateway::site_desk desk(n.folder / "site");
  n.gateway_ms -= 86'400'000LL * 20;
  n.call(desk);
  auto r = n.turnout("01001", 5);
  r.form = "night.turnout", r.answers = {{"present", "5"}};
  CHECK_FALSE(desk.check(r).has_value());
  desk.queue().add(r);
  CHECK(n.call(desk).answered == 1);
  n.gateway_ms += 86'400'000LL * 20; // too late by the gateway's clock, which is the one that counts
  r.answers = {{"present", "6"}};
  desk.queue().add(r);
  CHECK(n.call(desk).refused == 1);
}

TEST_CASE("A call's number is on disk with its first batch, and a call of an old number records nothing") {
  site_night n;
  gateway::site_desk desk(n.folder / "site");
  n.call(desk);
  desk.queue().add(n.turnout("01001", 5));
  n.call(desk);
  CHECK(storage::load_sites(n.database).value().at(0).last_call == 2);
  n.open();                                                            // the gateway started again
  gateway::site_desk(n.folder / "site").queue().set("last_call", "0"); // the site's disk was restored
  desk.queue().add(n.turnout("01001", 6));
  CHECK(n.call(desk).how.how == modem::link::call_end::stale);
  CHECK(n.call(desk).answered == 1);
}

TEST_CASE("A key that was revoked opens nothing, and a new one everything that waits") {
  site_night n;
  gateway::site_desk desk(n.folder / "site");
  n.call(desk);
  desk.queue().add(n.turnout("01001", 5));
  REQUIRE(storage::set_site_key(n.database, "S1", std::nullopt, "admin", 2).has_value());
  CHECK(n.bearer->read_sites().empty());
  CHECK(n.call(desk).how.how == modem::link::call_end::refused);
  auto key = n.key;
  key[0] ^= 1;
  REQUIRE(storage::set_site_key(n.database, "S1", key, "admin", 3).has_value());
  CHECK(n.bearer->read_sites().empty());
  gateway::site_queue::enrol(n.folder / "site", key);
  gateway::site_desk again(n.folder / "site");
  n.call(again); // the forms
  CHECK(n.call(again).answered == 1);
}

TEST_CASE("What is on a site's disk can be read by nobody who has only the database") {
  site_night n;
  gateway::site_desk desk(n.folder / "site");
  n.call(desk);
  desk.queue().add(n.turnout("01001", 123454321));
  const auto disk = test::text_of(n.folder / "site/site.db") + test::text_of(n.folder / "site/site.db-wal");
  CHECK(disk.find("georgia.turnout") == std::string::npos);
  CHECK(disk.find("123454321") == std::string::npos);
  CHECK(test::text_of(n.database).find(std::string(32, '\x09')) == std::string::npos); // nor the key
}

TEST_CASE("Calls cut at random octets lose no acknowledged report and double none, on disk") {
  site_night n;
  gateway::site_desk desk(n.folder / "site");
  n.call(desk);
  std::mt19937 random(5);
  std::set<std::pair<std::string, int>> entered;
  const auto stations = desk.forms().election().stations;
  for (int i = 0; i < 150; ++i) {
    for (unsigned k = random() % 4; k > 0; --k) {
      const auto& station = stations[random() % stations.size()].code;
      const int present = static_cast<int>(random() % 400);
      desk.queue().add(n.turnout(station, present));
      entered.emplace(station, present);
    }
    n.call(desk, random() % 600);
    if (i % 50 == 49) n.open(); // the gateway was killed, too
  }
  n.call(desk);
  std::set<std::string> receipts;
  std::size_t recorded = 0;
  for (const auto& r : desk.queue().all()) {
    REQUIRE_FALSE(r.verdict.empty());
    CHECK(state_of(n, r.receipt) != "unknown");
    if (r.verdict == "recorded" || r.verdict == "corrected") ++recorded, receipts.insert(r.receipt);
  }
  CHECK(receipts.size() == recorded); // each its own record
  storage::sqlite::database db(n.database.string(), storage::sqlite::mode::read_only);
  CHECK(db.number("SELECT count(*) FROM record") == static_cast<std::int64_t>(recorded));
  CHECK(db.number("SELECT count(*) FROM call") > 100);
}
