// The queues of the offices: what waits there for its next step, how fast it goes, and who nearby has less to do. For
// `report queues` and for the notices that a gateway sends.
#pragma once

#include "gateway/reports/report.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tallyline::gateway {

struct office_queue {
  std::int64_t waiting = 0;
  std::int64_t oldest_ms = 0;      // UTC, since when; 0: nothing waits
  std::int64_t median_age_ms = 0;  // of those that wait
  std::int64_t done_last_hour = 0; // left the queue
  std::int64_t last_done_ms = 0;   // UTC; 0: never
};

// By index of the office, all of the election. Of `form`, the first step.
std::vector<office_queue> queues_of(storage::reader& from, const storage::election& e, const std::string& form,
                                    std::int64_t now_ms);
// The same from what the queue's length and age alone say: one query, no medians and no rates.
std::vector<office_queue> queues_at_a_glance(storage::reader& from, const storage::election& e,
                                             const std::string& form);

// When it will be empty at the rate of the last hour (UTC, ms): nothing when it will not, `now_ms` when it is.
std::optional<std::int64_t> empty_at(const office_queue& q, std::int64_t now_ms);

// The office with the shortest queue among those nearby: in the smallest area around it that has another one, up to the
// county (in an election without counties, up to what lies under the whole). Offices that have done nothing within a
// day are left out: their queue is short because nobody is there.
class least_busy {
public:
  // Both must outlive it.
  least_busy(const storage::election& e, const std::vector<office_queue>& queues, std::int64_t now_ms);
  // Only one with a shorter queue than the office's own.
  std::optional<std::uint32_t> near(std::uint32_t office) const;

private:
  bool before(std::uint32_t a, std::uint32_t b) const;
  std::vector<std::uint32_t> around(std::uint32_t office) const;

  const storage::election& e_;
  const std::vector<office_queue>& queues_;
  std::vector<std::array<std::uint32_t, 2>> best_; // by area: the two shortest queues in it
};

} // namespace tallyline::gateway
