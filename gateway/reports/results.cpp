#include "gateway/reports/tally.h"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

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
      const std::string name(storage::in_language(candidate.name, 0)), mark = s.has_seat(sum.by_candidate[i]) ? "●"
                                                                              : s.ties(sum.by_candidate[i])   ? "tie"
                                                                                                              : "";
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
  const storage::reader::snapshot one_moment(s.from);
  const tallies into(s, feed, where);
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
