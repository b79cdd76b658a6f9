#include "gateway/reports/feeds.h"
#include "gateway/reports/places.h"
#include "gateway/reports/report.h"
#include "storage/canonical.h"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>
#include <unordered_map>

namespace tallyline::gateway {
namespace {

struct tally {
  std::int64_t of = 0, stations = 0, flagged = 0, invalid = 0, votes = 0; // of: stations that the contest has here
  std::vector<std::int64_t> by_candidate;                                 // in the contest's order
};

class counter {
public:
  counter(const storage::election& e, const places& where, const feed_names& feed) : e_(e), where_(where), feed_(feed) {
    tallies_.resize(e.contests.size());
    place_of_number_.resize(e.contests.size());
    for (std::size_t c = 0; c < e.contests.size(); ++c) {
      const auto& all = e.contests[c].candidates;
      tallies_[c].resize(where.rows.size());
      for (tally& t : tallies_[c])
        t.by_candidate.resize(all.size());
      for (std::size_t i = 0; i < all.size(); ++i)
        place_of_number_[c][e.candidates[all[i]].number] = i;
      count_stations(c);
    }
  }

  void add(std::string_view part, std::uint32_t row, const storage::sums& s) {
    const auto contest = contest_of(part);
    if (!contest || row == storage::none) return;
    tally& t = tallies_[*contest][row];
    t.stations += s.records, t.flagged += s.flagged;
    if (const auto* invalid = s.find(feed_.invalid); invalid && !invalid->items.empty())
      t.invalid += invalid->items.front().value;
    const auto* votes = s.find(feed_.votes);
    if (!votes || !votes->list) return;
    for (const auto& item : votes->items) {
      t.votes += item.value;
      if (const auto at = place_of_number_[*contest].find(item.number); at != place_of_number_[*contest].end())
        t.by_candidate[at->second] += item.value;
    }
  }

  const tally& of(std::size_t contest, std::size_t row) const { return tallies_[contest][row]; }

private:
  std::optional<std::uint32_t> contest_of(std::string_view part) const {
    if (part.empty()) return e_.contests.size() == 1 ? std::optional{std::uint32_t{0}} : std::nullopt;
    return e_.contest_by_code(part.substr(0, part.find('/')));
  }
  void count_stations(std::size_t c) {
    std::vector<signed char> inside(e_.areas.size(), -1);
    for (std::size_t s = 0; s < e_.stations.size(); ++s) {
      const auto area = e_.stations[s].area;
      if (inside[area] < 0) inside[area] = e_.area_contains(e_.contests[c].area, area) ? 1 : 0;
      if (inside[area] == 1 && where_.row_of_station[s] != storage::none) ++tallies_[c][where_.row_of_station[s]].of;
    }
  }

  const storage::election& e_;
  const places& where_;
  const feed_names& feed_;
  std::vector<std::vector<tally>> tallies_; // contest, row
  std::vector<std::unordered_map<std::int64_t, std::size_t>> place_of_number_;
};

// Areas add up what the commits have added up already; single stations are read from their records.
void count(counter& into, const report_source& s, const feed_names& feed, const places& where) {
  if (!where.by_station)
    return must(
        s.from.for_each_total(feed.form, [&](std::string_view part, std::string_view area, const storage::sums& t) {
          const auto at = s.e.area_by_code(area);
          into.add(part, at ? where.row_of_area[*at] : storage::none, t);
        }));
  storage::canonical::record_view r;
  storage::sums one;
  must(s.from.for_each_current_record(feed.form, [&](std::int64_t seq, std::string_view body) {
    if (!storage::canonical::read_record(body, r))
      throw std::runtime_error(fmt::format("record {} cannot be read: run `tallyline verify`", seq));
    const auto row = where.row_of_scope(s.e, r.scope);
    if (row == storage::none) return;
    one = {};
    one.add(r, 1);
    into.add(storage::joined_key(r.key, 1), row, one);
  }));
}

// How a candidate stands for the seats, by the votes so far.
struct standing {
  std::int64_t least = 0;        // votes that are enough for a seat
  std::size_t above = 0, at = 0; // candidates with more than that, and with just that
  std::int64_t seats = 0;
  bool decided() const { return above + at <= static_cast<std::size_t>(seats); }
  std::string mark(std::int64_t votes) const {
    if (votes == 0 || votes < least) return {};
    return votes > least || decided() ? "●" : "tie";
  }
};

standing standing_of(const storage::contest& c, const tally& t) {
  standing s{0, 0, 0, c.seats};
  auto sorted = t.by_candidate;
  std::sort(sorted.rbegin(), sorted.rend());
  if (sorted.empty()) return s;
  s.least = sorted[std::min(sorted.size(), static_cast<std::size_t>(std::max<std::int64_t>(c.seats, 1))) - 1];
  s.above = static_cast<std::size_t>(std::count_if(sorted.begin(), sorted.end(), [&](auto v) { return v > s.least; }));
  s.at = static_cast<std::size_t>(std::count(sorted.begin(), sorted.end(), s.least));
  return s;
}

class writer {
public:
  explicit writer(const storage::election& e) : e_(e) {
    t.columns = {{"area", "Area"},   {"area_name", "Name"}, {"contest", "Contest"},     {"stations_in", "In"},
                 {"stations", "of"}, {"number", "No."},     {"candidate", "Candidate"}, {"votes", "Votes"},
                 {"share", "Share"}, {"seat", "Seat"}};
    t.grouped = 5;
  }

