// The SMSC's side of one ESME connection (SMPP 3.4 2.2, 4.1-4.11): which PDU is allowed when and what answers it. A PDU
// goes in, its answer is appended to `out` and what is left to do comes back. No sockets; `now` is in milliseconds.
#pragma once

#include "gateway/smpp/codec.h"

#include <cstdint>
#include <deque>
#include <span>
#include <string>

namespace tallyline::rehearsal {

struct smsc_policy {
  std::string system_id;              // empty: any
  std::string password;               // looked at only when system_id is set
  std::uint64_t bind_ms = 10'000;     // for the bind to come, then the connection is closed
  std::uint64_t enquire_ms = 30'000;  // of silence before enquire_link
  std::uint64_t response_ms = 10'000; // for the answer to enquire_link
  std::uint64_t unbind_ms = 2'000;    // for the answer to unbind
  bool by_data_sm = false;            // messages leave as data_sm instead of deliver_sm
};

enum class smsc_state : std::uint8_t { open, transmitter, receiver, transceiver, unbinding, closed };
inline constexpr std::size_t smsc_states = 6;
std::string_view name_of(smsc_state s) noexcept;

struct smsc_action {
  enum class kind : std::uint8_t {
    none,
    bound,     // by fsm.system_id()
    submit,    // `content` is to be judged and answered with fsm.answer(); its views point into the PDU
    delivered, // the ESME answered our deliver_sm `token` with `result`
    close,     // after `out` has been written
  };
  kind what = kind::none;
  smpp::command id = smpp::command::generic_nack;
  std::uint32_t sequence = 0;
  smpp::status result = smpp::status::ok;
  std::uint32_t token = 0;
  smpp::message content;
};

class smsc_fsm {
public:
  struct counters {
    std::uint64_t pdus_in = 0, malformed = 0, unknown_commands = 0, refused_binds = 0, out_of_state = 0, unasked = 0;
  };

  smsc_fsm(const smsc_policy& policy, std::uint64_t now) : policy_(policy), heard_(now) {}

  // A whole PDU as the framer cut it.
  smsc_action step(std::span<const std::uint8_t> pdu, std::uint64_t now, smpp::buffer& out);
  // The framer found a length that cannot be.
  smsc_action garbage(smpp::buffer& out);
  // To be called at due() or later; does nothing when it is early.
  smsc_action tick(std::uint64_t now, smpp::buffer& out);
  std::uint64_t due() const noexcept;

  void answer(const smsc_action& submit, smpp::status s, smpp::buffer& out);
  bool can_deliver() const noexcept { return state_ == smsc_state::receiver || state_ == smsc_state::transceiver; }
  bool bound() const noexcept { return can_deliver() || state_ == smsc_state::transmitter; }
  // Only while can_deliver(). `token` comes back with the response.
  void deliver(const smpp::message& m, std::uint32_t token, smpp::buffer& out);
  void unbind(std::uint64_t now, smpp::buffer& out);

  smsc_state state() const noexcept { return state_; }
  // Of the submit_sm that was answered last, as its response said it.
  std::string message_id() const;
  const std::string& system_id() const noexcept { return system_id_; }
  const counters& count() const noexcept { return counters_; }

private:
  smsc_action bind(const smpp::header& h, std::span<const std::uint8_t> pdu, std::uint64_t now, smpp::buffer& out);
  smpp::status judge(const smpp::bind_request& b) const;
  smsc_action submit(const smpp::header& h, std::span<const std::uint8_t> body, smpp::buffer& out);
  smsc_action delivered(const smpp::header& h);
  smsc_action unbind_requested(const smpp::header& h, smpp::buffer& out);
  smsc_action closing() noexcept;
  std::uint32_t take_sequence() noexcept;

  const smsc_policy& policy_;
  smsc_state state_ = smsc_state::open;
  std::string system_id_;
  std::uint64_t heard_;        // when the last PDU came
  std::uint64_t asked_ = 0;    // when enquire_link or unbind went out; 0: none is unanswered
  std::uint32_t sequence_ = 1; // the next
  // Tokens of the deliver_sm that have no response yet, by sequence from first_unanswered_ on; 0: not, or no more.
  std::deque<std::uint32_t> unanswered_;
  std::uint32_t first_unanswered_ = 1;
  std::uint32_t message_id_ = 0;
  counters counters_;
};

} // namespace tallyline::rehearsal
