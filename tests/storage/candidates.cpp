// Numbers for accepted candidates.
#include "storage/candidates.h"
#include "storage/verify.h"
#include "tests/storage/support.h"

#include <fmt/format.h>
#include <set>

using namespace tallyline::storage;
using namespace tallyline::storage::test;

namespace {

constexpr std::uint64_t nima = 989120000005, board = 989120000008;

struct registry {
  registry() {
    auto files = small_pack();
    files["people.csv"] += "989120000008,5678,board,A1,Board,fa\n";
    import_small(database, files);
  }
  temporary_folder folder;
  std::filesystem::path database = folder / "night.db";

  static report of(std::string form, std::string scope, std::uint64_t who, std::string role, const std::string& code) {
    report r;
    r.form = std::move(form);
    r.key = {scope, code};
    r.scope = std::move(scope);
    r.msisdn = who, r.role = std::move(role);
    r.menu_version = "00ff", r.time_ms = 1'780'000'000'000;
    r.once = true, r.pseudonyms = {1};
    return r;
  }
  static void register_one(blocking_store& s, const std::string& code, const std::string& name,
                           const std::string& decision = "accepted") {
    auto d = of("documents", "O1", nima, "clerk", code);
    d.fields = {{"code", code, true}, {"name", name, true}};
    s.submit(d).value();
    auto r = of("registered", "O1", nima, "clerk", code);
    r.fields = {{"contest", std::string("council"), false}};
    r.follows = "documents";
    s.submit(r).value();
    decide(s, code, decision);
  }
  static void decide(blocking_store& s, const std::string& code, const std::string& decision) {
    auto b = of("decision", "A1", board, "board", code);
    b.fields = {{"decision", decision, false}};
    b.follows = "registered";
    s.submit(b).value();
  }
  std::string numbered(numbering_options o = {}) {
    o.by = "election office", o.now_ms = 1'780'000'500'000;
    const auto done = number_candidates(database, o).value();
    std::string all;
    for (const auto& c : done.candidates)
      all += fmt::format("{}{} {}{}{}", all.empty() ? "" : ", ", c.number, c.name, c.given_now ? "*" : "",
                         c.still_accepted ? "" : "!");
    passed_over = done.passed_over;
    return all;
  }
  std::vector<std::string> passed_over;
};

} // namespace

TEST_CASE_FIXTURE(registry, "the accepted are numbered by name in Persian order, and later ones go on from there") {
  {
    blocking_store s(database);
    register_one(s, "0012345679", "یاسر گلی");
    register_one(s, "1111111111", "پروین ابدی");
    register_one(s, "0499370899", "رضا رفیعی", "rejected");
    register_one(s, "2222222222", "علي كريمي");
    register_one(s, "3333333333", "آرش تابان");
  }
  numbering_options dry;
  dry.dry_run = true;
  const std::string first = "1 آرش تابان*, 2 پروین ابدی*, 3 علی کریمی*, 4 یاسر گلی*";
  {
    blocking_store gateway(database); // has the candidates in its memory, and may go on while one looks
    CHECK(numbered(dry) == first);
    CHECK(number_candidates(database, {}).error() == errc::busy);
  }
  CHECK(numbered() == first);
  CHECK(numbered() == "1 آرش تابان, 2 پروین ابدی, 3 علی کریمی, 4 یاسر گلی");
  {
    blocking_store s(database);
    register_one(s, "4444444444", "بهار نو");
    decide(s, "1111111111", "rejected");
  }
  CHECK(numbered() == "1 آرش تابان, 2 پروین ابدی!, 3 علی کریمی, 4 یاسر گلی, 5 بهار نو*");
  const auto e = load_election(database).value();
  const auto council = e.contests[*e.contest_by_code("council")];
  REQUIRE(council.candidates.size() == 5);
  CHECK(e.candidates[council.candidates[2]].number == 3);
  CHECK(in_language(e.candidates[council.candidates[2]].name, 1) == "علی کریمی");
  import_small(database); // the pack knows none of them
  CHECK(load_election(database).value().contests[1].candidates.size() == 5);
  const auto v = verify_database(database, {}).value();
  CHECK_MESSAGE(!v.wrong, to_text(v.wrong.value_or(wrong_row{})));
}

TEST_CASE_FIXTURE(registry, "a lot is the same for the same seed and another for another") {
  {
    blocking_store s(database);
    for (const auto* code : {"0012345679", "1111111111", "2222222222", "3333333333", "4444444444"})
      register_one(s, code, fmt::format("Name {}", code[0]));
  }
  const auto drawn = [&](std::int64_t seed) {
    numbering_options o;
    o.lot = seed, o.dry_run = true;
    return numbered(o);
  };
  CHECK(drawn(7) == drawn(7));
  std::set<std::string> different;
  for (std::int64_t seed = 0; seed < 8; ++seed)
    different.insert(drawn(seed));
  CHECK(different.size() > 4);
}

TEST_CASE_FIXTURE(registry, "who has withdrawn is passed over, and a changed number is found by verify") {
  {
    blocking_store s(database);
    register_one(s, "0012345679", "Ann");
    register_one(s, "1111111111", "Ben");
    auto w = of("withdrawal", "O1", nima, "clerk", "0012345679");
    w.follows = "registered";
    s.submit(w).value();
  }
  CHECK(numbered() == "1 Ben*");
  REQUIRE(passed_over.size() == 1);
  CHECK(passed_over[0].find("has withdrawn") != std::string::npos);
  {
    sqlite::database db(database.string(), sqlite::mode::read_write);
    db.exec("UPDATE numbered SET number = 2");
  }
  const auto v = verify_database(database, {}).value();
  REQUIRE(v.wrong.has_value());
  CHECK(v.wrong->table == "numbered");
}
