#include "storage/reader.h"
#include "storage/receipt.h"
#include "tests/storage/support.h"

using namespace tallyline::storage;
using namespace tallyline::storage::test;

TEST_CASE_FIXTURE(night, "the first report of a key is recorded and its receipt finds it") {
  blocking_store s(database);
  const auto out = s.submit(count_of("1001", sara, 60)).value();
  CHECK(out.what == verdict::recorded);
  CHECK(out.seq == 2); // the import is entry 1
  CHECK(receipt::parse(out.receipt).wrong == receipt::fault::none);
  auto r = reader::open(database).value();
  const auto found = r.find_receipt(out.receipt).value();
  REQUIRE(found.has_value());
  CHECK(found->seq == 2);
  CHECK(found->msisdn == sara);
  CHECK(found->leaf == ledger::leaf_hash(found->body));
}

TEST_CASE_FIXTURE(night, "the same report twice is one record with the same receipt, whoever sends it and whenever") {
  blocking_store s(database);
  const auto first = s.submit(count_of("1001", sara, 60)).value();
  auto again = count_of("1001", sara, 60);
  again.time_ms += 60'000;
  again.by = bearer::sms;
  const auto second = s.submit(again).value();
  CHECK(second.what == verdict::duplicate);
  CHECK(second.receipt == first.receipt);
  CHECK(second.seq == first.seq);
  CHECK(s.submit(count_of("1001", mina, 60, "clerk")).value().what == verdict::duplicate);
}

TEST_CASE_FIXTURE(night, "a list in another order is the same report") {
  blocking_store s(database);
  s.submit(count_of("1001", sara, 60)).value();
  auto turned = count_of("1001", sara, 60);
  turned.fields[1].value = std::vector<list_item>{{41, 30}, {2, 20}, {1, 10}};
  CHECK(s.submit(turned).value().what == verdict::duplicate);
}

TEST_CASE_FIXTURE(night, "other values of the same person supersede and name the earlier record, and both stay") {
  blocking_store s(database);
  const auto first = s.submit(count_of("1001", sara, 60)).value();
  const auto second = s.submit(count_of("1001", sara, 61)).value();
  CHECK(second.what == verdict::corrected);
  CHECK(second.supersedes == first.seq);
  CHECK(second.receipt != first.receipt);
  auto r = reader::open(database).value();
  const auto old = r.find_receipt(first.receipt).value();
  REQUIRE(old.has_value());
  CHECK(old->state == record_state::superseded);
  CHECK(old->superseded_by == second.seq);
  SUBCASE("and back again is a correction too") {
    const auto third = s.submit(count_of("1001", sara, 60)).value();
    CHECK(third.what == verdict::corrected);
    CHECK(third.supersedes == second.seq);
  }
}

TEST_CASE_FIXTURE(night, "other values of another person go to review and the current record stays") {
  blocking_store s(database);
  const auto first = s.submit(count_of("1001", sara, 60)).value();
  const auto dissent = s.submit(count_of("1001", omid, 61, "supervisor")).value();
  CHECK(dissent.what == verdict::review);
  CHECK(dissent.supersedes == 0);
  auto r = reader::open(database).value();
  CHECK(r.find_record(first.seq).value()->state == record_state::current);
  const auto kept = r.find_record(dissent.seq).value();
  CHECK(kept->state == record_state::review);
  canonical::record_view view;
  REQUIRE(canonical::read_record(kept->body, view));
  CHECK(view.against == first.seq);
  SUBCASE("said again it is a duplicate of itself") {
    const auto again = s.submit(count_of("1001", omid, 61, "supervisor")).value();
    CHECK(again.what == verdict::duplicate);
    CHECK(again.receipt == dissent.receipt);
  }
  SUBCASE("their other values replace their own dissent") {
    const auto other = s.submit(count_of("1001", omid, 62, "supervisor")).value();
    CHECK(other.what == verdict::review);
    CHECK(other.supersedes == dissent.seq);
    CHECK(r.find_record(dissent.seq).value()->state == record_state::superseded);
  }
  SUBCASE("a third person's dissent stands beside it") {
    const auto other = s.submit(count_of("1001", mina, 61, "clerk")).value();
    CHECK(other.what == verdict::review);
    CHECK(other.supersedes == 0);
  }
}

TEST_CASE_FIXTURE(night, "the same number in another role is another person") {
  auto files = small_pack();
  files["people.csv"] += "989120000001,1234,supervisor,A1,Sara,fa\n";
  import_small(database, files);
  blocking_store s(database);
  s.submit(count_of("1001", sara, 60)).value();
  CHECK(s.submit(count_of("1001", sara, 61, "supervisor")).value().what == verdict::review);
}

TEST_CASE_FIXTURE(night, "personal fields are compared though the ledger holds only commitments to them") {
  blocking_store s(database);
  auto r = count_of("1001", sara, 60);
  r.fields.push_back({"witness", std::string("زهرا"), true});
  r.fields.push_back({"national_id", std::int64_t{1234567890}, true});
  const auto first = s.submit(r).value();
  CHECK(s.submit(r).value().what == verdict::duplicate);
  auto other = r;
  other.fields[2].value = std::string("Zahra");
  CHECK(s.submit(other).value().what == verdict::corrected);
  auto rd = reader::open(database).value();
  const auto kept = rd.find_record(first.seq).value();
  CHECK(kept->body.find("زهرا") == std::string::npos);
  canonical::record_view view;
  REQUIRE(canonical::read_record(kept->body, view));
  CHECK(view.field("witness")->what == canonical::field_view::type::personal);
}

