// One table, printed as a person, a spreadsheet or a program reads it.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tallyline::gateway {

enum class format { table, csv, json };
format format_named(std::string_view word); // "table", "csv", "json"; anything else is a table

// A cell is a text, a whole number, or a share in tenths of a percent, which JSON carries as a number (64.3).
struct share {
  std::int64_t tenths = 0;
};
using cell = std::variant<std::monostate, std::string, std::int64_t, share>;

struct column {
  std::string name;  // for CSV and JSON: a plain identifier
  std::string title; // for people
};

struct table {
  std::vector<column> columns;
  std::vector<std::vector<cell>> rows;
  // In a table for people only:
  std::vector<std::size_t> rules; // a line is drawn before these rows
  std::size_t grouped = 0;        // so many columns are left blank where they repeat those of the row above
  std::vector<std::string> notes{}; // lines below the table
};

// part * 1000 / whole, rounded half up; nothing when there is no whole.
cell share_of(std::int64_t part, std::int64_t whole);

void print(std::ostream& to, const table& t, format as);

} // namespace tallyline::gateway
