// Everything that the officials of Georgia reported in 2013, through the demo's script: nothing may be refused, and
// every figure must come out as it went in.
#include "tests/support/menu_phone.h"

#include <algorithm>
#include <charconv>
#include <doctest/doctest.h>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

using namespace tallyline;
using namespace tallyline::menus;

namespace {

using row = std::vector<std::string>;

// The demo's files have no quoted cells in the columns used here; names with commas would be quoted, and are not read.
std::vector<row> rows(const std::filesystem::path& file) {
  std::ifstream in(file);
  REQUIRE(in.good());
  std::vector<row> out;
  for (std::string line; std::getline(in, line);) {
    if (line.ends_with('\r')) line.pop_back();
    row r;
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');)
      r.push_back(cell);
    out.push_back(std::move(r));
  }
  return out;
}

const std::filesystem::path pack = std::filesystem::path(TALLYLINE_SOURCE_DIR) / "scripts/demo/georgia-2013";

class georgia final : public world {
public:
  georgia() {
    for (const auto& r : rows(pack / "stations.csv"))
      stations.push_back(r);
    for (const auto& r : rows(pack / "candidates.csv"))
      candidates.push_back(r);
    stations.erase(stations.begin()); // the header rows
    candidates.erase(candidates.begin());
    for (std::uint32_t c = 0; c < candidates.size(); ++c)
      listed_.push_back({noun::candidate, c});
  }
  std::string_view text(entity of, attribute what, std::string_view) const override {
    if (of.kind == noun::station) return what == attribute::code ? stations[of.index].at(0) : stations[of.index].at(2);
    if (of.kind == noun::candidate) return candidates[of.index].at(2);
    return "president";
  }
  std::int64_t number(entity of, attribute what) const override {
    if (what == attribute::registered) return std::stoll(stations[of.index].back());
    return what == attribute::number ? std::stoll(candidates[of.index].at(1)) : 1;
  }
  entity link(entity, attribute) const override { return {}; }
  std::int64_t local_minutes() const override { return 0; }
  std::span<const entity> list(entity, attribute what) const override {
    static constexpr std::array contest{entity{noun::contest, 0}};
    if (what == attribute::contests) return contest;
    return listed_;
  }
  std::vector<row> stations, candidates;

private:
  std::vector<entity> listed_;
};

// One call: every page must fit, the PIN is right, warnings are confirmed, the read-back is sent.
class caller {
public:
  caller(const engine& e, std::uint32_t station)
      : e_(e), d_(e.open({{noun::person, station}, {noun::station, station}}, "en")) {
    last_ = e_.dial(*d_, "*140#", {}, page_);
  }
  void say(std::string_view text) {
    REQUIRE_MESSAGE(last_.what == action::prompt, last_.text);
    REQUIRE(page_.fits(last_.text));
    last_ = e_.answer(*d_, text, page_);
    if (last_.what == action::check_pin) last_ = e_.pin_checked(*d_, pin_verdict::right, page_);
  }
  // How many warnings came before the report could be sent.
  int send() {
    int confirmed = -1;
    for (; last_.what == action::prompt; ++confirmed) {
      REQUIRE(confirmed < 4);
      say("1");
    }
    REQUIRE(last_.what == action::submit);
    return confirmed;
  }
  filled_form filled() const { return e_.filled(*d_); }
  std::size_t draft_size() const {
    std::string out;
    e_.save(*d_, out);
    return out.size();
  }

private:
  const engine& e_;
  dialogue_ptr d_;
  tests::ussd_page page_;
  step last_;
};

struct night {
  georgia world;
  load_result loaded = load_script(pack / "menu.yaml", tests::shipped_texts);
  std::vector<row> reports = rows(pack / "reports.csv");
  engine menu{*loaded.menu, world};
};

std::int64_t cell(const row& r, std::size_t i) { return std::stoll(r.at(i)); }

} // namespace

TEST_CASE("all counts of Georgia 2013 are taken as they were reported, the odd ones after a confirmation") {
  const night n;
  std::map<std::string, int, std::less<>> flags;
  std::size_t largest_draft = 0;
  REQUIRE(n.reports.size() == 3708);
  for (std::uint32_t s = 0; s + 1 < n.reports.size(); ++s) {
    const row& r = n.reports[s + 1];
    REQUIRE(r[0] == n.world.stations[s][0]);
    caller c(n.menu, s);
    for (const std::string_view start : {"2", "1234"})
      c.say(start);
    for (const std::size_t i : {3, 4, 5})
      c.say(r[i]);
    std::string together;
    for (std::size_t v = 6; v < r.size(); ++v) {
      if (s % 2)
        c.say(r[v]);
      else
        together += (together.empty() ? "" : "*") + r[v];
    }
    if (s % 2 == 0) c.say(together);
    const int confirmed = c.send();
    const auto filled = c.filled();
    CHECK(filled.flags.size() == static_cast<std::size_t>(confirmed));
    for (const auto f : filled.flags)
      ++flags[std::string(f)];
    REQUIRE(filled.values.size() == 5);
    CHECK(filled.values[0].reference == entity{noun::contest, 0});
    for (const std::size_t i : {1, 2, 3})
      REQUIRE(filled.values[i].number == cell(r, i + 2));
    REQUIRE(filled.values[4].items.size() == 23);
    for (std::size_t v = 0; v < 23; ++v) {
      REQUIRE(filled.values[4].items[v].of.index == v);
      REQUIRE(filled.values[4].items[v].value == cell(r, v + 6));
    }
    largest_draft = std::max(largest_draft, c.draft_size());
  }
  CHECK(flags["sum_differs"] == 428);
  CHECK(flags["over_registered"] == 1);
  CHECK(flags["over_received"] == 2);
  CHECK(largest_draft < 128);
}

TEST_CASE("all turnout figures of Georgia 2013 are taken as they were reported") {
  const night n;
  int flagged = 0;
  for (std::uint32_t s = 0; s + 1 < n.reports.size(); ++s)
    for (const std::size_t hour : {1, 2}) {
      caller c(n.menu, s);
      c.say("1");
      c.say("1234");
      c.say(hour == 1 ? "1" : "2");
      c.say(n.reports[s + 1][hour]);
      flagged += c.send();
      const auto filled = c.filled();
      REQUIRE(filled.values.at(0).text == (hour == 1 ? "12:00" : "17:00"));
      REQUIRE(filled.values.at(1).number == cell(n.reports[s + 1], hour));
    }
  CHECK(flagged == 1);
}
