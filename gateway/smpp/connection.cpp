#include "gateway/smpp/connection.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <utility>

namespace tallyline::smpp {
namespace asio = boost::asio;
namespace {
constexpr std::chrono::seconds linger_time{1};
}

connection::connection(asio::io_context& io, events on) : socket_(io), resolver_(io), linger_(io), on_(std::move(on)) {}

void connection::open(const std::string& host, std::uint16_t port) {
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

void connection::connect(const std::vector<tcp::endpoint>& to) {
  asio::async_connect(socket_, to, [self = shared_from_this()](const error& failed, const tcp::endpoint&) {
    if (self->finishing_) return;
    if (failed) return self->fail("cannot connect: " + failed.message());
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
  socket_.async_read_some(
      asio::buffer(room.data(), room.size()),
      [self = shared_from_this()](const error& failed, std::size_t octets) { self->on_read(failed, octets); });
}

void connection::on_read(const error& failed, std::size_t octets) {
  if (!open_) return;
  if (failed) {
    const bool ended = failed == asio::error::eof;
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
  asio::async_write(socket_, asio::buffer(in_flight_),
                    [self = shared_from_this()](const error& failed, std::size_t) { self->on_written(failed); });
}

void connection::on_written(const error& failed) {
  in_flight_.clear();
  if (!open_) return;
  if (failed) return finishing_ ? close() : fail("connection lost: " + failed.message());
  flush();
  if (finishing_ && in_flight_.empty()) {
    error ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
  }
}

void connection::finish() {
  if (finishing_) return;
  finishing_ = true;
  if (!open_) return close();
  flush();
  if (in_flight_.empty()) {
    error ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
  }
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
