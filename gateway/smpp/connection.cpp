#include "gateway/smpp/connection.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <utility>

namespace tallyline::smpp {
namespace asio = boost::asio;
namespace {
constexpr std::chrono::seconds linger_time{1};
}

connection::connection(asio::io_context& io, settings how, events on)
    : how_(std::move(how)), socket_(io), resolver_(io), linger_(io), on_(std::move(on)) {
  if (how_.trust) tls_.emplace(socket_, *how_.trust);
}

void connection::open(const std::string& host, std::uint16_t port) {
  host_ = host;
  error not_an_address;
  const auto address = asio::ip::make_address(host, not_an_address);
  if (!not_an_address) return connect({tcp::endpoint(address, port)});
  resolver_.async_resolve(
      host, std::to_string(port),
      [self = shared_from_this(), host](const error& failed, const tcp::resolver::results_type& found) {
        if (self->finishing_) return;
        if (failed) return self->fail(fmt::format("cannot find {}: {}", host, failed.message()));
        self->connect({found.begin(), found.end()});
      });
}

void connection::connect(std::vector<tcp::endpoint> to) {
  const auto connected = [self = shared_from_this()](const error& failed) {
    if (self->finishing_) return;
    if (failed) return self->fail("cannot connect: " + failed.message());
    self->tls_ ? self->shake_hands() : self->opened();
  };
  if (how_.source_ip.empty())
    return asio::async_connect(socket_, to,
                               [connected](const error& failed, const tcp::endpoint&) { connected(failed); });
  // async_connect opens the socket anew for each endpoint and would lose the address it is bound to: the first of the
  // same family is the one.
  error failed;
  const auto from = asio::ip::make_address(how_.source_ip, failed);
  std::erase_if(to, [&](const auto& e) { return e.address().is_v4() != from.is_v4(); });
  if (!failed && to.empty()) failed = asio::error::address_family_not_supported;
  if (!failed) socket_.open(to.front().protocol(), failed);
  if (!failed) socket_.bind({from, 0}, failed);
  if (failed)
    return asio::post(socket_.get_executor(), [self = shared_from_this(), failed] {
      if (!self->finishing_)
        self->fail(fmt::format("cannot leave from {}: {}", self->how_.source_ip, failed.message()));
    });
  socket_.async_connect(to.front(), connected);
}

void connection::shake_hands() {
  prepare_tls(tls_->native_handle(), how_.tls, host_);
  tls_->async_handshake(asio::ssl::stream_base::client, [self = shared_from_this()](const error& failed) {
    if (self->finishing_) return;
    if (failed) return self->fail(tls_failure(self->tls_->native_handle(), failed));
    self->opened();
  });
}

void connection::opened() {
  error ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  open_ = true;
  on_.opened(shared_from_this());
  read();
}

void connection::read() {
  if (!open_) return;
  const auto room = frames_.room();
  const auto into = asio::buffer(room.data(), room.size());
  const auto done = [self = shared_from_this()](const error& failed, std::size_t octets) {
    self->on_read(failed, octets);
  };
  tls_ ? tls_->async_read_some(into, done) : socket_.async_read_some(into, done);
}

void connection::on_read(const error& failed, std::size_t octets) {
  if (!open_) return;
  if (failed) {
    const bool ended = failed == asio::error::eof || failed == asio::ssl::error::stream_truncated;
    return finishing_ ? close()
                      : fail(ended ? "the SMSC closed the connection" : "connection lost: " + failed.message());
  }
  if (!finishing_) {
    frames_.filled(octets);
    on_.readable(shared_from_this(), octets);
  }
  read();
}

void connection::flush() {
  if (!open_ || !in_flight_.empty() || queued_.empty()) return;
  std::swap(queued_, in_flight_);
  const auto done = [self = shared_from_this()](const error& failed, std::size_t) { self->on_written(failed); };
  tls_ ? asio::async_write(*tls_, asio::buffer(in_flight_), done)
       : asio::async_write(socket_, asio::buffer(in_flight_), done);
}

void connection::on_written(const error& failed) {
  in_flight_.clear();
  if (!open_) return;
  if (failed) return finishing_ ? close() : fail("connection lost: " + failed.message());
  flush();
  if (finishing_ && in_flight_.empty()) send_no_more();
}

// Of TLS the last word is not sent: unbind has said that we go, and the other side closes.
void connection::send_no_more() {
  error ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void connection::finish() {
  if (finishing_) return;
  finishing_ = true;
  if (!open_) return close();
  flush();
  if (in_flight_.empty()) send_no_more();
  linger_.set(deadline::clock::now() + linger_time, [self = shared_from_this()] { self->close(); });
}

void connection::fail(const std::string& why) {
  finishing_ = true;
  close();
  on_.broken(shared_from_this(), why);
}

void connection::close() {
  open_ = false;
  linger_.clear();
  resolver_.cancel();
  error ignored;
  socket_.close(ignored);
}

} // namespace tallyline::smpp
