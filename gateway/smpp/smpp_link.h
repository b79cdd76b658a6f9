// One bind to an SMSC over TCP: connects, binds, keeps the link alive, answers, reconnects. The protocol's decisions
// are bind_fsm's and window's; here are the socket, the timers and the batched write. Network thread only.
#pragma once

#include "gateway/smpp/bind_fsm.h"
#include "gateway/smpp/link_tls.h"
#include "gateway/smpp/pdu.h"

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace tallyline::smpp {

enum class bind_as : std::uint8_t { transceiver, transmitter, receiver };

// Whom a request is for; what is more urgent leaves first when not all may.
enum class urgency : std::uint8_t {
  reply,
  receipt,
  reminder
}; // a phone that waits; a record's receipt; everything else
inline constexpr std::size_t urgencies = 3;

struct link_settings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 2775;
  std::string system_id = "tallyline";
  std::string password;
  std::string system_type;
  bind_as as = bind_as::transceiver;
  std::uint8_t interface_version = 0x34; // 0x50: SMPP 5.0
  std::uint8_t address_ton = 0, address_npi = 0;
  std::string address_range;
  std::string source_ip; // of this machine, to leave from; empty: any
  tls_settings tls;
  unsigned rate = 0;           // requests a second at most; 0: no limit
  unsigned reply_valid_s = 30; // a reply that could not leave for so long is dropped: operators have ended its session
  bind_timing timing;          // see bind_fsm.h
  std::size_t window = 4096;   // submit_sm without a response yet, at most; what comes on top waits in order
};

struct link_counters {
  std::uint64_t pdus_in = 0, pdus_out = 0, octets_in = 0, octets_out = 0;
  std::uint64_t malformed = 0, unknown_commands = 0, timeouts = 0, reconnects = 0;
  std::uint64_t refused = 0;   // submit_sm whose response had a command_status
  std::uint64_t throttled = 0; // of these, ESME_RTHROTTLED and ESME_RMSGQFUL
  std::uint64_t too_late = 0;  // requests that waited longer than reply_valid_s
  std::uint64_t unmatched = 0; // responses to nothing that is outstanding: late, double or foreign
};

// Handlers may call submit, flush, start and stop, and may destroy the link; after its destruction none is called.
class smpp_link {
public:
  struct handlers {
    // A deliver_sm or data_sm; its response is already queued to leave ahead of whatever the handler sends. The views
    // live until the handler returns.
    std::function<void(const message&)> message_in;
    // Every PDU of one read has been handed in; what was sent meanwhile leaves now, in one write.
    std::function<void()> batch_end;
    // The response to a request, `system_error` when none came in time, `link_lost`, or `too_late`. `token` is
    // submit's.
    std::function<void(std::uint64_t token, status s)> submit_done;
    // Whoever is told logs it; the link itself does not.
    std::function<void(bool bound, const std::string& why)> state;
    // Every PDU as it comes and leaves; for a wire log. May be empty.
    std::function<void(bool outgoing, std::span<const std::uint8_t> pdu)> trace = {};
    // Whether this message's response is given later, by `respond`; asked before it. May be empty: none is.
    std::function<bool(const message&)> defers = {};
  };

  // Throws std::runtime_error when a file of the TLS settings cannot be used.
  smpp_link(boost::asio::io_context& io, link_settings settings, handlers on);
  ~smpp_link();
  smpp_link(const smpp_link&) = delete;
  smpp_link& operator=(const smpp_link&) = delete;

  void start();
  // Unbinds, waits for the response or its time-out, closes, then calls `done` once: at once, from within stop, when
  // there is no connection. Every submit_sm still open has got its submit_done before.
  void stop(std::function<void()> done);

  bool bound() const;
  bool can_submit() const; // bound, and not as a receiver
  std::size_t unanswered() const;
  std::size_t waiting() const; // for the window, the rate or the SMSC's patience
  const link_settings& settings() const;
  // Queues a submit_sm. Returns false, and sends nothing, when the link is not bound or too much waits for the window
  // already. It leaves at the end of the current read batch, or at the next flush().
  // `as`: submit_sm or data_sm.
  bool submit(const message& m, std::uint64_t token, command as = command::submit_sm, urgency how = urgency::reply);
  void flush();
  // Of the message that message_in is being given; for `respond`.
  std::uint64_t ticket() const;
  // The response to a message that was deferred. Nothing happens when its connection is gone, or it has been answered.
  void respond(std::uint64_t ticket, status s);
  // What the SMSC calls the message whose submit_done is being told; may be empty. Valid within the handler.
  std::string_view message_id() const;
  const link_counters& counters() const;

private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

} // namespace tallyline::smpp
