// What every report is made from, and the list of them. Each is a pure reading of one snapshot of the database.
#pragma once

#include "gateway/table.h"
#include "menus/model.h"
#include "storage/election.h"
#include "storage/reader.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tallyline::gateway {

struct report_scope {
  std::string area{};                      // code; empty: all
  std::string by{};                        // level or "station"; empty: one total
  std::string contest{};                   // code; empty: every contest
  std::string form{};                      // empty: every form that the report knows of
  std::string key{};                       // part of a record's key behind the scope, such as "12:00"; empty: all
  std::string against{};                   // turnout: a file with an earlier election's
  bool list = false;                       // missing, flags: a line for each record instead of counts
  bool all = false;                        // missing: also what is not due yet; queues: also where nobody waits
  std::string league{};                    // offices, queues: a file instead of gateway/reports/league.yaml
  std::string coverage{};                  // coverage: a file instead of gateway/reports/coverage.yaml
  bool commend = false, look_into = false; // offices: who met which rule, instead of the league
};

struct report_source {
  storage::reader& from;
  const storage::election& e;
  std::vector<std::shared_ptr<const menus::script>> menus; // those in service
  std::int64_t now_ms = 0;                                 // UTC
};

// Each throws std::runtime_error that says what there is when the scope names what is not there.
table results(const report_source& s, const report_scope& scope);  // votes by candidate
table turnout(const report_source& s, const report_scope& scope);  // voters by hour
table missing(const report_source& s, const report_scope& scope);  // who has not reported what
table flags(const report_source& s, const report_scope& scope);    // confirmed warnings, and what is in review
table hints(const report_source& s, const report_scope& scope);    // what stands out statistically
table bearers(const report_source& s, const report_scope& scope);  // by which way reports came
table latency(const report_source& s, const report_scope& scope);  // how long they took
table queues(const report_source& s, const report_scope& scope);   // what waits at the offices
table offices(const report_source& s, const report_scope& scope);  // how the offices work
table coverage(const report_source& s, const report_scope& scope); // what share of all processes runs by computer
table support(const report_source& s, const report_scope& scope);  // who asked for help, and when it came

// The value, or an exception with its message.
template <class T> T must(boost::system::result<T> got) {
  if (!got) throw std::runtime_error(got.error().message());
  return std::move(*got);
}
inline void must(const boost::system::result<void>& done) {
  if (!done) throw std::runtime_error(done.error().message());
}

} // namespace tallyline::gateway
