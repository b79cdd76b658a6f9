#include "modem/link/channel.h"

#include "modem/link/octets.h"

#include <algorithm>

namespace tallyline::modem::link {
namespace {

using namespace std::chrono_literals;

// What a frame's first octet says is in it, in this order. LINK.md, "Frames".
enum head : std::uint8_t {
  has_report = 0x01,
  has_missing = 0x02,
  has_damage = 0x04,
  has_data = 0x08,
  asks = 0x10,
  tail = 0x20,
  refuses = 0x40,
  bye = 0x80
};

constexpr std::size_t smallest_frame = 48;
constexpr int most_missing = 8;                  // ranges in a report
constexpr std::uint64_t most_ahead = 256 * 1024; // octets kept behind a gap
constexpr instant report_delay = 300ms;
constexpr instant line_ahead = 600ms; // what is given to the line before it has taken what it was given
constexpr int most_unanswered = 6, most_quiet_reports = 5, garbled_means_stripped = 3;

} // namespace

// --- what comes in

void channel::heard(std::string_view octets, instant now) {
  if (deframer_.inside() && last_heard_ != instant{}) longest_pause_ = std::max(longest_pause_, now - last_heard_);
  last_heard_ = now;
  counters_.octets_in += octets.size();
  deframer_.take(octets, [&](const deframer::found& f) {
    if (f.what == deframer::found::kind::damage) {
      ++counters_.damaged;
      damage_ = f.size, amiss_ = true;
      return;
    }
    ++counters_.frames_in;
    care_ = std::max(care_, f.seen);
    take_frame(f.body, now);
  });
}

void channel::take_frame(std::string_view body, instant now) {
  octet_reader in(body);
  const auto head = in.octet();
  report r;
  r.tail = head & tail;
  if (head & has_report) r.known = r.up_to = in.varint();
  if (head & has_missing) {
    auto at = r.up_to;
    for (auto left = in.octet(); left > 0 && in.good(); --left) {
      const auto begin = at + in.varint(), end = begin + in.varint();
      r.missing.push_back({begin, end}), at = end;
    }
    r.known = at + in.varint();
  }
  if (head & has_damage) r.damage = in.varint();
  const auto why = head & refuses ? in.octet() : std::uint8_t{};
  const auto at = head & has_data ? in.varint() : 0;
  if (!in.good()) return;
  unanswered_ = 0, waiting_since_ = now;
  if (head & refuses) peer_refused_ = why;
  if (head & has_report) take_report(r, now);
  if (head & has_data) take_data(at, in.rest());
  if (head & asks) report_now_ = report_tail_ = true;
  if (head & bye) peer_bye_ = true;
}

void channel::take_data(std::uint64_t at, std::string_view bytes) {
  const auto had = in_order();
  const bool news = at + bytes.size() > had && !ahead_.contains(at);
  if (at <= had) {
    if (news) incoming_ += bytes.substr(had - at);
  } else if (news && at + bytes.size() - had <= most_ahead) {
    ahead_.emplace(at, bytes);
    report_now_ = true; // a frame between is lost, for the line keeps their order
  }
  while (!ahead_.empty() && ahead_.begin()->first <= in_order()) {
    const auto& [begin, held] = *ahead_.begin();
    if (begin + held.size() > in_order()) incoming_ += held.substr(in_order() - begin);
    ahead_.erase(ahead_.begin());
  }
  if (news) amiss_ = !ahead_.empty(), quiet_reports_ = 0;
  if (!news) report_now_ = true; // the other side does not know
  report_owed_ = true;
  if (in_order() - reported_ >= window() / 2) report_now_ = true;
}

void channel::reject() {
  incoming_.resize(consumed_);
  ahead_.clear();
  report_now_ = report_tail_ = amiss_ = true;
}

// --- what is told of what went out

void channel::take_report(const report& r, instant now) {
  learn_round_trip(now, r.up_to);
  // Less than before: what had come was rejected.
  if (r.up_to < acknowledged_) lose(r.up_to, acknowledged_);
  acknowledged_ = std::min<std::uint64_t>(r.up_to, next_);
  std::vector<slice> still;
  bool any_lost = false;
  for (auto& s : on_the_way_) {
    const bool missing = std::any_of(r.missing.begin(), r.missing.end(),
                                     [&](const range& m) { return s.begin < m.end && s.end > m.begin; });
    const bool gone = missing || (r.tail && s.end > r.known && s.leaves <= now);
    if (gone && now >= s.settled) {
      learn_care(s, r.damage);
      lose(s.begin, s.end);
      any_lost = true;
    } else if (gone || s.end > r.known) {
      still.push_back(std::move(s));
    } else if (++whole_ >= 16) {
      whole_ = 0, frame_size_ = std::min(frame_size_ * 5 / 4, first_frame_size());
    }
  }
  on_the_way_ = std::move(still);
  if (any_lost) whole_ = 0, frame_size_ = std::max(smallest_frame, frame_size_ * 2 / 3);
}

void channel::learn_round_trip(instant now, std::uint64_t up_to) {
  for (const auto& s : on_the_way_)
    if (s.first && s.end == up_to && now > s.leaves)
      round_trip_ = round_trip_ ? (3 * *round_trip_ + (now - s.leaves)) / 4 : now - s.leaves;
}

// A frame that came shorter by just those octets that such a line eats; or at its length, but never whole.
void channel::learn_care(const slice& lost, std::size_t damage) {
  const std::size_t size = lost.body.size();
  if (damage == 0 || damage > size) return;
  if (damage == size) {
    if (eaten(lost.body, line_care::telnet, line_care::seven_bits) > 0 && ++garbled_ >= garbled_means_stripped)
      care_ = line_care::seven_bits;
    return;
  }
  for (const auto care : {line_care::flow_control, line_care::telnet})
    if (care > care_ && eaten(lost.body, care_, care) == size - damage) {
      care_ = care;
      return;
    }
}

void channel::lose(std::uint64_t begin, std::uint64_t end) {
  lost_.push_back({begin, end});
  std::sort(lost_.begin(), lost_.end(), [](const range& a, const range& b) { return a.begin < b.begin; });
  std::vector<range> joined;
  for (const auto& r : lost_)
    if (!joined.empty() && r.begin <= joined.back().end)
      joined.back().end = std::max(joined.back().end, r.end);
    else
      joined.push_back(r);
  lost_ = std::move(joined);
}

// --- what goes out

std::optional<channel::range> channel::next_part() {
  if (frame_size_ == 0) frame_size_ = first_frame_size();
  if (!lost_.empty()) {
    range& first = lost_.front();
    const range part{first.begin, std::min(first.end, first.begin + frame_size_), true};
    first.begin = part.end;
    if (first.begin == first.end) lost_.erase(lost_.begin());
    return part;
  }
  if (next_ == stream_.size() || next_ - acknowledged_ >= window()) return std::nullopt;
  const range part{next_, std::min<std::uint64_t>(stream_.size(), next_ + frame_size_)};
  next_ = part.end;
  return part;
}

std::string channel::output(instant now) {
  std::string out;
  if (dead_) return out;
  if (!report_now_ && amiss() && quiet_reports_ < most_quiet_reports && now >= last_heard_ + quiet()) {
    report_now_ = report_tail_ = true;
    ++quiet_reports_;
  }
  if (refusing_) {
    std::string body(1, static_cast<char>(refuses));
    put_frame(out, body + static_cast<char>(*refusing_), now);
    refusing_.reset();
  }
  while (settings_.speed == 0 || line_free_ <= now + line_ahead)
    if (const auto part = next_part())
      put_data(out, *part, now);
    else
      break;
  wake_probe(out, now);
  if (report_due(now)) put_frame(out, head_and_report(false, false), now);
  if (bye_ && !bye_said_ && next_ == stream_.size() && lost_.empty()) {
    bye_said_ = true;
    std::string body = head_and_report(false, false);
    body[0] = static_cast<char>(body[0] | bye);
    put_frame(out, std::move(body), now);
  }
  return out;
}

// What need not be said at once is said when the flight is over, or with what goes out anyway.
bool channel::report_due(instant now) const {
  return report_now_ || (report_owed_ && now >= last_heard_ + report_delay);
}

// Each as its distance from the end of the one before and its size; last, how much is there behind them.
std::pair<int, std::string> channel::missing_ranges() const {
  std::pair<int, std::string> out;
  std::uint64_t told = in_order(), top = told;
  for (const auto& [begin, held] : ahead_) {
    if (begin > top) {
      if (out.first == most_missing) break;
      put_varint(out.second, top - told);
      put_varint(out.second, begin - top);
      told = begin, ++out.first;
    }
    top = std::max<std::uint64_t>(top, begin + held.size());
  }
  put_varint(out.second, top - told);
  return out;
}

// The head octet, and what we have of the other side's stream when that is owed.
std::string channel::head_and_report(bool with_data, bool ask) {
  std::string out(1, static_cast<char>((with_data ? has_data : 0) | (ask ? asks : 0)));
  const bool owed = report_now_ || report_owed_ || in_order() != reported_;
  if (!owed) return out;
  out[0] = static_cast<char>(out[0] | has_report | (report_tail_ ? tail : 0));
  put_varint(out, in_order());
  if (const auto [ranges, missing] = missing_ranges(); ranges > 0) {
    out[0] = static_cast<char>(out[0] | has_missing);
    out += static_cast<char>(ranges);
    out += missing;
  }
  if (damage_ > 0) {
    out[0] = static_cast<char>(out[0] | has_damage);
    put_varint(out, damage_);
  }
  reported_ = in_order();
  report_now_ = report_tail_ = report_owed_ = false;
  damage_ = 0;
  return out;
}

void channel::put_data(std::string& out, range part, instant now) {
  std::string body = head_and_report(true, false);
  put_varint(body, part.begin);
  body += std::string_view(stream_).substr(part.begin, part.end - part.begin);
  slice s{part.begin, part.end, {}, {}, !part.again, {}};
  s.body = body;
  put_fixed(s.body, checksum(body), 2);
  counters_.again += s.first ? 0 : 1;
  put_frame(out, std::move(body), now);
  s.leaves = line_free_;
  // Word of it cannot be here before; what comes earlier is about what it replaces.
  s.settled = s.first ? s.leaves : s.leaves + round_trip_.value_or(200ms);
  on_the_way_.insert(std::upper_bound(on_the_way_.begin(), on_the_way_.end(), s,
                                      [](const slice& a, const slice& b) { return a.begin < b.begin; }),
                     std::move(s));
}

void channel::put_frame(std::string& out, std::string body, instant now) {
  const auto framed = enframe(body, care_, out.empty() && now >= line_free_);
  out += framed;
  ++counters_.frames_out;
  counters_.octets_out += framed.size();
  line_free_ = std::max(line_free_, now) + takes(framed.size());
  waiting_since_ = std::max(waiting_since_, line_free_);
}

// Silence while something is owed to us: ask what the other side has. A line on which nobody answers may be one that
// passes only what is sent with more care.
void channel::wake_probe(std::string& out, instant now) {
  const bool waits = expecting_ || !on_the_way_.empty();
  if (!waits || now < waiting_since_ + patience()) return;
  if (++unanswered_ > most_unanswered) {
    dead_ = true;
    return;
  }
  ++counters_.asked;
  if (unanswered_ >= 2) care_ = std::max(care_, unanswered_ == 2 ? line_care::telnet : line_care::seven_bits);
  report_now_ = report_tail_ = true; // and ours, for what was lost may have been theirs
  put_frame(out, head_and_report(false, true), now);
}

// --- what the line is like

std::size_t channel::window() const {
  if (settings_.speed == 0) return 64 * 1024;
  return std::max<std::size_t>(2048, static_cast<std::size_t>(settings_.speed / 10 * 8));
}

std::size_t channel::first_frame_size() const {
  if (settings_.speed == 0 || settings_.speed > 33600) return 1024;
  return settings_.speed > 4800 ? 512 : 240;
}

instant channel::takes(std::size_t octets) const {
  if (settings_.speed == 0) return {};
  return instant(static_cast<std::int64_t>(octets) * 10'000'000 / settings_.speed);
}

instant channel::patience() const {
  const instant first = round_trip_ ? 2 * *round_trip_ + 1s : instant(3s);
  return std::min<instant>(first * (1 << std::min(unanswered_, 4)), 8s);
}

// Longer on a line that pauses inside frames, and longer each time that nothing came of it.
instant channel::quiet() const { return std::max<instant>(250ms, 2 * longest_pause_) * (1 << quiet_reports_); }

std::optional<instant> channel::wakes(instant now) const {
  if (dead_) return std::nullopt;
  std::optional<instant> first;
  const auto at = [&first](instant t) { first = first ? std::min(*first, t) : t; };
  if (report_owed_) at(last_heard_ + report_delay);
  if (amiss() && quiet_reports_ < most_quiet_reports) at(last_heard_ + quiet());
  if (expecting_ || !on_the_way_.empty()) at(waiting_since_ + patience());
  const bool more = !lost_.empty() || (next_ < stream_.size() && next_ - acknowledged_ < window());
  if (more) at(line_free_ - line_ahead);
  return first ? std::optional(std::max(*first, now)) : std::nullopt;
}

} // namespace tallyline::modem::link
