// What comes from the SMSC, PDU by PDU.
#include "gateway/smpp/link_impl.h"

#include "gateway/smpp/names.h"
#include "gateway/smpp/octets.h"

#include <spdlog/spdlog.h>

namespace tallyline::smpp {
namespace {

constexpr std::size_t longest_plain_response = 4; // octets of a body that holds no TLV: a TLV has four of its own

} // namespace

void smpp_link::impl::on_readable(const connection::ptr& from, std::size_t octets) {
  counters.octets_in += octets;
  in_batch = true;
  step({bind_event::traffic});
  std::span<const std::uint8_t> pdu;
  auto verdict = framer::verdict::need_more;
  // A PDU may end this very connection, or the link.
  while (!dead && wire == from && (verdict = from->frames().next(pdu)) == framer::verdict::pdu)
    on_pdu(pdu);
  if (!dead && wire == from && verdict == framer::verdict::garbage) on_garbage();
  if (!dead && on.batch_end) on.batch_end();
  in_batch = false;
  if (dead) return;
  send_waiting();
  flush();
}

void smpp_link::impl::on_pdu(std::span<const std::uint8_t> pdu) {
  ++counters.pdus_in;
  if (on.trace) on.trace(false, pdu);
  current = read_header(pdu);
  switch (current.id) {
  case command::deliver_sm:
  case command::data_sm:
    return on_message(pdu.subspan(header_size));
  case command::submit_sm_resp:
  case command::data_sm_resp:
    return on_submit_response(current.status, pdu.subspan(header_size));
  case command::bind_transceiver_resp:
  case command::bind_transmitter_resp:
  case command::bind_receiver_resp:
    return on_bind_response(pdu);
  case command::generic_nack:
    return on_generic_nack();
  case command::enquire_link:
    return step({bind_event::enquire_link});
  case command::enquire_link_resp:
    return step({bind_event::enquire_link_response});
  case command::unbind:
    return step({bind_event::unbind});
  case command::unbind_resp:
    return step({bind_event::unbind_response});
  case command::alert_notification:
  case command::outbind:
    return; // 4.12, 4.1.7: these have no response, and we have asked for neither
  default:
    return on_unknown();
  }
}

// The response is queued before the handler runs, so that no reply of ours overtakes it: some SMSCs refuse one that
// does.
void smpp_link::impl::on_message(std::span<const std::uint8_t> body) {
  const auto response = static_cast<command>(static_cast<std::uint32_t>(current.id) | response_bit);
  const auto respond = [&](status s) {
    send([&](buffer& out) { append_message_response(out, response, current.sequence, s); });
  };
  const auto m = read_message(current.id, body);
  if (!m) {
    if (worth_a_line(++counters.malformed))
      spdlog::warn("smsc {}:{}: malformed {}, answered {} ({} so far)", settings.host, settings.port,
                   name_of(current.id), describe(m.error()), counters.malformed);
    return respond(m.error());
  }
  // While unbinding: it will be delivered again when we are back.
  if (fsm.state() != bind_state::bound)
    return respond(fsm.state() == bind_state::unbinding ? status::rx_temporary_error : status::incorrect_bind_state);
  if (!on.defers || !on.defers(*m)) respond(status::ok);
  ticket = counters.reconnects << 33 | std::uint64_t{current.id == command::data_sm} << 32 | current.sequence;
  if (on.message_in) on.message_in(*m);
}

void smpp_link::impl::respond_later(std::uint64_t of, status s) {
  if (dead || !wire || of >> 33 != counters.reconnects || fsm.state() != bind_state::bound) return;
  const auto id = of >> 32 & 1 ? command::data_sm_resp : command::deliver_sm_resp;
  send([&](buffer& out) { append_message_response(out, id, static_cast<std::uint32_t>(of), s); });
}

void smpp_link::impl::on_submit_response(status s, std::span<const std::uint8_t> body) {
  const auto token = requests.close(current.sequence);
  if (!token) return unmatched();
  const auto now = window::clock::now();
  if (s == status::throttled || s == status::message_queue_full) {
    ++counters.throttled;
    speed.throttled(now);
  } else {
    speed.taken(now);
  }
  if (body.size() > longest_plain_response) read_congestion(body);
  if (s != status::ok && worth_a_line(++counters.refused))
    spdlog::warn("smsc {}:{}: submit_sm refused: {} ({} so far)", settings.host, settings.port, describe(s),
                 counters.refused);
  const auto id = read_message_id(body);
  message_id = id ? *id : std::string_view{};
  if (on.submit_done) on.submit_done(*token, s);
  if (!dead) message_id = {};
}

void smpp_link::impl::on_bind_response(std::span<const std::uint8_t> pdu) {
  if (fsm.state() != bind_state::binding || current.sequence != bind_sequence) return unmatched();
  // The body only names the SMSC: a broken one is no reason to do without a bind that was granted.
  if (const auto smsc_name = read_bind_response(current, pdu); !smsc_name) {
    ++counters.malformed;
    spdlog::warn("smsc {}:{}: malformed bind_transceiver_resp: {}", settings.host, settings.port,
                 describe(smsc_name.error()));
  }
  step({bind_event::bind_response, current.status});
}

// 4.3: it stands for the response to the request with its sequence number.
void smpp_link::impl::on_generic_nack() {
  const status s = current.status == status::ok ? status::system_error : current.status;
  if (fsm.state() == bind_state::binding && current.sequence == bind_sequence)
    return step({bind_event::bind_response, s});
  on_submit_response(s, {});
}

// SMPP 5.0 4.2.5, 4.8.4.18: behind message_id there may stand how busy the SMSC is.
void smpp_link::impl::read_congestion(std::span<const std::uint8_t> body) {
  cursor in(body);
  std::string_view id;
  if (in.c_string(65, id) != cursor::found::whole) return;
  const auto busy = find_tlv(in.rest(), tag::congestion_state);
  if (busy && busy->size() == 1) speed.congestion((*busy)[0]);
}

void smpp_link::impl::on_unknown() {
  if (static_cast<std::uint32_t>(current.id) & response_bit) return unmatched(); // never answer an answer
  if (worth_a_line(++counters.unknown_commands))
    spdlog::warn("smsc {}:{}: {} ({:#010x}) is not for an ESME, answered ESME_RINVCMDID ({} so far)", settings.host,
                 settings.port, name_of(current.id), static_cast<std::uint32_t>(current.id), counters.unknown_commands);
  send_header(command::generic_nack, current.sequence, status::invalid_command_id);
}

void smpp_link::impl::on_garbage() {
  ++counters.malformed;
  send_header(command::generic_nack, 0, status::invalid_command_length);
  step({bind_event::broken, status::ok,
        "a PDU of impossible length came, so the stream cannot be trusted; reconnecting"});
}

void smpp_link::impl::unmatched() {
  if (worth_a_line(++counters.unmatched))
    spdlog::info("smsc {}:{}: {} with sequence number {} answers nothing that is open ({} so far)", settings.host,
                 settings.port, name_of(current.id), current.sequence, counters.unmatched);
}

} // namespace tallyline::smpp
