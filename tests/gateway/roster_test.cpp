// What a supervisor's phone does on the roster, from the words that are typed to the order that the store gets.
#include "gateway/intake.h"
#include "gateway/pdu_trace.h"
#include "gateway/share.h"
#include "gateway/smpp/gsm_text.h"
#include "storage/roster.h"
#include "tests/gateway/intake_kit.h"

#include <algorithm>

using namespace tallyline;
using namespace tallyline::tests;
using gateway::said;
using storage::roster_act;

namespace {

constexpr std::uint64_t sara = 989120000001, reza = 989120000002, roya = 989120000003, omid = 989120000004,
                        fresh = 989121111111;

// A province of two districts; a supervisor and two stations in the first, a station in the second.
storage::election two_districts(const storage::pin_key& key) {
  storage::election e;
  e.languages = {"en"};
  e.date = "2026-11-24", e.time_zone = "UTC", e.polls_open = "08:00", e.polls_close = "20:00";
  e.areas.push_back({"P", storage::none, "province", {"Province"}});
  e.areas.push_back({"D1", 0, "district", {"First"}});
  e.areas.push_back({"D2", 0, "district", {"Second"}});
  e.stations.push_back({"101", 1, {"Old school"}, 500});
  e.stations.push_back({"102", 1, {"Library"}, 500});
  e.stations.push_back({"201", 2, {"Town hall"}, 500});
  const auto add = [&](std::uint64_t msisdn, const char* role, storage::scope_kind kind, std::uint32_t at,
                       const char* name) {
    storage::person p;
    p.msisdn = msisdn, p.role = role, p.scope = kind, p.scope_index = at, p.name = name, p.language = "en";
    p.pin_hash = key.hash(msisdn, role, "1234");
    e.people.push_back(p);
  };
  using storage::scope_kind;
  add(sara, "presiding_officer", scope_kind::station, 0, "Sara");
  add(reza, "presiding_officer", scope_kind::station, 1, "Reza");
  add(roya, "presiding_officer", scope_kind::station, 2, "Roya");
  add(omid, "supervisor", scope_kind::area, 1, "Omid");
  e.index();
  return e;
}

struct ruling_desk {
  storage::pin_key key = test_key();
  storage::election election = two_districts(key);
  std::int64_t now_ms = 1'795'521'600'000; // 2026-11-24 12:00 UTC
  gateway::election_world world{election, [this] { return now_ms; }};
  std::vector<gateway::live_menu> menus =
      gateway::load_menus({std::filesystem::path(TALLYLINE_SOURCE_DIR) / "menus/scripts/supervision.yaml",
                           std::filesystem::path(TALLYLINE_SOURCE_DIR) / "menus/scripts/polling.yaml"});
  storage::memory_store store;
  kept_pages out;
  wide_page limit;
  gateway::pin_guard pins{election, key, store};
  std::optional<gateway::intake> intake;
  std::vector<std::uint64_t> secret_pages;

  ruling_desk() {
    for (auto& m : menus)
      m.engine = std::make_unique<menus::engine>(*m.script, world);
    gateway::intake_clock clock;
    clock.unix_ms = [this] { return now_ms; };
    intake.emplace(menus, world, store, pins, out, limit, gateway::intake_settings{}, clock);
    intake->on_secret_page([this](std::uint64_t msisdn) { secret_pages.push_back(msisdn); });
  }
  void hear(said what, std::string_view text, std::uint64_t msisdn,
            gateway::bearer_kind by = gateway::bearer_kind::ussd) {
    gateway::return_path path{0, msisdn, 0, 0};
    path.by = by;
    if (what == said::answer) intake->take({said::shown, msisdn, {}, {}, path});
    intake->take({what, msisdn, what == said::begin ? "" : "144", text, path});
    store.complete_all();
  }
  void call(std::string_view code, std::initializer_list<std::string_view> answers, std::uint64_t msisdn = omid) {
    hear(said::begin, code, msisdn);
    for (const auto a : answers)
      hear(said::answer, a, msisdn);
  }
  bool shows(std::string_view part) const {
    return !out.pages.empty() && out.pages.back().text.find(part) != std::string::npos;
  }
  // As the gateway does when the commit has happened.
  void change(const storage::roster_change& c) {
    const auto was = election.person_by(c.msisdn, c.role);
    REQUIRE(was);
    REQUIRE(storage::apply(election, c));
    world.roster_changed();
    pins.roster_changed(*was);
    if (c.to) pins.roster_changed(static_cast<std::uint32_t>(election.people.size() - 1));
  }
};

} // namespace

