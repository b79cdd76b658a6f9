#include "gateway/exports/nist.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <unordered_set>

namespace tallyline::gateway {
namespace {

using boost::json::array;
using boost::json::object;

std::string type_of(std::string_view name) { return fmt::format("ElectionResults.{}", name); }

class writer {
public:
  explicit writer(const counted_election& c) : c_(c) {}

  object report() {
    return {{"@type", type_of("ElectionReport")},
            {"Format", c_.by_station ? "precinct-level" : "summary-contest"},
            {"GeneratedDate", c_.generated},
            {"Issuer", c_.issuer},
            {"IssuerAbbreviation", c_.issuer},
            {"SequenceStart", 1},
            {"SequenceEnd", 1},
            {"Status", c_.complete() ? "unofficial-complete" : "unofficial-partial"},
            {"VendorApplicationId", "tallyline " + c_.version},
            {"GpUnit", units()},
            {"Election", array{election()}}};
  }

private:
  object text(const storage::names& names) const {
    array all;
    for (std::size_t l = 0; l < c_.e.languages.size(); ++l)
      if (l < names.size() && !names[l].empty())
        all.push_back(
            object{{"@type", type_of("LanguageString")}, {"Content", names[l]}, {"Language", c_.e.languages[l]}});
    return {{"@type", type_of("InternationalizedText")}, {"Text", std::move(all)}};
  }
  static std::string area_id(const std::string& code) { return "area-" + code; }
  static std::string station_id(const std::string& code) { return "station-" + code; }
  std::string id_of(const place_row& row) const {
    return row.area == storage::none ? station_id(row.code) : area_id(row.code);
  }

  static object code(const std::string& value) {
    return {{"@type", type_of("ExternalIdentifier")}, {"Type", "local-level"}, {"Value", value}};
  }
  static object unit(std::string id, const std::string& its_code, std::string_view name) {
    return {{"@type", type_of("ReportingUnit")},
            {"@id", std::move(id)},
            {"Name", name},
            {"ExternalIdentifier", array{code(its_code)}}};
  }

  // Every area, so that what names one can be found; stations only where they are the parts.
  array units() const {
    std::vector<array> below(c_.e.areas.size());
    for (const auto& a : c_.e.areas)
      if (a.parent != storage::none) below[a.parent].push_back(boost::json::string(area_id(a.code)));
    if (c_.by_station)
      for (std::size_t s = 0; s < c_.e.stations.size(); ++s)
        if (c_.parts.row_of_station[s] != storage::none)
          below[c_.e.stations[s].area].push_back(boost::json::string(station_id(c_.e.stations[s].code)));
    array all;
    for (std::size_t a = 0; a < c_.e.areas.size(); ++a) {
      const auto& area = c_.e.areas[a];
      auto u = unit(area_id(area.code), area.code, storage::in_language(area.name, 0));
      set_type(u, area.level);
      if (!below[a].empty()) u["ComposingGpUnitIds"] = std::move(below[a]);
      all.push_back(std::move(u));
    }
    for (std::size_t s = 0; c_.by_station && s < c_.e.stations.size(); ++s) {
      if (c_.parts.row_of_station[s] == storage::none) continue;
      const auto& station = c_.e.stations[s];
      auto u = unit(station_id(station.code), station.code, storage::in_language(station.name, 0));
      u["Type"] = "polling-place";
      u["VotersRegistered"] = station.registered;
      all.push_back(std::move(u));
    }
    return all;
  }
  static void set_type(object& u, const std::string& level) {
    static const std::unordered_set<std::string> known{"country",      "county", "city",     "state",   "borough",
                                                       "municipality", "town",   "township", "village", "ward"};
    u["Type"] = known.contains(level) ? level : "other";
    if (!known.contains(level)) u["OtherType"] = level;
  }

  object election() const {
    array candidates, contests;
    for (const auto& c : c_.e.candidates)
      candidates.push_back(
          object{{"@type", type_of("Candidate")}, {"@id", candidate_id(c)}, {"BallotName", text(c.name)}});
    for (std::size_t c = 0; c < c_.e.contests.size(); ++c)
      contests.push_back(contest(c));
    storage::names name(c_.e.languages.size());
    if (!name.empty()) name[0] = c_.e.name;
    return {{"@type", type_of("Election")},
            {"Name", text(name)},
            {"StartDate", c_.e.date},
            {"EndDate", c_.e.date},
            {"Type", "general"},
            {"ElectionScopeId", area_id(c_.whole.rows[0].code)},
            {"Candidate", std::move(candidates)},
            {"Contest", std::move(contests)}};
  }
  std::string candidate_id(const storage::candidate& c) const {
    return fmt::format("candidate-{}-{}", c_.e.contests[c.contest].code, c.number);
  }

  // Calls each(row, tally) for the whole and for each part in which the contest is held.
  template <class Each> void rows(std::size_t contest, Each each) const {
    each(c_.whole.rows[0], c_.of_whole.of(contest, 0));
    for (std::size_t r = 0; r < c_.parts.rows.size(); ++r)
      if (c_.of_parts.of(contest, r).of > 0) each(c_.parts.rows[r], c_.of_parts.of(contest, r));
  }

  object contest(std::size_t index) const {
    const auto& c = c_.e.contests[index];
    const auto& sum = c_.of_whole.of(index, 0);
    array selections, counts;
    for (std::size_t i = 0; i < c.candidates.size(); ++i)
      selections.push_back(selection(index, i));
    rows(index, [&](const place_row& row, const tally& t) {
      object s{{"@type", type_of("SummaryCounts")},
               {"Type", "total"},
               {"GpUnitId", id_of(row)},
               {"BallotsRejected", t.invalid}};
      if (t.ballots > 0) s["BallotsCast"] = t.ballots;
      counts.push_back(std::move(s));
    });
    return {{"@type", type_of("CandidateContest")},
            {"@id", "contest-" + c.code},
            {"Name", storage::in_language(c.name, 0)},
            {"ElectoralDistrictId", area_id(c_.e.areas[c.area].code)},
            {"VotesAllowed", c.max_choices},
            {"NumberElected", c.seats},
            {"VoteVariation", c.max_choices > 1 ? "n-of-m" : "plurality"},
            {"SubUnitsReported", sum.stations},
            {"TotalSubUnits", sum.of},
            {"SummaryCounts", std::move(counts)},
            {"BallotSelection", std::move(selections)}};
  }

  object selection(std::size_t contest, std::size_t place) const {
    const auto& candidate = c_.e.candidates[c_.e.contests[contest].candidates[place]];
    const std::string id = candidate_id(candidate);
    array counts;
    rows(contest, [&](const place_row& row, const tally& t) {
      counts.push_back(object{{"@type", type_of("VoteCounts")},
                              {"Type", "total"},
                              {"GpUnitId", id_of(row)},
                              {"Count", t.by_candidate[place]}});
    });
    return {{"@type", type_of("CandidateSelection")},
            {"@id", "selection-" + id},
            {"SequenceOrder", static_cast<std::int64_t>(place + 1)},
            {"CandidateIds", array{boost::json::string(id)}},
            {"VoteCounts", std::move(counts)}};
  }

  const counted_election& c_;
};

} // namespace

std::string nist_report(const counted_election& c) { return boost::json::serialize(writer(c).report()) + '\n'; }

} // namespace tallyline::gateway
