// A file of reports: CSV whose header names the form, what it is about, and the questions. README.md beside this says
// how to write one. Pure.
#pragma once

#include "storage/csv.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::gateway {

struct file_cell {
  std::string_view column;
  std::string text; // never empty
};
struct file_row {
  std::uint32_t line = 0; // where it begins in the file
  std::string fault;      // not empty: it could not be read, and the rest means nothing
  std::string form, scope;
  std::vector<file_cell> cells;
  std::vector<std::string> confirmed; // names of warnings
};

class report_file {
public:
  // Keeps the bytes. `problem` is not empty when this is no file of reports.
  explicit report_file(std::string bytes);
  report_file(const report_file&) = delete;
  report_file& operator=(const report_file&) = delete;
  const std::string& problem() const { return problem_; }

  // The next row. The views in it live as long as the file.
  std::optional<file_row> next();

private:
  enum class column : std::uint8_t { form, scope, confirm, answer };
  void read_header();
  file_row row_of(storage::csv::row& from) const;

  std::string bytes_;
  storage::csv::reader reader_;
  std::string problem_;
  std::vector<std::string> names_;
  std::vector<column> columns_;
};

} // namespace tallyline::gateway
