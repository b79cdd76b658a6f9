#include "gateway/smpp/link_impl.h"

#include "gateway/smpp/octets.h"

#include <boost/asio/post.hpp>
#include <random>
#include <spdlog/spdlog.h>

namespace tallyline::smpp {
namespace {

// A peer that reads nothing while this much waits for it is as good as gone.
constexpr std::size_t unsent_max = 8 << 20;
// What may wait for the window on top of what waits in it.
constexpr std::size_t waiting_max = 4 << 20;
constexpr std::size_t sequence_offset = 12; // of a PDU, 3.2

std::uint64_t jitter_seed() {
  std::random_device source;
  return std::uint64_t{source()} << 32 | source();
}

} // namespace

smpp_link::impl::impl(boost::asio::io_context& io_context, link_settings s, handlers h)
    : io(io_context), settings(std::move(s)), on(std::move(h)), fsm(settings.timing, jitter_seed()),
      requests(settings.window), bind_timer(io), expiry(io) {}

void smpp_link::impl::check_settings() const {
  const auto check = [](std::string_view name, std::string_view value, std::size_t max) {
    if (value.size() > max)
      spdlog::warn("smsc.{} has {} characters, SMPP carries {}: only those are sent", name, value.size(), max);
  };
  check("system_id", settings.system_id, 15);
  check("password", settings.password, 8);
  check("system_type", settings.system_type, 12);
}

void smpp_link::impl::step(const bind_fsm::input& in) {
  if (!dead) apply(fsm.step(in, bind_fsm::clock::now()));
}

void smpp_link::impl::die() {
  dead = true;
  bind_timer.clear();
  expiry.clear();
  if (wire) wire->finish();
  wire.reset();
}

// First everything that touches the connection, then the handlers: one of them may call back in and step on. A report
// that was overtaken so is left out, since a newer one has been made.
void smpp_link::impl::apply(const bind_fsm::outcome& o) {
  const std::uint64_t mine = ++steps;
  bool closes = false;
  std::vector<std::function<void()>> done;
  for (const bind_action a : o.list()) {
    closes |= a == bind_action::close || a == bind_action::stopped;
    if (a == bind_action::stopped)
      done.swap(stop_done);
    else
      perform(a);
  }
  arm_bind_timer();
  if (!in_batch) flush();
  if (closes) fail_outstanding();
  if (o.bound && !dead && mine == steps && on.state) on.state(*o.bound, o.why);
  for (auto& told : done)
    if (!dead) told();
}

void smpp_link::impl::perform(bind_action a) {
  switch (a) {
  case bind_action::connect:
    return open_connection();
  case bind_action::send_bind:
    return send_bind();
  case bind_action::send_enquire_link:
    return send_header(command::enquire_link, requests.take_sequence());
  case bind_action::send_enquire_link_response:
    return send_header(command::enquire_link_resp, current.sequence);
  case bind_action::send_unbind:
    return send_header(command::unbind, requests.take_sequence());
  case bind_action::send_unbind_response:
    return send_header(command::unbind_resp, current.sequence);
  case bind_action::close:
    if (wire) wire->finish();
    wire.reset();
    return;
  case bind_action::stopped:
    return;
  }
}

void smpp_link::impl::open_connection() {
  counters.reconnects += connected_before ? 1 : 0;
  connected_before = true;
  // An old connection's event may still be on its way: only the present one's count.
  const auto with = [link = weak_from_this()](const connection::ptr& from, auto then) {
    const auto self = link.lock();
    if (self && self->wire == from) then(*self);
  };
  connection::events events;
  events.opened = [with](const connection::ptr& from) {
    with(from, [](impl& self) { self.step({bind_event::connected}); });
  };
  events.readable = [with](const connection::ptr& from, std::size_t octets) {
    with(from, [&](impl& self) { self.on_readable(from, octets); });
  };
  events.broken = [with](const connection::ptr& from, const std::string& why) {
    with(from, [&](impl& self) {
      const bool opening = self.fsm.state() == bind_state::connecting;
      self.step({opening ? bind_event::connect_failed : bind_event::broken, status::ok, why});
    });
  };
  wire = std::make_shared<connection>(io, std::move(events));
  wire->open(settings.host, settings.port);
}

void smpp_link::impl::send_bind() {
  bind_sequence = requests.take_sequence();
  const bind b{settings.system_id, settings.password, settings.system_type, {}};
  send([&](buffer& out) { append_bind(out, command::bind_transceiver, bind_sequence, b); });
}

void smpp_link::impl::arm_bind_timer() {
  const auto due = fsm.due();
  if (due == bind_timer.pending()) return;
  if (!due) return bind_timer.clear();
  bind_timer.set(*due, [link = weak_from_this()] {
    const auto self = link.lock();
    if (self) self->step({bind_event::timer});
  });
}

void smpp_link::impl::fail_outstanding() {
  while (!dead) {
    auto token = requests.drop_oldest();
    if (!token && !waiting.empty()) {
      token = waiting.front().token;
      waiting_octets -= waiting.front().pdu.size();
      waiting.pop_front();
    }
    if (!token) return;
    if (on.submit_done) on.submit_done(*token, status::system_error);
  }
}

bool smpp_link::impl::submit(const message& m, std::uint64_t token, command as) {
  if (dead || fsm.state() != bind_state::bound) return false;
  if (requests.full() || !waiting.empty()) {
    if (waiting_octets > waiting_max) return false;
    auto& w = waiting.emplace_back(waiting_submit{token, {}});
    append_message(w.pdu, as, 0, m);
    waiting_octets += w.pdu.size();
    return true;
  }
  const auto until = window::clock::now() + std::chrono::seconds(settings.timing.response_s);
  const std::uint32_t sequence = requests.open(token, until);
  send([&](buffer& out) { append_message(out, as, sequence, m); });
  arm_expiry();
  return true;
}

void smpp_link::impl::send_waiting() {
  while (wire && !waiting.empty() && !requests.full()) {
    auto& w = waiting.front();
    const auto until = window::clock::now() + std::chrono::seconds(settings.timing.response_s);
    put_u32(w.pdu.data() + sequence_offset, requests.open(w.token, until));
    send([&](buffer& out) { out.insert(out.end(), w.pdu.begin(), w.pdu.end()); });
    waiting_octets -= w.pdu.size();
    waiting.pop_front();
  }
  arm_expiry();
}

// Set for the oldest request and left alone until it fires: responses that come in time cost no timer operation.
void smpp_link::impl::arm_expiry() {
  if (dead || expiry.pending() || !requests.next_deadline()) return;
  expiry.set(*requests.next_deadline(), [link = weak_from_this()] {
    const auto self = link.lock();
    if (self) self->on_expiry();
  });
}

void smpp_link::impl::on_expiry() {
  const auto now = window::clock::now();
  while (!dead) {
    const auto token = requests.expire(now);
    if (!token) break;
    if (worth_a_line(++counters.timeouts))
      spdlog::warn("smsc {}:{}: no response to a submit_sm within {} s ({} so far)", settings.host, settings.port,
                   settings.timing.response_s, counters.timeouts);
    if (on.submit_done) on.submit_done(*token, status::system_error);
  }
  if (dead) return;
  send_waiting();
  flush();
}

void smpp_link::impl::flush() {
  if (!wire) return;
  wire->flush();
  if (wire->unsent() <= unsent_max) return;
  // Not from here: whoever flushes does not expect its requests to fail under its hands.
  boost::asio::post(io, [link = weak_from_this(), stuck = std::weak_ptr<connection>(wire)] {
    const auto self = link.lock();
    if (self && self->wire && self->wire == stuck.lock())
      self->step({bind_event::broken, status::ok, "the SMSC has stopped reading; closing the connection"});
  });
}

} // namespace tallyline::smpp
