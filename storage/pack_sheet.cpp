#include "storage/pack_sheet.h"

#include "storage/text.h"

#include <algorithm>

namespace tallyline::storage::detail {
namespace {

constexpr std::size_t absent = static_cast<std::size_t>(-1);
constexpr std::size_t longest_code = 64;
constexpr std::size_t longest_name = 200;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The header of a sheet, held against what should be in it.
class header {
public:
  header(const sheet& what, const csv::row& row, const std::vector<std::string>& languages, complaints& wrong)
      : what_(what), row_(row), wrong_(wrong), columns_(what.columns.size(), absent) {
    for (const auto& language : languages)
      if (what.named) named_.push_back("name_" + language);
    name_columns_.assign(named_.size(), absent);
  }

  bool read() {
    bool good = true;
    for (std::size_t i = 0; i < row_.cells.size(); ++i)
      good &= place(i);
    for (std::size_t i = 0; i < columns_.size(); ++i)
      good &= present(columns_[i], what_.columns[i]);
    for (std::size_t i = 0; i < named_.size(); ++i)
      good &= present(name_columns_[i], named_[i]);
    return good;
  }
  const std::vector<std::size_t>& columns() const { return columns_; }
  const std::vector<std::size_t>& name_columns() const { return name_columns_; }

private:
  bool place(std::size_t position) {
    const std::string_view name = trimmed(row_.cells[position].text);
    std::size_t* slot = slot_of(name);
    if (!slot) return unknown(position, name);
    if (*slot != absent) {
      complain(position, fmt::format("the column {} is there twice", name), "remove one of them");
      return false;
    }
    *slot = position;
    return true;
  }

  std::size_t* slot_of(std::string_view name) {
    const auto plain = std::find(what_.columns.begin(), what_.columns.end(), name);
    if (plain != what_.columns.end()) return &columns_[static_cast<std::size_t>(plain - what_.columns.begin())];
    const auto named = std::find(named_.begin(), named_.end(), name);
    if (named != named_.end()) return &name_columns_[static_cast<std::size_t>(named - named_.begin())];
    return nullptr;
  }

  bool unknown(std::size_t position, std::string_view name) {
    std::vector<std::string_view> known(what_.columns);
    known.insert(known.end(), named_.begin(), named_.end());
    const auto near = did_you_mean(name, known);
    std::string hint =
        near ? fmt::format("did you mean {}?", *near) : fmt::format("the columns are {}", fmt::join(known, ","));
    if (what_.named && name.starts_with("name_"))
      hint = fmt::format("add {} to the languages of election.csv, or remove the column", name.substr(5));
    complain(position, fmt::format("there is no column called “{}”", name), std::move(hint));
    return false;
  }

  bool present(std::size_t position, std::string_view name) {
    if (position != absent) return true;
    wrong_.add(what_.file, row_.line, 0, fmt::format("the column {} is missing", name),
               name.starts_with("name_") ? "add it (its cells may be empty, except in the first language)"
                                         : "the first line names the columns");
    return false;
  }

  void complain(std::size_t position, std::string what, std::string hint) {
    wrong_.add(what_.file, row_.line, row_.cells[position].column, std::move(what), std::move(hint));
  }

  const sheet& what_;
  const csv::row& row_;
  complaints& wrong_;
  std::vector<std::string> named_;
  std::vector<std::size_t> columns_, name_columns_;
};

} // namespace

void complaints::add(std::string_view file, std::uint32_t line, std::uint32_t column, std::string what,
                     std::string hint) {
  if (all_.list.size() < problems::most)
    all_.list.push_back({std::string(file), line, column, std::move(what), std::move(hint)});
  ++all_.total;
}

std::string_view sheet_row::text(std::size_t column) const { return trimmed(row_.cells[columns_[column]].text); }

names sheet_row::in_languages() const {
  names all;
  all.reserve(name_columns_.size());
  for (const std::size_t position : name_columns_) {
    const csv::cell& cell = row_.cells[position];
    all.emplace_back(trimmed(cell.text));
    if (all.back().size() > longest_name)
      wrong_.add(file_, row_.line, cell.column, fmt::format("a name longer than {} bytes", longest_name), "shorten it");
  }
  if (!all.empty() && all.front().empty())
    wrong_.add(file_, row_.line, row_.cells[name_columns_.front()].column, "the name in the first language is empty",
               "write it");
  return all;
}

void sheet_row::complain(std::size_t column, std::string what, std::string hint) const {
  wrong_.add(file_, row_.line, row_.cells[columns_[column]].column, std::move(what), std::move(hint));
}

std::optional<std::int64_t> sheet_row::number(std::size_t column, std::int64_t min, std::int64_t max) const {
  const auto value = parse_number(text(column));
  if (value && *value >= min && *value <= max) return value;
  complain(column, fmt::format("“{}” is not a number from {} to {}", text(column).substr(0, 40), min, max));
  return std::nullopt;
}

std::optional<std::string> sheet_row::code(std::size_t column) const {
  const std::string_view value = text(column);
  if (value.empty()) {
    complain(column, "the code is empty", "every row needs a code of its own");
    return std::nullopt;
  }
  const bool printable =
      std::none_of(value.begin(), value.end(), [](unsigned char c) { return c <= ' ' || c == 0x7F; });
  if (value.size() <= longest_code && printable) return std::string(value);
  complain(column, "a code has a blank in it or is longer than 64 bytes", "use letters and digits, such as 01001");
  return std::nullopt;
}

bool read_sheet(const sheet& what, std::string_view bytes, const std::vector<std::string>& languages, complaints& wrong,
                const row_handler& each) {
  csv::reader in(bytes);
  csv::row first, row;
  csv::fault fault;
  const auto complain = [&](std::uint32_t line, std::uint32_t column, std::string text, std::string hint) {
    wrong.add(what.file, line, column, std::move(text), std::move(hint));
    return false;
  };
  const auto head = in.next(first, fault);
  if (head == csv::reader::step::end) return complain(1, 0, "the file is empty", "the first line names the columns");
  if (head == csv::reader::step::fault) return complain(fault.line, fault.column, fault.what, fault.hint);
  header columns(what, first, languages, wrong);
  if (!columns.read()) return false;
  bool whole = true;
  for (auto step = in.next(row, fault); step != csv::reader::step::end; step = in.next(row, fault)) {
    if (wrong.hopeless()) return false;
    if (step == csv::reader::step::fault)
      whole = complain(fault.line, fault.column, fault.what, fault.hint);
    else if (row.cells.size() != first.cells.size())
      whole =
          complain(row.line, 0, fmt::format("{} cells where the header has {}", row.cells.size(), first.cells.size()),
                   "put a cell with a comma in it in quotes");
    else
      each({what.file, row, columns.columns(), columns.name_columns(), wrong});
  }
  return whole;
}

} // namespace tallyline::storage::detail
