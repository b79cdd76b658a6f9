// Who may give which command, and how much they see.
#include "gateway/commands/access.h"
#include "gateway/commands/commands.h"
#include "gateway/viewer.h"
#include "storage/accounts.h"
#include "storage/sqlite/schema.h"
#include "storage/verify.h"
#include "tests/storage/support.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <sstream>
#include <unistd.h>

using namespace tallyline;
using namespace tallyline::gateway;
using storage::errc;

namespace {

struct whole_line {
  whole_line() {
    for (auto add : {add_demo,    add_serve,  add_import, add_report,     add_chase,         add_enter,   add_export,
                     add_receipt, add_menu,   add_status, add_verify,     add_export_bundle, add_review,  add_backup,
                     add_restore, add_forget, add_unlock, add_candidates, add_operator,      add_support, add_cases,
                     add_lines,   add_push,   add_smpp,   add_modem,      add_site,          add_phone,   add_smsc})
      add(app, chosen);
  }
  CLI::App app;
  job chosen;
};

void leaves(const CLI::App& at, const std::string& name, std::vector<std::string>& out) {
  const auto below = at.get_subcommands([](const CLI::App*) { return true; });
  if (!name.empty()) out.push_back(name);
  for (const auto* next : below)
    leaves(*next, (name.empty() ? "" : name + " ") + next->get_name(), out);
}

struct two_areas : storage::test::night {
  storage::election e = storage::load_election(database).value();
  void give(const char* login, const char* area) {
    REQUIRE(storage::put_account(database, {login, "supervisor", area}, "owner", 1000));
  }
  // What the command prints, as this viewer; what it is refused with, when it is.
  std::string run(viewer v, std::vector<std::string> words) {
    whole_line line;
    words.insert(words.end(), {"--database", database.string()});
    std::reverse(words.begin(), words.end());
    std::ostringstream out;
    auto* before = std::cout.rdbuf(out.rdbuf());
    std::string wrong;
    try {
      line.app.parse(words);
      const auto needs = access_of(line.app.get_subcommands().front()->get_name());
      CHECK(needs != gateway::access::whole);
      set_viewer(v);
      line.chosen();
    } catch (const std::exception& failed) {
      wrong = failed.what();
    }
    set_viewer({});
    std::cout.rdbuf(before);
    return out.str() + wrong;
  }
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("a command that is in no list is for who may see everything") {
  CHECK(access_of("no such command") == gateway::access::whole);
  whole_line line;
  std::vector<std::string> all;
  leaves(line.app, {}, all);
  CHECK(all.size() > 30);
  std::map<gateway::access, std::vector<std::string>> by;
  for (const auto& c : all)
    by[access_of(c)].push_back(c);
  for (const auto c :
       {"import", "serve", "backup", "restore", "forget", "menu publish", "menu rollback", "menu retire",
        "menu approve", "menu withdraw", "export bundle", "operator add", "operator remove", "lines", "site invite"})
    CHECK_MESSAGE(std::count(by[gateway::access::whole].begin(), by[gateway::access::whole].end(), c) == 1, c);
  for (const auto c :
       {"report", "chase", "review", "review accept", "review reject", "receipt", "export", "unlock", "push", "status"})
    CHECK_MESSAGE(std::count(by[gateway::access::area].begin(), by[gateway::access::area].end(), c) == 1, c);
}

TEST_CASE_FIXTURE(two_areas,
                  "without accounts everybody sees everything, with the first one an unknown login is refused") {
  CHECK_FALSE(viewer_named(database, "anybody").limited());
  give("maryam", "A1");
  CHECK(viewer_named(database, "maryam").area == "A1");
  CHECK_THROWS_WITH_AS(viewer_named(database, "anybody"), doctest::Contains("has no account here"), std::runtime_error);
  CHECK_FALSE(viewer_of(database, ::getuid()).limited()); // who owns the file
  CHECK_FALSE(viewer_of(database, 0).limited());
  REQUIRE(storage::remove_account(database, "maryam", "owner", 2000));
  CHECK_FALSE(viewer_named(database, "anybody").limited());
}

TEST_CASE_FIXTURE(two_areas, "an account is an entry of the ledger, and is for an area that is there") {
  give("maryam", "A1");
  give("maryam", "A2"); // changed
  CHECK(storage::put_account(database, {"maryam", "supervisor", "XX"}, "owner", 1).error() == errc::out_of_scope);
  CHECK(storage::put_account(database, {"ma ryam", "supervisor", "A1"}, "owner", 1).error() == errc::bad_report);
  CHECK(storage::remove_account(database, "nobody", "owner", 1).error() == errc::no_such_person);
  REQUIRE(storage::accounts(database)->size() == 1);
  CHECK(storage::accounts(database)->front().area == "A2");
  const auto v = storage::verify_database(database, {}).value();
  CHECK_MESSAGE(!v.wrong, storage::to_text(*v.wrong));
  auto db = storage::sqlite::open_for_reading(database.string());
  CHECK(db.number("SELECT count(*) FROM entry WHERE kind = 12") == 2);
}

TEST_CASE_FIXTURE(two_areas, "an area is what lies in it, and asking for another one is refused") {
  const viewer v{"maryam", "A1"};
  CHECK(v.area_for(e, "") == "A1");
  CHECK(v.area_for(e, "A1") == "A1");
  CHECK_THROWS_WITH(v.area_for(e, "A2"), doctest::Contains("lies outside A1"));
  CHECK_THROWS_WITH(v.area_for(e, "IR"), doctest::Contains("lies outside A1"));
  CHECK_THROWS_WITH(v.area_for(e, "XX"), doctest::Contains("there is no area"));
  for (const auto in : {"1001", "1002", "O1", "A1"})
    CHECK_MESSAGE(v.sees(e, in), in);
  for (const auto out : {"2001", "A2", "IR", "XX", ""})
    CHECK_FALSE_MESSAGE(v.sees(e, out), out);
  CHECK(viewer{"all"}.area_for(e, "").empty());
}

TEST_CASE_FIXTURE(two_areas, "what a viewer is shown and may decide lies in their area, by every command") {
  auto files = storage::test::small_pack();
  for (auto& [name, text] : files)
    if (name == "people.csv") text += "989120000009,1234,presiding_officer,2001,Roya,fa\n";
  storage::test::import_small(database, files);
  std::string inside, outside;
  {
    storage::test::blocking_store s(database);
    const auto flagged = [&](const char* station, std::uint64_t who) {
      auto r = storage::test::count_of(station, who, 60);
      r.flags = {"sum_differs"};
      return s.submit(r).value().receipt;
    };
    inside = flagged("1001", storage::test::sara);
    outside = flagged("2001", 989120000009);
  }
  const viewer own{"maryam", "A1"}, all{"owner"};
  const std::vector<std::vector<std::string>> listing{{"review", "--format", "csv"},
                                                      {"report", "flags", "--list", "--format", "csv"},
                                                      {"report", "missing", "--all", "--format", "csv"}};
  for (const auto& words : listing) {
    const auto seen = run(own, words), whole = run(all, words);
    CHECK_MESSAGE(has(whole, "2001") + has(whole, outside) > 0, words[0] << ' ' << words[1] << whole);
    CHECK_FALSE_MESSAGE(has(seen, "2001"), words[0] << ' ' << words[1] << seen);
    CHECK_FALSE_MESSAGE(has(seen, outside), words[0] << ' ' << words[1] << seen);
    auto elsewhere = words;
    elsewhere.insert(elsewhere.end(), {"--area", "A2"});
    CHECK_MESSAGE(has(run(own, elsewhere), "outside A1"), words[1]);
  }
  CHECK_FALSE(has(run(own, {"receipt", inside}), "outside"));
  CHECK(has(run(own, {"receipt", outside}), "outside A1"));
  CHECK(has(run(own, {"unlock", "989120000009"}), "nobody in A1"));
  CHECK_FALSE(has(run(own, {"unlock", "989120000001"}), "nobody in A1"));
  CHECK(has(run(own, {"export", "nist"}), "about the whole election"));
  CHECK(has(run(own, {"export", "views"}), "about the whole election"));
  CHECK(has(run(own, {"review", "reject", outside, "--by", "m", "--reason", "r"}), "outside the area"));
  CHECK_FALSE(has(run(own, {"review", "accept", inside, "--by", "m", "--reason", "r"}), "outside"));
  CHECK_FALSE(has(run(all, {"review", "accept", outside, "--by", "m", "--reason", "r"}), "outside"));
  const auto v = storage::verify_database(database, {}).value();
  CHECK_MESSAGE(!v.wrong, storage::to_text(*v.wrong));
}
