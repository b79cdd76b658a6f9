// The report link over a line in virtual time: octets, changes of direction and seconds for counts of the Georgia pack;
// with noise; and calls cut at random, against a gateway's memory. Output for tests/bench/link/link, a line a figure.
//   bench_link rows FROM COUNT SPEED · noise COUNT SEEDS · cuts CALLS
#include "tests/support/link_world.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <set>
#include <sodium.h>

namespace {

using namespace tallyline::test;

link_call a_call(memory_gateway& gateway, line_settings line) {
  link_call c{gateway, line};
  c.site.key = gateway.key, c.site.call = gateway.last_call + 1, c.site.forms = gateway.forms_digest;
  return c;
}

double seconds(instant t) { return std::chrono::duration<double>(t).count(); }

call_result send(std::size_t from, std::size_t count, line_settings line) {
  memory_gateway gateway(row_layout());
  const auto rows = read_rows(TALLYLINE_SOURCE_DIR, from, count).records;
  auto r = a_call(gateway, line).run(1, rows);
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (!gateway.kept.contains(1 + i) || !(gateway.kept.at(1 + i).what == rows[i])) r.ended = false;
  return r;
}

int rows(std::size_t from, std::size_t count, std::int64_t speed) {
  line_settings line;
  line.speed = speed;
  const auto r = send(from, count, line);
  if (!r.ended || answered(r) != count) return 1;
  fmt::print("{} {} {} {:.2f}\n", r.up, r.down, r.turns, seconds(r.took));
  return 0;
}

int noise(std::size_t count, std::uint64_t seeds) {
  for (const std::int64_t speed : {2400, 9600}) {
    line_settings line;
    line.speed = speed;
    const double clean = seconds(send(0, count, line).took);
    std::vector<double> took;
    std::size_t arrived = 0;
    line.bit_errors = 1e-4;
    for (line.seed = 1; line.seed <= seeds; ++line.seed) {
      const auto r = send(0, count, line);
      arrived += r.ended && answered(r) == count ? 1 : 0;
      took.push_back(seconds(r.took));
    }
    std::sort(took.begin(), took.end());
    fmt::print("{} {:.2f} {:.2f} {:.2f} {} {}\n", speed, clean, took[took.size() / 2], took.back(), arrived, seeds);
  }
  return 0;
}

// A site with reports to send, whose calls are cut at a random octet, until all is acknowledged; then with new ones.
int cuts(int calls) {
  memory_gateway gateway(row_layout());
  std::mt19937_64 random(2013);
  const auto all = read_rows(TALLYLINE_SOURCE_DIR, 0, 400).records;
  std::uint64_t first = 1, acknowledged = 0, lost = 0, twice_acknowledged = 0, cut = 0;
  std::set<std::uint64_t> known;
  for (int i = 0; i < calls; ++i) {
    const auto count = 1 + random() % 60;
    std::vector<tallyline::modem::link::record> some;
    for (std::uint64_t n = 0; n < count; ++n)
      some.push_back(all[(first + n) % all.size()]);
    line_settings line;
    line.speed = 9600, line.seed = random();
    line.cut_after = random() % (120 + count * 20);
    if (i % 4 == 0) line.bit_errors = 1e-4;
    const auto r = a_call(gateway, line).run(first, some);
    cut += r.cut ? 1 : 0;
    std::uint64_t next = first;
    for (const auto& e : r.events)
      if (const auto* a = std::get_if<tallyline::modem::link::answer>(&e))
        for (std::uint64_t n = a->first; n < a->first + a->decisions.size(); ++n) {
          ++acknowledged;
          if (!known.insert(n).second) ++twice_acknowledged;
          if (!gateway.kept.contains(n) || !(gateway.kept.at(n).what == all[n % all.size()])) ++lost;
          next = std::max(next, n + 1);
        }
    first = next;
  }
  // What is acknowledged is a prefix; a record that is kept and was not acknowledged will be asked for again.
  const bool gaps = known.size() != first - 1;
  fmt::print("{} {} {} {} {} {}\n", calls, cut, acknowledged, lost, twice_acknowledged + (gaps ? 1 : 0),
             gateway.kept.size());
  return lost || twice_acknowledged || gaps ? 1 : 0;
}

} // namespace

int main(int argc, char** argv) {
  if (sodium_init() < 0 || argc < 3) return 2;
  const std::string what = argv[1];
  const auto number = [&](int i) { return i < argc ? std::strtoull(argv[i], nullptr, 10) : 0; };
  if (what == "rows") return rows(number(2), number(3), static_cast<std::int64_t>(number(4)));
  if (what == "noise") return noise(number(2), number(3));
  if (what == "cuts") return cuts(static_cast<int>(number(2)));
  return 2;
}
