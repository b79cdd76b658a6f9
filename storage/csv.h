// Reads comma-separated values as RFC 4180 has them: quoted cells, doubled quotes, CRLF or LF, a byte order mark at
// most.
//
// Owner: one reader a file, on the stack; holds a view of the bytes. Any thread. Never throws on bad input: a broken
// row is reported with its line and column, skipped, and reading goes on with the next line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::storage::csv {

inline constexpr std::size_t longest_row = 64 * 1024; // bytes
inline constexpr std::size_t most_cells = 64;

struct cell {
  std::string text;
  std::uint32_t column = 1; // in characters, where the cell begins
};
struct row {
  std::uint32_t line = 0; // where the row begins
  std::vector<cell> cells;
};
struct fault {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string what, hint;
};

class reader {
public:
  explicit reader(std::string_view bytes);
  enum class step : std::uint8_t { row, fault, end };
  // One row or one fault after the other; blank lines are passed over. The out parameter named by the answer is filled.
  step next(row& out, fault& wrong);

private:
  bool cell_into(cell& out, fault& wrong);
  bool quoted_into(cell& out, fault& wrong);
  bool bare_into(cell& out, fault& wrong);
  bool at_line_end() const;
  void skip_line_end();
  void skip_line();
  char take();
  bool stray_quote(fault& wrong, std::string what);
  bool refuse(fault& wrong, std::string what, std::string hint) const;

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::size_t row_start_ = 0;
  std::uint32_t line_ = 1;
  std::uint32_t column_ = 1;
};

} // namespace tallyline::storage::csv
