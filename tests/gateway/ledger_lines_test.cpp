#include "gateway/config.h"
#include "gateway/decision_line.h"
#include "gateway/proof_file.h"
#include "gateway/serve_ledger.h"
#include "storage/receipt.h"

#include <doctest/doctest.h>
#include <fstream>

using namespace tallyline;
using namespace tallyline::gateway;

TEST_CASE("a decision goes through one line and comes back as it was, whatever is in its texts") {
  for (const bool accept : {true, false}) {
    const storage::decision d{"482-193-7620", accept, "duty officer", "the sheet: 120, not 102 (آری)", 0};
    const auto back = decision_from_line(to_line(d));
    REQUIRE(back.has_value());
    CHECK(back->receipt == d.receipt);
    CHECK(back->accept == accept);
    CHECK(back->by == d.by);
    CHECK(back->reason == d.reason);
  }
  const auto split = to_line(storage::decision{"1", true, "a\tb", "c\nd", 0});
  CHECK(split.find('\n') == std::string::npos);
  CHECK(decision_from_line(split)->by == "a b");
  CHECK(decision_from_line(split)->reason == "c d");
  for (const char* bad : {"", "decide", "decide maybe 1", "push 1", "decide accept"})
    CHECK((!decision_from_line(bad) || decision_from_line(bad)->receipt.empty()));
}

TEST_CASE("what came of a decision goes through one line and comes back") {
  storage::decided d;
  d.entry = 77;
  d.changed = {{5, storage::record_state::rejected, "111-222-3334"},
               {9, storage::record_state::current, "000-000-0000"}};
  const auto back = decided_from_line(to_line(d));
  REQUIRE(back.has_value());
  CHECK(back->entry == 77);
  CHECK_FALSE(back->again);
  REQUIRE(back->changed.size() == 2);
  CHECK(back->changed[0].seq == 5);
  CHECK(back->changed[0].state == storage::record_state::rejected);
  CHECK(back->changed[1].receipt == "000-000-0000");
  for (const char* bad : {"", "x", "7 new 1", "7 new 1:9:2", "7 new a:0:b"})
    CHECK_FALSE(decided_from_line(bad).has_value());
}

TEST_CASE("a proof file is read back as it was, and hostile ones are none") {
  storage::record_proof p;
  p.seq = 12;
  p.receipt = storage::receipt::derive({}, 0);
  p.body = std::string("\x00\xff body", 7);
  p.path = {storage::ledger::leaf_hash("a"), storage::ledger::leaf_hash("b")};
  p.head.size = 40;
  p.head.time_ms = 99;
  const auto text = to_json(p);
  const auto back = proof_from_json(text);
  REQUIRE(back.has_value());
  CHECK(back->seq == p.seq);
  CHECK(back->receipt == p.receipt);
  CHECK(back->body == p.body);
  CHECK(back->path == p.path);
  CHECK(back->head == p.head);
  for (std::size_t size = 0; size < text.size(); ++size)
    CHECK_FALSE(proof_from_json(text.substr(0, size)).has_value());
  for (const char* bad : {"[]", "{}", "null", R"({"format":"tallyline proof 1"})", R"({"format":"tallyline proof 2"})"})
    CHECK_FALSE(proof_from_json(bad).has_value());
}

TEST_CASE("the disk is low below the first mark and has no room below the second") {
  const disk_settings s{100, 10};
  constexpr std::uint64_t mib = 1 << 20;
  CHECK(room_for(100 * mib, s) == disk_room::enough);
  CHECK(room_for(100 * mib - 1, s) == disk_room::low);
  CHECK(room_for(10 * mib, s) == disk_room::low);
  CHECK(room_for(10 * mib - 1, s) == disk_room::none);
  CHECK(room_for(0, {0, 0}) == disk_room::enough); // watched no more
}

TEST_CASE("the ledger's interval and the disk's marks are settings, and the marks must be in order") {
  const auto file = std::filesystem::temp_directory_path() / "tallyline-ledger-config-test.yaml";
  std::ofstream(file) << "ledger: {head_every_s: 5}\ndisk: {warn_mb: 500, stop_mb: 20}\n";
  const auto c = read_config(file);
  CHECK(c.head_every_s == 5);
  CHECK(c.disk.warn_mb == 500);
  CHECK(c.disk.stop_mb == 20);
  std::ofstream(file) << "disk: {warn_mb: 5, stop_mb: 20}\n";
  CHECK_THROWS_AS(read_config(file), std::runtime_error);
  std::ofstream(file) << sample_config();
  CHECK(read_config(file).head_every_s == 60);
  std::filesystem::remove(file);
}