TEST_CASE_FIXTURE(night, "who may not report is refused and nothing is written") {
  blocking_store s(database);
  CHECK(s.submit(count_of("1001", 989999999999, 60)).error() == errc::not_on_roster);
  CHECK(s.submit(count_of("1001", sara, 60, "clerk")).error() == errc::not_on_roster);
  CHECK(s.submit(count_of("1002", sara, 60)).error() == errc::out_of_scope);
  CHECK(s.submit(count_of("9999", sara, 60)).error() == errc::out_of_scope);
  CHECK(s.submit(count_of("2001", omid, 60, "supervisor")).error() == errc::out_of_scope);
  CHECK(s.submit(count_of("IR", omid, 60, "supervisor")).error() == errc::out_of_scope);
  CHECK(s.submit(count_of("O1", omid, 60, "supervisor")).value().what == verdict::recorded);
  CHECK(s.submit(count_of("A1", omid, 60, "supervisor")).value().what == verdict::recorded);
  CHECK(reader::open(database).value().leaves().value().size() == 3);
}

TEST_CASE_FIXTURE(night, "what no form can produce is refused whole") {
  blocking_store s(database);
  const auto refused = [&](auto spoil) {
    auto r = count_of("1001", sara, 60);
    spoil(r);
    return s.submit(r).error() == errc::bad_report;
  };
  CHECK(refused([](report& r) { r.form = "Count!"; }));
  CHECK(refused([](report& r) { r.form = std::string(65, 'a'); }));
  CHECK(refused([](report& r) { r.key.clear(); }));
  CHECK(refused([](report& r) { r.key = {"1002", "president"}; }));
  CHECK(refused([](report& r) { r.key.push_back("a\nb"); }));
  CHECK(refused([](report& r) { r.fields.push_back(r.fields[0]); }));
  CHECK(refused([](report& r) { r.fields[0].value = (std::int64_t{1} << 53) + 1; }));
  CHECK(refused([](report& r) { r.fields[0].value = std::int64_t{INT64_MIN}; }));
  CHECK(refused([](report& r) { r.fields[0].value = std::string("\xC3\x28"); }));
  CHECK(refused([](report& r) { r.fields[0].value = std::string(2001, 'x'); }));
  CHECK(refused([](report& r) { r.fields[1].value = std::vector<list_item>{{1, 1}, {2, 2}, {1, 3}}; }));
  CHECK(refused([](report& r) { r.fields[1].value = std::vector<list_item>(501); }));
  CHECK(refused([](report& r) {
    for (int i = 0; i < 64; ++i)
      r.fields.push_back({"f" + std::to_string(i), std::int64_t{1}, false});
  }));
  CHECK(refused([](report& r) { r.reason = "\xFF"; }));
  CHECK(refused([](report& r) { r.by = static_cast<bearer>(9); }));
  CHECK(refused([](report& r) { r.time_ms = -1; }));
  CHECK(reader::open(database).value().leaves().value().size() == 1);
}

TEST_CASE("key parts cannot run into each other") {
  CHECK(joined_key({"a/b", "c"}) != joined_key({"a", "b/c"}));
  CHECK(joined_key({"a", "b", "c"}) == "a/b/c");
  CHECK(joined_key({"a\\", "b"}) != joined_key({"a\\/b"}));
}

TEST_CASE_FIXTURE(night, "the ledger's leaves are the bodies' hashes and the counts tell the states") {
  blocking_store s(database);
  auto flagged = count_of("1002", reza, 60);
  flagged.flags = {"ballots > 95 %"};
  s.submit(count_of("1001", sara, 60)).value();
  s.submit(count_of("1001", sara, 61)).value();
  s.submit(flagged).value();
  auto r = reader::open(database).value();
  std::vector<ledger::hash> leaves;
  CHECK(r.for_each_entry([&](std::int64_t seq, std::string_view body, const ledger::hash& leaf) {
           CHECK(seq == static_cast<std::int64_t>(leaves.size()) + 1);
           CHECK(leaf == ledger::leaf_hash(body));
           leaves.push_back(leaf);
         }).has_value());
  const auto head = r.tree_head().value();
  CHECK(head.size == 4);
  CHECK(head.root == ledger::tree_root(leaves));
  const auto counts = r.counts().value();
  REQUIRE(counts.size() == 2);
  CHECK(counts[0].records == 2);
  CHECK(counts[0].flagged == 1);
  CHECK(counts[1].state == record_state::superseded);
  std::vector<std::int64_t> seqs;
  CHECK(
      r.for_each_current_record("count", [&](std::int64_t seq, std::string_view) { seqs.push_back(seq); }).has_value());
  CHECK(seqs == std::vector<std::int64_t>{3, 4});
}
