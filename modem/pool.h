// Any number of modems, their calls and their short messages.
//
// Network thread only. Who uses it hands in what to do when a call is connected and when short messages come; all else
// (init, SIM PIN, registration, rings, answering, dialling, hanging up, recovery) happens inside. With Asio it is put
// together like this (serial_link.h), in a test with tests/support/fake_line.h:
//   modem::serial_ports ports(io);
//   modem::pool modems(ports, settings, handlers);
//   modems.start();
// No handler is called from within a function of the pool, except from `stop` and the destructor.
#pragma once

#include "modem/call.h"
#include "modem/port.h"
#include "modem/profile.h"
#include "modem/sms_fsm.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tallyline::modem {

// One modem, as configured.
struct line_settings {
  std::string name;   // as in `tallyline lines`
  port_settings port; // its speed and flow control come from the profile
  modem::profile profile;
  unsigned answer_after = 2; // rings; 0: never answers
  std::string sim_pin;       // never logged
  // Who may call: when `allow` is not empty, only these numbers; never those in `refuse`. Compared by their last nine
  // digits, so that 0912… and +98912… are the same. A caller without a number passes unless `anonymous` is false.
  std::vector<std::string> allow, refuse;
  bool anonymous = true;
  std::string power_command; // turns it off and on again, the last thing that is tried; empty: none
  std::string traffic_log;   // a file that every octet goes to; empty: none
  bool messages = false;     // takes and sends short messages (GSM)
};

// What `tallyline lines` shows of one modem.
struct line_figures {
  std::string name, port, profile, state; // the state in one word: "idle", "connected"
  std::string detail;                     // what it is doing or what is wrong, in words: "signal 18, registered"
  std::string caller;                     // of the call under way
  unsigned speed = 0;                     // of the call under way
  int signal = -1;                        // +CSQ 0…31; -1: not known
  std::uint64_t rings = 0, answered = 0, connected = 0, refused = 0, dialled = 0, failed_calls = 0, lost_carrier = 0;
  std::uint64_t octets_in = 0, octets_out = 0, seconds = 0; // of all calls
  std::uint64_t recoveries = 0, resets = 0, port_losses = 0, garbage = 0;
  std::uint64_t sms_in = 0, sms_out = 0, sms_failed = 0;
  std::string last_recovery;                  // what was done, and why
  std::string last_connect;                   // CONNECT's text
  std::optional<clock::time_point> last_good; // when the last call that carried something ended
  std::optional<clock::time_point> state_since;
};

// A short message, or a status report on one of ours, as it came: a TPDU (3GPP TS 23.040) without the SMSC address.
struct message_in {
  std::size_t line = 0;     // the modem's place in the settings
  std::uint64_t ticket = 0; // for `message_kept`
  octets_view tpdu;
};

struct pool_handlers {
  // A call came in and is connected. Returns what takes its octets; without one it is hung up.
  std::function<std::unique_ptr<call_handler>(call&)> connected;
  // It is over; after its handler's on_lost. For air time per site. May be empty.
  std::function<void(const call_info&, const call_figures&, call_end)> ended = {};
  // May be empty when no line takes messages.
  std::function<void(const message_in&)> sms_in = {};
  std::function<void(const message_sent&)> sms_sent = {};
  // A line became ready to send messages, or to dial. May be empty.
  std::function<void(std::size_t line)> ready = {};
};

// A call that we make.
struct dial_request {
  std::vector<std::string> numbers; // tried in this order, once each
  std::string line;                 // the modem to dial with; empty: the first that is idle
  unsigned answer_s = 60;           // for one number, ringing and training included
  std::function<std::unique_ptr<call_handler>(call&)> connected;
  std::function<void(const std::string& why)> failed; // none of the numbers; says for each what the modem said
};

class pool {
public:
  // `ports` must outlive it. Ports are not touched before start.
  pool(port_maker& ports, std::vector<line_settings> lines, pool_handlers on);
  ~pool();
  pool(const pool&) = delete;
  pool& operator=(const pool&) = delete;

  void start();
  // Hangs up, gives the ports back, then calls `done` once; after a few seconds at most.
  void stop(std::function<void()> done);

  // False when no such line is idle; then neither function of it is called.
  bool dial(dial_request r);

  // Queues a SMS-SUBMIT TPDU; sms_sent tells. `line`: by this modem only. False when no line can send messages or too
  // many wait; sms_sent is then not called.
  bool send_message(octets_view tpdu, std::uint64_t token, std::optional<std::size_t> line = {});
  // The message with this ticket is on disk: now the SIM may forget it (and the network, where it waits for a word).
  // Without this it stays on the SIM, and is told again.
  void message_kept(std::size_t line, std::uint64_t ticket);
  // It could not be kept now: it stays on the SIM and is told again within about a minute, with another ticket.
  void message_later(std::size_t line, std::uint64_t ticket);

  std::vector<line_figures> figures() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace tallyline::modem
