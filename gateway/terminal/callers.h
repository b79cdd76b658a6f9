// Whoever calls: found out what they are, and given to whom they want.
//
// Network thread only. `connected` is what the modem pool and the listener call.
#pragma once

#include "gateway/terminal/house.h"
#include "gateway/terminal/ppp.h"
#include "modem/classify.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tallyline::gateway {

// How calls went, by what the caller was.
struct caller_counters {
  std::uint64_t calls = 0, people = 0, links = 0, ppp = 0, silent = 0, refused = 0;
  std::uint64_t octets_in = 0, octets_out = 0, seconds = 0; // of those that are over
};

// A call under way.
struct call_figures_now {
  std::uint64_t number = 0;
  std::string line, peer, what, doing;
  unsigned speed = 0;
  std::uint64_t seconds = 0, octets_in = 0, octets_out = 0;
};

// A call that is over, for the account of air time. Not of those on the report link, which keeps its own.
struct finished_call {
  const modem::call_info& about;
  const modem::call_figures& carried;
  std::string_view what;                 // "person", "ppp", "not known"
  std::uint64_t msisdn = 0, reports = 0; // who logged in; 0: nobody
  modem::call_end why = modem::call_end::hung_up;
};

class callers {
public:
  using maker = std::function<std::unique_ptr<modem::call_handler>(modem::call&)>;

  callers(terminal_house& people, modem::program_runner& runner, ppp_settings ppp, modem::classify_settings classify)
      : people_(people), runner_(runner), ppp_(std::move(ppp)), classify_(std::move(classify)) {}

  // What takes the calls of sites' programs; without one they are refused.
  void links_to(maker m) { link_ = std::move(m); }

  using over = std::function<void(const finished_call&)>;
  void on_over(over o) { over_ = std::move(o); }

  std::unique_ptr<modem::call_handler> connected(modem::call& line);

  const caller_counters& counters() const { return counters_; }
  std::vector<call_figures_now> under_way() const;

private:
  class caller;
  std::unique_ptr<modem::call_handler> handler_for(modem::caller_is who, modem::call& line);
  std::unique_ptr<modem::call_handler> hand_to_ppp(modem::call& line);

  terminal_house& people_;
  modem::program_runner& runner_;
  ppp_settings ppp_;
  modem::classify_settings classify_;
  maker link_;
  over over_;
  caller_counters counters_;
  std::map<std::uint64_t, caller*> under_way_;
};

} // namespace tallyline::gateway
