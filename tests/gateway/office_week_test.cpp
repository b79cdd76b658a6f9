// The made-up week of registration: the same from the same seed, and true to what it says of itself.
#include "gateway/rehearsal/office_week.h"
#include "menus/identifiers.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <fstream>
#include <iterator>
#include <map>

using namespace tallyline;
using namespace tallyline::rehearsal;
using kind = week_event::kind;

namespace {

const std::string& areas() {
  static const std::string csv = [] {
    std::ifstream in(TALLYLINE_SOURCE_DIR "/scripts/demo/iran/areas.csv", std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(in), {}};
  }();
  return csv;
}

const week& mazandaran() {
  static const week w = make_week(areas(), "P27", {});
  return w;
}

std::size_t count(const week& w, kind what) {
  return static_cast<std::size_t>(
      std::count_if(w.events.begin(), w.events.end(), [&](const week_event& e) { return e.what == what; }));
}

} // namespace

TEST_CASE("The week of registration is an election pack without a wrong line") {
  const auto pack = storage::read_pack(mazandaran().pack);
  if (!pack) FAIL(storage::to_text(pack.error().list.front()));
  CHECK(pack->contents.offices.size() == 172);
  CHECK(pack->contents.contests.size() == 197);
  CHECK(pack->contents.people.size() == mazandaran().people.size());
}

TEST_CASE("What the week says of itself is what its events come to") {
  const auto& w = mazandaran();
  CHECK(w.candidates.size() == 10'000);
  CHECK(count(w, kind::documents) == w.documents);
  CHECK(count(w, kind::registered) == w.registered);
  CHECK(count(w, kind::corrected) == w.corrected);
  CHECK(count(w, kind::second_office) + count(w, kind::too_young) + count(w, kind::late) == w.refused);
  CHECK(w.registered + w.waiting == w.documents);
  CHECK(w.accepted + w.rejected + w.withdrawn == w.registered);
  CHECK(std::is_sorted(w.events.begin(), w.events.end(),
                       [](const week_event& a, const week_event& b) { return a.at_ms < b.at_ms; }));
}

TEST_CASE("Nineteen of twenty candidates come to a counter office, and the last day is the heaviest") {
  const auto& w = mazandaran();
  std::size_t counters = 0;
  std::map<std::int64_t, std::size_t> by_day;
  for (const auto& e : w.events)
    if (e.what == kind::documents) {
      counters += !w.offices[e.office].governorate;
      ++by_day[(e.at_ms - w.first_ms) / 86'400'000];
      CHECK(e.at_ms < w.deadline_ms);
    }
  CHECK(counters > 9'400);
  CHECK(counters < 9'600);
  CHECK(by_day.size() == 7);
  CHECK(by_day[6] > 4'000);
}

TEST_CASE("Every national code is valid and stands for one candidate") {
  std::map<std::string, int> seen;
  for (const auto& c : mazandaran().candidates) {
    CHECK(menus::is_national_code(c.national_code));
    CHECK(++seen[c.national_code] == 1);
  }
}

TEST_CASE("A registration comes after its documents, and a correction after its registration") {
  std::map<std::uint32_t, kind> last;
  for (const auto& e : mazandaran().events) {
    if (e.what == kind::registered) CHECK(last.contains(e.candidate));
    if (e.what == kind::corrected || e.what == kind::decided) CHECK(last.at(e.candidate) != kind::documents);
    if (e.what != kind::second_office) last[e.candidate] = e.what;
  }
}

TEST_CASE("The same seed makes the same week, another one another, and a province that is not there none") {
  const auto again = make_week(areas(), "P27", {}), other = make_week(areas(), "P27", {.seed = 2});
  CHECK(again.pack == mazandaran().pack);
  CHECK(again.events.size() == mazandaran().events.size());
  CHECK(other.pack != mazandaran().pack);
  CHECK_THROWS_WITH(make_week(areas(), "P99", {}), "areas.csv has no province P99 to register in");
}
