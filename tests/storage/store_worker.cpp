#include "storage/store_worker.h"

#include "storage/reader.h"
#include "storage/sqlite/schema.h"
#include "tests/storage/support.h"

using namespace tallyline::storage;
using namespace tallyline::storage::test;

TEST_CASE_FIXTURE(night, "a draft is kept, replaced, found again after a restart and forgotten") {
  {
    blocking_store s(database);
    CHECK(s.load(1).empty());
    CHECK(!s.save(1, "first"));
    CHECK(!s.save(1, std::string("second\0part", 11)));
    CHECK(!s.save(7, "other", reza));
    CHECK(s.load(1) == std::string("second\0part", 11));
  }
  blocking_store s(database);
  REQUIRE(s.worker->open_drafts().size() == 2);
  CHECK(s.worker->open_drafts()[0].slot == 1);
  CHECK(s.worker->open_drafts()[1].msisdn == reza);
  CHECK(s.worker->open_drafts()[1].menu == "polling");
  CHECK(s.load(7) == "other");
  CHECK(!s.drop(1));
  CHECK(!s.drop(99));
  CHECK(s.load(1).empty());
}

TEST_CASE_FIXTURE(night, "a short message is kept, found again after a restart and forgotten when it has left") {
  // Stopping carries out what waits.
  const auto after = [this](auto change) {
    {
      blocking_store s(database);
      change(*s.worker);
    }
    blocking_store again(database);
    return again.worker->outbox();
  };
  const auto kept = after([](store_worker& w) {
    w.save_message({3, sara, "main", "140", "ثبت شد\nRecorded", true}, {});
    w.save_message({1, reza, "", "140", "Ballots?", false}, {});
  });
  REQUIRE(kept.size() == 2);
  const auto& receipt = kept[0].slot == 3 ? kept[0] : kept[1];
  CHECK(receipt.msisdn == sara);
  CHECK(receipt.smsc == "main");
  CHECK(receipt.code == "140");
  CHECK(receipt.text == "ثبت شد\nRecorded");
  CHECK(receipt.last);
  CHECK(receipt.since_ms > 0);
  const auto left = after([](store_worker& w) { w.drop_message(3, {}); });
  REQUIRE(left.size() == 1);
  CHECK(left[0].msisdn == reza);
  CHECK_FALSE(left[0].last);
}

TEST_CASE_FIXTURE(night, "a record and the end of its draft are one transaction, and a refusal keeps the draft") {
  blocking_store s(database);
  s.save(1, "answers");
  CHECK(s.submit(count_of("1002", sara, 60), 1).error() == errc::out_of_scope);
  CHECK(s.load(1) == "answers");
  CHECK(s.submit(count_of("1001", sara, 60), 1).value().what == verdict::recorded);
  CHECK(s.load(1).empty());
}

TEST_CASE_FIXTURE(night, "PIN states are kept for those on the roster") {
  blocking_store s(database);
  CHECK(!s.save_pin(sara, "presiding_officer", 3, 1234));
  const auto state = s.load_pin(sara, "presiding_officer").value();
  CHECK(state.wrong == 3);
  CHECK(state.locked_until_ms == 1234);
  CHECK(s.save_pin(sara, "clerk", 3, 0) == errc::not_on_roster);
  CHECK(s.load_pin(989999999999, "clerk").error() == errc::not_on_roster);
}

namespace {
// Holds the storage thread in its first post while the test fills the next group.
struct gated {
  explicit gated(const std::filesystem::path& database)
      : roster(std::make_shared<const election>(load_election(database).value())) {
    store_options o{database, roster, [this](auto f) { post(std::move(f)); }, [this] { ++group_ends; }, {}};
    worker = store_worker::open(std::move(o)).value();
    gate.lock();
    worker->drop_draft(1, {});
  }
  void post(std::function<void()> f) {
    { const std::lock_guard wait(gate); }
    ++posted;
    network.poster()(std::move(f));
  }
  loop network;
  std::mutex gate;
  std::atomic<int> posted{0};
  int group_ends = 0;
  std::shared_ptr<const election> roster;
  std::unique_ptr<store_worker> worker;
};
} // namespace

TEST_CASE_FIXTURE(night, "all that waits is one group: one commit, one call back, one group_end") {
  gated g(database);
  int saved = 0, recorded = 0;
  // The thread may have taken the first job before the gate closed on it or after: wait until it is held.
  while (g.worker->counters().groups < 1)
    std::this_thread::yield();
  for (std::uint32_t slot = 1; slot <= 100; ++slot)
    g.worker->save_draft({slot, sara, "polling", "x"}, [&](auto e) { saved += !e; });
  g.worker->submit(count_of("1001", sara, 60), 1, [&](auto out) { recorded += out.has_value(); });
  g.worker->submit(count_of("1002", sara, 60), 2, [&](auto out) { recorded += out.has_value(); });
  g.gate.unlock();
  g.network.run_until([&] { return g.group_ends == 2; });
  CHECK(saved == 100);
  CHECK(recorded == 1);
  CHECK(g.posted == 2);
  CHECK(g.worker->counters().groups == 2);
  CHECK(g.worker->counters().records == 1);
  CHECK(g.worker->counters().refused == 1);
}

