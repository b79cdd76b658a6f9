#include "gateway/authoring/sample_election.h"

#include <fmt/format.h>

namespace tallyline::gateway {
namespace {

// A name in each language of the script: Persian where that is asked for, English otherwise.
class namer {
public:
  explicit namer(const menus::script& menu) : menu_(menu) {}
  storage::names operator()(const char* english, const char* persian) const {
    storage::names all;
    for (const auto& l : menu_.languages)
      all.emplace_back(l.tag.starts_with("fa") ? persian : english);
    return all;
  }

private:
  const menus::script& menu_;
};

void add_places(storage::election& e, const namer& name, bool of_offices) {
  e.areas.push_back({"S", storage::none, "country", name("Sample country", "کشور نمونه")});
  e.areas.push_back({"S1", 0, "province", name("Sample province", "استان نمونه")});
  e.areas.push_back({"S11", 1, "county", name("Sample county", "شهرستان نمونه")});
  e.areas.push_back({"S111", 2, "district", name("Sample district", "بخش نمونه")});
  if (of_offices) e.areas.push_back({"S112", 2, "district", name("Second district", "بخش دوم")});
  e.stations.push_back({"S1001", 3, name("Old school", "مدرسه قدیم"), 1500});
  e.stations.push_back({"S1002", 3, name("Town hall", "شهرداری"), 820});
  e.stations.push_back({"S1003", 3, name("Library", "کتابخانه"), 2400});
  e.offices.push_back({"SO1", 3, name("District office", "بخشداری")});
  if (of_offices) e.offices.push_back({"SO2", 4, name("Second office", "دفتر دوم")});
}

void add_contests(storage::election& e, const namer& name, bool of_offices) {
  e.contests.push_back({"president", 0, name("Presidency", "ریاست جمهوری"), 1, 1, {}});
  e.contests.push_back({"council", 1, name("Council", "شورا"), 3, 3, {}});
  static constexpr const char* english[] = {"Candidate A", "Candidate B", "Candidate C", "Candidate D"};
  static constexpr const char* persian[] = {"نامزد الف", "نامزد ب", "نامزد پ", "نامزد ت"};
  static constexpr std::int64_t numbers[] = {1, 2, 5, 41};
  for (std::uint32_t contest = 0; contest < 2; ++contest)
    for (std::size_t i = 0; i < 4; ++i) {
      e.contests[contest].candidates.push_back(static_cast<std::uint32_t>(e.candidates.size()));
      e.candidates.push_back({contest, numbers[i], name(english[i], persian[i])});
    }
  if (!of_offices) return;
  e.contests.push_back({"city", 3, name("City council", "شورای شهر"), 5, 5, {}});
  e.contests.push_back({"village", 3, name("Village council", "شورای روستا"), 3, 3, {}});
  e.contests.push_back({"town", 4, name("Town council", "شورای شهرک"), 3, 3, {}});
}

void add_person(storage::election& e, std::uint64_t msisdn, const char* role, storage::scope_kind scope,
                std::uint32_t index, const char* name) {
  storage::person p;
  p.msisdn = msisdn, p.role = role, p.scope = scope, p.scope_index = index, p.name = name;
  p.language = e.languages.front();
  e.people.push_back(std::move(p));
}

// Whom somebody who answers for an area finds below it.
void add_people_below(storage::election& e) {
  using storage::scope_kind;
  add_person(e, 98'912'000'011, "presiding_officer", scope_kind::station, 0, "Sample officer 1");
  add_person(e, 98'912'000'012, "presiding_officer", scope_kind::station, 1, "Sample officer 2");
  add_person(e, 98'912'000'021, "clerk", scope_kind::office, 0, "Sample clerk");
  add_person(e, 98'912'000'031, "presiding_officer", scope_kind::station, 1, "Sample stand-in");
  e.people.back().until_ms = 4'102'444'800'000; // of 2100
}

} // namespace

storage::election sample_election(const menus::script& menu) {
  const namer name(menu);
  storage::election e;
  e.name = "Sample election";
  e.date = "2026-11-24";
  e.time_zone = "UTC";
  e.polls_open = "08:00";
  e.polls_close = "20:00";
  for (const auto& l : menu.languages)
    e.languages.push_back(l.tag);
  // Who works in an office registers for the contests of its area, and there is another office beside it.
  const bool of_offices = menu.scope == menus::noun::office;
  add_places(e, name, of_offices);
  add_contests(e, name, of_offices);
  for (std::uint64_t i = 1; i <= (of_offices ? 3U : 2U); ++i) {
    storage::person p;
    p.msisdn = 98'912'000'000 + i;
    p.role = menu.who;
    p.scope = menu.scope == menus::noun::office ? storage::scope_kind::office
              : menu.scope == menus::noun::area ? storage::scope_kind::area
                                                : storage::scope_kind::station;
    p.scope_index = menu.scope == menus::noun::area ? 3 : i == 3 ? 1 : 0;
    p.name = fmt::format("Sample person {}", i);
    p.language = e.languages.front();
    e.people.push_back(p);
  }
  if (menu.scope == menus::noun::area) add_people_below(e);
  e.index();
  return e;
}

} // namespace tallyline::gateway
