// The inside of smpp_link: carries out what bind_fsm and window decide, and hands in what comes. Shared with its timers
// and its connection, which know it only weakly. Every handler of the user is the last thing a function does, or is
// followed by a look at `dead`.
#pragma once

#include "gateway/smpp/connection.h"
#include "gateway/smpp/pace.h"
#include "gateway/smpp/smpp_link.h"
#include "gateway/smpp/window.h"

#include <deque>
#include <vector>

namespace tallyline::smpp {

struct smpp_link::impl : std::enable_shared_from_this<smpp_link::impl> {
  impl(boost::asio::io_context& io_context, link_settings s, handlers h);

  void check_settings() const;
  void step(const bind_fsm::input& in);
  bool submit(const message& m, std::uint64_t token, command as, urgency how);
  bool can_submit() const { return fsm.state() == bind_state::bound && settings.as != bind_as::receiver; }
  std::size_t waiting_count() const;
  std::string name() const; // for the log
  void flush();
  void die();

  // What bind_fsm wants done, and the state it reports.
  void apply(const bind_fsm::outcome& o);
  void perform(bind_action a);
  void open_connection();
  void send_bind();
  void arm_bind_timer();
  void fail_outstanding();

  // Incoming; link_incoming.cpp.
  void on_readable(const connection::ptr& from, std::size_t octets);
  void on_pdu(std::span<const std::uint8_t> pdu);
  void on_message(std::span<const std::uint8_t> body);
  void respond_later(std::uint64_t of, status s);
  void on_submit_response(status s, std::span<const std::uint8_t> body);
  void read_congestion(std::span<const std::uint8_t> body);
  void on_bind_response(std::span<const std::uint8_t> pdu);
  void on_generic_nack();
  void on_unknown();
  void on_garbage();
  void unmatched();

  // Outgoing submit_sm.
  void send_waiting();
  bool drop_late(window::clock::time_point now);
  void arm_pace(window::clock::time_point now);
  void arm_expiry();
  void on_expiry();
  template <class Append> void send(Append append) {
    buffer& out = wire->out();
    const std::size_t before = out.size();
    append(out);
    counters.octets_out += out.size() - before;
    ++counters.pdus_out;
    if (on.trace) on.trace(true, std::span(out).subspan(before));
  }
  void send_header(command id, std::uint32_t sequence, status s = status::ok) {
    send([&](buffer& out) { append_header_only(out, id, sequence, s); });
  }

  struct waiting_submit {
    std::uint64_t token;
    window::clock::time_point until; // of a reply
    buffer pdu;                      // its sequence number is set when it leaves
  };

  boost::asio::io_context& io;
  link_settings settings;
  handlers on;
  link_counters counters;
  bind_fsm fsm;
  window requests;
  pace speed;
  std::shared_ptr<boost::asio::ssl::context> trust;
  deadline bind_timer, expiry, pace_timer;
  connection::ptr wire;
  std::array<std::deque<waiting_submit>, urgencies> waiting;
  std::size_t waiting_octets = 0;
  std::vector<std::function<void()>> stop_done;
  std::uint64_t ticket = 0;        // connection, whether data_sm, sequence number
  std::string_view message_id;     // of the response that is being handled
  header current;                  // of the PDU that is being handled
  std::uint32_t bind_sequence = 0; // of the bind that is unanswered
  std::uint64_t steps = 0;
  bool in_batch = false, dead = false, connected_before = false;
};

// Bounds what a peer that sends errors can put in the log: the first ones, then ever fewer.
constexpr bool worth_a_line(std::uint64_t count) { return count <= 10 || (count & (count - 1)) == 0; }

} // namespace tallyline::smpp
