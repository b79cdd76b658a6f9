#include "gateway/rehearsal/demo_officials.h"

#include "storage/csv.h"

#include <charconv>
#include <fmt/format.h>
#include <fstream>
#include <stdexcept>
#include <unordered_map>

namespace tallyline::gateway {
namespace {

std::vector<std::vector<std::string>> rows_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  storage::csv::reader reader(bytes);
  storage::csv::row row;
  storage::csv::fault fault;
  std::vector<std::vector<std::string>> out;
  for (auto step = reader.next(row, fault); step != storage::csv::reader::step::end; step = reader.next(row, fault)) {
    if (step == storage::csv::reader::step::fault)
      throw std::runtime_error(fmt::format("{}:{}: {}", file.string(), fault.line, fault.what));
    auto& cells = out.emplace_back();
    for (const auto& c : row.cells)
      cells.push_back(c.text);
  }
  if (out.size() < 2) throw std::runtime_error(fmt::format("{} is missing or empty", file.string()));
  return out;
}

std::int64_t number(const std::string& text) {
  std::int64_t n = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (failed != std::errc{} || end != text.data() + text.size())
    throw std::runtime_error(fmt::format("reports.csv: '{}' is no number", text));
  return n;
}

} // namespace

night read_night(const std::filesystem::path& pack) {
  struct contact {
    std::uint64_t msisdn;
    std::string pin;
  };
  std::unordered_map<std::string, contact> by_station;
  auto people = rows_of(pack / "people.csv");
  for (std::size_t i = 1; i < people.size(); ++i)
    by_station[people[i].at(3)] = {std::uint64_t(number(people[i].at(0))), people[i].at(1)};

  night out;
  const auto rows = rows_of(pack / "reports.csv");
  constexpr std::size_t first_votes = 6; // station, two turnouts, signatures, received, invalid
  out.votes.resize(rows.front().size() - first_votes);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto& r = rows[i];
    const contact& c = by_station.at(r.at(0));
    station_report s{c.msisdn,        r[0], c.pin, number(r.at(1)), number(r.at(2)), number(r.at(3)), number(r.at(4)),
                     number(r.at(5)), {}};
    for (std::size_t v = 0; v < out.votes.size(); ++v) {
      s.votes.push_back(number(r.at(first_votes + v)));
      out.votes[v] += s.votes.back();
    }
    out.turnout_12 += s.turnout_12;
    out.turnout_17 += s.turnout_17;
    out.signatures += s.signatures;
    out.invalid += s.invalid;
    out.stations.push_back(std::move(s));
  }
  return out;
}

void official::reset(std::uint64_t index) {
  const std::size_t stations = night_.stations.size(), call = index / stations;
  who_ = &night_.stations[index % stations];
  said_ = 0;
  if (call < 2) {
    answers_ = {"1", who_->pin, call == 0 ? "1" : "2", fmt::to_string(call == 0 ? who_->turnout_12 : who_->turnout_17)};
    return;
  }
  answers_ = {"2", who_->pin, fmt::to_string(who_->signatures), fmt::to_string(who_->received),
              fmt::to_string(who_->invalid)};
  if (index % 3 == 0)
    for (const std::int64_t v : who_->votes)
      answers_.push_back(fmt::to_string(v));
  else
    answers_.push_back(fmt::format("{}", fmt::join(who_->votes, "*")));
}

std::optional<std::string> official::next(const rehearsal::page& shown) {
  if (shown.kind != rehearsal::page_kind::question) return std::nullopt;
  if (said_ < answers_.size()) return answers_[said_++];
  return "1"; // yes, the figures are right: send them
}

} // namespace tallyline::gateway
