// Steps: what is reported in one place of the election, and what follows it.
#include "storage/pseudonym.h"
#include "storage/receipt.h"
#include "storage/sqlite/schema.h"
#include "storage/verify.h"
#include "tests/storage/support.h"

#include <fmt/format.h>

using namespace tallyline::storage;
using namespace tallyline::storage::test;

namespace {

constexpr std::uint64_t nima = 989120000005, zari = 989120000006, vida = 989120000007, board = 989120000008,
                        far_board = 989120000009;

struct counters {
  counters() {
    auto files = small_pack();
    files["offices.csv"] += "O2,A1,دفتر ۲,Office 2\nO3,A2,دفتر ۳,Office 3\n";
    files["people.csv"] += "989120000006,5678,clerk,O2,Zari,fa\n989120000007,5678,clerk,O3,Vida,fa\n"
                           "989120000008,5678,board,A1,Board,fa\n989120000009,5678,board,A2,Far,fa\n";
    import_small(database, files);
  }
  temporary_folder folder;
  std::filesystem::path database = folder / "night.db";

  std::string row(std::string_view form) const {
    auto db = sqlite::open_for_reading(database.string());
    sqlite::statement s(db, "SELECT scope || ' ' || ticket || ' ' || seq || ' ' || coalesce(done_seq, 0) || ' ' || "
                            "coalesce(done_form, '-') FROM step WHERE form = ?1 ORDER BY ticket");
    s.bind_text(1, form);
    std::string all;
    while (s.step())
      all += (all.empty() ? "" : "; ") + std::string(s.text(0));
    return all;
  }
  void verified() const {
    const auto v = verify_database(database, {}).value();
    CHECK_MESSAGE(!v.wrong, to_text(v.wrong.value_or(wrong_row{})));
  }
};

report step_of(std::string form, std::string scope, std::uint64_t msisdn, std::string role = "clerk",
               std::string code = "0012345679") {
  report r;
  r.form = std::move(form);
  r.key = {scope, code};
  r.scope = std::move(scope);
  r.fields = {{"code", code, true}, {"contest", std::string("council"), false}};
  r.msisdn = msisdn, r.role = std::move(role);
  r.menu_version = "00ff";
  r.time_ms = 1'780'000'000'000;
  r.once = true;
  r.pseudonyms = {1};
  return r;
}
report documents(std::string scope, std::uint64_t who, std::string code = "0012345679") {
  return step_of("documents", std::move(scope), who, "clerk", std::move(code));
}
report registered(std::string scope, std::uint64_t who) {
  auto r = step_of("registered", std::move(scope), who);
  r.follows = "documents";
  return r;
}
report decided_by(std::string scope, std::uint64_t who) {
  auto r = step_of("decision", std::move(scope), who, "board");
  r.follows = "registered";
  return r;
}

} // namespace

TEST_CASE_FIXTURE(counters, "two offices with the same code in one group commit: one record and one refusal") {
  {
    blocking_store s(database);
    std::vector<std::string> came;
    for (const auto& [scope, who] : {std::pair("O1", nima), std::pair("O3", vida)})
      s.worker->submit(documents(scope, who), 0, [&](result<outcome> r) {
        came.push_back(r ? fmt::format("ticket {}", r->ticket) : r.error().message());
      });
    s.network().run_until([&] { return came.size() == 2; });
    CHECK(came[0] == "ticket 1");
    CHECK(came[1] ==
          "another office has reported this already, and it is reported once: nothing was recorded, ask there");
    CHECK(s.submit(documents("O3", vida)).error() == errc::taken_elsewhere);
  }
  CHECK(row("documents") == "O1 1 2 0 -");
  verified();
}

TEST_CASE_FIXTURE(counters, "tickets run by form, and a correction or the same again keeps its ticket") {
  {
    blocking_store s(database);
    CHECK(s.submit(documents("O1", nima)).value().ticket == 1);
    CHECK(s.submit(documents("O3", vida, "1111111111")).value().ticket == 2);
    CHECK(s.submit(documents("O1", nima)).value().ticket == 1);
    auto other = documents("O1", nima);
    other.fields[1].value = std::string("president");
    const auto corrected = s.submit(other).value();
    CHECK(corrected.what == verdict::corrected);
    CHECK(corrected.ticket == 1);
    CHECK_FALSE(corrected.derivable);
  }
  CHECK(row("documents") == "O1 1 2 0 -; O3 2 3 0 -");
  verified();
}

