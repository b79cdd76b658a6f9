// What a gateway has done and what waits, for `tallyline lines` and for Prometheus.
#pragma once

#include "gateway/intake.h"
#include "gateway/serve_ledger.h"
#include "gateway/smpp/smpp_link.h"
#include "gateway/sms_bearer.h"
#include "gateway/table.h"
#include "gateway/terminal/callers.h"
#include "gateway/ussd_bearer.h"
#include "modem/pool.h"

#include <string>
#include <vector>

namespace tallyline::gateway {

// One bind as it stands.
struct bind_figures {
  std::string name, peer; // peer: host:port
  bool bound = false;
  std::size_t unanswered = 0, waiting = 0;
  smpp::link_counters counters;
  std::uint64_t p50_us = 0, p99_us = 0, max_us = 0; // from handing a page to the bind to the SMSC's response
};

// One modem as it stands.
using modem_figures = modem::line_figures;

struct gateway_figures {
  std::vector<bind_figures> binds;
  intake_counters intake;
  ussd_counters ussd;
  sms_counters sms;
  caller_counters callers;
  terminal_counters terminals;
  std::vector<modem_figures> modems;
  std::vector<call_figures_now> calls; // under way
  std::uint64_t commits = 0, failed_commits = 0;
  bool disk_fails = false; // the last commit failed
  ledger_figures ledger;
  std::size_t sessions = 0, drafts = 0, on_earlier_menus = 0;
  std::uint64_t turn_p50_us = 0, turn_p99_us = 0,
                turn_max_us = 0; // from a subscriber's word to the page that answers it
};

// On one line, as JSON.
std::string to_json(const gateway_figures& f);
// Prometheus' text format 0.0.4.
std::string to_prometheus(const gateway_figures& f);
// The modems, and the calls under way; empty tables where there are none. As lines_table otherwise.
table modems_table(const std::string& json, bool brief = false);
table calls_table(const std::string& json);
// From to_json's line. `brief` leaves out what counts trouble where there is none, for a screen. Throws
// std::runtime_error for anything else.
table lines_table(const std::string& json, bool brief = false);

} // namespace tallyline::gateway
