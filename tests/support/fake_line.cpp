#include "tests/support/fake_line.h"

#include <algorithm>

namespace tallyline::tests {

void fake_line::send(side from, std::span<const std::uint8_t> octets, moment now) {
  if (octets.empty()) return;
  if (last_from_ && *last_from_ != from) ++turns_;
  last_from_ = from;
  way& w = ways_[from];
  const auto octet_time = std::chrono::nanoseconds(10'000'000'000ULL / quality_.bits_per_second);
  w.free_at = std::max(w.free_at, now);
  for (std::uint8_t octet : octets) {
    w.free_at += octet_time;
    ++w.sent;
    if (quality_.cut_after && ways_[near].sent + ways_[far].sent > *quality_.cut_after) cut_ = true;
    if (!cut_ && survives(octet)) w.octets.push_back({w.free_at + quality_.latency, octet});
  }
}

std::vector<std::uint8_t> fake_line::take(side at, moment now) {
  auto& arriving = ways_[other(at)].octets;
  std::vector<std::uint8_t> out;
  if (cut_) arriving.clear();
  for (; !arriving.empty() && arriving.front().at <= now; arriving.pop_front())
    out.push_back(arriving.front().octet);
  return out;
}

std::optional<fake_line::moment> fake_line::next() const {
  std::optional<moment> first;
  if (cut_) return first;
  for (const way& w : ways_)
    if (!w.octets.empty() && (!first || w.octets.front().at < *first)) first = w.octets.front().at;
  return first;
}

bool fake_line::survives(std::uint8_t& octet) {
  if (quality_.lost_octets > 0 && chance(quality_.lost_octets)) return false;
  if (quality_.bit_errors > 0)
    for (unsigned bit = 0; bit < 8; ++bit)
      if (chance(quality_.bit_errors)) octet = static_cast<std::uint8_t>(octet ^ 1U << bit);
  if (quality_.seven_bits) octet &= 0x7F;
  if (quality_.eats_flow_control && ((octet & 0x7F) == 0x11 || (octet & 0x7F) == 0x13)) return false;
  return !quality_.eats_ff || octet != 0xFF;
}

bool fake_line::chance(double p) { return static_cast<double>(random() >> 11) * 0x1.0p-53 < p; }

// SplitMix64: the same on every machine for a given seed.
std::uint64_t fake_line::random() {
  std::uint64_t z = random_ += 0x9E3779B97F4A7C15;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
  z = (z ^ z >> 27) * 0x94D049BB133111EB;
  return z ^ z >> 31;
}

} // namespace tallyline::tests
