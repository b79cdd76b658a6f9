// A telephone line that is not there: what one side sends arrives at the other as slowly, as late and as damaged as the
// quality says. Seeded, so that a bad run can be run again; time is whatever the caller says it is.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace tallyline::tests {

struct line_quality {
  unsigned bits_per_second = 2400;             // 8N1: ten bits an octet
  std::chrono::milliseconds latency{300};      // one way
  double bit_errors = 0;                       // the chance of each bit
  double lost_octets = 0;                      // the chance of each octet
  bool eats_flow_control = false;              // 0x11, 0x13 and their twins with the eighth bit
  bool eats_ff = false;                        // as telnet-like equipment does
  bool seven_bits = false;                     // the eighth is cleared
  std::optional<std::uint64_t> cut_after = {}; // octets, both ways together, then nothing arrives any more
  std::uint64_t seed = 1;
};

class fake_line {
public:
  using moment = std::chrono::steady_clock::time_point;
  enum side : std::size_t { near, far };
  static side other(side s) { return s == near ? far : near; }

  explicit fake_line(const line_quality& q) : quality_(q), random_(q.seed) {}

  void send(side from, std::span<const std::uint8_t> octets, moment now);
  // What has arrived there by now and was not taken yet.
  std::vector<std::uint8_t> take(side at, moment now);
  // When the next octet arrives at either side.
  std::optional<moment> next() const;
  // Until when what this side has sent is still leaving it.
  moment busy_until(side from) const { return ways_[from].free_at; }

  void cut() { cut_ = true; }
  bool is_cut() const { return cut_; }
  // Octets that a side has put on the line, whatever became of them.
  std::uint64_t sent(side from) const { return ways_[from].sent; }
  // How often the line's direction changed: a side sent after the other had.
  unsigned turns() const { return turns_; }

private:
  struct in_flight {
    moment at;
    std::uint8_t octet;
  };
  struct way {
    std::deque<in_flight> octets;
    moment free_at{};
    std::uint64_t sent = 0;
  };
  bool survives(std::uint8_t& octet);
  bool chance(double p);
  std::uint64_t random();

  line_quality quality_;
  std::array<way, 2> ways_; // by who sends
  std::uint64_t random_;
  std::optional<side> last_from_;
  unsigned turns_ = 0;
  bool cut_ = false;
};

} // namespace tallyline::tests
