#include "gateway/reports/results.h"

#include "gateway/reports/places.h"
#include "storage/canonical.h"

#include <fmt/format.h>
#include <stdexcept>
#include <unordered_map>

namespace tallyline::gateway {
namespace {

struct tally {
  std::int64_t stations = 0, invalid = 0, votes = 0;
  std::vector<std::int64_t> by_candidate; // in the contest's order
};

class counter {
public:
  counter(const storage::election& e, const places& where) : e_(e), where_(where) {
    tallies_.resize(e.contests.size());
    place_of_number_.resize(e.contests.size());
    for (std::size_t c = 0; c < e.contests.size(); ++c) {
      tallies_[c].resize(where.rows.size());
      for (tally& t : tallies_[c])
        t.by_candidate.resize(e.contests[c].candidates.size());
      for (std::size_t i = 0; i < e.contests[c].candidates.size(); ++i)
        place_of_number_[c][e.candidates[e.contests[c].candidates[i]].number] = i;
    }
  }

  void add(const storage::canonical::record_view& r, const feed_names& feed) {
    const auto station = e_.station_by_code(r.scope);
    const auto contest = r.key.size() > 1          ? e_.contest_by_code(r.key[1])
                         : e_.contests.size() == 1 ? std::optional{std::uint32_t{0}}
                                                   : std::nullopt;
    if (!station || !contest || where_.row_of_station[*station] == storage::none) return;
    tally& t = tallies_[*contest][where_.row_of_station[*station]];
    ++t.stations;
    if (const auto* invalid = r.field(feed.invalid)) t.invalid += invalid->number;
    const auto* votes = r.field(feed.votes);
    if (!votes) return;
    for (const auto& item : votes->items) {
      t.votes += item.value;
      if (const auto at = place_of_number_[*contest].find(item.number); at != place_of_number_[*contest].end())
        t.by_candidate[at->second] += item.value;
    }
  }

  const tally& of(std::size_t contest, std::size_t row) const { return tallies_[contest][row]; }

private:
  const storage::election& e_;
  const places& where_;
  std::vector<std::vector<tally>> tallies_; // contest, row
  std::vector<std::unordered_map<std::int64_t, std::size_t>> place_of_number_;
};

void add_rows(table& t, const storage::election& e, const place_row& at, const storage::contest& c, const tally& sum,
              bool first) {
  if (!first) t.rules.push_back(t.rows.size());
  const auto row = [&](cell number, std::string name, std::int64_t votes, cell part) {
    t.rows.push_back({at.code, at.name, c.code, sum.stations, at.stations, number, std::move(name), votes, part});
  };
  for (std::size_t i = 0; i < c.candidates.size(); ++i) {
    const auto& candidate = e.candidates[c.candidates[i]];
    row(candidate.number, std::string(storage::in_language(candidate.name, 0)), sum.by_candidate[i],
        share_of(sum.by_candidate[i], sum.votes));
  }
  row({}, "All candidates", sum.votes, share_of(sum.votes, sum.votes));
  row({}, "Invalid", sum.invalid, {});
}

} // namespace

table results(storage::reader& from, const storage::election& e, const feed_names& feed, const report_scope& scope) {
  const places where = places_of(e, scope.area, scope.by);
  if (!scope.contest.empty() && !e.contest_by_code(scope.contest))
    throw std::runtime_error(fmt::format("there is no contest with the code '{}'", scope.contest));
  counter count(e, where);
  storage::canonical::record_view record;
  const auto read = from.for_each_current_record(feed.form, [&](std::int64_t seq, std::string_view body) {
    if (!storage::canonical::read_record(body, record))
      throw std::runtime_error(fmt::format("record {} cannot be read: run `tallyline verify`", seq));
    count.add(record, feed);
  });
  if (!read) throw std::runtime_error(read.error().message());
  table t{{{"area", "Area"},
           {"area_name", "Name"},
           {"contest", "Contest"},
           {"stations_in", "Stations in"},
           {"stations", "of"},
           {"number", "No."},
           {"candidate", "Candidate"},
           {"votes", "Votes"},
           {"share", "Share"}},
          {},
          {}};
  for (std::size_t row = 0; row < where.rows.size(); ++row)
    for (std::size_t c = 0; c < e.contests.size(); ++c)
      if (scope.contest.empty() || e.contests[c].code == scope.contest)
        add_rows(t, e, where.rows[row], e.contests[c], count.of(c, row), t.rows.empty());
  return t;
}

} // namespace tallyline::gateway