TEST_CASE("a new PIN is asked for by the station's code, shown on the page once, and kept in no draft") {
  ruling_desk d;
  d.call("*144#", {"1", "1234", "101"});
  CHECK(d.shows("New PIN for Sara 101"));
  d.hear(said::answer, "1", omid);
  CHECK(d.shows("New PIN 402817"));
  CHECK(d.out.pages.back().last);
  CHECK(d.secret_pages == std::vector{omid}); // so that no log shows it
  REQUIRE(d.store.records.size() == 1);
  const auto& r = d.store.records[0];
  REQUIRE(r.does);
  CHECK(r.does->what == roster_act::reset_pin);
  CHECK(r.does->whom == sara);
  CHECK(r.scope == "D1");
  CHECK(r.role == "supervisor");
  REQUIRE(r.fields.size() == 1);
  CHECK(r.fields[0].personal);
  CHECK(d.store.drafts.empty());
  CHECK(d.store.outbox.empty());
}

TEST_CASE("people are found by their number with or without the country, never outside the area") {
  ruling_desk d;
  d.call("*144#", {"1", "1234"});
  for (const auto number : {"09120000001", "+98 912 000 0001", "989120000001", "۰۹۱۲۰۰۰۰۰۰۱"}) {
    d.hear(said::answer, number, omid);
    CHECK_MESSAGE(d.shows("Sara 101"), number);
    d.hear(said::answer, "0", omid);
  }
  for (const auto number : {"09120000003", "201", "D1", "09120000004", "12000", "9999", ""}) {
    d.hear(said::answer, number, omid);
    CHECK_FALSE_MESSAGE(d.shows("Please check"), number);
  }
  CHECK(d.store.records.empty());
}

TEST_CASE("what a form does on the roster says who, to which number and until when") {
  ruling_desk d;
  d.call("*144#", {"3", "1234", "102", "09121111111", "1"});
  REQUIRE(d.store.records.size() == 1);
  CHECK(d.store.records[0].does->what == roster_act::replace_phone);
  CHECK(d.store.records[0].does->whom == reza);
  CHECK(d.store.records[0].does->to == fresh);
  d.call("*144#", {"4", "1", "1234", "102", "09121111111", "17:30", "1"});
  REQUIRE(d.store.records.size() == 2);
  CHECK(d.store.records[1].does->what == roster_act::delegate);
  CHECK(d.store.records[1].does->until_ms == d.now_ms + 11 * 1'800'000); // 12:00 to 17:30
  d.now_ms += 8 * 3'600'000;                                             // at 20:00 half past five is tomorrow's
  d.call("*144#", {"4", "1", "1234", "102", "09121111111", "17:30", "1"});
  REQUIRE(d.store.records.size() == 3);
  CHECK(d.store.records[2].does->until_ms == d.now_ms + 43 * 1'800'000);
}

TEST_CASE("each refusal of the store is told in its own words, and nothing is shown that could be a PIN") {
  const std::pair<storage::errc, std::string_view> told[] = {{storage::errc::not_below, "not below your area"},
                                                             {storage::errc::oneself, "for themselves"},
                                                             {storage::errc::no_such_person, "no longer has that role"},
                                                             {storage::errc::number_taken, "has this role already"}};
  for (const auto& [why, words] : told) {
    ruling_desk d;
    d.store.check = [why = why](const auto&) { return make_error_code(why); };
    d.call("*144#", {"3", "1234", "102", "09121111111", "1"});
    CHECK_MESSAGE(d.shows(words), words);
    CHECK(d.out.pages.back().last);
    CHECK(d.secret_pages.empty());
  }
}

