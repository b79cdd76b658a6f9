// Which draft slot on disk belongs to whom: slots are dense so that the drafts under way lie on few pages of the
// database, and a commit of many answers writes few of them. Network thread only.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <vector>

namespace tallyline::gateway {

class draft_slots {
public:
  // At start: a draft that the database holds.
  void found(std::uint32_t slot, std::uint64_t msisdn, std::uint16_t menu) {
    waiting_[key(msisdn, menu)] = slot;
    found_.push_back(slot);
    if (slot >= next_) next_ = slot + 1;
  }
  // At start, after every `found`: the gaps between the slots in use can be given out.
  void fill_gaps() {
    std::vector<bool> used(next_);
    for (const std::uint32_t slot : found_)
      used[slot] = true;
    for (std::uint32_t slot = next_ - 1; slot > 0; --slot)
      if (!used[slot]) free_.push_back(slot);
  }
  // The slot of a draft that nobody is at; it belongs to the caller now. 0 when there is none.
  std::uint32_t claim(std::uint64_t msisdn, std::uint16_t menu) {
    const auto at = waiting_.find(key(msisdn, menu));
    if (at == waiting_.end()) return 0;
    const std::uint32_t slot = at->second;
    waiting_.erase(at);
    return slot;
  }
  std::uint32_t take() {
    if (free_.empty()) return next_++;
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    return slot;
  }
  void leave(std::uint32_t slot, std::uint64_t msisdn, std::uint16_t menu) { waiting_[key(msisdn, menu)] = slot; }
  void give_back(std::uint32_t slot) { free_.push_back(slot); }
  std::size_t waiting() const { return waiting_.size(); }

private:
  // E.164 has at most 15 digits, which is 50 bits: the menu's number fits beside it.
  static std::uint64_t key(std::uint64_t msisdn, std::uint16_t menu) { return msisdn << 12 | (menu & 0xFFF); }

  boost::unordered_flat_map<std::uint64_t, std::uint32_t> waiting_;
  std::vector<std::uint32_t> free_, found_;
  std::uint32_t next_ = 1;
};

} // namespace tallyline::gateway