TEST_CASE_FIXTURE(counters,
                  "a step follows the one before it, in one's own office or area, and takes it out of the queue") {
  {
    blocking_store s(database);
    CHECK(s.submit(registered("O1", nima)).error() == errc::nothing_to_follow);
    s.submit(documents("O1", nima)).value();
    CHECK(s.submit(registered("O2", zari)).error() == errc::out_of_area); // an office's own must be equal
    CHECK(s.submit(decided_by("A1", board)).error() == errc::nothing_to_follow);
    CHECK(s.submit(registered("O1", nima)).value().ticket == 1);
    CHECK(s.submit(decided_by("A2", far_board)).error() == errc::out_of_area);
    CHECK(s.submit(decided_by("A1", board)).value().what == verdict::recorded);
    auto objection = step_of("objection", "O2", zari); // any office below the board may send one
    objection.follows = "decision";
    CHECK(s.submit(objection).value().what == verdict::recorded);
    objection = step_of("objection", "O3", vida);
    objection.follows = "decision";
    CHECK(s.submit(objection).error() == errc::out_of_area);
  }
  CHECK(row("documents") == "O1 1 2 3 registered");
  CHECK(row("registered") == "O1 1 3 4 decision");
  verified();
}

TEST_CASE_FIXTURE(counters,
                  "a decision that leaves nothing standing frees the step, and another office takes it over") {
  {
    blocking_store s(database);
    const auto mistyped = s.submit(documents("O1", nima)).value();
    s.decide({mistyped.receipt, false, "duty officer", "another person's code", 1'780'000'100'000}).value();
    CHECK(row("documents") == "O1 1 2 0 ");
    CHECK(s.submit(registered("O1", nima)).error() == errc::nothing_to_follow);
    SUBCASE("the person comes to another office") {
      CHECK(s.submit(documents("O3", vida)).value().ticket == 2);
      CHECK(row("documents") == "O3 2 4 0 -");
      // and what was rejected cannot stand beside it
      CHECK(s.decide({mistyped.receipt, true, "duty officer", "", 1'780'000'200'000}).error() == errc::taken_elsewhere);
    }
    SUBCASE("the decision is taken back") {
      s.decide({mistyped.receipt, true, "duty officer", "", 1'780'000'200'000}).value();
      CHECK(row("documents") == "O1 1 2 0 -");
    }
  }
  verified();
}

TEST_CASE_FIXTURE(counters, "a rejected registration puts the documents back into the queue") {
  {
    blocking_store s(database);
    s.submit(documents("O1", nima)).value();
    const auto second = s.submit(registered("O1", nima)).value();
    s.decide({second.receipt, false, "duty officer", "", 1'780'000'100'000}).value();
    CHECK(row("documents") == "O1 1 2 0 -");
    CHECK(row("registered") == "O1 1 3 0 ");
    s.decide({second.receipt, true, "duty officer", "", 1'780'000'200'000}).value();
    CHECK(row("documents") == "O1 1 2 3 registered");
  }
  verified();
}

TEST_CASE_FIXTURE(counters, "a key holds a pseudonym, the same in every form, and never the code") {
  blocking_store s(database);
  s.submit(documents("O1", nima)).value();
  s.submit(registered("O1", nima)).value();
  auto db = sqlite::open_for_reading(database.string());
  const auto key = db.text("SELECT key FROM record WHERE form = 'documents'");
  CHECK(key == db.text("SELECT key FROM record WHERE form = 'registered'"));
  CHECK(is_pseudonym(key.substr(3)));
  CHECK(db.number("SELECT count(*) FROM entry WHERE instr(body, '0012345679') > 0") == 0);
  CHECK(db.number("SELECT count(*) FROM total WHERE form = 'documents' AND part = ''") == 1);
  const auto names = pin_key::open(database).value();
  CHECK("O1/" + pseudonym(names, "۰۰۱۲۳۴۵۶۷۹") == key);
  CHECK(pseudonym(names, "علي كريمي") == pseudonym(names, "علی کریمی"));
  CHECK(pseudonym(names, "0012345678") != pseudonym(names, "0012345679"));
}

TEST_CASE_FIXTURE(counters, "of a form with many, each different sending is a record, and the same sent twice is one") {
  {
    blocking_store s(database);
    report help;
    help.form = "help", help.key = {"O1"}, help.scope = "O1", help.msisdn = nima, help.role = "clerk";
    help.fields = {{"text", std::string("no printer"), false}};
    help.menu_version = "00ff", help.time_ms = 1'780'000'000'000;
    help.once = help.many = true;
    const auto first = s.submit(help).value();
    CHECK(first.ticket == 1);
    CHECK(s.submit(help).value().receipt == first.receipt);
    help.fields[0].value = std::string("no paper");
    CHECK(s.submit(help).value().ticket == 2);
    help.time_ms += 86'400'000;
    CHECK(s.submit(help).value().ticket == 3);
  }
  verified();
}

TEST_CASE_FIXTURE(counters, "what no form can produce makes no step") {
  blocking_store s(database);
  auto r = documents("O1", nima);
  r.entries = 2;
  CHECK(s.submit(r).error() == errc::bad_report);
  r = documents("O1", nima);
  r.pseudonyms = {0};
  CHECK(s.submit(r).error() == errc::bad_report);
  r = documents("O1", nima);
  r.key.resize(1), r.pseudonyms.clear();
  CHECK(s.submit(r).error() == errc::bad_report);
  r = documents("O1", nima);
  r.form = "training.documents";
  CHECK(s.submit(r).value().ticket == 1);
  CHECK(row("documents").empty());
}

