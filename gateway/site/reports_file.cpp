#include "gateway/site/reports_file.h"

#include "storage/csv.h"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

bool is_scope(std::string_view column) {
  return column == "station" || column == "office" || column == "area" || column == "scope";
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    if (end > at) out.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

} // namespace

std::vector<file_line> read_reports(const site_desk& desk, std::string_view csv, const std::string& form,
                                    const std::vector<std::string>& confirmed,
                                    const std::vector<std::string>& leave_out) {
  std::vector<file_line> out;
  std::vector<std::string> header;
  storage::csv::reader rows(csv);
  storage::csv::row row;
  storage::csv::fault fault;
  for (auto step = rows.next(row, fault); step != storage::csv::reader::step::end; step = rows.next(row, fault)) {
    if (step == storage::csv::reader::step::fault) {
      out.push_back({fault.line, {}, fault.what});
      continue;
    }
    if (header.empty()) {
      for (const auto& c : row.cells)
        header.push_back(c.text);
      if (std::none_of(header.begin(), header.end(), is_scope))
        throw std::runtime_error("the header names no station, office, area or scope: is this a file of reports?");
      continue;
    }
    file_line line{row.line, {}, {}};
    std::string of = form, scope;
    auto right = confirmed;
    std::vector<std::pair<std::string, std::string>> cells;
    for (std::size_t i = 0; i < header.size() && i < row.cells.size(); ++i) {
      const auto& [name, text] = std::pair(header[i], row.cells[i].text);
      if (is_scope(name))
        scope = text;
      else if (name == "form" && !text.empty())
        of = text;
      else if (name == "confirm")
        for (auto& w : words(text))
          right.push_back(std::move(w));
      else if (!text.empty() && std::find(leave_out.begin(), leave_out.end(), name) == leave_out.end())
        cells.emplace_back(name, text);
    }
    const auto place = desk.forms().form_by_name(of);
    if (row.cells.size() != header.size())
      line.wrong = fmt::format("{} cells, the header has {}", row.cells.size(), header.size());
    else if (!place)
      line.report.form = of;
    else
      line.report = desk.gathered(*place, scope, cells);
    line.report.confirmed = right;
    if (line.wrong.empty())
      if (const auto refused = desk.check(line.report))
        line.wrong = refused->about.empty() ? refused->why
                     : refused->wants_confirming
                         ? fmt::format("{} (if that is right: --confirm {})", refused->why, refused->about)
                         : fmt::format("{}: {}", refused->about, refused->why);
    out.push_back(std::move(line));
  }
  return out;
}

} // namespace tallyline::gateway
