#include "gateway/smpp/link_impl.h"

#include "gateway/smpp/octets.h"

#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <random>
#include <spdlog/spdlog.h>

namespace tallyline::smpp {
namespace {

// A peer that reads nothing while this much waits for it is as good as gone.
constexpr std::size_t unsent_max = 8 << 20;
// What may wait for the window on top of what waits in it.
constexpr std::size_t waiting_max = 64 << 20;
constexpr std::size_t sequence_offset = 12; // of a PDU, 3.2

std::uint64_t jitter_seed() {
  std::random_device source;
  return std::uint64_t{source()} << 32 | source();
}

} // namespace

smpp_link::impl::impl(boost::asio::io_context& io_context, link_settings s, handlers h)
    : io(io_context), settings(std::move(s)), on(std::move(h)), fsm(settings.timing, jitter_seed()),
      requests(settings.window), speed(settings.rate, settings.window),
      trust(settings.tls.on ? make_tls(settings.tls) : nullptr), bind_timer(io), expiry(io), pace_timer(io) {}

std::string smpp_link::impl::name() const { return fmt::format("{}:{}", settings.host, settings.port); }

std::size_t smpp_link::impl::waiting_count() const {
  std::size_t all = 0;
  for (const auto& queue : waiting)
    all += queue.size();
  return all;
}

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
  pace_timer.clear();
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
  wire = std::make_shared<connection>(io, connection::settings{settings.source_ip, settings.tls, trust},
                                      std::move(events));
  wire->open(settings.host, settings.port);
}

void smpp_link::impl::send_bind() {
  bind_sequence = requests.take_sequence();
  const bind b{settings.system_id,         settings.password,    settings.system_type, settings.address_range,
               settings.interface_version, settings.address_ton, settings.address_npi};
  const command id = settings.as == bind_as::receiver      ? command::bind_receiver
                     : settings.as == bind_as::transmitter ? command::bind_transmitter
                                                           : command::bind_transceiver;
  send([&](buffer& out) { append_bind(out, id, bind_sequence, b); });
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
  const auto next = [&]() -> std::optional<std::uint64_t> {
    if (const auto token = requests.drop_oldest()) return token;
    for (auto& queue : waiting) {
      if (queue.empty()) continue;
      const auto token = queue.front().token;
      waiting_octets -= queue.front().pdu.size();
      queue.pop_front();
      return token;
    }
    return std::nullopt;
  };
  // What a handler submits meanwhile goes elsewhere: this link is not bound.
  while (!dead) {
    const auto token = next();
    if (!token) return;
    if (on.submit_done) on.submit_done(*token, status::link_lost);
  }
}

bool smpp_link::impl::submit(const message& m, std::uint64_t token, command as, urgency how) {
  if (dead || !can_submit()) return false;
  const auto now = window::clock::now();
  if (waiting_octets > 0 || requests.full() || !speed.take(requests.size(), now)) {
    if (waiting_octets > waiting_max) return false;
    const auto until =
        how == urgency::reply ? now + std::chrono::seconds(settings.reply_valid_s) : window::clock::time_point::max();
    auto& w = waiting[static_cast<std::size_t>(how)].emplace_back(waiting_submit{token, until, {}});
    append_message(w.pdu, as, 0, m);
    waiting_octets += w.pdu.size();
    arm_pace(now);
    return true;
  }
  const std::uint32_t sequence = requests.open(token, now + std::chrono::seconds(settings.timing.response_s));
  send([&](buffer& out) { append_message(out, as, sequence, m); });
  arm_expiry();
  return true;
}

// Replies wait in the order of their time. True when one was dropped, after its handler, which may have changed
// anything.
bool smpp_link::impl::drop_late(window::clock::time_point now) {
  auto& replies = waiting[static_cast<std::size_t>(urgency::reply)];
  if (replies.empty() || replies.front().until > now) return false;
  const auto token = replies.front().token;
  waiting_octets -= replies.front().pdu.size();
  replies.pop_front();
  ++counters.too_late;
  if (on.submit_done) on.submit_done(token, status::too_late);
  return true;
}

void smpp_link::impl::send_waiting() {
  const auto now = window::clock::now();
  while (!dead && drop_late(now)) {
  }
  if (dead || !can_submit()) return;
  for (auto& queue : waiting) {
    while (wire && !queue.empty() && !requests.full() && speed.take(requests.size(), now)) {
      auto& w = queue.front();
      put_u32(w.pdu.data() + sequence_offset,
              requests.open(w.token, now + std::chrono::seconds(settings.timing.response_s)));
      send([&](buffer& out) { out.insert(out.end(), w.pdu.begin(), w.pdu.end()); });
      waiting_octets -= w.pdu.size();
      queue.pop_front();
    }
    if (!queue.empty()) break; // what is less urgent waits behind it
  }
  arm_expiry();
  arm_pace(now);
}

// Needed only where time, and not a response, lets the next one leave, or makes it too late.
void smpp_link::impl::arm_pace(window::clock::time_point now) {
  if (dead || waiting_octets == 0 || pace_timer.pending()) return;
  auto at = speed.next(now);
  if (at <= now) { // the window is full: the next response moves things, or the oldest reply is too late
    const auto& replies = waiting[static_cast<std::size_t>(urgency::reply)];
    if (replies.empty()) return;
    at = replies.front().until;
  }
  pace_timer.set(at, [link = weak_from_this()] {
    const auto self = link.lock();
    if (!self || self->dead) return;
    self->send_waiting();
    if (!self->dead) self->flush();
  });
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
      spdlog::warn("smsc {}: no response to a submit_sm within {} s ({} so far)", name(), settings.timing.response_s,
                   counters.timeouts);
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
