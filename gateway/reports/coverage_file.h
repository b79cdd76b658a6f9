// The processes of an election and what is expected of each: a file, gateway/reports/coverage.yaml as it ships.
#pragma once

#include "gateway/reports/report.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tallyline::gateway {

struct process {
  enum class wants : std::uint8_t {
    as_done,       // nobody can know before: what was done is what there was to do
    menu,          // what the menus in service expect of each station, office or area
    one_per_place, // of every station, office or candidate
    count_of,      // as many as there are records of other forms
    step_after     // as many as wait for it or have had it, of the steps of another form
  };
  std::string name;
  std::map<std::string, std::string, std::less<>> says; // by language
  std::vector<std::string> forms;
  bool corrections = false; // not the records of these forms, but their corrections
  wants expected = wants::as_done;
  std::string place;               // of one_per_place
  std::vector<std::string> counts; // of count_of and step_after: forms
};

// The file, or the one that ships when `file` is empty. Throws std::runtime_error with file:line:column.
std::vector<process> read_processes(const std::filesystem::path& file);

} // namespace tallyline::gateway
