#include "gateway/smpp/bind_fsm.h"

#include "gateway/smpp/names.h"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>

namespace tallyline::smpp {
namespace {

template <class... Event> constexpr std::uint16_t events(Event... e) {
  return static_cast<std::uint16_t>(((1U << static_cast<unsigned>(e)) | ...));
}
template <class... State> constexpr std::uint8_t states(State... s) {
  return static_cast<std::uint8_t>(((1U << static_cast<unsigned>(s)) | ...));
}

using S = bind_state;
using E = bind_event;

constexpr std::array<bind_rule, bind_states> rules = {{
    {"closed", events(E::start, E::stop), states(S::closed, S::connecting), "none"},
    {"connecting", events(E::connected, E::connect_failed, E::broken, E::timer, E::stop),
     states(S::connecting, S::binding, S::waiting, S::closed), "connect_s"},
    {"binding", events(E::bind_response, E::enquire_link, E::traffic, E::timer, E::unbind, E::broken, E::stop),
     states(S::binding, S::bound, S::waiting, S::closed), "response_s"},
    {"bound", events(E::enquire_link, E::enquire_link_response, E::traffic, E::timer, E::unbind, E::broken, E::stop),
     states(S::bound, S::unbinding, S::waiting), "enquire_link_s, then response_s"},
    {"unbinding", events(E::enquire_link, E::traffic, E::timer, E::unbind, E::unbind_response, E::broken, E::stop),
     states(S::unbinding, S::closed), "response_s"},
    {"waiting", events(E::timer, E::stop), states(S::waiting, S::connecting, S::closed), "backoff"},
}};

// Only changing the configuration helps, here or at the operator: asking often would only get the account locked.
bool is_hopeless(status s) {
  return s == status::invalid_password || s == status::invalid_system_id || s == status::invalid_system_type;
}

std::string_view what_to_check(status s) {
  switch (s) {
  case status::invalid_password:
    return "; check smsc.password";
  case status::invalid_system_id:
    return "; check smsc.system_id";
  case status::invalid_system_type:
    return "; check smsc.system_type";
  default:
    return "";
  }
}

void add(bind_fsm::outcome& out, bind_action a) { out.actions[out.count++] = a; }

std::chrono::seconds seconds(unsigned s) { return std::chrono::seconds(s); }

} // namespace

const bind_rule& rule_of(bind_state s) noexcept { return rules[static_cast<std::size_t>(s)]; }

bind_fsm::outcome bind_fsm::step(const input& in, clock::time_point now) {
  outcome out;
  if (!(rule_of(state_).events & events(in.event))) return out;
  // A timer may have been on its way when its state ended.
  if (in.event == E::timer && (!due_ || now < *due_)) return out;
  [[maybe_unused]] const bind_rule& before = rule_of(state_);
  if (in.event == E::stop) {
    stop(now, out);
  } else {
    switch (state_) {
    case S::closed:
      attempts_ = 0;
      [[fallthrough]];
    case S::waiting:
      connect(now, out);
      break;
    case S::connecting:
      on_connecting(in, now, out);
      break;
    case S::binding:
      on_binding(in, now, out);
      break;
    case S::bound:
      on_bound(in, now, out);
      break;
    case S::unbinding:
      on_unbinding(in, now, out);
      break;
    }
  }
  assert(before.next & states(state_));
  return out;
}

void bind_fsm::enter(bind_state next, std::optional<clock::duration> limit, clock::time_point now) {
  state_ = next;
  due_ = limit ? std::optional(now + *limit) : std::nullopt;
}

void bind_fsm::connect(clock::time_point now, outcome& out) {
  enter(S::connecting, seconds(timing_.connect_s), now);
  add(out, bind_action::connect);
}

void bind_fsm::on_connecting(const input& in, clock::time_point now, outcome& out) {
  if (in.event == E::connected) {
    enter(S::binding, seconds(timing_.response_s), now);
    return add(out, bind_action::send_bind);
  }
  lose(in.event == E::timer ? fmt::format("no connection within {} s", timing_.connect_s) : std::string(in.why), now,
       out);
}

void bind_fsm::on_binding(const input& in, clock::time_point now, outcome& out) {
  switch (in.event) {
  case E::bind_response:
    return in.status == status::ok ? bound(now, out) : refused(in.status, now, out);
  case E::enquire_link:
    return add(out, bind_action::send_enquire_link_response);
  case E::timer:
    return lose(fmt::format("the SMSC did not answer the bind within {} s", timing_.response_s), now, out);
  case E::unbind:
    add(out, bind_action::send_unbind_response);
    return lose("the SMSC unbound instead of answering the bind", now, out);
  case E::broken:
    return lose(std::string(in.why), now, out);
  default:
    return;
  }
}

void bind_fsm::bound(clock::time_point now, outcome& out) {
  bound_since_ = heard_ = now;
  asked_ = false;
  const bool asks = timing_.enquire_link_s > 0;
  enter(S::bound, asks ? std::optional<clock::duration>(seconds(timing_.enquire_link_s)) : std::nullopt, now);
  out.bound = true;
  out.why = "bound";
}

void bind_fsm::refused(status s, clock::time_point now, outcome& out) {
  lose(fmt::format("SMSC refused the bind: {}{}", describe(s), what_to_check(s)), now, out);
  if (is_hopeless(s)) due_ = now + std::chrono::milliseconds(timing_.backoff_max_ms);
}

void bind_fsm::on_bound(const input& in, clock::time_point now, outcome& out) {
  heard_ = in.event == E::timer || in.event == E::broken ? heard_ : now;
  switch (in.event) {
  case E::enquire_link:
    return add(out, bind_action::send_enquire_link_response);
  case E::timer:
    return keep_alive(now, out);
  case E::unbind:
    add(out, bind_action::send_unbind_response);
    return lose("the SMSC unbound", now, out);
  case E::broken:
    return lose(std::string(in.why), now, out);
  default:
    return;
  }
}

// Whatever came since we asked shows that the other side lives: behind a long queue the answer itself may be late.
// Traffic does not move the timer, it is looked at when the timer comes; so a busy link costs no timer operations.
void bind_fsm::keep_alive(clock::time_point now, outcome& out) {
  if (asked_ && heard_ < asked_at_)
    return lose(fmt::format("the SMSC did not answer enquire_link within {} s", timing_.response_s), now, out);
  asked_ = heard_ + seconds(timing_.enquire_link_s) <= now;
  if (!asked_) {
    due_ = heard_ + seconds(timing_.enquire_link_s);
    return;
  }
  asked_at_ = now;
  due_ = now + seconds(timing_.response_s);
  add(out, bind_action::send_enquire_link);
}

void bind_fsm::on_unbinding(const input& in, clock::time_point now, outcome& out) {
  if (in.event == E::traffic) return;
  if (in.event == E::enquire_link) return add(out, bind_action::send_enquire_link_response);
  if (in.event == E::unbind) add(out, bind_action::send_unbind_response); // both sides at once
  enter(S::closed, std::nullopt, now);
  add(out, bind_action::close);
  add(out, bind_action::stopped);
  out.bound = false;
  out.why = in.event == E::timer ? "stopped; the SMSC did not answer the unbind" : "stopped";
}

void bind_fsm::lose(std::string why, clock::time_point now, outcome& out) {
  const auto lasted = state_ == S::bound ? now - bound_since_ : clock::duration{};
  if (lasted >= seconds(timing_.stable_s)) attempts_ = 0;
  // Of a line that breaks all the time at least half is used. One that breaks at once is one that does not come up.
  if (lasted >= seconds(1))
    while (attempts_ > 0 && full_backoff() > lasted)
      --attempts_;
  enter(S::waiting, backoff(), now);
  add(out, bind_action::close);
  out.bound = false;
  out.why = std::move(why);
}

void bind_fsm::stop(clock::time_point now, outcome& out) {
  switch (state_) {
  case S::bound:
    enter(S::unbinding, seconds(timing_.response_s), now);
    return add(out, bind_action::send_unbind);
  case S::unbinding:
    return;
  case S::connecting:
  case S::binding:
    add(out, bind_action::close);
    [[fallthrough]];
  case S::waiting:
  case S::closed:
    enter(S::closed, std::nullopt, now);
    add(out, bind_action::stopped);
  }
}

// Doubles with each failure; half of it is chance, so that gateways which lost one SMSC do not come back as one.
std::chrono::milliseconds bind_fsm::full_backoff() const {
  const auto longest = std::max<std::uint64_t>(timing_.backoff_max_ms, 1);
  const auto grown = std::uint64_t{timing_.backoff_first_ms} << std::min(attempts_, 20U);
  return std::chrono::milliseconds(std::clamp<std::uint64_t>(grown, 1, longest));
}

std::chrono::milliseconds bind_fsm::backoff() {
  const auto full = std::uint64_t(full_backoff().count());
  ++attempts_;
  return std::chrono::milliseconds(full / 2 + random() % (full - full / 2 + 1));
}

// SplitMix64: enough for jitter, and the same on every machine for a given seed.
std::uint64_t bind_fsm::random() {
  std::uint64_t z = random_ += 0x9E3779B97F4A7C15;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
  z = (z ^ z >> 27) * 0x94D049BB133111EB;
  return z ^ z >> 31;
}

} // namespace tallyline::smpp
