// The life of one bind as an ESME sees it (SMPP 3.4 2.2, 4.1, 4.2, 4.11): connecting, binding, keeping alive,
// unbinding, coming back. A state machine without sockets and clocks: step(input, now) -> actions, and the time at
// which it wants to be stepped again. Owned by one smpp_link, network thread only.
#pragma once

#include "gateway/smpp/pdu.h"

#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tallyline::smpp {

struct bind_timing {
  unsigned enquire_link_s = 30; // of silence, then we ask whether the other side is still there; 0: never
  unsigned response_s = 10;     // for the SMSC to answer any request of ours
  unsigned connect_s = 10;
  // Before the first attempt to come back; doubles with each that fails. A bind that was up for a second or more is
  // not kept away longer than it was up.
  unsigned backoff_first_ms = 250;
  unsigned backoff_max_ms = 30000;
  unsigned stable_s = 60; // a bind that was up this long starts from backoff_first_ms again
};

enum class bind_state : std::uint8_t { closed, connecting, binding, bound, unbinding, waiting };
enum class bind_event : std::uint8_t {
  start,
  connected,
  connect_failed,
  bind_response, // or a generic_nack to our bind; with its command_status
  enquire_link,
  enquire_link_response,
  traffic, // any octets from the SMSC
  timer,   // due() has come
  unbind,
  unbind_response,
  broken, // the connection is gone or cannot be trusted any more
  stop,
};
enum class bind_action : std::uint8_t {
  connect,
  send_bind,
  send_enquire_link,
  send_enquire_link_response,
  send_unbind,
  send_unbind_response,
  close,   // after what has been queued; what is still unanswered has failed
  stopped, // nothing of the link is left; whoever asked for the stop is told
};
inline constexpr std::size_t bind_states = 6, bind_events = 12;

// One row a state: what may happen there, where it may lead, and which time limit it has.
struct bind_rule {
  std::string_view name;
  std::uint16_t events; // bit n: event n; any other event is ignored
  std::uint8_t next;    // bit n: state n
  std::string_view limit;
};
const bind_rule& rule_of(bind_state s) noexcept;

class bind_fsm {
public:
  using clock = std::chrono::steady_clock;
  struct input {
    bind_event event;
    smpp::status status = smpp::status::ok; // of bind_response
    std::string_view why = {};              // of connect_failed and broken
  };
  struct outcome {
    std::array<bind_action, 3> actions{};
    std::size_t count = 0;
    std::optional<bool> bound; // set when the world should hear that the link is bound, or is not, and why
    std::string why;

    std::span<const bind_action> list() const { return {actions.data(), count}; }
  };

  explicit bind_fsm(const bind_timing& timing, std::uint64_t jitter_seed) : timing_(timing), random_(jitter_seed) {}

  outcome step(const input& in, clock::time_point now);
  std::optional<clock::time_point> due() const { return due_; }
  bind_state state() const { return state_; }

private:
  void enter(bind_state next, std::optional<clock::duration> limit, clock::time_point now);
  void on_connecting(const input& in, clock::time_point now, outcome& out);
  void on_binding(const input& in, clock::time_point now, outcome& out);
  void on_bound(const input& in, clock::time_point now, outcome& out);
  void on_unbinding(const input& in, clock::time_point now, outcome& out);
  void connect(clock::time_point now, outcome& out);
  void bound(clock::time_point now, outcome& out);
  void refused(status s, clock::time_point now, outcome& out);
  void keep_alive(clock::time_point now, outcome& out);
  void lose(std::string why, clock::time_point now, outcome& out);
  void stop(clock::time_point now, outcome& out);
  std::chrono::milliseconds full_backoff() const; // without its jitter
  std::chrono::milliseconds backoff();
  std::uint64_t random();

  bind_timing timing_;
  bind_state state_ = bind_state::closed;
  std::optional<clock::time_point> due_;
  clock::time_point bound_since_, heard_, asked_at_;
  bool asked_ = false;    // an enquire_link of ours is unanswered
  unsigned attempts_ = 0; // that failed in a row
  std::uint64_t random_;
};

} // namespace tallyline::smpp
