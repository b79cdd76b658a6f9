// A week of candidate registration as an election office may live through it: who comes when to which counter, made up
// from a seed on the real areas of a province. Pure: the same settings give the same week on every machine.
//
// What it assumes, since nobody publishes such a week:
// - Candidates stand for the council of a city or of a rural district, cities drawing more of them, seat for seat.
// - 95 of 100 come to a public counter office of their district, the others to the county's governorate.
// - They come as people come to a deadline: 5, 6, 7, 9, 12, 19 and 42 of 100 on the seven days, most of them before
// noon,
//   and until the last hour of the last one.
// - Documents are taken at once, by whoever is free; a clerk then registers one candidate after the other, in 8 minutes
//   (median, log-normal), in the order they came. What is not done when the office closes is done the next morning, and
//   what is not done at 18:00 of the last day is late.
// - Offices are not alike: of 25 one is four times as slow, and one of 30 registers at night what came in the day.
// - 2 of 100 registrations are corrected within the hour; 1 candidate of 100 tries a second office; 1 of 100 is too
// young;
//   3 of 100 national codes are mistyped at first.
// - After the week the counties' boards accept 93 of 100, reject 5 and note 2 as withdrawn.
#pragma once

#include "storage/pack.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::rehearsal {

struct week_settings {
  std::uint64_t seed = 1;
  std::uint32_t candidates = 10'000;
  std::uint32_t offices = 150;
};

enum class office_way : std::uint8_t { ussd, terminal, link }; // by which an office reports

struct week_office {
  std::string code;
  std::string area; // district, or county of a governorate
  bool governorate = false;
  office_way way = office_way::ussd;
  std::vector<std::uint32_t> clerks;   // places in week::people
  std::vector<std::uint32_t> contests; // that it may register for, places in week::contests
  std::string site_key;                // of one with the link: 32 octets
};

struct week_person {
  std::uint64_t msisdn = 0;
  std::string pin, role, scope;
};

struct week_candidate {
  std::string national_code, name;
  int year = 0, month = 0, day = 0; // of birth, Solar Hijri
  std::uint32_t contest = 0;        // place in week::contests
  std::uint32_t office = 0;         // place in week::offices
  bool too_young = false;
};

struct week_event {
  enum class kind : std::uint8_t {
    documents,     // taken
    registered,    // by the clerk whose turn it is
    corrected,     // the same registration again, with another answer
    second_office, // documents brought to another office: refused
    too_young,     // a registration that the rules refuse
    late,          // a registration after the deadline: refused
    decided,       // by the county's board
  };
  std::int64_t at_ms = 0; // UTC
  kind what = kind::documents;
  std::uint32_t candidate = 0;
  std::uint32_t office = 0;  // of `decided`: place of the board in week::people
  std::uint32_t person = 0;  // who reports: a place in week::people
  bool mistyped = false;     // the national code, at first
  std::uint8_t decision = 0; // of `decided`: 0 accepted, 1 rejected, 2 withdrawn
};

struct week {
  storage::pack_files pack;
  std::vector<std::string> contests; // codes, in the pack's order
  std::vector<std::string> contest_areas;
  std::vector<week_office> offices;
  std::vector<week_person> people;
  std::vector<week_candidate> candidates;
  std::vector<std::uint32_t> corrections;     // candidates whose registration is corrected, ascending
  std::vector<week_event> events;             // in the order of time
  std::int64_t first_ms = 0, deadline_ms = 0; // midnight before the first day, 18:00 of the last

  // What is known at the end.
  std::uint32_t documents = 0, registered = 0, waiting = 0, corrected = 0, refused = 0;
  std::uint32_t accepted = 0, rejected = 0, withdrawn = 0;
};

// `areas_csv`: of an election pack (scripts/demo/iran). `province`: a code in it. Throws std::runtime_error when there
// is no such province, or too little in it.
week make_week(std::string_view areas_csv, std::string_view province, const week_settings& s);

} // namespace tallyline::rehearsal
