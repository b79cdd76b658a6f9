#include "gateway/session.h"

namespace tallyline::gateway {

session_ref session_table::open(std::uint64_t msisdn, steady_time now) {
  std::uint32_t index;
  if (free_.empty()) {
    index = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  session& s = slots_[index];
  s.msisdn = msisdn;
  s.open = true;
  s.last_heard = now;
  by_msisdn_[msisdn] = index;
  link_newest(index);
  return {index, s.generation};
}

void session_table::close(session_ref r) {
  session* s = find(r);
  if (!s) return;
  unlink(r.index);
  by_msisdn_.erase(s->msisdn);
  const std::uint32_t generation = s->generation + 1;
  *s = session{};
  s->generation = generation;
  free_.push_back(r.index);
}

session* session_table::find(session_ref r) {
  if (r.index >= slots_.size()) return nullptr;
  session& s = slots_[r.index];
  return s.open && s.generation == r.generation ? &s : nullptr;
}

session* session_table::find(std::uint64_t msisdn, session_ref* ref) {
  const auto found = by_msisdn_.find(msisdn);
  if (found == by_msisdn_.end()) return nullptr;
  session& s = slots_[found->second];
  if (ref) *ref = {found->second, s.generation};
  return &s;
}

void session_table::heard(session_ref r, steady_time now) {
  session* s = find(r);
  if (!s) return;
  s->last_heard = now;
  if (newest_ == r.index + 1) return;
  unlink(r.index);
  link_newest(r.index);
}

session* session_table::oldest(session_ref* ref) {
  if (oldest_ == 0) return nullptr;
  session& s = slots_[oldest_ - 1];
  if (ref) *ref = {oldest_ - 1, s.generation};
  return &s;
}

void session_table::link_newest(std::uint32_t index) {
  session& s = slots_[index];
  s.older = newest_;
  s.newer = 0;
  if (newest_) slots_[newest_ - 1].newer = index + 1;
  newest_ = index + 1;
  if (!oldest_) oldest_ = index + 1;
}

void session_table::unlink(std::uint32_t index) {
  session& s = slots_[index];
  (s.older ? slots_[s.older - 1].newer : oldest_) = s.newer;
  (s.newer ? slots_[s.newer - 1].older : newest_) = s.older;
  s.older = s.newer = 0;
}

} // namespace tallyline::gateway
