// What the officials of the demo have to report, and how each of them goes about it on the phone.
#pragma once

#include "gateway/rehearsal/load.h"
#include "storage/election.h"

#include <filesystem>
#include <string>
#include <vector>

namespace tallyline::gateway {

// A row of reports.csv.
struct station_report {
  std::uint64_t msisdn = 0;
  std::string station, pin;
  std::int64_t turnout_12 = 0, turnout_17 = 0, signatures = 0, received = 0, invalid = 0;
  std::vector<std::int64_t> votes; // in order of the candidates' numbers
};

struct night {
  std::vector<station_report> stations;
  std::vector<std::int64_t> votes; // the source's totals, by candidate
  std::int64_t turnout_12 = 0, turnout_17 = 0, signatures = 0, invalid = 0;
};

// Throws std::runtime_error when a file of the pack is not as it should be.
night read_night(const std::filesystem::path& pack);

// Three calls a station, one after the other in the order of the night: all of 12:00, all of 17:00, all counts. Every
// third official types the candidates' votes one by one, the others in one go.
class official final : public rehearsal::caller {
public:
  explicit official(const night& n) : night_(n) {}
  void reset(std::uint64_t index) override;
  std::uint64_t msisdn() const override { return who_->msisdn; }
  std::string_view code() const override { return "*140#"; }
  std::optional<std::string> next(const rehearsal::page& shown) override;

private:
  const night& night_;
  const station_report* who_ = nullptr;
  std::vector<std::string> answers_;
  std::size_t said_ = 0;
};

} // namespace tallyline::gateway
