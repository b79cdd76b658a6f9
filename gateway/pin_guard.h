// PINs: is it right, how many tries are left, who is locked out until when.
//
// The count of wrong tries is on disk before the subscriber hears of it, so that neither a redial nor a restart gives
// fresh tries. Network thread only.
#pragma once

#include "menus/engine.h"
#include "storage/election.h"
#include "storage/pin.h"
#include "storage/store.h"

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace tallyline::gateway {

struct pin_settings {
  int tries = 5;
  std::int64_t lock_ms = 15 * 60 * 1000;
};

class pin_guard {
public:
  using told = std::function<void(storage::result<menus::pin_verdict>)>;

  // All referred to must outlive the guard.
  pin_guard(const storage::election& election, const storage::pin_key& key, storage::store& store,
            pin_settings settings = {});

  // `person` is an index into election::people. `done` runs at once when nothing has to be written, else after the
  // commit.
  void check(std::uint32_t person, std::string_view digits, std::int64_t now_ms, told done);

  // The roster says something else of this person, or of one who is new: their tries count from what it says now.
  void roster_changed(std::uint32_t person);

  // Whether it is this person's, without a word about locks: to find out which of somebody's roles is meant. Who is let
  // in on it goes through `check`.
  bool fits(std::uint32_t person, std::string_view digits) const;

private:
  void decide(std::uint32_t person, bool right, std::int64_t now_ms, told done);

  struct tries {
    int wrong = 0;
    std::int64_t locked_until_ms = 0;
  };
  const storage::election& election_;
  const storage::pin_key& key_;
  storage::store& store_;
  pin_settings settings_;
  std::vector<tries> tries_; // by person
};

} // namespace tallyline::gateway
