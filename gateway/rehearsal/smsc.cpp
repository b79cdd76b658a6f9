#include "gateway/rehearsal/smsc.h"

#include "gateway/rehearsal/exchange.h"
#include "gateway/rehearsal/short_messages.h"
#include "gateway/rehearsal/smsc_link.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <fmt/format.h>
#include <utility>
#include <vector>

namespace tallyline::rehearsal {

using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

smsc_policy policy_of(const smsc_settings& s) {
  smsc_policy p;
  p.system_id = s.system_id;
  p.password = s.password;
  p.by_data_sm = s.dialect.by_data_sm;
  return p;
}

} // namespace

struct smsc::impl final : std::enable_shared_from_this<smsc::impl>, exchange::wire, smsc_link::owner {
  impl(boost::asio::io_context& context, const smsc_settings& s)
      : io(context), dialect(s.dialect), policy(policy_of(s)), acceptor(context), timer(context),
        phones(
            *this,
            {std::max<std::uint64_t>(s.session_limit_s, 1) * 1000, std::max<std::uint64_t>(s.answer_limit_s, 1) * 1000},
            dialect),
        messages([this](const smpp::message& m, std::uint32_t token) { return deliver_sms(m, token); }),
        throttle_every(s.throttle_every) {
    const tcp::endpoint here(boost::asio::ip::address_v4::loopback(), s.port);
    acceptor.open(here.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.bind(here);
    acceptor.listen();
    port = acceptor.local_endpoint().port();
  }

  void accept();
  void acted(smsc_link& link, const smsc_action& a) override;
  void batch_end() override { flush(); }
  void gone(smsc_link& link, std::string_view why) override;
  void deliver(std::uint32_t link, const smpp::message& m, std::uint32_t session) override;

  bool deliver_sms(const smpp::message& m, std::uint32_t token);
  void submitted_sms(smsc_link& link, const smsc_action& a);
  smsc_link* find(std::uint32_t number) const;
  smsc_link* for_next_call();
  bool has_esme() const;
  void flush();
  void watch();
  void tell_esme(bool bound) {
    for (std::size_t i = 0; i < esme_listeners.size(); ++i) { // a listener may add one
      const auto listener = esme_listeners[i];
      listener(bound);
    }
  }
  void note(std::string_view line) const {
    if (tell_notice) tell_notice(line);
  }

  boost::asio::io_context& io;
  const smpp::dialect dialect;
  smsc_policy policy;
  tcp::acceptor acceptor;
  std::uint16_t port = 0;
  boost::asio::steady_timer timer;
  std::uint64_t watched = 0; // what the timer is set to; 0: not set
  exchange phones;
  short_messages messages;
  unsigned throttle_every = 0, until_throttle = 0;
  std::vector<std::shared_ptr<smsc_link>> links;
  std::uint32_t last_number = 0;
  std::size_t next_call = 0;
  std::uint64_t malformed = 0, unknown_commands = 0; // of connections that are gone
  std::vector<std::function<void(bool)>> esme_listeners;
  std::function<void(std::string_view)> tell_notice;
};

void smsc::impl::accept() {
  acceptor.async_accept([weak = weak_from_this()](error_code failed, tcp::socket socket) {
    const auto self = weak.lock();
    if (!self || failed == boost::asio::error::operation_aborted || !self->acceptor.is_open()) return;
    if (!failed) { // otherwise that caller went away again: the next one
      const auto number = ++self->last_number;
      self->links.push_back(std::make_shared<smsc_link>(std::move(socket), self->policy, number, *self));
      self->links.back()->start();
    }
    self->accept();
  });
}

void smsc::impl::acted(smsc_link& link, const smsc_action& a) {
  switch (a.what) {
  case smsc_action::kind::bound:
    note(fmt::format("ESME {} bound as {}", link.fsm().system_id(), name_of(link.fsm().state())));
    if (link.fsm().can_deliver()) tell_esme(true);
    break;
  case smsc_action::kind::submit: {
    if (throttle_every != 0 && ++until_throttle % throttle_every == 0) return link.answer(a, smpp::status::throttled);
    if (!phones.is_ussd(a.content)) return submitted_sms(link, a);
    const auto j = phones.judge(a.content);
    link.answer(a, j.answer);
    phones.show(j);
    break;
  }
  case smsc_action::kind::delivered:
    a.token < short_messages::token_limit ? messages.delivered(a.token, a.result, steady_ms())
                                          : phones.delivered(a.token, a.result);
    break;
  default:
    break;
  }
}

void smsc::impl::gone(smsc_link& link, std::string_view why) {
  const auto at = std::find_if(links.begin(), links.end(), [&](const auto& l) { return l.get() == &link; });
  if (at == links.end()) return;
  const auto kept = *at; // until this function is done with it
  links.erase(at);
  malformed += link.fsm().count().malformed;
  unknown_commands += link.fsm().count().unknown_commands;
  note(link.fsm().system_id().empty() ? fmt::format("a connection without a bind is gone: {}", why)
                                      : fmt::format("ESME {} is gone: {}", link.fsm().system_id(), why));
  phones.link_gone(link.number());
  messages.link_gone(steady_ms());
  flush();
  if (!link.fsm().system_id().empty() && !has_esme()) tell_esme(false);
}

void smsc::impl::deliver(std::uint32_t number, const smpp::message& m, std::uint32_t session) {
  auto* const link = find(number);
  if (link && link->fsm().can_deliver()) link->deliver(m, session);
}

bool smsc::impl::deliver_sms(const smpp::message& m, std::uint32_t token) {
  auto* const link = for_next_call();
  if (link) link->deliver(m, token);
  return link != nullptr;
}

// Its response first: a delivery receipt names the message by the id that the response gives it.
void smsc::impl::submitted_sms(smsc_link& link, const smsc_action& a) {
  link.answer(a, smpp::status::ok);
  const auto id = link.fsm().message_id();
  const auto receipt = messages.submitted(a.content, id, steady_ms());
  auto* const by = link.fsm().can_deliver() ? &link : for_next_call();
  if (!receipt || !by) return;
  smpp::message m;
  m.source_ton = m.source_npi = 1;
  m.source = a.content.destination;
  m.destination = a.content.source;
  m.esm_class = 0x04; // SMSC delivery receipt (5.2.12)
  m.text = {reinterpret_cast<const std::uint8_t*>(receipt->text.data()), receipt->text.size()};
  const std::string named = id + '\0'; // a C-octet string
  smpp::buffer tlvs;
  smpp::append_tlv(tlvs, 0x001E, {reinterpret_cast<const std::uint8_t*>(named.data()), named.size()});
  smpp::append_tlv(tlvs, 0x0427, {&receipt->state, 1});
  m.tlvs = tlvs;
  by->deliver(m, 0);
}

smsc_link* smsc::impl::find(std::uint32_t number) const {
  const auto at = std::find_if(links.begin(), links.end(), [&](const auto& l) { return l->number() == number; });
  return at == links.end() ? nullptr : at->get();
}

// The ESMEs take the calls in turn.
smsc_link* smsc::impl::for_next_call() {
  for (std::size_t tried = 0; tried < links.size(); ++tried)
    if (const auto& link = links[++next_call % links.size()]; link->fsm().can_deliver()) return link.get();
  return nullptr;
}

bool smsc::impl::has_esme() const {
  return std::any_of(links.begin(), links.end(), [](const auto& l) { return l->fsm().can_deliver(); });
}

void smsc::impl::flush() {
  // A link may go, and a phone dial, while another is flushed.
  for (std::size_t i = 0; i < links.size(); ++i)
    std::shared_ptr(links[i])->flush();
  watch();
}

// One timer for all sessions, set to the first expiry. It is left alone while expiries only move further away.
void smsc::impl::watch() {
  auto next = phones.next_expiry();
  if (const auto due = messages.next_due(); due && (!next || *due < *next)) next = due;
  if (!next || (watched != 0 && watched <= *next)) return;
  watched = *next;
  timer.expires_at(std::chrono::steady_clock::time_point(std::chrono::milliseconds(*next)));
  timer.async_wait([weak = weak_from_this()](error_code cancelled) {
    const auto self = weak.lock();
    if (cancelled || !self) return;
    self->watched = 0;
    self->phones.expire(steady_ms());
    self->messages.tick(steady_ms());
    self->flush();
  });
}

smsc::smsc(boost::asio::io_context& io, smsc_settings settings) : impl_(std::make_shared<impl>(io, settings)) {
  impl_->accept();
}

smsc::~smsc() {
  impl_->timer.cancel();
  for (const auto& link : std::exchange(impl_->links, {}))
    link->forget();
}

std::uint16_t smsc::port() const { return impl_->port; }
bool smsc::has_esme() const { return impl_->has_esme(); }
void smsc::on_esme(std::function<void(bool)> told) { impl_->esme_listeners.push_back(std::move(told)); }
void smsc::on_notice(std::function<void(std::string_view)> told) { impl_->tell_notice = std::move(told); }

std::uint32_t smsc::dial(std::uint64_t msisdn, std::string_view code, handset h) {
  auto* const link = impl_->for_next_call();
  return link ? impl_->phones.dial(link->number(), msisdn, code, std::move(h), steady_ms()) : 0;
}

void smsc::answer(std::uint32_t session, std::string_view utf8) { impl_->phones.answer(session, utf8, steady_ms()); }
void smsc::hang_up(std::uint32_t session, bool silently) { impl_->phones.hang_up(session, silently); }
void smsc::listen(std::uint64_t msisdn, std::function<void(std::string_view, std::string_view)> to) {
  impl_->messages.listen(msisdn, std::move(to));
}
void smsc::forget(std::uint64_t msisdn) { impl_->messages.forget(msisdn); }
void smsc::send_sms(std::uint64_t msisdn, std::string_view to, std::string_view text,
                    std::function<void(smpp::status)> done) {
  impl_->messages.send(msisdn, to, text, std::move(done), steady_ms());
}
void smsc::flush() { impl_->flush(); }

bool smsc::cut_newest() {
  if (impl_->links.size() < 2) return false;
  std::shared_ptr(impl_->links.back())->cut();
  return true;
}

void smsc::stop() {
  error_code ignored;
  impl_->acceptor.close(ignored);
  impl_->phones.link_gone(0);
  impl_->timer.cancel();
  impl_->watched = 0;
  for (const auto& link : std::vector(impl_->links))
    link->unbind();
}

smsc::counters smsc::count() const {
  auto c = impl_->phones.count();
  c.malformed = impl_->malformed;
  c.unknown_commands = impl_->unknown_commands;
  for (const auto& link : impl_->links) {
    c.malformed += link->fsm().count().malformed;
    c.unknown_commands += link->fsm().count().unknown_commands;
  }
  return c;
}

std::size_t smsc::open_sessions() const { return impl_->phones.open_sessions(); }

} // namespace tallyline::rehearsal
