#include "gateway/site_listener_link.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <set>
#include <spdlog/spdlog.h>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

using tcp = boost::asio::ip::tcp;
using boost::system::error_code;
constexpr std::size_t most_connections = 1024;

// One connection, one call.
struct caller : std::enable_shared_from_this<caller> {
  caller(tcp::socket s) : socket(std::move(s)), timer(socket.get_executor()) {}

  void start(link_bearer& bearer) {
    error_code failed;
    const auto from = socket.remote_endpoint(failed);
    const std::weak_ptr<caller> weak = shared_from_this();
    link_line line;
    line.send = [weak](std::string octets) {
      if (const auto self = weak.lock()) self->send(std::move(octets));
    };
    line.wake_at = [weak](std::optional<modem::link::instant> at) {
      if (const auto self = weak.lock()) self->wake_at(at);
    };
    line.hang_up = [weak] {
      if (const auto self = weak.lock()) self->hang_up();
    };
    call = bearer.take({}, failed ? "tcp" : "tcp " + from.address().to_string(), std::move(line));
    read();
  }

  void read() {
    socket.async_read_some(boost::asio::buffer(buffer), [self = shared_from_this()](error_code failed, std::size_t n) {
      if (failed) return self->close("the site hung up");
      self->call->heard({self->buffer.data(), n});
      if (self->socket.is_open()) self->read();
    });
  }

  void send(std::string octets) {
    waiting += octets;
    if (writing.empty()) write();
  }
  void write() {
    if (waiting.empty()) {
      if (closing) close("hung up by the gateway");
      return;
    }
    writing.swap(waiting);
    boost::asio::async_write(socket, boost::asio::buffer(writing),
                             [self = shared_from_this()](error_code failed, std::size_t) {
                               self->writing.clear();
                               failed ? self->close("the connection broke") : self->write();
                             });
  }
  void hang_up() {
    closing = true;
    if (writing.empty()) write();
  }

  void wake_at(std::optional<modem::link::instant> at) {
    if (!at) return void(timer.cancel());
    timer.expires_at(std::chrono::steady_clock::time_point(*at));
    timer.async_wait([self = shared_from_this()](error_code failed) {
      if (!failed && self->call) self->call->woken();
    });
  }

  void close(const char* why) {
    error_code ignored;
    timer.cancel();
    socket.shutdown(tcp::socket::shutdown_both, ignored);
    socket.close(ignored);
    if (const auto ended = std::exchange(call, nullptr)) ended->gone(why);
    if (closed) closed();
  }

  tcp::socket socket;
  boost::asio::steady_timer timer;
  std::shared_ptr<link_call> call;
  std::function<void()> closed;
  std::array<char, 4096> buffer{};
  std::string waiting, writing;
  bool closing = false;
};

} // namespace

struct site_listener_link::impl : std::enable_shared_from_this<site_listener_link::impl> {
  impl(boost::asio::io_context& io, const std::string& listen, link_bearer& b) : acceptor(io), bearer(b) {
    const auto colon = listen.rfind(':');
    error_code failed;
    const auto address = boost::asio::ip::make_address(listen.substr(0, colon), failed);
    int port = 0;
    if (colon == std::string::npos || failed || std::sscanf(listen.c_str() + colon + 1, "%d", &port) != 1 || port < 0 ||
        port > 65535)
      throw std::runtime_error(
          fmt::format("link: listen: '{}' is no address with a port, such as 127.0.0.1:7140", listen));
    const tcp::endpoint here(address, static_cast<std::uint16_t>(port));
    acceptor.open(here.protocol(), failed);
    if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor.bind(here, failed);
    if (!failed) acceptor.listen(64, failed);
    if (failed) throw std::runtime_error(fmt::format("link: {} cannot be had: {}", listen, failed.message()));
  }

  void accept() {
    acceptor.async_accept([self = shared_from_this()](error_code failed, tcp::socket s) {
      if (!self->acceptor.is_open()) return;
      if (!failed) self->welcome(std::move(s));
      self->accept();
    });
  }

  void welcome(tcp::socket s) {
    if (callers.size() >= most_connections) return; // closed at once; the site tries again
    error_code ignored;
    s.set_option(tcp::no_delay(true), ignored);
    const auto c = std::make_shared<caller>(std::move(s));
    callers.insert(c);
    c->closed = [weak = weak_from_this(), raw = std::weak_ptr(c)] {
      if (const auto self = weak.lock()) self->callers.erase(raw.lock());
    };
    c->start(bearer);
  }

  void stop() {
    error_code ignored;
    acceptor.close(ignored);
    for (const auto& c : std::set(callers))
      c->close("the gateway stopped");
  }

  tcp::acceptor acceptor;
  link_bearer& bearer;
  std::set<std::shared_ptr<caller>> callers;
};

site_listener_link::site_listener_link(boost::asio::io_context& io, const std::string& listen, link_bearer& bearer)
    : impl_(std::make_shared<impl>(io, listen, bearer)) {
  impl_->accept();
}
site_listener_link::~site_listener_link() { impl_->stop(); }
std::uint16_t site_listener_link::port() const { return impl_->acceptor.local_endpoint().port(); }

} // namespace tallyline::gateway
