// line_fsm's ladder: what is tried on a modem that does not answer, one step after another, each told.
#include "modem/line_fsm.h"

#include <algorithm>
#include <fmt/format.h>

namespace tallyline::modem {
namespace {

using S = line_state;
using E = line_event;
using A = line_action;

constexpr unsigned awaiting = 9; // the phase in which AT has been asked

} // namespace

// One that had to be recovered a moment ago begins where that ended: what helped then has not lasted.
void line_fsm::recover(std::string_view why, rung from, outcome& out) {
  if (stopping_) return release(out);
  trouble_ = why;
  ++recoveries_;
  const bool again = troubled_;
  troubled_ = true;
  rung_ = again ? std::max(rung_, from) : from;
  out.add(A::forget);
  enter(S::recovering, std::nullopt);
  if (again) return climb(out);
  try_rung(out);
}

void line_fsm::climb(outcome& out) {
  do {
    if (rung_ == rung::reopen) return give_up(out);
    rung_ = static_cast<rung>(static_cast<unsigned>(rung_) + 1);
  } while (rung_ == rung::power && !traits_.has_power);
  try_rung(out);
}

void line_fsm::try_rung(outcome& out) {
  phase_ = 0;
  out.report = fmt::format("{}; trying: {}", trouble_, name_of(rung_));
  out.warning = true;
  switch (rung_) {
  case rung::escape:
    return enter(S::recovering, timing_.guard);
  case rung::hang_up:
    phase_ = awaiting;
    enter(S::recovering, std::nullopt);
    return out.add(A::hang_up);
  case rung::dtr:
    enter(S::recovering, timing_.dtr_low);
    return out.add(A::dtr_low);
  case rung::reset:
    phase_ = awaiting;
    enter(S::recovering, std::nullopt);
    return out.add(A::reset);
  case rung::power:
    enter(S::recovering, timing_.power_within);
    return out.add(A::power);
  case rung::reopen: // it comes back as `closed` and `opened`
    enter(S::recovering, timing_.power_settles);
    return out.add(A::reopen);
  }
}

void line_fsm::give_up(outcome& out) {
  const auto pause =
      std::min<clock::duration>(timing_.pause_first * (1U << std::min(pauses_, 10U)), timing_.pause_most);
  ++pauses_;
  out.report =
      fmt::format("out of order: {}; everything was tried. Switch the modem off and on, look at its cable, and "
                  "see: tallyline modem probe. The next attempt is in {} s",
                  trouble_, std::chrono::duration_cast<std::chrono::seconds>(pause).count());
  out.warning = true;
  enter(S::broken, pause);
}

void line_fsm::on_recovering(const input& in, outcome& out) {
  if (state_ == S::broken) { // its pause is over
    ++recoveries_;
    rung_ = rung::dtr;
    return try_rung(out);
  }
  if (phase_ == awaiting) return on_await(in, out);
  const auto ask = [&] {
    phase_ = awaiting;
    enter(S::recovering, std::nullopt);
    out.add(A::ask_alive);
  };
  switch (rung_) {
  case rung::escape:
    if (in.event != E::timer) return;
    if (phase_ == 1) return ask();
    phase_ = 1;
    enter(S::recovering, timing_.guard);
    return out.add(A::escape);
  case rung::dtr:
    if (in.event != E::timer) return;
    if (phase_ == 1) return ask();
    phase_ = 1;
    enter(S::recovering, timing_.dtr_settles);
    return out.add(A::dtr_high);
  case rung::power:
    if (in.event != E::timer && in.event != E::power_done) return;
    if (phase_ == 1 && in.event == E::timer) return ask();
    if (!in.why.empty()) {
      trouble_ = fmt::format("{}; the power command failed: {}", trouble_, in.why);
      return climb(out);
    }
    phase_ = 1;
    return enter(S::recovering, timing_.power_settles);
  default:
    if (in.event == E::timer) give_up(out); // the port did not come back
  }
}

// Whatever it answers, it answers.
void line_fsm::on_await(const input& in, outcome& out) {
  if (in.event == E::silent) return climb(out);
  if (in.event != E::answered && in.event != E::refused && in.event != E::timer) return;
  if (rung_ == rung::reset && in.event != E::timer) return enter(S::recovering, timing_.boot);
  out.report = fmt::format("answers again, after: {}", name_of(rung_));
  probe(out);
}

} // namespace tallyline::modem
