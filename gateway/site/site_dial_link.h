// A site's call by modem: dials the gateway's numbers one after the other, sends what waits, hangs up.
//
// Runs an event loop of its own until the call is over; one thread.
#pragma once

#include "gateway/site/site_wire.h"
#include "modem/profile.h"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace tallyline::gateway {

struct dial_plan {
  std::string port; // /dev/serial/by-path/…
  modem::profile profile;
  std::vector<std::string> numbers;      // tried in this order, once each
  unsigned answer_s = 90;                // for one number, ringing and training included
  std::chrono::seconds ready_within{60}; // for the modem, from opening the port to being able to dial
  std::string lock_folder = "/var/lock";
  std::string traffic_log; // a file that every octet goes to; empty: none
};

// `answered` is told as answers come. Throws std::runtime_error when no number answered or the modem did not get ready,
// with what each said.
wire_result call_by_modem(site_desk& desk, const dial_plan& plan,
                          const std::function<void(const site_desk::sent&)>& answered);

} // namespace tallyline::gateway
