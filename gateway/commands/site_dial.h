// How a site reaches its gateway by modem: what was given on the command line, remembered in the site's folder.
#pragma once

#include "gateway/site/site_dial_link.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tallyline::gateway {

struct dial_options {
  std::string port, profile, between, lock_folder, traffic_log;
  std::vector<std::string> numbers;

  void add_to(CLI::App* c);
  // What was given replaces what was remembered.
  void remember(site_queue& q) const;
};

// Nothing when no numbers are known. Throws std::runtime_error for a port that is missing or a profile that is not
// there.
std::optional<dial_plan> plan_of(site_queue& q, const dial_options& given);

// "20:00-23:30", by this machine's clock and over midnight too; empty: at any time. Throws std::runtime_error for what
// is no such span, and when `minute` of the day lies outside it, with the time to come back at.
void check_hours(const std::string& span, int minute);
int minute_now(); // of the day, by this machine's clock

} // namespace tallyline::gateway
