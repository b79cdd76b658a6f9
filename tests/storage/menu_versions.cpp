#include "storage/menu_versions.h"
#include "storage/reader.h"
#include "tests/storage/support.h"

using namespace tallyline::storage;
using namespace tallyline::storage::test;

namespace {

menu_version version(std::string menu, std::string digest) {
  return {std::move(menu), 0, digest, "text of " + digest, "an admin", "why", 1'780'000'000'000, false};
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
  CHECK_FALSE(menu_versions(database, "polling").value()[0].live);
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

TEST_CASE("the bytes of a menu's entry are what they were") {
  const std::string body = canonical::menu_bytes("m", 2, "ab", "x", 5);
  CHECK(body == std::string("\xA6\x00\x03\x01\x61m\x02\x02\x03\x62"
                            "ab\x04\x61x\x05\x05",
                            17));
}
