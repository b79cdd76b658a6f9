// One CSV file of a pack as a table with named columns. Used by the pack reader only.
#pragma once

#include "storage/csv.h"
#include "storage/pack.h"

#include <fmt/format.h>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::storage::detail {

// Collects what is wrong; the list is capped, the count is not.
class complaints {
public:
  void add(std::string_view file, std::uint32_t line, std::uint32_t column, std::string what, std::string hint = {});
  bool none() const { return all_.total == 0; }
  // So many that the file is evidently not what it should be: reading on would only cost time.
  bool hopeless() const { return all_.total >= 10'000; }
  problems take() { return std::move(all_); }

private:
  problems all_;
};

// One row, by the position of the column in the sheet's list of columns.
class sheet_row {
public:
  sheet_row(std::string_view file, const csv::row& row, const std::vector<std::size_t>& columns,
            const std::vector<std::size_t>& name_columns, complaints& wrong)
      : file_(file), row_(row), columns_(columns), name_columns_(name_columns), wrong_(wrong) {}

  std::uint32_t line() const { return row_.line; }
  std::string_view text(std::size_t column) const; // without blanks around it
  names in_languages() const;
  void complain(std::size_t column, std::string what, std::string hint = {}) const;
  // What is there, or nothing and a complaint.
  std::optional<std::int64_t> number(std::size_t column, std::int64_t min, std::int64_t max) const;
  std::optional<std::string> code(std::size_t column) const;

private:
  std::string_view file_;
  const csv::row& row_;
  const std::vector<std::size_t>& columns_;
  const std::vector<std::size_t>& name_columns_;
  complaints& wrong_;
};

struct sheet {
  std::string_view file;
  std::vector<std::string_view> columns; // all must be there
  bool named = false;                    // has a name_LANGUAGE column for each language
};

using row_handler = std::function<void(const sheet_row&)>;
// Calls `each` for every whole row. A header that does not fit is a complaint and no row is read.
// False when there were rows that `each` did not get, so that nobody complains about what is missing because of it.
bool read_sheet(const sheet& what, std::string_view bytes, const std::vector<std::string>& languages, complaints& wrong,
                const row_handler& each);

} // namespace tallyline::storage::detail
