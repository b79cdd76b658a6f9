// The USSD sessions of the simulated SMSC: who is in one, whose turn it is, whose time is up. No sockets and no clock:
// `now` is the caller's, in milliseconds of a clock that never goes back. One thread.
//
// Made for a million sessions: a slab of plain entries, an open-addressed index by MSISDN, and one list a time limit.
// As every entry of a list has the same limit, the list is in order of expiry and nothing is ever searched.
#pragma once

#include "gateway/rehearsal/smsc.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace tallyline::rehearsal {

struct session_limits {
  std::uint64_t session_ms = 180'000;
  std::uint64_t answer_ms = 30'000;
};

// A short code's digits in one word; a leading 1 keeps leading zeros. At most 18 digits.
using packed_code = std::uint64_t;

class session_table {
public:
  using id = std::uint32_t; // 0: none. Never the same again for a slot's next 4,095 sessions.
  static constexpr std::uint32_t capacity = 1U << 20U;

  struct entry {
    smsc::handset phone;
    std::uint64_t msisdn = 0;
    packed_code code = 0;
    std::uint32_t link = 0;    // the ESME connection that the session was begun on
    std::uint8_t octet = 0;    // its_session_info, first octet: the session's number
    std::uint8_t sequence = 0; // its second octet, as the ESME last set it, without the end bit
    bool waiting = false;      // for the ESME; otherwise for the subscriber
  };

  explicit session_table(session_limits limits) : limits_(limits) {}

  // The number must not be in a session. Returns 0 when the table is full. The session waits for nobody yet.
  id open(std::uint64_t msisdn, packed_code code, std::uint32_t link, smsc::handset phone, std::uint64_t now);
  entry* find(id session) noexcept; // valid until the next open()
  const entry* find(id session) const noexcept { return const_cast<session_table*>(this)->find(session); }
  id of(std::uint64_t msisdn) const noexcept;
  void wait_for_esme(id session, std::uint64_t now) noexcept;
  void wait_for_subscriber(id session) noexcept;
  // Forgets the session and hands its phone back, to be told why.
  smsc::handset close(id session);

  struct expiry {
    id session = 0;
    bool whole = false; // the session's limit; otherwise the ESME's for its answer
  };
  std::optional<expiry> first_expired(std::uint64_t now) const noexcept; // stays until it is closed
  std::optional<std::uint64_t> next_expiry() const noexcept;

  std::size_t size() const noexcept { return open_; }
  // Ids of the sessions begun on `link`, or of all when it is 0. Walks the slab: for rare events.
  std::vector<id> on_link(std::uint32_t link) const;

private:
  static constexpr std::uint32_t none = 0xFFFFFFFF;
  enum limit : std::uint8_t { whole, answer };
  struct hook {
    std::uint32_t before = none, after = none;
    std::uint64_t since = 0;
  };
  struct slot {
    entry e;
    hook hooks[2];
    std::uint16_t generation = 1;
    bool used = false;
  };
  struct chain {
    std::uint32_t first = none, last = none;
  };

  id id_of(std::uint32_t at) const noexcept { return std::uint32_t{slots_[at].generation} << 20U | at; }
  std::uint32_t slot_of(id session) const noexcept;
  std::uint64_t limit_of(limit l) const noexcept { return l == whole ? limits_.session_ms : limits_.answer_ms; }
  void append(limit l, std::uint32_t at, std::uint64_t now) noexcept;
  void remove(limit l, std::uint32_t at) noexcept;

  std::size_t home(std::uint64_t msisdn) const noexcept;
  void index_insert(std::uint32_t at);
  void index_erase(std::uint64_t msisdn) noexcept;
  void index_grow();

  session_limits limits_;
  std::vector<slot> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> index_ = std::vector<std::uint32_t>(64, none); // a power of two, at most half full
  chain chains_[2];
  std::size_t open_ = 0;
};

} // namespace tallyline::rehearsal
