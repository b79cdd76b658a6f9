#include "gateway/rehearsal/smsc_fsm.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace tallyline::rehearsal {
namespace {

using smpp::command;
using smpp::status;
using kind = smsc_action::kind;

constexpr std::uint32_t last_sequence = 0x7FFFFFFF; // 3.2
constexpr std::size_t most_unanswered = 1U << 20U;  // an ESME that never answers costs no more than this

constexpr bool is_response(command id) { return (static_cast<std::uint32_t>(id) & smpp::response_bit) != 0; }

constexpr command response_to(command id) {
  return static_cast<command>(static_cast<std::uint32_t>(id) | smpp::response_bit);
}

constexpr smsc_state bound_by(command id) {
  switch (id) {
  case command::bind_transmitter:
    return smsc_state::transmitter;
  case command::bind_receiver:
    return smsc_state::receiver;
  default:
    return smsc_state::transceiver;
  }
}

} // namespace

std::string_view name_of(smsc_state s) noexcept {
  static constexpr std::array<std::string_view, smsc_states> names = {"open",        "transmitter", "receiver",
                                                                      "transceiver", "unbinding",   "closed"};
  return names[static_cast<std::size_t>(s)];
}

smsc_action smsc_fsm::step(std::span<const std::uint8_t> pdu, std::uint64_t now, smpp::buffer& out) {
  if (state_ == smsc_state::closed) return {};
  ++counters_.pdus_in;
  if (state_ != smsc_state::open) // whose time runs from the connect: only a bind stops it
    heard_ = now;
  const auto h = smpp::read_header(pdu);
  switch (h.id) {
  case command::submit_sm:
  case command::data_sm:
    return submit(h, pdu.subspan(smpp::header_size), out);
  case command::deliver_sm_resp:
  case command::data_sm_resp:
  case command::generic_nack:
    return delivered(h);
  case command::enquire_link: // allowed in every state
    smpp::append_header_only(out, command::enquire_link_resp, h.sequence);
    return {};
  case command::enquire_link_resp:
    if (state_ != smsc_state::unbinding) asked_ = 0;
    return {};
  case command::bind_transceiver:
  case command::bind_transmitter:
  case command::bind_receiver:
    return bind(h, pdu, now, out);
  case command::unbind:
    return unbind_requested(h, out);
  case command::unbind_resp:
    return state_ == smsc_state::unbinding ? closing() : smsc_action{};
  default:
    if (is_response(h.id)) { // to nothing that we asked; answering a response could loop
      ++counters_.unasked;
      return {};
    }
    ++counters_.unknown_commands;
    smpp::append_header_only(out, command::generic_nack, h.sequence, status::invalid_command_id);
    return {};
  }
}

smsc_action smsc_fsm::garbage(smpp::buffer& out) {
  if (state_ == smsc_state::closed) return {};
  ++counters_.malformed;
  // The sequence number cannot be trusted either: 0 (4.3.1).
  smpp::append_header_only(out, command::generic_nack, 0, status::invalid_command_length);
  return closing();
}

smsc_action smsc_fsm::bind(const smpp::header& h, std::span<const std::uint8_t> pdu, std::uint64_t now,
                           smpp::buffer& out) {
  const auto refuse = [&](status s) {
    ++counters_.refused_binds;
    smpp::append_bind_response(out, response_to(h.id), h.sequence, s, {});
    return smsc_action{};
  };
  if (state_ != smsc_state::open)
    return refuse(state_ == smsc_state::unbinding ? status::incorrect_bind_state : status::already_bound);
  const auto request = smpp::read_bind(h, pdu);
  if (!request) {
    ++counters_.malformed;
    return refuse(request.error());
  }
  if (const auto s = judge(*request); s != status::ok) return refuse(s);
  state_ = bound_by(h.id);
  heard_ = now;
  system_id_ = request->system_id;
  smpp::append_bind_response(out, response_to(h.id), h.sequence, status::ok, "tallyline-smsc");
  smsc_action done;
  done.what = kind::bound;
  return done;
}

status smsc_fsm::judge(const smpp::bind_request& b) const {
  if (policy_.system_id.empty()) return status::ok;
  if (b.system_id != policy_.system_id) return status::invalid_system_id;
  return b.password == policy_.password ? status::ok : status::invalid_password;
}

