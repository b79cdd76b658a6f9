// Air time of calls that are not on the report link, written down for the site that made them: a person at a site's
// terminal, a site that comes by PPP.
//
// Network thread only; both must outlive it.
#pragma once

#include "gateway/terminal/callers.h"
#include "storage/election.h"
#include "storage/store.h"

#include <functional>
#include <string_view>
#include <utility>

namespace tallyline::gateway {

// The site that a call belongs to: by the number that called, or that logged in; else by what the person answers for,
// where one site alone stands for that area or the nearest around it. nullptr: nobody knows.
const storage::site* site_of_call(const storage::election& e, std::string_view peer, std::uint64_t msisdn);

class call_account {
public:
  call_account(const storage::election& e, storage::store& s, std::function<std::int64_t()> now_ms)
      : election_(e), store_(s), now_ms_(std::move(now_ms)) {}
  void over(const finished_call& f);

private:
  const storage::election& election_;
  storage::store& store_;
  std::function<std::int64_t()> now_ms_; // UTC
};

} // namespace tallyline::gateway
