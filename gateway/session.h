// The sessions that are open, one a subscriber, in a table that costs little while they wait.
//
// Owned by intake, network thread only. A session is named by a `session_ref` that a completion can carry: when the
// session has been closed or replaced meanwhile, the reference finds nothing, so nothing is freed under anybody's feet.
#pragma once

#include "gateway/inbound.h"
#include "menus/engine.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace tallyline::gateway {

using steady_time = std::chrono::steady_clock::time_point;

struct session_ref {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;
};

struct session {
  std::uint64_t msisdn = 0;
  return_path path;
  std::string held;    // the page that comes after what waited to be shown
  std::string pending; // the page that goes out when its answer is on disk
  menus::dialogue_ptr dialogue;
  steady_time last_heard;
  std::uint32_t person = 0;           // index into election::people
  std::uint32_t generation = 0;       // raised at close
  std::uint32_t slot = 0;             // of its draft, 0 when it has none yet
  std::uint32_t older = 0, newer = 0; // neighbours by last_heard, as index + 1
  std::uint32_t last_said = 0;        // a hash of it
  std::uint16_t menu = 0;
  std::uint16_t filled_form = 0; // that a line fills, as index + 1
  bool open = false;
  bool busy = false;        // waits for the disk; what is said meanwhile is a repetition
  bool sms_receipt = false; // the receipt goes out by SMS, too
  bool unshown = false;     // the network has not taken the last page yet: nobody can have answered it
  bool training = false;    // nothing of it counts or is kept
  bool known = false;       // the bearer has checked the PIN
  bool draft_held = false;  // the slot holds bytes on disk
};

class session_table {
public:
  // A new session as the most recently heard one.
  session_ref open(std::uint64_t msisdn, steady_time now);
  void close(session_ref r);
  session* find(session_ref r);
  session* find(std::uint64_t msisdn, session_ref* ref = nullptr);
  // Moves the session to the end of the order.
  void heard(session_ref r, steady_time now);
  // The one not heard of for longest, or nullptr.
  session* oldest(session_ref* ref);
  std::size_t size() const { return by_msisdn_.size(); }
  template <class Each> void for_each(Each each) const {
    for (const auto& s : slots_)
      if (s.open) each(s);
  }

private:
  void link_newest(std::uint32_t index);
  void unlink(std::uint32_t index);

  std::deque<session> slots_; // stays where it is while it grows
  std::vector<std::uint32_t> free_;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> by_msisdn_;
  std::uint32_t oldest_ = 0, newest_ = 0; // index + 1
};

} // namespace tallyline::gateway
