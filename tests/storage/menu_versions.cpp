#include "storage/menu_versions.h"
#include "storage/reader.h"
#include "tests/storage/support.h"

using namespace tallyline::storage;
using namespace tallyline::storage::test;

namespace {

menu_version version(std::string menu, std::string digest) {
  menu_version v;
  v.menu = std::move(menu);
  v.bundle = "text of " + digest;
  v.digest = std::move(digest);
  v.by = "an admin";
  v.note = "why";
  v.time_ms = 1'780'000'000'000;
  return v;
}

} // namespace

TEST_CASE_FIXTURE(night, "a script in service has a number of its own, and one of each menu is live") {
  CHECK(publish_menu(database, version("polling", "aa")).value().version.number == 1);
  CHECK(publish_menu(database, version("polling", "bb")).value().version.number == 2);
  CHECK(publish_menu(database, version("offices", "cc")).value().version.number == 1);
  const auto live = live_menus(database).value();
  REQUIRE(live.size() == 2);
  CHECK(live[1].menu == "polling");
  CHECK(live[1].digest == "bb");
  CHECK(live[1].bundle == "text of bb");
  CHECK(menu_versions(database, "polling").value().size() == 2);
  CHECK_FALSE(menu_versions(database, "polling").value()[0].live());
}

TEST_CASE_FIXTURE(night, "what is in service already is not written again, an earlier one is, as a new version") {
  publish_menu(database, version("polling", "aa")).value();
  const auto again = publish_menu(database, version("polling", "aa")).value();
  CHECK_FALSE(again.is_new);
  CHECK(again.version.number == 1);
  publish_menu(database, version("polling", "bb")).value();
  CHECK(publish_menu(database, version("polling", "aa")).value().version.number == 3);
}

TEST_CASE_FIXTURE(night, "a change of what is in service is an entry of the ledger, also beside a running store") {
  blocking_store s(database);
  s.submit(count_of("1001", sara, 60)).value();
  publish_menu(database, version("polling", "aa")).value();
  const auto next = s.submit(count_of("1002", reza, 61)).value();
  CHECK(next.seq == 4); // the import, a record, the menu
  auto r = reader::open(database).value();
  std::vector<int> kinds;
  REQUIRE(r.for_each_entry([&](std::int64_t, std::string_view body, const ledger::hash& leaf) {
             kinds.push_back(static_cast<int>(canonical::kind_of(body).value()));
             CHECK(leaf == ledger::leaf_hash(body));
           }).has_value());
  CHECK(kinds == std::vector{2, 1, 3, 1});
}

TEST_CASE_FIXTURE(night, "a menu that goes out of service keeps its versions, and comes back as a new one") {
  publish_menu(database, version("polling", "aa")).value();
  CHECK(retire_menu(database, "polling", "an admin", 1'780'000'000'001).value() == 1);
  CHECK(retire_menu(database, "polling", "an admin", 1'780'000'000'002).value() == 0);
  CHECK(live_menus(database).value().empty());
  CHECK(menu_versions(database, "polling").value().size() == 1);
  CHECK(publish_menu(database, version("polling", "aa")).value().version.number == 2);
  auto r = reader::open(database).value();
  int menu_entries = 0;
  REQUIRE(r.for_each_entry([&](std::int64_t, std::string_view body, const ledger::hash&) {
             menu_entries += canonical::kind_of(body).value() == canonical::kind::menu;
           }).has_value());
  CHECK(menu_entries == 3); // in, out, in again; nothing for what was out already
}

TEST_CASE_FIXTURE(night, "a version serves when a second person has approved it, and not before") {
  publish_menu(database, version("polling", "aa")).value();
  REQUIRE(set_menu_policy(database, {true, 0, 0}, "config", 1).value() == 1);
  CHECK(set_menu_policy(database, {true, 0, 0}, "config", 2).value() == 0);
  const auto proposed = publish_menu(database, version("polling", "bb")).value();
  CHECK(proposed.is_new);
  CHECK(proposed.version.state == menu_state::proposed);
  CHECK_FALSE(publish_menu(database, version("polling", "bb")).value().is_new);
  CHECK(live_menus(database).value()[0].digest == "aa");
  CHECK(approve_menu(database, "polling", 0, "an admin", 5).error() == errc::same_person);
  CHECK(approve_menu(database, "polling", 1, "another", 5).error() == errc::no_version);
  CHECK(approve_menu(database, "offices", 0, "another", 5).error() == errc::no_version);
  const auto live = approve_menu(database, "polling", 2, "another", 1'780'000'000'001).value();
  CHECK(live.state == menu_state::in_service);
  CHECK(live_menus(database).value()[0].approved_by == "another");
  CHECK(approve_menu(database, "polling", 2, "another", 5).error() == errc::no_version);
  CHECK(menu_versions(database).value()[0].state == menu_state::earlier);
}

