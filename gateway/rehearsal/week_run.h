// Lives through a week of registration on a running gateway: each event by the way of its office, in the order of time,
// many at once, and never two of one candidate or of one person.
//
// The week's clock goes from event to event. Network thread only.
#pragma once

#include "gateway/rehearsal/office_errand.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tallyline::rehearsal {

struct week_ways {
  errand_way& ussd;
  errand_way& terminal;
  errand_way& link;
};

struct week_progress {
  std::size_t done = 0, all = 0;
  std::size_t recorded = 0, refused = 0;
  std::size_t wrong = 0;             // recorded what should have been refused, or the other way round
  std::vector<std::string> examples; // of these, a few
};

class week_run {
public:
  // All referred to outlive it. `clock`: told the time of the event that begins, UTC ms, never earlier than before.
  // `at_deadline`: called once, when all that was begun before the deadline is over and the clock is there.
  week_run(const week& w, week_ways ways, std::function<void(std::int64_t)> clock, std::function<void()> at_deadline,
           std::size_t at_once);
  // Calls `done` when all that was begun is over.
  void start(std::function<void()> done);
  const week_progress& so_far() const { return progress_; }

private:
  void go_on();
  bool deadline_lets(const week_event& e);
  bool may_begin(const week_event& e) const;
  void begin(const week_event& e);
  void over(const week_event& e, const std::string& last);
  errand_way& way_of(const week_event& e) const;

  const week& week_;
  week_ways ways_;
  std::function<void(std::int64_t)> clock_;
  std::function<void()> at_deadline_;
  std::size_t at_once_, next_ = 0, under_way_ = 0;
  std::vector<bool> candidate_busy_, person_busy_;
  std::function<void()> done_;
  week_progress progress_;
  bool going_on_ = false;
};

} // namespace tallyline::rehearsal
