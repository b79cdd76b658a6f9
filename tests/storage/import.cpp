#include "storage/import.h"

#include "storage/file_lock.h"
#include "storage/reader.h"
#include "storage/sqlite/schema.h"
#include "tests/storage/support.h"

#include <algorithm>
#include <fstream>
#include <sys/stat.h>

using namespace tallyline::storage;
using namespace tallyline::storage::test;

namespace {

struct fresh {
  temporary_folder folder;
  std::filesystem::path database = folder / "night.db";
  election loaded() const {
    auto e = load_election(database);
    REQUIRE_MESSAGE(e.has_value(), e.error().message());
    return std::move(*e);
  }
};

std::string without_line(std::string text, const std::string& start) {
  const auto at = text.find("\n" + start) + 1;
  REQUIRE(at != std::string::npos + 1);
  return text.erase(at, text.find('\n', at) + 1 - at);
}

} // namespace

TEST_CASE_FIXTURE(fresh, "what is imported is loaded again the same") {
  const auto done = import_small(database);
  CHECK(done.stations == 3);
  CHECK(done.people == 5);
  const auto p = good(small_pack());
  const auto e = loaded();
  CHECK(e.name == "Test");
  CHECK(e.languages == std::vector<std::string>{"fa", "en"});
  CHECK(e.polls_close == "20:00");
  REQUIRE(e.stations.size() == p.contents.stations.size());
  for (std::size_t i = 0; i < e.stations.size(); ++i) {
    CHECK(e.stations[i].code == p.contents.stations[i].code);
    CHECK(e.stations[i].name == p.contents.stations[i].name);
    CHECK(e.stations[i].area == p.contents.stations[i].area);
    CHECK(e.stations[i].registered == p.contents.stations[i].registered);
  }
  CHECK(e.contests[0].candidates == p.contents.contests[0].candidates);
  CHECK(e.candidates[0].name == p.contents.candidates[0].name);
  CHECK(e.areas[1].parent == 0);
  CHECK(e.offices[0].code == "O1");
  CHECK(e.people[*e.person_by(omid, "supervisor")].scope == scope_kind::area);
}

TEST_CASE_FIXTURE(fresh, "the first import makes the database's folder") {
  import_small(folder / "a/b/night.db");
  CHECK(load_election(folder / "a/b/night.db").has_value());
  std::ofstream(folder / "file") << "x";
  CHECK(import_pack(folder / "file/night.db", good(small_pack()), 1).error() == errc::io);
}

TEST_CASE_FIXTURE(fresh, "an imported PIN fits its person only, in any digits, and is not in the file") {
  import_small(database);
  const auto e = loaded();
  const auto key = pin_key::open(database).value();
  const auto& who = e.people[*e.person_by(sara, "presiding_officer")];
  CHECK(key.fits(who.pin_hash, sara, "presiding_officer", "1234"));
  CHECK(key.fits(who.pin_hash, sara, "presiding_officer", "۱۲۳۴"));
  CHECK_FALSE(key.fits(who.pin_hash, sara, "presiding_officer", "1235"));
  CHECK_FALSE(key.fits(who.pin_hash, sara, "clerk", "1234"));
  CHECK_FALSE(key.fits(who.pin_hash, reza, "presiding_officer", "1234"));
  CHECK_FALSE(key.fits(who.pin_hash, sara, "presiding_officer", ""));
}

