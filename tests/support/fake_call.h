// Two ends of a call joined by a fake line, in time that passes only as fast as the line does: a test attaches a
// call_handler to each end, runs, and knows to the millisecond when what arrived.
#pragma once

#include "modem/call.h"
#include "tests/support/fake_line.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

namespace tallyline::tests {

class fake_calls {
public:
  using clock = modem::clock;
  using side = fake_line::side;

  explicit fake_calls(const line_quality& q, clock::duration carrier_loss_is_noticed = std::chrono::milliseconds(1400))
      : line(q), notices_after_(carrier_loss_is_noticed) {
    for (const side s : {fake_line::near, fake_line::far}) {
      ends_[s].world = this;
      ends_[s].me = s;
      ends_[s].told.speed = q.bits_per_second;
      ends_[s].told.connect = "CONNECT " + std::to_string(q.bits_per_second);
      ends_[s].told.since = now;
    }
  }

  modem::call& end(side s) { return ends_[s]; }
  void attach(side s, std::unique_ptr<modem::call_handler> h) { ends_[s].handler = std::move(h); }
  modem::call_handler* handler(side s) { return ends_[s].handler.get(); }
  // Why this side's call is over; nothing while it is not.
  std::optional<modem::call_end> over(side s) const { return ends_[s].over; }
  const std::string& why(side s) const { return ends_[s].why; }

  // The next thing that happens; false when nothing will.
  bool step() {
    auto next = line.next();
    const auto sooner = [&](std::optional<clock::time_point> t) {
      if (t && (!next || *t < *next)) next = t;
    };
    for (auto& e : ends_)
      if (!e.over) sooner(e.wake), sooner(e.ends_at), sooner(e.writable_at);
    if (line.is_cut() && !lost_at_) lost_at_ = now + notices_after_;
    if (lost_at_ && (!ends_[0].over || !ends_[1].over)) sooner(lost_at_);
    if (!next) return false;
    now = std::max(now, *next);
    for (auto& e : ends_)
      advance(e);
    return true;
  }
  template <class Reached> bool run_until(Reached reached, clock::duration most = std::chrono::hours(1)) {
    const auto end_of_patience = now + most;
    while (!reached())
      if (now > end_of_patience || !step()) return reached();
    return true;
  }
  void run(clock::duration most = std::chrono::hours(1)) {
    run_until([] { return false; }, most);
  }

  fake_line line;
  clock::time_point now{std::chrono::hours(1000)};

private:
  struct one_end final : modem::call {
    const modem::call_info& info() const override { return told; }
    const modem::call_figures& carried() const override { return totals; }
    clock::time_point now() const override { return world->now; }
    bool send(modem::octets_view bytes) override {
      if (over) return true;
      if (unsent() + bytes.size() > high_water) return refused = true, false;
      world->line.send(me, bytes, world->now);
      totals.octets_out += bytes.size();
      return true;
    }
    std::size_t unsent() const override {
      const auto left = world->line.busy_until(me) - world->now;
      if (left.count() <= 0) return 0;
      return static_cast<std::size_t>(std::chrono::duration<double>(left).count() * told.speed / 10);
    }
    void pause(bool reading_stops) override { paused = reading_stops; }
    void hang_up(std::string_view said) override {
      if (over || ends_at) return;
      why = said;
      ends_at = std::max(world->now, world->line.busy_until(me));
    }
    void wake_at(std::optional<clock::time_point> when) override { wake = when; }
    int lend() override { return -1; }
    void take_back(std::string_view said) override { hang_up(said); }

    fake_calls* world = nullptr;
    side me = fake_line::near;
    modem::call_info told;
    modem::call_figures totals;
    std::unique_ptr<modem::call_handler> handler;
    std::optional<clock::time_point> wake, ends_at, writable_at;
    std::optional<modem::call_end> over;
    std::string why;
    bool paused = false, refused = false;
  };

  void advance(one_end& e) {
    if (e.over || !e.handler) return;
    if (!e.paused) {
      if (const auto octets = line.take(e.me, now); !octets.empty()) {
        e.totals.octets_in += octets.size();
        e.handler->on_bytes(octets);
      }
    }
    if (e.refused && e.unsent() <= modem::call::low_water) e.refused = false, e.handler->on_writable();
    e.writable_at = std::nullopt;
    if (e.refused) e.writable_at = now + std::chrono::milliseconds(100);
    if (e.wake && *e.wake <= now) e.wake = std::nullopt, e.handler->on_wake(now);
    if (e.ends_at && *e.ends_at <= now) {
      line.cut();
      if (!lost_at_) lost_at_ = now + notices_after_;
      return end(e, modem::call_end::hung_up);
    }
    if (lost_at_ && *lost_at_ <= now) end(e, modem::call_end::carrier_lost);
  }
  void end(one_end& e, modem::call_end why) {
    e.over = why;
    e.handler->on_lost(why);
  }

  std::array<one_end, 2> ends_;
  clock::duration notices_after_;
  std::optional<clock::time_point> lost_at_;
};

} // namespace tallyline::tests
