// `tallyline smsc`: the simulated SMSC alone, and with `load` set a load generator that ends by itself.
#pragma once

#include "gateway/rehearsal/handset_port.h"
#include "gateway/rehearsal/load.h"

#include <iosfwd>
#include <string>
#include <vector>

namespace tallyline::rehearsal {

struct smsc_options {
  std::uint16_t port = 2775;                         // for ESMEs; 0: any
  std::uint16_t handset_port = default_handset_port; // for `tallyline phone`; 0: any. Not opened by a load
  std::string system_id, password;                   // empty system_id: every ESME may bind
  unsigned session_limit_s = 180, answer_limit_s = 30;
  unsigned throttle_every = 0; // see smsc_settings

  smpp::dialect dialect = smpp::standard_dialect;

  std::uint32_t load = 0;     // concurrent phones; 0: no load
  std::uint64_t sessions = 0; // altogether; when `seconds` is 0 too: ten a phone
  double seconds = 0;
  std::string code = "*140#"; // with sms_to: the first text
  std::string sms_to;         // the load goes by SMS to this number
  std::string msisdn_from = "989120000001";
  std::uint64_t subscribers = 0;    // that the numbers repeat after; 0: every session another number
  std::vector<std::string> answers; // may contain {msisdn} and {pin}
  std::string answers_file;         // an answer a line; after `answers`
  std::string people_file;          // CSV with msisdn,pin; instead of msisdn_from
  std::string expect_end;           // what the last page must contain
  unsigned redials = 0;             // of a session that failed
  unsigned hold_s = 0;              // see load_settings
  unsigned patience_s = 30;         // for a gateway to bind
  bool json = false;                // otherwise a table
};

// Results go to `out`, the log to `err`. Until SIGINT or SIGTERM, or the end of the load. Returns 0; 1 when a port or a
// file cannot be used, when any session failed or any page was unexpected.
int run_smsc(const smsc_options& options, std::ostream& out, std::ostream& err);

// What a load printed: lines of `name value`, or one JSON object.
std::string load_table(const load_result& r);
std::string load_json(const load_result& r);

} // namespace tallyline::rehearsal
