#include "gateway/rehearsal/smsc_command.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace tallyline::rehearsal {
namespace {

double ms(std::uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e6; }
double rate(std::uint64_t count, double seconds) { return seconds > 0 ? static_cast<double>(count) / seconds : 0; }
double cpu_us(const load_result& r) { return r.turns == 0 ? 0 : r.cpu_seconds * 1e6 / static_cast<double>(r.turns); }

} // namespace

std::string load_table(const load_result& r) {
  std::string t;
  const auto row = [&t](std::string_view name, const std::string& value) {
    t += fmt::format("{:<26}{:>16}\n", name, value);
  };
  row("sessions", fmt::format("{}", r.sessions));
  row("  completed", fmt::format("{}", r.completed));
  row("  hung up", fmt::format("{}", r.hung_up));
  row("  failed", fmt::format("{}", r.failed));
  row("unexpected pages", fmt::format("{}", r.unexpected));
  row("redials", fmt::format("{}", r.redials));
  if (r.held != 0) row("held open at once", fmt::format("{}", r.held));
  row("turns", fmt::format("{}", r.turns));
  row("seconds", fmt::format("{:.3f}", r.seconds));
  row("turns/s", fmt::format("{:.0f}", rate(r.turns, r.seconds)));
  row("sessions/s", fmt::format("{:.0f}", rate(r.completed, r.seconds)));
  row("turn latency p50, ms", fmt::format("{:.3f}", ms(r.turn_latency.percentile(0.50))));
  row("turn latency p99, ms", fmt::format("{:.3f}", ms(r.turn_latency.percentile(0.99))));
  row("turn latency max, ms", fmt::format("{:.3f}", ms(r.turn_latency.max())));
  row("generator CPU/turn, us", fmt::format("{:.2f}", cpu_us(r)));
  return t;
}

std::string load_json(const load_result& r) {
  boost::json::object o{{"sessions", r.sessions},
                        {"completed", r.completed},
                        {"hung_up", r.hung_up},
                        {"failed", r.failed},
                        {"unexpected", r.unexpected},
                        {"redials", r.redials},
                        {"held", r.held},
                        {"turns", r.turns},
                        {"seconds", r.seconds},
                        {"turns_per_second", rate(r.turns, r.seconds)},
                        {"sessions_per_second", rate(r.completed, r.seconds)},
                        {"p50_ms", ms(r.turn_latency.percentile(0.50))},
                        {"p99_ms", ms(r.turn_latency.percentile(0.99))},
                        {"max_ms", ms(r.turn_latency.max())},
                        {"generator_cpu_us_per_turn", cpu_us(r)},
                        {"gave_up", r.gave_up},
                        {"examples", boost::json::array(r.examples.begin(), r.examples.end())}};
  return boost::json::serialize(o) + '\n';
}

} // namespace tallyline::rehearsal