TEST_CASE_FIXTURE(night, "two reports of one key in one group are compared with each other") {
  gated g(database);
  std::vector<verdict> verdicts;
  const auto note = [&](auto out) { verdicts.push_back(out.value().what); };
  while (g.worker->counters().groups < 1)
    std::this_thread::yield();
  g.worker->submit(count_of("1001", sara, 60), 0, note);
  g.worker->submit(count_of("1001", sara, 60), 0, note);
  g.worker->submit(count_of("1001", sara, 61), 0, note);
  g.worker->submit(count_of("1001", omid, 62, "supervisor"), 0, note);
  g.gate.unlock();
  g.network.run_until([&] { return g.group_ends == 2; });
  CHECK(verdicts == std::vector{verdict::recorded, verdict::duplicate, verdict::corrected, verdict::review});
}

TEST_CASE_FIXTURE(night, "one job that the database refuses harms no other of its group") {
  sqlite::database(database.string(), sqlite::mode::read_write)
      .exec(
          "CREATE TRIGGER no_thirteen BEFORE INSERT ON draft WHEN NEW.slot = 13 BEGIN SELECT RAISE(ABORT, 'no'); END");
  gated g(database);
  std::vector<std::uint32_t> failed;
  int saved = 0;
  std::optional<result<outcome>> out;
  while (g.worker->counters().groups < 1)
    std::this_thread::yield();
  g.worker->submit(count_of("1001", sara, 60), 0, [&](auto o) { out = std::move(o); });
  for (std::uint32_t slot = 10; slot <= 20; ++slot)
    g.worker->save_draft({slot, sara, "polling", "x"},
                         [&, slot](auto e) { e ? failed.push_back(slot) : void(++saved); });
  g.gate.unlock();
  g.network.run_until([&] { return g.group_ends == 2; });
  CHECK(failed == std::vector<std::uint32_t>{13});
  CHECK(saved == 10);
  CHECK(out->value().what == verdict::recorded);
  CHECK(reader::open(database).value().leaves().value().size() == 2);
}

TEST_CASE_FIXTURE(night, "a completion may put the next job in") {
  blocking_store s(database);
  int left = 50;
  std::function<void(boost::system::error_code)> next = [&](boost::system::error_code e) {
    CHECK(!e);
    if (--left > 0) s.worker->save_draft({1, sara, "polling", std::to_string(left)}, next);
  };
  s.worker->save_draft({1, sara, "polling", "start"}, next);
  s.network().run_until([&] { return left == 0; });
  CHECK(s.load(1) == "1");
  CHECK(s.group_ends >= 50);
}

TEST_CASE_FIXTURE(night, "stopping carries out what waits, and what comes later is told so") {
  blocking_store s(database);
  int saved = 0;
  boost::system::error_code late;
  for (std::uint32_t slot = 1; slot <= 5000; ++slot)
    s.worker->save_draft({slot, sara, "polling", "x"}, [&](auto e) { saved += !e; });
  s.worker->stop();
  s.worker->save_draft({1, sara, "polling", "late"}, [&](auto e) { late = e; });
  s.network().drain();
  CHECK(saved == 5000);
  CHECK(late == errc::stopped);
  // The log was moved into the database file.
  CHECK((!std::filesystem::exists(database.string() + "-wal") ||
         std::filesystem::file_size(database.string() + "-wal") == 0));
}

TEST_CASE_FIXTURE(night, "completions that run after the worker is gone find what they need") {
  loop network;
  int saved = 0;
  {
    store_options o{
        database, std::make_shared<const election>(load_election(database).value()), network.poster(), {}, {}};
    auto worker = store_worker::open(std::move(o)).value();
    for (std::uint32_t slot = 1; slot <= 10; ++slot)
      worker->save_draft({slot, sara, "polling", "x"}, [&](auto e) { saved += !e; });
  }
  network.drain();
  CHECK(saved == 10);
}

TEST_CASE_FIXTURE(night,
                  "a database held by another program is an error for the group, and the worker goes on after it") {
  blocking_store s(database);
  sqlite::database other(database.string(), sqlite::mode::read_write);
  other.exec("BEGIN EXCLUSIVE");
  CHECK(s.save(1, "x") == errc::busy);
  CHECK(s.submit(count_of("1001", sara, 60)).error() == errc::busy);
  CHECK(s.load(1).empty()); // a reader needs no lock
  CHECK(s.worker->counters().failed_groups == 2);
  other.exec("ROLLBACK");
  CHECK(!s.save(1, "x"));
  CHECK(s.submit(count_of("1001", sara, 60)).value().what == verdict::recorded);
  CHECK_FALSE(s.worker->counters().failing);
}
