#include "gateway/rehearsal/week_run.h"

#include <fmt/format.h>
#include <utility>

namespace tallyline::rehearsal {
namespace {

using kind = week_event::kind;
constexpr std::size_t most_examples = 12;

bool is_refused(kind k) { return k == kind::second_office || k == kind::too_young || k == kind::late; }

std::string_view name_of(kind k) {
  switch (k) {
  case kind::documents:
    return "documents";
  case kind::registered:
    return "a registration";
  case kind::corrected:
    return "a correction";
  case kind::second_office:
    return "documents at a second office";
  case kind::too_young:
    return "a registration of somebody too young";
  case kind::late:
    return "a registration after the deadline";
  case kind::decided:
    return "a decision";
  }
  return {};
}

} // namespace

week_run::week_run(const week& w, week_ways ways, std::function<void(std::int64_t)> clock,
                   std::function<void()> at_deadline, std::size_t at_once)
    : week_(w), ways_(ways), clock_(std::move(clock)), at_deadline_(std::move(at_deadline)), at_once_(at_once),
      candidate_busy_(w.candidates.size()), person_busy_(w.people.size()) {
  progress_.all = w.events.size();
}

void week_run::start(std::function<void()> done) {
  done_ = std::move(done);
  go_on();
}

// What cannot begin yet holds back all behind it: the week's clock must not run ahead.
void week_run::go_on() {
  if (std::exchange(going_on_, true)) return; // an errand may be over before it returns
  const auto ready = [&](const week_event& e) { return deadline_lets(e) && may_begin(e); };
  while (under_way_ < at_once_ && next_ < week_.events.size() && ready(week_.events[next_]))
    begin(week_.events[next_++]);
  going_on_ = false;
  if (under_way_ == 0 && next_ == week_.events.size())
    if (const auto done = std::exchange(done_, nullptr)) done();
}

// The deadline does not pass over what was begun before it: false until that is over.
bool week_run::deadline_lets(const week_event& e) {
  if (!at_deadline_ || e.at_ms < week_.deadline_ms) return true;
  if (under_way_ > 0) return false;
  clock_(week_.deadline_ms);
  std::exchange(at_deadline_, nullptr)();
  return true;
}

bool week_run::may_begin(const week_event& e) const { return !candidate_busy_[e.candidate] && !person_busy_[e.person]; }

void week_run::begin(const week_event& e) {
  candidate_busy_[e.candidate] = person_busy_[e.person] = true;
  ++under_way_;
  clock_(e.at_ms);
  way_of(e).run(errand_of(week_, e), [this, &e](const std::string& last) { over(e, last); });
}

void week_run::over(const week_event& e, const std::string& last) {
  candidate_busy_[e.candidate] = person_busy_[e.person] = false;
  --under_way_;
  ++progress_.done;
  const bool recorded = has_receipt(last);
  ++(recorded ? progress_.recorded : progress_.refused);
  if (recorded == is_refused(e.what)) {
    ++progress_.wrong;
    if (progress_.examples.size() < most_examples)
      progress_.examples.push_back(fmt::format("{} by {}, {}: {}", name_of(e.what), week_.people[e.person].msisdn,
                                               recorded ? "recorded" : "not recorded", last));
  }
  go_on();
}

errand_way& week_run::way_of(const week_event& e) const {
  if (e.what == kind::decided) return ways_.ussd;
  switch (week_.offices[e.office].way) {
  case office_way::terminal:
    return ways_.terminal;
  case office_way::link:
    return ways_.link;
  case office_way::ussd:
    break;
  }
  return ways_.ussd;
}

} // namespace tallyline::rehearsal