TEST_CASE_FIXTURE(counters, "the same refusals meet what comes by the report link") {
  blocking_store s(database);
  s.submit(documents("O1", nima)).value();
  site_batch b{
      "S1", 1,
      1,    1'780'000'000'000,
      {},   {{1, documents("O3", vida)}, {2, registered("O3", vida)}, {3, documents("O3", vida, "1111111111")}}};
  std::optional<std::vector<site_decision>> came;
  s.worker->submit_site(b, [&](auto r) { came = std::move(r.value()); });
  s.network().run_until([&] { return came.has_value(); });
  CHECK((*came)[0].refused == errc::taken_elsewhere);
  CHECK((*came)[1].refused == errc::out_of_area);
  CHECK((*came)[2].refused == errc{});
  CHECK((*came)[2].what.ticket == 2);
  CHECK_FALSE((*came)[2].what.derivable);
}

TEST_CASE_FIXTURE(counters, "a changed, missing or added row of the steps is found by verify") {
  {
    blocking_store s(database);
    s.submit(documents("O1", nima)).value();
    s.submit(registered("O1", nima)).value();
    s.submit(documents("O3", vida, "1111111111")).value();
  }
  const auto after = [&](const char* sql) {
    std::filesystem::copy_file(database, folder / "spoilt.db", std::filesystem::copy_options::overwrite_existing);
    {
      sqlite::database db((folder / "spoilt.db").string(), sqlite::mode::read_write);
      db.exec(sql);
    }
    const auto v = verify_database(folder / "spoilt.db", {}).value();
    return v.wrong ? to_text(*v.wrong) : std::string();
  };
  CHECK(after("UPDATE step SET ticket = 9 WHERE seq = 4") == "step 4: ticket is not what the ledger says");
  CHECK(after("UPDATE step SET scope = 'O2' WHERE seq = 2") == "step 2: scope is not what the ledger says");
  CHECK(after("UPDATE step SET since_ms = 1 WHERE seq = 2") == "step 2: since_ms is not what the ledger says");
  CHECK(after("UPDATE step SET done_seq = 4 WHERE seq = 2") == "step 2: done_seq is not what the ledger says");
  CHECK(after("UPDATE step SET done_form = NULL, done_ms = NULL, done_seq = NULL WHERE seq = 2") ==
        "step 2: done_seq is not what the ledger says");
  CHECK(after("UPDATE step SET done_form = '' WHERE seq = 4") == "step 4: done_form is not what the ledger says");
  CHECK(after("DELETE FROM step WHERE seq = 3") == "step 3: the row of this record is missing");
  CHECK(
      after("INSERT INTO step SELECT form, 'x', seq, scope, 77, since_ms, NULL, NULL, NULL FROM step WHERE seq = 4") ==
      "step 4: no record of the ledger makes it");
}

TEST_CASE_FIXTURE(counters, "a first page is told how long the queue is, and one's own last reports") {
  blocking_store s(database);
  auto first = documents("O1", nima);
  s.submit(first).value();
  auto second = documents("O1", nima, "1111111111");
  second.time_ms += 120'000;
  s.submit(second).value();
  s.submit(documents("O3", vida, "0499370899")).value();
  auto next = registered("O1", nima);
  next.time_ms += 300'000;
  const auto receipt = s.submit(next).value().receipt;
  const auto opened = [&](std::vector<std::string> places) {
    opening_request want{"O1", {}, {"documents"}, std::move(places), nima, {"registered", "documents"}, next.time_ms};
    std::optional<opening> came;
    s.worker->load_opening(want, [&](auto r) { came = std::move(r.value()); });
    s.network().run_until([&] { return came.has_value(); });
    return std::move(*came);
  };
  const auto own = opened({"O1"});
  REQUIRE(own.queues.size() == 1);
  CHECK(own.queues[0].waiting == 1);
  CHECK(own.queues[0].oldest_ms == second.time_ms);
  CHECK(own.queues[0].last_hour == 1);
  REQUIRE(own.own.size() == 3);
  CHECK(own.own[0].form == "registered");
  CHECK(own.own[0].receipt == receipt);
  CHECK(own.own[1].ticket == 2);
  CHECK(own.own[1].time_ms == second.time_ms);
  CHECK(opened({"O1", "O2", "O3"}).queues[0].waiting == 2);
  CHECK(opened({"O2"}).queues[0].waiting == 0);
}

TEST_CASE("a ticket has a check digit") {
  const auto shown = receipt::ticket_text(57);
  CHECK(shown.starts_with("57-"));
  CHECK(receipt::parse_ticket(shown) == 57);
  CHECK(receipt::parse_ticket("۵۷" + shown.substr(3)) == 57);
  CHECK_FALSE(receipt::parse_ticket("75" + shown.substr(3)).has_value());
  CHECK_FALSE(receipt::parse_ticket("").has_value());
}
