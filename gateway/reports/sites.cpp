#include "gateway/reports/sites.h"

#include "storage/sites.h"

#include <fmt/format.h>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

constexpr std::int64_t silent_after_ms = 3'600'000;

cell minutes_ago(std::int64_t ms, std::int64_t now_ms) { return ms == 0 ? cell{} : cell{(now_ms - ms) / 60'000}; }

} // namespace

table sites(const std::filesystem::path& database, std::int64_t now_ms) {
  const auto all = storage::load_site_calls(database);
  if (!all) throw std::runtime_error(fmt::format("{}: {}", database.string(), all.error().message()));
  table t{{{"site", "Site"},
           {"area", "Area"},
           {"calls", "Calls"},
           {"seconds", "Seconds"},
           {"octets_in", "In"},
           {"octets_out", "Out"},
           {"retries", "Again"},
           {"reports", "Reports"},
           {"last_call_minutes", "Last call, min ago"},
           {"last_report_minutes", "Last report, min ago"},
           {"state", "State"}},
          {},
          {}};
  for (const auto& s : *all) {
    const bool silent = now_ms - s.last_report_ms > silent_after_ms;
    t.rows.push_back({s.code, s.area, s.calls, (s.took_ms + 500) / 1000, s.octets_in, s.octets_out, s.retries,
                      s.reports, minutes_ago(s.last_call_ms, now_ms), minutes_ago(s.last_report_ms, now_ms),
                      !s.enrolled ? "no key"
                      : silent    ? "silent"
                                  : "reports"});
  }
  return t;
}

} // namespace tallyline::gateway