TEST_CASE_FIXTURE(night, "a scheduled version begins its service at its time") {
  publish_menu(database, version("polling", "aa")).value();
  auto later = version("polling", "bb");
  later.from_ms = later.time_ms + 1000;
  CHECK(publish_menu(database, later).value().version.state == menu_state::scheduled);
  CHECK(scheduled_menus(database).value().size() == 1);
  CHECK(switch_due_menus(database, later.from_ms - 1).value() == 0);
  CHECK(live_menus(database).value()[0].digest == "aa");
  CHECK(switch_due_menus(database, later.from_ms).value() == 1);
  CHECK(switch_due_menus(database, later.from_ms).value() == 0);
  CHECK(live_menus(database).value()[0].digest == "bb");
  CHECK(live_menus(database).value().size() == 1);
  CHECK(scheduled_menus(database).value().empty());
}

TEST_CASE_FIXTURE(night, "a version that waits can be taken back, one in service cannot") {
  publish_menu(database, version("polling", "aa")).value();
  auto later = version("polling", "bb");
  later.from_ms = later.time_ms + 1000;
  publish_menu(database, later).value();
  CHECK(withdraw_menu(database, "polling", 1).error() == errc::no_version);
  CHECK(withdraw_menu(database, "polling", 0).value().number == 2);
  CHECK(withdraw_menu(database, "polling", 2).error() == errc::no_version);
  CHECK(switch_due_menus(database, later.from_ms).value() == 0);
  CHECK(menu_versions(database).value()[1].state == menu_state::withdrawn);
}

TEST_CASE_FIXTURE(night, "during the freeze nothing changes, except with a reason that stands in the ledger") {
  publish_menu(database, version("polling", "aa")).value();
  const auto now = version("polling", "bb").time_ms;
  auto set_before = version("polling", "dd");
  set_before.from_ms = now + 10;
  publish_menu(database, set_before).value();
  set_menu_policy(database, {false, now, now + 1000}, "config", now).value();
  CHECK(publish_menu(database, version("polling", "bb")).error() == errc::frozen);
  CHECK(retire_menu(database, "polling", "an admin", now).error() == errc::frozen);
  CHECK(switch_due_menus(database, now + 20).value() == 0);
  auto into = version("polling", "bb");
  into.time_ms = now - 10;
  into.from_ms = now + 5;
  CHECK(publish_menu(database, into).error() == errc::frozen); // its time lies within
  auto urgent = version("polling", "cc");
  urgent.in_freeze = "a candidate withdrew";
  CHECK(publish_menu(database, urgent).value().version.live());
  auto r = reader::open(database).value();
  bool told = false;
  REQUIRE(r.for_each_entry([&](std::int64_t, std::string_view body, const ledger::hash&) {
             told = told || body.find("a candidate withdrew") != std::string_view::npos;
           }).has_value());
  CHECK(told);
  auto after = version("polling", "bb");
  after.time_ms = now + 1000;
  CHECK(publish_menu(database, after).value().version.live());
}

TEST_CASE_FIXTURE(night, "with approval asked for, the freeze and the set time hold for the approval") {
  publish_menu(database, version("polling", "aa")).value();
  auto v = version("polling", "bb");
  v.from_ms = v.time_ms + 50;
  set_menu_policy(database, {true, v.time_ms + 100, v.time_ms + 200}, "config", v.time_ms).value();
  publish_menu(database, v).value();
  CHECK(approve_menu(database, "polling", 0, "another", v.time_ms + 150).error() == errc::frozen);
  CHECK(approve_menu(database, "polling", 0, "another", v.time_ms + 1).value().state == menu_state::scheduled);
  CHECK(switch_due_menus(database, v.from_ms).value() == 1);
  CHECK(live_menus(database).value()[0].approved_by == "another");
  publish_menu(database, version("polling", "cc")).value();
  CHECK(approve_menu(database, "polling", 0, "another", v.time_ms + 150, "wrong name").value().live());
}

TEST_CASE("the bytes of a menu's entry are what they were") {
  const std::string body = canonical::menu_bytes({"m", 2, "ab", "x", 5, {}, {}});
  CHECK(body == std::string("\xA6\x00\x03\x01\x61m\x02\x02\x03\x62"
                            "ab\x04\x61x\x05\x05",
                            17));
}
