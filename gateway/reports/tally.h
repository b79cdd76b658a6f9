// Votes added up by contest and row of a report: for `report results` and for the exports.
#pragma once

#include "gateway/reports/feeds.h"
#include "gateway/reports/places.h"
#include "gateway/reports/report.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tallyline::gateway {

struct tally {
  std::int64_t of = 0;                    // stations that the contest has here
  std::int64_t stations = 0, flagged = 0; // reports counted, and those of them with a confirmed warning
  std::int64_t ballots = 0, invalid = 0, votes = 0;
  std::vector<std::int64_t> by_candidate; // in the contest's order
};

class tallies {
public:
  // Areas add up what the commits have added up already; single stations are read from their records. All referred to
  // must outlive it. Throws std::runtime_error when the database cannot be read.
  tallies(const report_source& s, const feed_names& feed, const places& where);
  const tally& of(std::size_t contest, std::size_t row) const { return tallies_[contest][row]; }

private:
  void add(std::string_view part, std::uint32_t row, const storage::sums& s);
  std::optional<std::uint32_t> contest_of(std::string_view part) const;
  void count_stations(std::size_t c);
  void from_totals(const report_source& s);
  void from_records(const report_source& s);

  const storage::election& e_;
  const places& where_;
  const feed_names& feed_;
  std::vector<std::vector<tally>> tallies_; // contest, row
  std::vector<std::unordered_map<std::int64_t, std::size_t>> place_of_number_;
};

// How a candidate stands for the seats, by the votes so far.
struct standing {
  std::int64_t least = 0;        // votes that are enough for a seat
  std::size_t above = 0, at = 0; // candidates with more than that, and with just that
  std::int64_t seats = 0;
  bool decided() const { return above + at <= static_cast<std::size_t>(seats); }
  bool has_seat(std::int64_t votes) const { return votes > 0 && (votes > least || (votes == least && decided())); }
  bool ties(std::int64_t votes) const { return votes > 0 && votes == least && !decided(); }
};
standing standing_of(const storage::contest& c, const tally& t);

} // namespace tallyline::gateway