smsc_action smsc_fsm::submit(const smpp::header& h, std::span<const std::uint8_t> body, smpp::buffer& out) {
  smsc_action a;
  a.id = h.id;
  a.sequence = h.sequence;
  if (state_ != smsc_state::transmitter && state_ != smsc_state::transceiver) {
    ++counters_.out_of_state;
    answer(a, status::incorrect_bind_state, out);
    return {};
  }
  const auto m = smpp::read_message(h.id, body);
  if (!m) {
    ++counters_.malformed;
    answer(a, m.error(), out);
    return {};
  }
  a.what = kind::submit;
  a.content = *m;
  return a;
}

void smsc_fsm::answer(const smsc_action& submit, status s, smpp::buffer& out) {
  std::array<char, 8> id{};
  std::string_view shown;
  if (s == status::ok) // an error response has no message_id (4.4.2)
    shown = {id.data(), std::to_chars(id.data(), id.data() + id.size(), ++message_id_, 16).ptr};
  smpp::append_message_response(out, response_to(submit.id), submit.sequence, s, shown);
}

std::string smsc_fsm::message_id() const {
  std::array<char, 8> id{};
  return {id.data(), std::to_chars(id.data(), id.data() + id.size(), message_id_, 16).ptr};
}

smsc_action smsc_fsm::delivered(const smpp::header& h) {
  const auto at = h.sequence - first_unanswered_;
  if (h.sequence < first_unanswered_ || at >= unanswered_.size() || unanswered_[at] == 0) {
    ++counters_.unasked;
    return {};
  }
  smsc_action a;
  a.what = kind::delivered;
  a.token = std::exchange(unanswered_[at], 0);
  // A generic_nack is a refusal, whatever status it forgot to set.
  a.result = h.id == command::generic_nack && h.status == status::ok ? status::unknown_error : h.status;
  while (!unanswered_.empty() && unanswered_.front() == 0) {
    unanswered_.pop_front();
    ++first_unanswered_;
  }
  return a;
}

smsc_action smsc_fsm::unbind_requested(const smpp::header& h, smpp::buffer& out) {
  const bool allowed = bound() || state_ == smsc_state::unbinding;
  if (!allowed) ++counters_.out_of_state;
  smpp::append_header_only(out, command::unbind_resp, h.sequence, allowed ? status::ok : status::incorrect_bind_state);
  return allowed ? closing() : smsc_action{};
}

smsc_action smsc_fsm::closing() noexcept {
  state_ = smsc_state::closed;
  smsc_action a;
  a.what = kind::close;
  return a;
}

smsc_action smsc_fsm::tick(std::uint64_t now, smpp::buffer& out) {
  if (state_ == smsc_state::closed || now < due()) return {};
  if (state_ == smsc_state::open || state_ == smsc_state::unbinding || asked_ != 0) return closing();
  smpp::append_header_only(out, command::enquire_link, take_sequence());
  asked_ = std::max<std::uint64_t>(now, 1);
  return {};
}

std::uint64_t smsc_fsm::due() const noexcept {
  if (state_ == smsc_state::open) return heard_ + policy_.bind_ms;
  if (state_ == smsc_state::unbinding) return asked_ + policy_.unbind_ms;
  return asked_ != 0 ? asked_ + policy_.response_ms : heard_ + policy_.enquire_ms;
}

void smsc_fsm::deliver(const smpp::message& m, std::uint32_t token, smpp::buffer& out) {
  const auto sequence = take_sequence();
  // Other requests took numbers too; theirs are passed over.
  if (unanswered_.empty()) first_unanswered_ = sequence;
  while (first_unanswered_ + unanswered_.size() < sequence)
    unanswered_.push_back(0);
  unanswered_.push_back(token);
  if (unanswered_.size() > most_unanswered) {
    unanswered_.pop_front();
    ++first_unanswered_;
  }
  smpp::append_message(out, policy_.by_data_sm ? command::data_sm : command::deliver_sm, sequence, m);
}

void smsc_fsm::unbind(std::uint64_t now, smpp::buffer& out) {
  if (!bound()) return;
  smpp::append_header_only(out, command::unbind, take_sequence());
  state_ = smsc_state::unbinding;
  asked_ = std::max<std::uint64_t>(now, 1);
}

std::uint32_t smsc_fsm::take_sequence() noexcept {
  if (sequence_ == last_sequence) { // responses still on their way at this moment are taken for unasked ones
    sequence_ = 1;
    unanswered_.clear();
  }
  return sequence_++;
}

} // namespace tallyline::rehearsal
