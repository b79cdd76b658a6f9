#include "gateway/rehearsal/smsc_link.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <utility>

namespace tallyline::rehearsal {

using boost::system::error_code;

std::uint64_t steady_ms() noexcept {
  using namespace std::chrono;
  return static_cast<std::uint64_t>(duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count());
}

smsc_link::smsc_link(boost::asio::ip::tcp::socket socket, const smsc_policy& policy, std::uint32_t number, owner& on)
    : socket_(std::move(socket)), timer_(socket_.get_executor()), fsm_(policy, steady_ms()), number_(number), on_(&on) {
  error_code ignored; // a socket that is already broken says so at the first read
  socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
}

void smsc_link::start() {
  read();
  wait();
}

void smsc_link::read() {
  const auto room = framer_.room(64 * 1024); // many PDUs a read: what a load generator needs
  socket_.async_read_some(boost::asio::buffer(room.data(), room.size()), [self = shared_from_this()](
                                                                             error_code failed, std::size_t octets) {
    if (self->closed_ || self->closing_) return;
    if (failed) return self->close(failed == boost::asio::error::eof ? "closed by the ESME" : failed.message());
    self->got(octets);
  });
}

void smsc_link::got(std::size_t octets) {
  framer_.filled(octets);
  const auto now = steady_ms();
  std::span<const std::uint8_t> pdu;
  auto verdict = smpp::framer::verdict::need_more;
  while (!closing_ && !closed_ && (verdict = framer_.next(pdu)) == smpp::framer::verdict::pdu)
    handle(fsm_.step(pdu, now, out_));
  if (verdict == smpp::framer::verdict::garbage) handle(fsm_.garbage(out_));
  if (on_) on_->batch_end();
  flush();
  if (!closing_ && !closed_) read();
}

void smsc_link::handle(const smsc_action& a) {
  if (a.what == smsc_action::kind::close)
    closing_ = true;
  else if (a.what != smsc_action::kind::none && on_)
    on_->acted(*this, a);
}

void smsc_link::flush() {
  if (writing_ || closed_) return;
  if (out_.empty()) {
    if (closing_) close("unbound");
    return;
  }
  leaving_.clear();
  std::swap(leaving_, out_);
  writing_ = true;
  boost::asio::async_write(socket_, boost::asio::buffer(leaving_),
                           [self = shared_from_this()](error_code failed, std::size_t) {
                             self->writing_ = false;
                             if (self->closed_) return;
                             if (failed) return self->close(failed.message());
                             if (self->out_.size() > most_unsent) return self->close("does not read");
                             self->flush();
                           });
}

void smsc_link::unbind() {
  fsm_.unbind(steady_ms(), out_);
  if (!fsm_.bound() && fsm_.state() != smsc_state::unbinding)
    closing_ = true; // it never bound: there is nothing to wait for
  flush();
  wait();
}

void smsc_link::wait() {
  if (closed_ || closing_) return;
  timer_.expires_at(std::chrono::steady_clock::time_point(std::chrono::milliseconds(fsm_.due())));
  timer_.async_wait([self = shared_from_this()](error_code cancelled) {
    if (cancelled || self->closed_) return;
    self->handle(self->fsm_.tick(steady_ms(), self->out_));
    self->flush();
    self->wait();
  });
}

void smsc_link::forget() {
  on_ = nullptr;
  close({});
}

void smsc_link::close(std::string_view why) {
  if (closed_) return;
  closed_ = true;
  error_code ignored;
  timer_.cancel();
  socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
  if (auto* const on = std::exchange(on_, nullptr)) on->gone(*this, why);
}

} // namespace tallyline::rehearsal
