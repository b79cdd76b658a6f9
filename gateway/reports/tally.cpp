#include "gateway/reports/tally.h"

#include "storage/canonical.h"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

std::int64_t number_of(const storage::sums& s, std::string_view field) {
  const auto* f = field.empty() ? nullptr : s.find(field);
  return f && !f->list && !f->items.empty() ? f->items.front().value : 0;
}

} // namespace

tallies::tallies(const report_source& s, const feed_names& feed, const places& where)
    : e_(s.e), where_(where), feed_(feed), tallies_(s.e.contests.size()), place_of_number_(s.e.contests.size()) {
  for (std::size_t c = 0; c < e_.contests.size(); ++c) {
    const auto& all = e_.contests[c].candidates;
    tallies_[c].resize(where.rows.size());
    for (tally& t : tallies_[c])
      t.by_candidate.resize(all.size());
    for (std::size_t i = 0; i < all.size(); ++i)
      place_of_number_[c][e_.candidates[all[i]].number] = i;
    count_stations(c);
  }
  where.by_station ? from_records(s) : from_totals(s);
}

void tallies::from_totals(const report_source& s) {
  must(s.from.for_each_total(feed_.form, [&](std::string_view part, std::string_view area, const storage::sums& t) {
    const auto at = e_.area_by_code(area);
    add(part, at ? where_.row_of_area[*at] : storage::none, t);
  }));
}

void tallies::from_records(const report_source& s) {
  storage::canonical::record_view r;
  storage::sums one;
  must(s.from.for_each_current_record(feed_.form, [&](std::int64_t seq, std::string_view body) {
    if (!storage::canonical::read_record(body, r))
      throw std::runtime_error(fmt::format("record {} cannot be read: run `tallyline verify`", seq));
    const auto row = where_.row_of_scope(e_, r.scope);
    if (row == storage::none) return;
    one = {};
    one.add(r, 1);
    add(storage::joined_key(r.key, 1), row, one);
  }));
}

void tallies::add(std::string_view part, std::uint32_t row, const storage::sums& s) {
  const auto contest = contest_of(part);
  if (!contest || row == storage::none) return;
  tally& t = tallies_[*contest][row];
  t.stations += s.records, t.flagged += s.flagged;
  t.invalid += number_of(s, feed_.invalid), t.ballots += number_of(s, feed_.ballots);
  const auto* votes = s.find(feed_.votes);
  if (!votes || !votes->list) return;
  for (const auto& item : votes->items) {
    t.votes += item.value;
    if (const auto at = place_of_number_[*contest].find(item.number); at != place_of_number_[*contest].end())
      t.by_candidate[at->second] += item.value;
  }
}

std::optional<std::uint32_t> tallies::contest_of(std::string_view part) const {
  if (part.empty()) return e_.contests.size() == 1 ? std::optional{std::uint32_t{0}} : std::nullopt;
  return e_.contest_by_code(part.substr(0, part.find('/')));
}

void tallies::count_stations(std::size_t c) {
  std::vector<signed char> inside(e_.areas.size(), -1);
  for (std::size_t s = 0; s < e_.stations.size(); ++s) {
    const auto area = e_.stations[s].area;
    if (inside[area] < 0) inside[area] = e_.area_contains(e_.contests[c].area, area) ? 1 : 0;
    if (inside[area] == 1 && where_.row_of_station[s] != storage::none) ++tallies_[c][where_.row_of_station[s]].of;
  }
}

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

} // namespace tallyline::gateway
