#include "modem/line_fsm.h"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>

namespace tallyline::modem {
namespace {

using S = line_state;
using E = line_event;
using A = line_action;

template <class... One> constexpr std::uint32_t bits(One... n) { return ((1U << static_cast<unsigned>(n)) | ...); }
// Where a call, or its end, may lead when the modem does not play along.
constexpr std::uint32_t away = bits(S::absent, S::recovering, S::broken, S::stopped);

constexpr std::array<line_rule, line_states> rules = {{
    {"absent", bits(E::opened, E::closed, E::stop), bits(S::absent, S::probing, S::stopped), "none"},
    {"probing", bits(E::closed, E::answered, E::refused, E::silent, E::restarted, E::stop),
     bits(S::probing, S::setting_up) | away, "each command's own"},
    {"setting up", bits(E::closed, E::answered, E::refused, E::silent, E::timer, E::stop),
     bits(S::setting_up, S::unlocking, S::idle) | away, "set_up_within"},
    {"unlocking", bits(E::closed, E::answered, E::refused, E::silent, E::blocked, E::timer, E::restarted, E::stop),
     bits(S::unlocking, S::blocked, S::registering, S::probing) | away, "set_up_within"},
    {"blocked", bits(E::closed, E::answered, E::timer, E::restarted, E::stop),
     bits(S::blocked, S::unlocking, S::registering, S::probing) | away, "sim_again"},
    {"registering", bits(E::closed, E::silent, E::registered, E::blocked, E::timer, E::restarted, E::stop),
     bits(S::registering, S::idle, S::blocked, S::probing) | away, "network_every"},
    {"idle",
     bits(E::closed, E::answered, E::refused, E::silent, E::ring, E::dial, E::unregistered, E::blocked, E::timer,
          E::restarted, E::stop),
     bits(S::idle, S::ringing, S::dialling, S::registering, S::blocked, S::probing) | away, "check_every"},
    {"ringing",
     bits(E::closed, E::silent, E::ring, E::accept, E::reject, E::carrier_lost, E::timer, E::restarted, E::stop),
     bits(S::ringing, S::answering, S::hanging_up, S::idle, S::probing) | away, "ring_gap"},
    {"answering", bits(E::closed, E::connected, E::failed, E::silent, E::hang_up, E::timer, E::restarted, E::stop),
     bits(S::answering, S::connected, S::hanging_up, S::probing) | away, "answer_within"},
    {"dialling", bits(E::closed, E::connected, E::failed, E::silent, E::hang_up, E::timer, E::restarted, E::stop),
     bits(S::dialling, S::connected, S::hanging_up, S::probing) | away, "dial_within"},
    {"connected", bits(E::closed, E::carrier_lost, E::hang_up, E::stop),
     bits(S::connected, S::draining, S::dropping, S::guarding, S::hanging_up) | away, "the handler's own"},
    {"draining", bits(E::closed, E::carrier_lost, E::sent, E::timer, E::stop),
     bits(S::draining, S::dropping, S::guarding, S::hanging_up) | away, "drain"},
    {"dropping", bits(E::closed, E::timer, E::stop), bits(S::dropping, S::hanging_up) | away, "dtr_low, dtr_settles"},
    {"guarding", bits(E::closed, E::timer, E::stop), bits(S::guarding, S::escaping) | away, "guard"},
    {"escaping", bits(E::closed, E::timer, E::stop), bits(S::escaping, S::hanging_up) | away, "guard"},
    {"hanging up", bits(E::closed, E::answered, E::refused, E::silent, E::stop), bits(S::hanging_up, S::idle) | away,
     "the command's own"},
    {"recovering", bits(E::closed, E::answered, E::refused, E::silent, E::power_done, E::timer, E::stop),
     bits(S::recovering, S::probing, S::setting_up, S::broken, S::absent, S::stopped), "of the step"},
    {"out of order", bits(E::closed, E::restarted, E::timer, E::stop), bits(S::broken, S::probing) | away,
     "pause_first, doubled up to pause_most"},
    {"stopped", 0, bits(S::stopped), "none"},
}};

} // namespace

std::string_view name_of(rung r) noexcept {
  constexpr std::array<std::string_view, rungs> names = {"escape", "hang-up", "DTR",
                                                         "reset",  "power",   "reopening the port"};
  return names[static_cast<std::size_t>(r)];
}

const line_rule& rule_of(line_state s) noexcept { return rules[static_cast<std::size_t>(s)]; }

line_fsm::outcome line_fsm::step(const input& in, clock::time_point now) {
  outcome out;
  if (!(rule_of(state_).events & bits(in.event))) return out;
  // A timer may have been on its way when its state ended.
  if (in.event == E::timer && (!due_ || now < *due_)) return out;
  [[maybe_unused]] const line_rule& before = rule_of(state_);
  now_ = now;
  const bool booted = in.event == E::restarted && state_ != S::unlocking;
  if (in.event == E::closed)
    close_port(in, out);
  else if (in.event == E::stop)
    stop(out);
  else if (booted) { // by itself, or somebody switched it: what it was told is forgotten
    if (state_ == S::dialling) out.add(A::call_failed);
    out.report = "the modem has started anew";
    probe(out);
  } else {
    switch (state_) {
    case S::absent:
      on_absent(in, out);
      break;
    case S::probing:
      on_probing(in, out);
      break;
    case S::setting_up:
      on_setting_up(in, out);
      break;
    case S::unlocking:
    case S::blocked:
      on_unlocking(in, out);
      break;
    case S::registering:
      on_registering(in, out);
      break;
    case S::idle:
      on_idle(in, out);
      break;
    case S::ringing:
      on_ringing(in, out);
      break;
    case S::answering:
    case S::dialling:
      on_calling(in, out);
      break;
    case S::connected:
      on_connected(in, out);
      break;
    case S::draining:
      on_draining(in, out);
      break;
    case S::dropping:
    case S::guarding:
    case S::escaping:
      on_ending(in, out);
      break;
    case S::hanging_up:
      on_hanging_up(in, out);
      break;
    case S::recovering:
    case S::broken:
      on_recovering(in, out);
      break;
    case S::stopped:
      break;
    }
  }
  assert(before.next & bits(state_));
  return out;
}

void line_fsm::enter(line_state next, std::optional<clock::duration> limit) {
  if (next != state_) since_ = now_;
  state_ = next;
  due_ = limit ? std::optional(now_ + *limit) : std::nullopt;
}

void line_fsm::on_absent(const input& in, outcome& out) {
  if (in.event == E::opened) probe(out);
}

void line_fsm::probe(outcome& out) {
  probes_ = 0;
  blocks_ = 0;
  enter(S::probing, std::nullopt);
  out.add(A::forget);
  out.add(A::first_speed);
  out.add(A::dtr_high);
  out.add(A::ask_alive);
}

// Twice at each speed: the first AT may only have woken it, or taught it the speed (V.250 5.1).
void line_fsm::on_probing(const input& in, outcome& out) {
  if (in.event != E::silent) return set_up(out);
  if (++probes_ >= 2 * traits_.speeds)
    return recover("nothing answers AT at any speed", troubled_ ? rung_ : rung::escape, out);
  if (probes_ % 2 == 0) out.add(A::next_speed);
  out.add(A::ask_alive);
}

void line_fsm::set_up(outcome& out) {
  enter(S::setting_up, timing_.set_up_within);
  out.add(A::set_up);
}

void line_fsm::on_setting_up(const input& in, outcome& out) {
  if (in.event == E::refused) return recover("it answers ERROR to everything", rung::reset, out);
  if (in.event != E::answered) return recover("it stopped answering while it was set up", rung::escape, out);
  if (!traits_.gsm) return go_idle(out);
  enter(S::unlocking, timing_.set_up_within);
  out.add(A::unlock);
}

void line_fsm::block(std::string_view why, outcome& out) {
  out.report = fmt::format("SIM: {}", why);
  out.warning = true;
  enter(S::blocked, timing_.sim_again[std::min(blocks_++, timing_.sim_again.size() - 1)]);
}

void line_fsm::on_unlocking(const input& in, outcome& out) {
  if (in.event == E::blocked) return block(in.why, out);
  if (in.event == E::answered) {
    blocks_ = 0;
    enter(S::registering, timing_.network_every);
    return out.add(A::ask_network);
  }
  if (in.event == E::restarted) return; // booting goes on while its SIM is asked for
  if (state_ == S::blocked) {
    enter(S::unlocking, timing_.set_up_within);
    return out.add(A::unlock);
  }
  recover("it does not answer for its SIM", rung::reset, out);
}

void line_fsm::on_registering(const input& in, outcome& out) {
  if (in.event == E::registered) return go_idle(out);
  if (in.event == E::silent) return recover("it stopped answering while it looked for its network", rung::escape, out);
  if (in.event == E::blocked) return block(in.why, out);
  enter(S::registering, timing_.network_every);
  out.add(A::ask_network);
}

void line_fsm::go_idle(outcome& out) {
  if (stopping_) return release(out);
  enter(S::idle, timing_.check_every);
  out.add(A::in_service);
}

void line_fsm::on_idle(const input& in, outcome& out) {
  switch (in.event) {
  case E::ring:
    return enter(S::ringing, timing_.ring_gap);
  case E::dial:
    enter(S::dialling,
          in.limit.count() > 0 ? clock::duration(in.limit + std::chrono::seconds(5)) : timing_.dial_within);
    return out.add(A::dial);
  case E::unregistered:
    out.report = "has lost its network";
    out.warning = true;
    return enter(S::registering, timing_.network_every);
  case E::blocked:
    return block(in.why, out);
  case E::silent:
    return recover(in.why.empty() ? "it does not answer any more" : in.why, rung::escape, out);
  case E::timer:
    enter(S::idle, timing_.check_every);
    return out.add(A::check);
  default: // it lives
    troubled_ = false;
    pauses_ = 0;
  }
}

void line_fsm::on_ringing(const input& in, outcome& out) {
  switch (in.event) {
  case E::ring:
    return enter(S::ringing, timing_.ring_gap);
  case E::accept:
    enter(S::answering, timing_.answer_within);
    return out.add(A::answer);
  case E::reject:
    return hang_up(out);
  case E::silent:
    return recover("it does not answer any more", rung::escape, out);
  default: // the caller gave up
    return go_idle(out);
  }
}

void line_fsm::on_calling(const input& in, outcome& out) {
  const bool ours = state_ == S::dialling;
  if (in.event == E::connected) {
    troubled_ = false;
    pauses_ = 0;
    enter(S::connected, std::nullopt);
    return out.add(A::call_up);
  }
  if (ours) out.add(A::call_failed);
  if (in.event == E::failed) {
    if (!ours) {
      out.report = fmt::format("the call did not come to be: {}", in.why);
      out.warning = true;
    }
    return hang_up(out);
  }
  if (in.event == E::hang_up) return hang_up(out);
  recover(ours ? "it stopped answering while it dialled" : "it stopped answering while it answered a call",
          rung::escape, out);
}

void line_fsm::lose_call(call_end why, outcome& out) {
  out.end = why;
  out.add(A::call_down);
}

void line_fsm::on_connected(const input& in, outcome& out) {
  if (in.event == E::hang_up) return enter(S::draining, timing_.drain);
  lose_call(call_end::carrier_lost, out);
  hang_up(out);
}

void line_fsm::on_draining(const input& in, outcome& out) {
  if (in.event == E::carrier_lost) {
    lose_call(call_end::hung_up, out);
    return hang_up(out);
  }
  lose_call(call_end::hung_up, out);
  leave_line(out);
}

// Out of a call: by DTR where that works, else by the escape.
void line_fsm::leave_line(outcome& out) {
  out.add(A::forget);
  if (traits_.dtr_hangs_up) {
    phase_ = 0;
    enter(S::dropping, timing_.dtr_low);
    return out.add(A::dtr_low);
  }
  enter(S::guarding, timing_.guard);
}

void line_fsm::on_ending(const input&, outcome& out) {
  if (state_ == S::dropping && phase_++ == 0) {
    enter(S::dropping, timing_.dtr_settles);
    return out.add(A::dtr_high);
  }
  if (state_ == S::guarding) {
    enter(S::escaping, timing_.guard);
    return out.add(A::escape);
  }
  hang_up(out);
}

void line_fsm::hang_up(outcome& out) {
  out.add(A::forget);
  enter(S::hanging_up, std::nullopt);
  out.add(A::hang_up);
}

void line_fsm::on_hanging_up(const input& in, outcome& out) {
  if (in.event == E::silent) return recover("it does not answer the hang-up", rung::escape, out);
  go_idle(out);
}

void line_fsm::close_port(const input& in, outcome& out) {
  switch (state_) {
  case S::connected:
  case S::draining:
    lose_call(call_end::port_gone, out);
    break;
  case S::dialling:
    out.add(A::call_failed);
    break;
  default:
    break;
  }
  out.add(A::forget);
  out.report = in.why;
  out.warning = true;
  if (stopping_) return release(out);
  enter(S::absent, std::nullopt);
}

void line_fsm::stop(outcome& out) {
  stopping_ = true;
  switch (state_) {
  case S::connected:
  case S::draining:
    lose_call(call_end::stopping, out);
    return leave_line(out);
  case S::answering:
  case S::dialling:
    if (state_ == S::dialling) out.add(A::call_failed);
    return hang_up(out);
  case S::dropping:
  case S::guarding:
  case S::escaping:
  case S::hanging_up:
    return; // it ends by itself, and then the port is given back
  default:
    return release(out);
  }
}

void line_fsm::release(outcome& out) {
  out.add(A::forget);
  out.add(A::release);
  enter(S::stopped, std::nullopt);
}

} // namespace tallyline::modem
