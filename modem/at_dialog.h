// The talk with a modem in command mode (V.250 5): one command at a time from a queue, its answer told apart from what
// comes unasked, echo taken off, digits and words understood.
//
// A state machine without sockets and clocks: octets and the time go in, actions come out, `due` says when it wants to
// be stepped without any. One owner.
#pragma once

#include "modem/at_lines.h"
#include "modem/at_results.h"

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tallyline::modem {

struct at_command {
  std::string text; // without the CR; "+++" and the like are sent by whoever knows when
  std::chrono::milliseconds patience{5000};
  unsigned tag = 0;         // whose it is: comes back with the result
  std::string message = {}; // what follows the prompt; Ctrl-Z is added
  bool connects = false;    // ATD, ATA: CONNECT, NO CARRIER and the like are its results
};

struct at_result {
  at_command command;
  at_status status = at_status::ok;
  at_code code;                   // `said` is empty: see `said`
  std::string said;               // CONNECT's text, or the error in words
  std::vector<std::string> lines; // the answer's, less echo and what came unasked
  bool ok() const { return status == at_status::ok; }
};

class at_dialog {
public:
  using action = std::variant<std::string /*octets to send*/, at_result, at_event>;
  using actions = std::vector<action>;

  // `pause`: between an answer and the next command.
  explicit at_dialog(std::chrono::milliseconds pause = std::chrono::milliseconds(50)) : pause_(pause) {}

  void submit(at_command c, clock::time_point now, actions& out);
  // Ahead of what waits.
  void submit_next(at_command c, clock::time_point now, actions& out);
  // Returns how many octets were read: after CONNECT what follows belongs to the call.
  std::size_t step(octets_view octets, clock::time_point now, actions& out);
  void tick(clock::time_point now, actions& out);
  std::optional<clock::time_point> due() const;

  // Forgets the running command and those that wait, without results; what is known of echo and digits stays.
  void clear();
  bool busy() const { return running_.has_value(); }
  std::size_t waiting() const { return queue_.size(); }
  std::uint64_t noise() const { return noise_; }
  // What was seen of the modem so far.
  bool echoes() const { return echoes_; }
  bool numeric() const { return !verbose_; }
  // CONNECT has been read: a line feed that belongs to it may still come, and is nobody's.
  bool takes_line_feed() const { return takes_line_feed_; }

private:
  void start_next(clock::time_point now, actions& out);
  void on_line(clock::time_point now, actions& out);
  void on_prompt(actions& out);
  bool is_echo(std::string_view line);
  bool is_awaited_pdu(std::string_view line, actions& out);
  void take_pdu(std::string_view line, actions& out);
  void finish(at_status s, const at_code& code, clock::time_point now, actions& out);

  struct running {
    at_result so_far;
    std::string asked; // "+CREG:"
    clock::time_point until;
    bool prompted = false;
  };
  std::chrono::milliseconds pause_;
  at_lines splitter_;
  std::deque<at_command> queue_;
  std::optional<running> running_;
  std::optional<at_event> without_pdu_; // +CMT or +CDS, whose PDU comes in another line
  std::optional<clock::time_point> next_at_;
  std::string last_sent_;
  std::uint64_t noise_ = 0;
  bool echoes_ = false, verbose_ = false, connected_ = false, takes_line_feed_ = false;
};

} // namespace tallyline::modem