  void rows(const place_row& at, const storage::contest& c, const tally& sum) {
    if (sum.of == 0 && sum.stations == 0) return; // the contest is not held here
    if (!t.rows.empty()) t.rules.push_back(t.rows.size());
    // Who would have a seat can be said only where all of the contest's votes are counted.
    const bool whole = at.area != storage::none && e_.area_contains(at.area, c.area);
    const auto s = whole ? standing_of(c, sum) : standing{INT64_MAX, 0, 0, c.seats};
    const auto row = [&](cell number, std::string name, std::int64_t votes, cell part, std::string seat) {
      t.rows.push_back(
          {at.code, at.name, c.code, sum.stations, sum.of, number, std::move(name), votes, part, std::move(seat)});
    };
    std::string tied;
    for (std::size_t i = 0; i < c.candidates.size(); ++i) {
      const auto& candidate = e_.candidates[c.candidates[i]];
      const std::string name(storage::in_language(candidate.name, 0)), mark = s.mark(sum.by_candidate[i]);
      row(candidate.number, name, sum.by_candidate[i], share_of(sum.by_candidate[i], sum.votes), mark);
      if (mark == "tie") tied += fmt::format("{}{} {}", tied.empty() ? "" : ", ", candidate.number, name);
    }
    row({}, "All candidates", sum.votes, share_of(sum.votes, sum.votes), "");
    row({}, "Invalid", sum.invalid, {}, "");
    if (!tied.empty())
      t.notes.push_back(
          fmt::format("{}: {} tie with {} votes each for {} of {} seat{}; the figures so far do not decide it.", c.code,
                      tied, s.least, s.seats - static_cast<std::int64_t>(s.above), s.seats, s.seats == 1 ? "" : "s"));
  }
  table t;

private:
  const storage::election& e_;
};

} // namespace

table results(const report_source& s, const report_scope& scope) {
  const auto feed = need_feed(s.menus, "results");
  const places where = places_of(s.e, scope.area, scope.by);
  if (!scope.contest.empty() && !s.e.contest_by_code(scope.contest))
    throw std::runtime_error(fmt::format("there is no contest with the code '{}'", scope.contest));
  counter into(s.e, where, feed);
  const storage::reader::snapshot one_moment(s.from);
  count(into, s, feed, where);
  writer out(s.e);
  std::int64_t counted = 0, flagged = 0;
  for (std::size_t row = 0; row < where.rows.size(); ++row)
    for (std::size_t c = 0; c < s.e.contests.size(); ++c) {
      if (!scope.contest.empty() && s.e.contests[c].code != scope.contest) continue;
      out.rows(where.rows[row], s.e.contests[c], into.of(c, row));
      counted += into.of(c, row).stations, flagged += into.of(c, row).flagged;
    }
  const auto others = [&](storage::record_state state) { return must(s.from.count(feed.form, state)); };
  out.t.notes.push_back(fmt::format(
      "Included: {} current reports, {} of them with a confirmed warning. Not included, in the whole election: {} in "
      "review, {} that wait for a second entry, and what was corrected or rejected.",
      counted, flagged, others(storage::record_state::review), others(storage::record_state::pending)));
  if (std::any_of(s.e.contests.begin(), s.e.contests.end(), [](const auto& c) { return c.seats > 1; }))
    out.t.notes.emplace_back("● would have a seat by the votes counted so far.");
  return std::move(out.t);
}

} // namespace tallyline::gateway
