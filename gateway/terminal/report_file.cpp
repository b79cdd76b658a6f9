#include "gateway/terminal/report_file.h"

#include "storage/text.h"

#include <algorithm>
#include <fmt/format.h>

namespace tallyline::gateway {
namespace {

namespace csv = storage::csv;

std::string trimmed(const std::string& text) {
  const auto from = text.find_first_not_of(" \t"), to = text.find_last_not_of(" \t");
  return from == std::string::npos ? std::string() : text.substr(from, to - from + 1);
}

std::string told(const csv::fault& f) { return f.hint.empty() ? f.what : fmt::format("{}; {}", f.what, f.hint); }

std::vector<std::string> words_in(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(" ;,+"), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

} // namespace

report_file::report_file(std::string bytes) : bytes_(std::move(bytes)), reader_(bytes_) {
  if (bytes_.find('\0') != std::string::npos)
    problem_ = "this is no text; save the table as CSV (UTF-8) and send that";
  else if (!storage::valid_utf8(bytes_))
    problem_ = "this is not UTF-8; save the table as CSV UTF-8 and send that";
  else
    read_header();
}

void report_file::read_header() {
  csv::row head;
  csv::fault wrong;
  const auto got = reader_.next(head, wrong);
  if (got == csv::reader::step::end) {
    problem_ = "it is empty";
    return;
  }
  if (got == csv::reader::step::fault) {
    problem_ = fmt::format("line {}: {}", wrong.line, told(wrong));
    return;
  }
  for (const auto& c : head.cells) {
    const std::string name = trimmed(c.text);
    if (std::find(names_.begin(), names_.end(), name) != names_.end()) {
      problem_ = fmt::format("the column {} is there twice", name);
      return;
    }
    names_.push_back(name);
    columns_.push_back(name == "form"                                                               ? column::form
                       : name == "scope" || name == "station" || name == "office" || name == "area" ? column::scope
                       : name == "confirm"                                                          ? column::confirm
                                                                                                    : column::answer);
  }
  if (std::count(columns_.begin(), columns_.end(), column::form) == 0)
    problem_ = names_.size() == 1 && names_[0].find(';') != std::string::npos
                   ? "its columns are parted by semicolons; save it with commas"
                   : "this is no file of reports: its first line must name the columns, and one of them is form";
  else if (std::count(columns_.begin(), columns_.end(), column::scope) > 1)
    problem_ = "only one of the columns station, office, area and scope may be there";
}

std::optional<file_row> report_file::next() {
  if (!problem_.empty()) return std::nullopt;
  csv::row row;
  csv::fault wrong;
  switch (reader_.next(row, wrong)) {
  case csv::reader::step::end:
    return std::nullopt;
  case csv::reader::step::fault: {
    file_row bad;
    bad.line = wrong.line;
    bad.fault = told(wrong);
    return bad;
  }
  case csv::reader::step::row:
    break;
  }
  return row_of(row);
}

file_row report_file::row_of(csv::row& from) const {
  file_row r;
  r.line = from.line;
  if (from.cells.size() != names_.size()) {
    r.fault = fmt::format("{} cells, but the first line names {} columns", from.cells.size(), names_.size());
    return r;
  }
  for (std::size_t c = 0; c < names_.size(); ++c) {
    std::string text = trimmed(from.cells[c].text);
    if (text.empty()) continue;
    switch (columns_[c]) {
    case column::form:
      r.form = std::move(text);
      break;
    case column::scope:
      r.scope = std::move(text);
      break;
    case column::confirm:
      r.confirmed = words_in(text);
      break;
    case column::answer:
      r.cells.push_back({names_[c], std::move(text)});
      break;
    }
  }
  if (r.form.empty()) r.fault = "the column form is empty";
  return r;
}

} // namespace tallyline::gateway