TEST_CASE_FIXTURE(fresh, "the key file is the owner's alone, and one that others can read is refused") {
  import_small(database);
  const std::string path = database.string() + ".key";
  struct stat about {};
  REQUIRE(::stat(path.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  CHECK(about.st_size == 32);
  ::chmod(path.c_str(), 0640);
  CHECK(pin_key::open(database).error() == errc::key_exposed);
  CHECK(import_pack(database, good(small_pack()), 1).error() == errc::key_exposed);
  ::chmod(path.c_str(), 0600);
  std::filesystem::resize_file(path, 31);
  CHECK(pin_key::open(database).error() == errc::bad_key);
  std::filesystem::remove(path);
  CHECK(pin_key::open(database).error() == errc::bad_key);
}

TEST_CASE_FIXTURE(fresh, "the same pack twice is one entry of the ledger, another pack is another") {
  CHECK_FALSE(import_small(database).unchanged);
  CHECK(import_small(database).unchanged);
  auto files = small_pack();
  files["people.csv"] = without_line(files["people.csv"], "989120000005");
  const auto done = import_small(database, files);
  CHECK_FALSE(done.unchanged);
  CHECK(done.people_removed == 1);
  CHECK(reader::open(database).value().leaves().value().size() == 2);
  CHECK_FALSE(loaded().person_by(989120000005, "clerk").has_value());
}

TEST_CASE_FIXTURE(fresh, "what records speak of stays, with the areas it lies in, and the rest goes") {
  import_small(database);
  {
    blocking_store s(database);
    s.submit(count_of("1001", sara, 60)).value();
  }
  auto files = small_pack();
  files["areas.csv"] = without_line(files["areas.csv"], "A1");
  files["sites.csv"] = "code,area,caller_id,key\n";
  files["stations.csv"] = without_line(without_line(files["stations.csv"], "1001"), "1002");
  files["candidates.csv"] = without_line(files["candidates.csv"], "president,2");
  files["contests.csv"] = without_line(files["contests.csv"], "council");
  files["offices.csv"] = "code,area,name_fa,name_en\n";
  files["people.csv"] = "msisdn,pin,role,scope,name,language\n989120000009,1234,presiding_officer,2001,T,fa\n";
  const auto done = import_small(database, files);
  CHECK(done.kept == std::vector<std::string>{"area A1", "station 1001", "candidate 2 of president"});
  const auto e = loaded();
  CHECK(e.station_by_code("1001").has_value());
  CHECK_FALSE(e.station_by_code("1002").has_value());
  CHECK_FALSE(e.contest_by_code("council").has_value());
  CHECK(e.area_contains(*e.area_by_code("IR"), e.stations[*e.station_by_code("1001")].area));
  CHECK(e.contests[0].candidates.size() == 3);
  CHECK(e.candidates[e.contests[0].candidates[1]].number == 2);
  CHECK_FALSE(e.person_by(sara, "presiding_officer").has_value());
}

TEST_CASE_FIXTURE(fresh, "a lock outlives an import with the same PIN and ends with a new one, or by unlocking") {
  import_small(database);
  {
    blocking_store s(database);
    CHECK(!s.save_pin(sara, "presiding_officer", 5, 99));
  }
  import_small(database);
  CHECK(loaded().people[0].locked_until_ms == 99);
  SUBCASE("a new PIN") {
    auto files = small_pack();
    files["people.csv"].replace(files["people.csv"].find("1234"), 4, "4321");
    import_small(database, files);
  }
  SUBCASE("unlocked while a gateway runs, which sees it") {
    blocking_store s(database);
    CHECK(unlock(database, sara).has_value());
    CHECK(s.load_pin(sara, "presiding_officer").value().locked_until_ms == 0);
    CHECK(unlock(database, 989999999999).error() == errc::not_on_roster);
  }
  CHECK(loaded().people[0].locked_until_ms == 0);
  CHECK(loaded().people[0].wrong_pins == 0);
}

TEST_CASE_FIXTURE(fresh, "names survive when the pack's languages change") {
  import_small(database);
  {
    blocking_store s(database);
    s.submit(count_of("1001", sara, 60)).value();
  }
  auto files = small_pack();
  files["election.csv"].replace(files["election.csv"].find("fa en"), 5, "en");
  for (auto& [name, bytes] : files) {
    if (name == "people.csv")
      while (bytes.find(",fa\n") != std::string::npos)
        bytes.replace(bytes.find(",fa\n"), 4, ",en\n");
    if (bytes.find("name_fa,") != std::string::npos) bytes.replace(bytes.find("name_fa,"), 8, "");
  }
  files["areas.csv"] = "code,parent,level,name_en\nIR,,country,Iran\nA1,IR,province,Alpha\nA2,IR,province,Beta\n";
  files["stations.csv"] = "code,area,name_en,registered\n1002,A1,Two,1\n";
  files["contests.csv"] = "code,area,name_en,seats,max_choices\npresident,IR,President,1,1\n";
  files["candidates.csv"] = "contest,number,name_en\npresident,1,One\n";
  files["offices.csv"] = "code,area,name_en\n";
  files["people.csv"] = "msisdn,pin,role,scope,name,language\n";
  import_small(database, files);
  const auto e = loaded();
  CHECK(in_language(e.stations[*e.station_by_code("1001")].name, 0) == "Station 1");
}

TEST_CASE_FIXTURE(fresh, "an import beside a running gateway is refused, as is a second gateway") {
  import_small(database);
  blocking_store s(database);
  CHECK(import_pack(database, good(small_pack()), 1).error() == errc::busy);
  store_options o{database, std::make_shared<const election>(loaded()), [](auto) {}, {}, {}};
  CHECK(store_worker::open(std::move(o)).error() == errc::busy);
}

TEST_CASE_FIXTURE(fresh, "nothing imported yet, another program's file and a newer schema are told apart") {
  CHECK(load_election(database).error() == errc::no_database);
  CHECK(reader::open(database).error() == errc::no_database);
  CHECK(store_worker::open({database, nullptr, {}, {}, {}}).error() == errc::no_database);
  CHECK(unlock(database, sara).error() == errc::no_database);
  SUBCASE("a file of nonsense") {
    std::ofstream(database) << std::string(8192, 'x');
    CHECK(load_election(database).error() == errc::corrupt);
    CHECK(import_pack(database, good(small_pack()), 1).error() == errc::corrupt);
  }
  SUBCASE("another program's database stays as it is") {
    sqlite::database(database.string(), sqlite::mode::create).exec("CREATE TABLE theirs(a)");
    CHECK(import_pack(database, good(small_pack()), 1).error() == errc::corrupt);
    sqlite::database db(database.string(), sqlite::mode::read_write);
    CHECK(db.text("PRAGMA journal_mode") == "delete");
    CHECK(db.number("SELECT count(*) FROM sqlite_schema") == 1);
  }
  SUBCASE("a newer schema") {
    import_small(database);
    sqlite::database(database.string(), sqlite::mode::read_write).exec("PRAGMA user_version=99");
    CHECK(load_election(database).error() == errc::newer_schema);
    CHECK(import_pack(database, good(small_pack()), 1).error() == errc::newer_schema);
  }
}

TEST_CASE_FIXTURE(fresh, "the demo's pack goes in and comes out whole") {
  const auto p = read_pack(std::filesystem::path(TALLYLINE_SOURCE_DIR) / "scripts/demo/georgia-2013");
  REQUIRE(p.has_value());
  REQUIRE(import_pack(database, *p, 1).has_value());
  const auto e = loaded();
  CHECK(e.stations.size() == 3707);
  CHECK(e.people.size() == 3707);
}
