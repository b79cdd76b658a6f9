// The areas of one province, and the election pack of its registration week.
#pragma once

#include "gateway/rehearsal/office_week.h"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tallyline::rehearsal {

struct office_areas {
  struct area {
    std::string code, parent, level, name;
  };
  std::vector<area> all; // the country, the province, and what lies in it; parents first
  std::unordered_map<std::string, std::size_t> at;

  // The area of this level that `code` lies in or is; empty when there is none.
  std::string above(const std::string& code, std::string_view level) const;
};

// Throws std::runtime_error when the file has no such province, or too little in it.
office_areas read_office_areas(std::string_view csv, std::string_view province);

// Fills w.pack from everything else in it.
void write_office_pack(const office_areas& areas, week& w);

} // namespace tallyline::rehearsal
