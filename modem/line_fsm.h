// The life of one modem: found, set up, on the network, idle, ringing, in a call, hanging up; and, when it no longer
// answers, brought back step by step: escape, hang up, DTR, reset, power, reopen.
//
// A state machine without ports and clocks: step(input, now) -> actions, `due` the time at which it wants its timer.
// Owned by one line; the table in line_fsm.cpp has a row a state.
#pragma once

#include "modem/call.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::modem {

enum class line_state : std::uint8_t {
  absent,      // no port
  probing,     // does anything answer, and at which speed?
  setting_up,  // the profile's init commands
  unlocking,   // SIM and its PIN
  blocked,     // no SIM, or a PIN that we do not have
  registering, // looks for its network
  idle,
  ringing,
  answering,
  dialling,
  connected,
  draining,   // to be hung up when what was queued has left
  dropping,   // DTR is low
  guarding,   // the silence before the escape
  escaping,   // and after it
  hanging_up, // ATH
  recovering,
  broken, // nothing helped; after a pause it is tried again
  stopped
};
inline constexpr std::size_t line_states = 19;

enum class line_event : std::uint8_t {
  opened,
  closed,
  answered, // what was asked last went well
  refused,  // with an error: the modem lives
  silent,   // not at all
  blocked,  // the SIM is not there or not open
  registered,
  unregistered,
  ring,
  accept, // answer this call
  reject, // refuse it
  dial,
  connected,
  failed, // the call did not come to be
  carrier_lost,
  hang_up,
  sent, // nothing is queued for the line any more
  power_done,
  restarted, // the modem says that it has just booted
  timer,
  stop
};
inline constexpr std::size_t line_events = 21;

enum class line_action : std::uint8_t {
  ask_alive,
  first_speed,
  next_speed,
  set_up,
  unlock,
  ask_network,
  check,      // while idle: still there?
  in_service, // just became idle: messages and dialling may go on
  answer,
  dial,
  call_up,
  call_down,
  call_failed,
  forget, // what is asked and queued is not wanted any more
  dtr_low,
  dtr_high,
  escape,
  hang_up,
  reset,
  power,
  reopen,
  release // the port is given back
};

// What is tried on a modem that does not answer, in this order.
enum class rung : std::uint8_t { escape, hang_up, dtr, reset, power, reopen };
inline constexpr std::size_t rungs = 6;
std::string_view name_of(rung r) noexcept;

struct line_timing {
  std::chrono::milliseconds guard{1100}; // around the escape
  std::chrono::milliseconds dtr_low{1000}, dtr_settles{500};
  std::chrono::seconds ring_gap{8}; // no RING for so long: the caller gave up
  std::chrono::seconds answer_within{65}, dial_within{65};
  std::chrono::seconds drain{10};
  std::chrono::seconds check_every{60}, network_every{10};
  // A SIM that is busy when its modem boots is ready in a moment; one that is missing may be put in at any time.
  std::array<std::chrono::seconds, 5> sim_again{std::chrono::seconds(2), std::chrono::seconds(5),
                                                std::chrono::seconds(10), std::chrono::seconds(30),
                                                std::chrono::seconds(60)};
  std::chrono::seconds power_within{60}, power_settles{10}, boot{3};
  std::chrono::seconds pause_first{30}, pause_most{600}; // of `broken`
  std::chrono::seconds set_up_within{180};               // all of it; each command has its own limit, too
};

// What the machine has to know of its modem.
struct line_traits {
  bool gsm = false;
  bool dtr_hangs_up = false; // the port has DTR, and the modem heeds it
  bool has_power = false;    // there is a power command
  std::size_t speeds = 1;
};

// One row a state: what may happen there, where it may lead, and which time limit it has.
struct line_rule {
  std::string_view name;
  std::uint32_t events, next; // bit n: event n; state n
  std::string_view limit;
};
const line_rule& rule_of(line_state s) noexcept;

class line_fsm {
public:
  struct input {
    line_event event;
    std::string_view why = {};
    std::chrono::seconds limit{0}; // of dial; 0: the timing's
  };
  struct outcome {
    std::vector<line_action> actions;
    std::string report;               // for the log; empty: nothing to tell
    bool warning = false;             // of the report
    call_end end = call_end::hung_up; // with call_down
    void add(line_action a) { actions.push_back(a); }
  };

  line_fsm(const line_timing& timing, const line_traits& traits) : timing_(timing), traits_(traits) {}

  outcome step(const input& in, clock::time_point now);
  std::optional<clock::time_point> due() const { return due_; }
  line_state state() const { return state_; }
  clock::time_point since() const { return since_; }
  rung trying() const { return rung_; } // while recovering
  std::uint64_t recoveries() const { return recoveries_; }
  void set_dtr_works(bool yes) { traits_.dtr_hangs_up = yes; }

private:
  void enter(line_state next, std::optional<clock::duration> limit);
  void on_absent(const input& in, outcome& out);
  void on_probing(const input& in, outcome& out);
  void on_setting_up(const input& in, outcome& out);
  void on_unlocking(const input& in, outcome& out);
  void on_registering(const input& in, outcome& out);
  void on_idle(const input& in, outcome& out);
  void on_ringing(const input& in, outcome& out);
  void on_calling(const input& in, outcome& out);
  void on_connected(const input& in, outcome& out);
  void on_draining(const input& in, outcome& out);
  void on_ending(const input& in, outcome& out);
  void on_hanging_up(const input& in, outcome& out);
  void on_recovering(const input& in, outcome& out);
  void on_await(const input& in, outcome& out);
  void probe(outcome& out);
  void set_up(outcome& out);
  void go_idle(outcome& out);
  void lose_call(call_end why, outcome& out);
  void leave_line(outcome& out);
  void hang_up(outcome& out);
  void block(std::string_view why, outcome& out);
  void recover(std::string_view why, rung from, outcome& out);
  void climb(outcome& out);
  void try_rung(outcome& out);
  void give_up(outcome& out);
  void close_port(const input& in, outcome& out);
  void stop(outcome& out);
  void release(outcome& out);

  line_timing timing_;
  line_traits traits_;
  line_state state_ = line_state::absent;
  clock::time_point now_, since_;
  std::optional<clock::time_point> due_;
  rung rung_ = rung::escape;
  unsigned phase_ = 0; // within a rung
  unsigned probes_ = 0;
  std::size_t blocks_ = 0; // that its SIM was not open, in a row
  bool troubled_ = false;  // recovered, and has not proven itself since
  bool stopping_ = false;
  unsigned pauses_ = 0; // spent broken in a row
  std::uint64_t recoveries_ = 0;
  std::string trouble_; // why it is being recovered
};

} // namespace tallyline::modem
