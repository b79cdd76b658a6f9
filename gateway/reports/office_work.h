// What the offices have done, from one pass over the steps and the few records that were corrected or rejected.
#pragma once

#include "gateway/reports/league.h"
#include "gateway/reports/report.h"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace tallyline::gateway {

// The records that a rule is shown by: the three that come first by some measure.
class first_three {
public:
  void add(std::int64_t measure, std::int64_t seq); // the greatest come first
  std::vector<std::int64_t> records() const;

private:
  struct entry {
    std::int64_t measure = 0, seq = 0; // seq 0: none
  };
  std::array<entry, 3> kept_;
};

// Of an office, or of all offices of an area.
struct office_work {
  std::array<std::optional<std::int64_t>, figures> of{}; // by figure
  std::int64_t offices = 0;
  std::int64_t registrations = 0, events = 0, out_of_hours = 0, errors = 0, records = 0; // what the shares are made of
  std::int64_t in_area = 0;                                                              // registrations there
  std::int64_t last_ms = 0;                                                              // UTC; 0: nothing ever
  bool silent = false;
  std::array<first_three, 7> shown_by; // by evidence

  const std::optional<std::int64_t>& get(figure f) const { return of[static_cast<std::size_t>(f)]; }
  void set(figure f, std::int64_t value) { of[static_cast<std::size_t>(f)] = value; }
};

// `unit_of`: by index of the office, where its work counts; storage::none: nowhere. `areas_of`: by unit, the area whose
// registrations it has a share of, by any number below `areas`.
struct office_units {
  std::vector<std::uint32_t> unit_of;
  std::vector<std::uint32_t> area_of;
  std::size_t areas = 0;
};
std::vector<office_work> work_of(const report_source& s, const league& l, const office_units& units);

} // namespace tallyline::gateway
