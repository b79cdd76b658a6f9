// The rows of a report by area: every area of a level, or every station, inside the area asked for.
#pragma once

#include "storage/election.h"

#include <string>
#include <string_view>
#include <vector>

namespace tallyline::gateway {

struct place_row {
  std::string code, name;
  std::uint32_t area = storage::none; // none for a station's row
  std::int64_t stations = 0, registered = 0;
};

struct places {
  std::vector<place_row> rows;
  std::vector<std::uint32_t> row_of_area;    // by area: of what lies in it directly; storage::none: in no row
  std::vector<std::uint32_t> row_of_station; // storage::none: not in this report
  bool by_station = false;                   // then row_of_area names no rows

  // Of a station, an office or an area by its code.
  std::uint32_t row_of_scope(const storage::election& e, std::string_view code) const;
};

// `within`: an area's code, empty for the whole election. `by`: a level such as "district", "station", or empty for one
// row that is the area itself. Throws std::runtime_error that names what there is when area or level do not exist.
places places_of(const storage::election& e, std::string_view within, std::string_view by);

// "district, station": what lies below.
std::vector<std::string> levels_of(const storage::election& e);

} // namespace tallyline::gateway
