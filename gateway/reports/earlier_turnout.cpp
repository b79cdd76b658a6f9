#include "gateway/reports/earlier_turnout.h"

#include "gateway/table.h"
#include "storage/csv.h"
#include "storage/text.h"

#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

struct header {
  std::optional<std::size_t> code, share, present, registered, hour;
};

header header_of(const storage::csv::row& r) {
  header h;
  for (std::size_t c = 0; c < r.cells.size(); ++c) {
    const auto& name = r.cells[c].text;
    if (name == "area" || name == "code" || name == "station") h.code = c;
    if (name == "share" || name == "turnout") h.share = c;
    if (name == "present" || name == "voters") h.present = c;
    if (name == "registered") h.registered = c;
    if (name == "hour") h.hour = c;
  }
  return h;
}

std::optional<std::int64_t> tenths_of(const std::string& text) {
  try {
    std::size_t used = 0;
    const double percent = std::stod(text, &used);
    if (used != text.size() || !(percent >= 0 && percent <= 1000)) return std::nullopt;
    return std::llround(percent * 10);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::optional<std::int64_t> share_in(const header& h, const storage::csv::row& r) {
  const auto text = [&](std::optional<std::size_t> at) {
    return at && *at < r.cells.size() ? r.cells[*at].text : std::string();
  };
  if (h.share) return tenths_of(text(h.share));
  const auto present = storage::parse_number(text(h.present)), registered = storage::parse_number(text(h.registered));
  if (!present || !registered) return std::nullopt;
  const auto s = gateway::share_of(*present, *registered);
  return std::holds_alternative<share>(s) ? std::optional(std::get<share>(s).tenths) : std::nullopt;
}

} // namespace

earlier_turnout earlier_turnout::read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error(file + " cannot be read");
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  storage::csv::reader rows(bytes);
  storage::csv::row row;
  storage::csv::fault wrong;
  std::optional<header> h;
  earlier_turnout out;
  for (auto step = rows.next(row, wrong); step != storage::csv::reader::step::end; step = rows.next(row, wrong)) {
    if (step == storage::csv::reader::step::fault)
      throw std::runtime_error(fmt::format("{}:{}: {}", file, wrong.line, wrong.what));
    if (!h) {
      h = header_of(row);
      if (!h->code || (!h->share && (!h->present || !h->registered)))
        throw std::runtime_error(fmt::format("{}:1: a column 'code' (or 'area') is needed, and 'share', or 'present' "
                                             "and 'registered'",
                                             file));
      continue;
    }
    if (*h->code >= row.cells.size()) continue;
    const auto share = share_in(*h, row);
    if (!share) continue; // nothing was reported there then
    const std::string hour = h->hour && *h->hour < row.cells.size() ? row.cells[*h->hour].text : std::string();
    out.shares_[{row.cells[*h->code].text, hour}] = *share;
  }
  return out;
}

std::optional<std::int64_t> earlier_turnout::share_of(std::string_view code, std::string_view hour) const {
  for (const std::string_view at : {hour, std::string_view()})
    if (const auto found = shares_.find(std::pair<std::string, std::string>(code, at)); found != shares_.end())
      return found->second;
  return std::nullopt;
}

} // namespace tallyline::gateway
