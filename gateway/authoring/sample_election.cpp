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

void add_places(storage::election& e, const namer& name) {
  e.areas.push_back({"S", storage::none, "country", name("Sample country", "کشور نمونه")});
  e.areas.push_back({"S1", 0, "province", name("Sample province", "استان نمونه")});
  e.areas.push_back({"S11", 1, "county", name("Sample county", "شهرستان نمونه")});
  e.areas.push_back({"S111", 2, "district", name("Sample district", "بخش نمونه")});
  e.stations.push_back({"S1001", 3, name("Old school", "مدرسه قدیم"), 1500});
  e.stations.push_back({"S1002", 3, name("Town hall", "شهرداری"), 820});
  e.stations.push_back({"S1003", 3, name("Library", "کتابخانه"), 2400});
  e.offices.push_back({"SO1", 3, name("District office", "بخشداری")});
}

void add_contests(storage::election& e, const namer& name) {
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
  add_places(e, name);
  add_contests(e, name);
  for (std::uint64_t i = 1; i <= 2; ++i) {
    storage::person p;
    p.msisdn = 98'912'000'000 + i;
    p.role = menu.who;
    p.scope = menu.scope == menus::noun::office ? storage::scope_kind::office
              : menu.scope == menus::noun::area ? storage::scope_kind::area
                                                : storage::scope_kind::station;
    p.scope_index = menu.scope == menus::noun::area ? 3 : 0;
    p.name = fmt::format("Sample person {}", i);
    p.language = e.languages.front();
    e.people.push_back(p);
  }
  e.index();
  return e;
}

} // namespace tallyline::gateway
