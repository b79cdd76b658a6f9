// The disk fails at every single step of a scenario, in each of several ways; what was acknowledged must be there.
#include "storage/reader.h"
#include "storage/sqlite/schema.h"
#include "tests/storage/fault_vfs.h"
#include "tests/storage/support.h"

#include <algorithm>
#include <map>

using namespace tallyline::storage;
using namespace tallyline::storage::test;

namespace {

struct acknowledged {
  std::map<std::string, std::int64_t> receipts; // receipt to seq
  std::map<std::uint32_t, std::string> drafts;  // as last acknowledged; slots that failed since are not in it
  int failures = 0;
};

struct faults {
  faults() {
    fault_vfs::install();
    fault_vfs::heal();
    import_small(pristine);
  }
  ~faults() { fault_vfs::heal(); }

  void start_over() {
    for (const char* end : {"", "-wal", "-shm"})
      std::filesystem::remove(database.string() + end);
    std::filesystem::copy_file(pristine, database);
  }

  void draft(blocking_store& s, acknowledged& all, std::uint32_t slot, const std::string& bytes) {
    all.drafts.erase(slot); // what a failed save leaves is not promised
    if (s.save(slot, bytes))
      ++all.failures;
    else
      all.drafts[slot] = bytes;
  }
  void record(blocking_store& s, acknowledged& all, report r) {
    const auto out = s.submit(std::move(r), 2);
    if (!out) return void(++all.failures);
    all.receipts[out->receipt] = out->seq;
  }

  // Drafts, a record, a correction, a review: every kind of write there is.
  acknowledged play(blocking_store& s) {
    acknowledged all;
    for (int i = 0; i < 3; ++i)
      draft(s, all, 1, "answers " + std::string(3000, static_cast<char>('a' + i)));
    record(s, all, count_of("1001", sara, 60));
    record(s, all, count_of("1001", sara, 61));
    draft(s, all, 3, "more");
    record(s, all, count_of("1001", omid, 62, "supervisor"));
    record(s, all, count_of("1002", reza, 63));
    return all;
  }

  // Everything acknowledged is there, nothing is half there, and the night can go on.
  void check(const acknowledged& all) {
    auto db = sqlite::open_for_writing(database.string(), sqlite::mode::read_write);
    REQUIRE(db.text("PRAGMA integrity_check") == "ok");
    CHECK(db.number("SELECT count(*) FROM pragma_foreign_key_check") == 0);
    auto r = reader::open(database).value();
    CHECK(r.tree_head().has_value()); // no gap
    for (const auto& [receipt, seq] : all.receipts) {
      const auto found = r.find_receipt(receipt).value();
      REQUIRE(found.has_value());
      CHECK(found->seq == seq);
      CHECK(found->leaf == ledger::leaf_hash(found->body));
    }
    // No half of a record: each has its entry and its sender.
    CHECK(db.number("SELECT count(*) FROM entry WHERE kind = 1") == db.number("SELECT count(*) FROM record"));
    CHECK(db.number("SELECT count(*) FROM personal") == db.number("SELECT count(*) FROM record"));
    CHECK(db.number(
              "SELECT count(*) FROM (SELECT 1 FROM record WHERE state = 0 GROUP BY form, key HAVING count(*) > 1)") ==
          0);
    for (const auto& [slot, bytes] : all.drafts) {
      sqlite::statement q(db, "SELECT bytes FROM draft WHERE slot = ?1");
      REQUIRE(q.bind(1, slot).step());
      CHECK(q.blob(0) == bytes);
    }
  }

  temporary_folder folder;
  std::filesystem::path pristine = folder / "pristine.db", database = folder / "night.db";
};

int steps_without_a_fault(faults& f) {
  f.start_over();
  blocking_store s(f.database, fault_vfs::name);
  fault_vfs::heal();
  CHECK(f.play(s).failures == 0);
  return fault_vfs::steps();
}

} // namespace

TEST_CASE_FIXTURE(faults, "a write, a sync or a full disk that fails once costs its own group and nothing else") {
  const int steps = steps_without_a_fault(*this);
  REQUIRE(steps > 20);
  for (const auto how : {fault_vfs::what::write, fault_vfs::what::full, fault_vfs::what::sync})
    for (int step = 1; step <= steps; ++step) {
      CAPTURE(step);
      CAPTURE(static_cast<int>(how));
      start_over();
      acknowledged all;
      {
        blocking_store s(database, fault_vfs::name);
        fault_vfs::fail_once(step, how);
        all = play(s);
        CHECK(all.failures <= 1);
        fault_vfs::heal();
        // It goes on, in the same process, and what failed can be sent again.
        const auto again = s.submit(count_of("1002", reza, 63));
        REQUIRE(again.has_value());
        all.receipts[again->receipt] = again->seq;
      }
      check(all);
    }
}

TEST_CASE_FIXTURE(
    faults, "a disk that is full from any step on acknowledges nothing more, and goes on when there is space again") {
  const int steps = steps_without_a_fault(*this);
  for (int step = 1; step <= steps; ++step) {
    CAPTURE(step);
    start_over();
    acknowledged all;
    {
      blocking_store s(database, fault_vfs::name);
      fault_vfs::fail_from(step, fault_vfs::what::full);
      all = play(s);
      CHECK(s.submit(count_of("1002", reza, 70)).error() == errc::disk_full);
      CHECK(s.worker->counters().failing);
      fault_vfs::heal();
      const auto now = play(s);
      CHECK(now.failures == 0);
      all.receipts.insert(now.receipts.begin(), now.receipts.end());
      all.drafts = now.drafts;
    }
    check(all);
  }
}

TEST_CASE_FIXTURE(
    faults, "a process that dies at any step, with or without what was not synced, loses nothing it acknowledged") {
  const int steps = steps_without_a_fault(*this);
  for (const bool power_cut : {false, true})
    for (int step = 1; step <= steps; ++step) {
      CAPTURE(step);
      CAPTURE(power_cut);
      start_over();
      acknowledged all;
      fault_vfs::heal();
      {
        blocking_store s(database, fault_vfs::name);
        fault_vfs::freeze_from(step);
        all = play(s);
      }
      if (power_cut) fault_vfs::lose_unsynced();
      std::filesystem::remove(database.string() + "-shm");
      check(all);
      fault_vfs::heal();
      blocking_store s(database);
      CHECK(play(s).failures == 0);
    }
}
