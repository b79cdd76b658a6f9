#include "gateway/reports/digit_tests.h"
#include "gateway/reports/expected.h"
#include "gateway/reports/feeds.h"
#include "gateway/reports/places.h"
#include "gateway/reports/report.h"
#include "storage/canonical.h"

#include <fmt/format.h>
#include <map>

namespace tallyline::gateway {
namespace {

struct station_figures {
  std::uint32_t station = storage::none;
  std::optional<double> turnout, invalid; // percent
  double minutes = 0;                     // from the closing of the polls to the record
};

struct group { // one contest in one row of the report
  std::vector<std::int64_t> votes;
  std::vector<station_figures> stations;
};
using groups = std::map<std::pair<std::uint32_t, std::string>, group>;

groups read(const report_source& s, const feed_names& feed, const places& where, std::int64_t closed_ms) {
  groups all;
  storage::canonical::record_view r;
  const auto number = [&](std::string_view name) { // empty or not there: nothing
    const auto* f = name.empty() ? nullptr : r.field(name);
    return f ? std::optional(f->number) : std::nullopt;
  };
  must(s.from.for_each_current_record(feed.form, [&](std::int64_t seq, std::string_view body) {
    if (!storage::canonical::read_record(body, r))
      throw std::runtime_error(fmt::format("record {} cannot be read: run `tallyline verify`", seq));
    const auto station = s.e.station_by_code(r.scope);
    if (!station || where.row_of_station[*station] == storage::none) return;
    auto& g = all[{where.row_of_station[*station], storage::joined_key(r.key, 1)}];
    if (const auto* votes = r.field(feed.votes))
      for (const auto& item : votes->items)
        g.votes.push_back(item.value);
    station_figures f{*station, {}, {}, double(r.time_ms - closed_ms) / 60'000};
    const auto ballots = number(feed.ballots), invalid = number(feed.invalid);
    const auto registered = s.e.stations[*station].registered;
    if (ballots && registered > 0) f.turnout = 100.0 * double(*ballots) / double(registered);
    if (ballots && invalid && *ballots > 0) f.invalid = 100.0 * double(*invalid) / double(*ballots);
    g.stations.push_back(f);
  }));
  return all;
}

class writer {
public:
  explicit writer(const report_source& s) : s_(s) {
    t.columns = {{"area", "Area"},     {"contest", "Contest"}, {"test", "Test"},           {"station", "Station"},
                 {"figure", "Figure"}, {"sample", "Sample"},   {"statistic", "Statistic"}, {"threshold", "Threshold"}};
    t.grouped = 3;
  }

  void digit_tests(const place_row& at, const std::string& contest, const group& g) {
    const auto test = [&](const char* name, std::optional<digits::verdict> v) {
      if (!v) return void(++too_few);
      ++made;
      if (v->stands_out())
        t.rows.push_back({at.code, contest, std::string(name), std::string(), std::string(),
                          static_cast<std::int64_t>(v->n), fmt::format("{:.1f}", v->statistic),
                          fmt::format("{:.2f}", v->threshold)});
    };
    test("last digit", digits::last_digit(g.votes));
    test("repeated pairs", digits::repeated_pairs(g.votes));
    test("endings 0 and 5", digits::round_endings(g.votes));
    test("second digit", digits::second_digit(g.votes));
  }

  template <class Value>
  void outliers(const place_row& at, const std::string& contest, const group& g, const char* name, const char* unit,
                Value value_of) {
    std::vector<double> values;
    std::vector<std::uint32_t> of;
    for (const auto& f : g.stations)
      if (const std::optional<double> v = value_of(f)) values.push_back(*v), of.push_back(f.station);
    const auto z = digits::modified_z(values);
    if (!z) return void(++too_few);
    ++made;
    for (std::size_t i = 0; i < values.size(); ++i)
      if (std::abs((*z)[i]) > digits::outlier_threshold)
        t.rows.push_back({at.code, contest, std::string(name), s_.e.stations[of[i]].code,
                          fmt::format("{:.1f} {}", values[i], unit), static_cast<std::int64_t>(values.size()),
                          fmt::format("{:.1f}", (*z)[i]), fmt::format("{:.1f}", digits::outlier_threshold)});
  }

  // A count cannot be known before the polls close.
  void too_early(const place_row& at, const std::string& contest, const group& g) {
    for (const auto& f : g.stations)
      if (f.minutes < 0)
        t.rows.push_back({at.code, contest, std::string("before closing"), s_.e.stations[f.station].code,
                          fmt::format("{:.1f} min", f.minutes), std::int64_t{1}, fmt::format("{:.1f}", f.minutes),
                          std::string("0.0")});
  }

  void notes() {
    t.notes = {
        "Each line is a hint, not a finding: honest elections fail these tests, too. Look at the stations before you "
        "speak.",
        fmt::format(
            "{} tests made, {} left out for too small a sample. Of the digit tests 1 in 1,000 points at nothing by "
            "chance alone.",
            made, too_few),
        "last digit, repeated pairs, endings 0 and 5: figures from 100 on, 100 of them at least; chi-square (9 degrees "
        "of "
        "freedom) and |z| at 0.1 %. Beber and Scacco, Political Analysis 20 (2012) 211.",
        "second digit: Benford's law, figures from 10 on, 100 at least. Mebane (2006); disputed by Deckert, Myagkov "
        "and "
        "Ordeshook, Political Analysis 19 (2011) 245.",
        "turnout, invalid, arrival: modified z-score beyond 3.5 among at least 20 stations of the same row. Iglewicz "
        "and "
        "Hoaglin, How to Detect and Handle Outliers (1993). --by compares within smaller areas.",
        "before closing: a count that came in before the polls closed; plain arithmetic.",
    };
  }

  table t;
  std::size_t made = 0, too_few = 0;

private:
  const report_source& s_;
};

} // namespace

table hints(const report_source& s, const report_scope& scope) {
  const auto feed = need_feed(s.menus, "results");
  if (scope.by == "station")
    throw std::runtime_error("a station alone is no sample: leave --by out, or name a level above it");
  const places where = places_of(s.e, scope.area, scope.by);
  const election_world world(s.e);
  const auto day = world.number({menus::noun::election, 0}, menus::attribute::date);
  const auto closed = world.clock().unix_ms_of(day * menus::minutes_of_day +
                                               world.number({menus::noun::election, 0}, menus::attribute::polls_close));
  writer out(s);
  for (const auto& [key, g] : read(s, feed, where, closed)) {
    const auto& at = where.rows[key.first];
    out.digit_tests(at, key.second, g);
    out.outliers(at, key.second, g, "turnout", "%", [](const auto& f) { return f.turnout; });
    out.outliers(at, key.second, g, "invalid", "%", [](const auto& f) { return f.invalid; });
    out.outliers(at, key.second, g, "arrival", "min", [](const auto& f) { return std::optional(f.minutes); });
    out.too_early(at, key.second, g);
  }
  out.notes();
  return std::move(out.t);
}

} // namespace tallyline::gateway