TEST_CASE("no PIN goes out by SMS: what would draw one is not done there") {
  ruling_desk d;
  const auto by = gateway::bearer_kind::sms;
  d.hear(said::begin, "*144#", omid, by);
  for (const auto a : {"1", "1234", "101", "1"})
    d.hear(said::answer, a, omid, by);
  CHECK(d.shows("Not by SMS"));
  CHECK(d.store.records.empty());
  d.hear(said::begin, "*144#", omid, by);
  // What was answered waits for whoever dials; here it is put aside, and unlocking draws no PIN.
  for (const auto a : {"1234", "2", "2", "101", "1"})
    d.hear(said::answer, a, omid, by);
  CHECK(d.store.records.size() == 1);
}

TEST_CASE("an open session of a number that was replaced ends at its next answer, the new number begins with its PIN") {
  ruling_desk d;
  d.call("*140#", {"2", "1234"}, sara);
  CHECK(d.shows("which hour"));
  d.change({roster_act::replace_phone, sara, "presiding_officer", fresh, 0,
            d.key.hash(fresh, "presiding_officer", "402817")});
  d.hear(said::answer, "1", sara);
  CHECK(d.shows("not on the roster"));
  CHECK(d.out.pages.back().last);
  CHECK(d.intake->open_sessions() == 0);
  d.call("*140#", {}, sara);
  CHECK(d.shows("در فهرست نیست")); // a stranger is spoken to in the first language
  d.call("*140#", {"2", "1234"}, fresh);
  CHECK(d.shows("PIN is not right"));
  d.hear(said::answer, "402817", fresh);
  CHECK(d.shows("12:00"));
}

TEST_CASE("a delegate's session ends when the time is over") {
  ruling_desk d;
  d.change({roster_act::delegate, sara, "presiding_officer", fresh, d.now_ms + 60'000,
            d.key.hash(fresh, "presiding_officer", "402817")});
  d.call("*140#", {"2", "402817"}, fresh);
  CHECK(d.shows("12:00"));
  d.now_ms += 60'000;
  d.hear(said::answer, "1", fresh);
  CHECK(d.shows("not on the roster"));
  d.call("*140#", {}, fresh);
  CHECK(d.shows("not on the roster"));
  d.call("*140#", {}, sara);
  CHECK(d.shows("101"));
}

TEST_CASE("a stand-in is offered for ending only while there is one") {
  ruling_desk d;
  d.call("*144#", {"4", "2", "1234"});
  CHECK(d.shows("nothing to choose"));
  d.change({roster_act::delegate, sara, "presiding_officer", fresh, d.now_ms + 60'000, {}});
  d.call("*144#", {"4", "2", "1234"});
  CHECK(d.shows("(Sara) 101"));
}

TEST_CASE("the wire log shows no text that leaves for a number that is shown a PIN") {
  const auto file = std::filesystem::temp_directory_path() / ("tallyline-pin-" + std::to_string(::getpid()) + ".log");
  {
    gateway::pdu_trace trace(file, {"main"});
    const auto page = [&](std::string_view to, std::string_view text) {
      smpp::buffer octets, pdu;
      smpp::append_gsm7(text, octets);
      smpp::message m;
      m.source = "144", m.destination = to, m.data_coding = 0x0F, m.text = octets;
      smpp::append_message(pdu, smpp::command::submit_sm, 7, m);
      trace.pdu(0, true, pdu);
    };
    trace.hide_to(omid);
    page("989120000004", "New PIN 402817");
    page("+989120000004", "New PIN 402817");
    page("989120000001", "Station 101");
  }
  std::ifstream in(file);
  const std::string all{std::istreambuf_iterator<char>(in), {}};
  CHECK(all.find("402817") == std::string::npos);
  CHECK(all.find("Station 101") != std::string::npos);
  std::filesystem::remove(file);
}

TEST_CASE("an answer that waits is shown once before the first page, and then no more") {
  ruling_desk d;
  d.intake->notice_waits(sara, "12-3: a printer is on its way");
  d.call("*140#", {}, sara);
  CHECK(d.shows("12-3: a printer is on its way\n1 More"));
  d.hear(said::answer, "1", sara);
  CHECK(d.shows("Old school"));
  d.call("*140#", {}, sara);
  CHECK(d.shows("Old school"));
  CHECK(std::count(d.store.asked.begin(), d.store.asked.end(), "drop_notices") == 1);
}
