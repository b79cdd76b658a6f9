#include "tests/support/memory_store.h"

#include "tests/storage/support.h"

using namespace tallyline::storage;
using namespace tallyline::storage::test;

TEST_CASE("the memory store completes on demand, fails on demand and gives the disk's verdicts") {
  memory_store s;
  std::vector<verdict> verdicts;
  const auto submit = [&](report r) {
    s.submit(std::move(r), 1, [&](auto out) { verdicts.push_back(out.value().what); });
  };
  s.save_draft({1, sara, "polling", "abc"}, {});
  CHECK(s.drafts.empty());
  s.complete_all();
  CHECK(s.drafts.at(1).bytes == "abc");
  submit(count_of("1001", sara, 60));
  submit(count_of("1001", sara, 60));
  submit(count_of("1001", sara, 61));
  submit(count_of("1001", omid, 62, "supervisor"));
  s.complete_all();
  CHECK(verdicts == std::vector{verdict::recorded, verdict::duplicate, verdict::corrected, verdict::review});
  CHECK(s.drafts.empty());
  auto papers = count_of("1001", sara, 1);
  papers.form = "papers", papers.once = true;
  submit(papers);
  s.complete_all();
  CHECK(verdicts.back() == verdict::recorded);
  papers.key[0] = papers.scope = "1002";
  boost::system::error_code elsewhere;
  s.submit(papers, 0, [&](auto out) { elsewhere = out.error(); });
  s.complete_all();
  CHECK(elsewhere == errc::taken_elsewhere);
  s.failure = errc::disk_full;
  s.at_once = true;
  boost::system::error_code error;
  s.save_draft({2, sara, "polling", "abc"}, [&](auto e) { error = e; });
  CHECK(error == errc::disk_full);
  CHECK(s.drafts.empty());
  CHECK(s.asked.front() == "save_draft 1");
  CHECK(s.asked[1] == "submit count 1001/president");
}
