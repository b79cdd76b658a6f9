#include "gateway/metrics_link.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using tcp = boost::asio::ip::tcp;
constexpr std::chrono::seconds patience{5};
constexpr std::size_t longest_request = 8192;

// One request, one answer.
struct visitor : std::enable_shared_from_this<visitor> {
  visitor(tcp::socket s, const std::function<std::string()>& t) : stream(std::move(s)), text(t) {}

  void start() {
    stream.expires_after(patience);
    http::async_read(stream, buffer, request, [self = shared_from_this()](beast::error_code failed, std::size_t) {
      if (!failed) self->answer();
    });
  }
  void answer() {
    const bool found = request.target() == "/metrics" && request.method() == http::verb::get;
    response.result(found ? http::status::ok : http::status::not_found);
    response.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
    response.keep_alive(false);
    response.body() = found ? text() : "there is /metrics\n";
    response.prepare_payload();
    http::async_write(stream, response, [self = shared_from_this()](beast::error_code, std::size_t) {
      beast::error_code ignored;
      self->stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
    });
  }

  beast::tcp_stream stream;
  const std::function<std::string()>& text;
  beast::flat_buffer buffer{longest_request};
  http::request<http::empty_body> request;
  http::response<http::string_body> response;
};

} // namespace

struct metrics_link::impl : std::enable_shared_from_this<metrics_link::impl> {
  impl(boost::asio::io_context& io, std::uint16_t port, std::function<std::string()> t)
      : acceptor(io), text(std::move(t)) {
    const tcp::endpoint here(boost::asio::ip::address_v4::loopback(), port);
    boost::system::error_code failed;
    acceptor.open(here.protocol(), failed);
    if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor.bind(here, failed);
    if (!failed) acceptor.listen(8, failed);
    if (failed) throw std::runtime_error(fmt::format("metrics: port {} cannot be had: {}", port, failed.message()));
  }
  void accept() {
    acceptor.async_accept([self = shared_from_this()](boost::system::error_code failed, tcp::socket s) {
      if (!self->acceptor.is_open()) return;
      if (!failed) std::make_shared<visitor>(std::move(s), self->text)->start();
      self->accept();
    });
  }
  tcp::acceptor acceptor;
  std::function<std::string()> text;
};

metrics_link::metrics_link(boost::asio::io_context& io, std::uint16_t port, std::function<std::string()> text)
    : impl_(std::make_shared<impl>(io, port, std::move(text))) {
  impl_->accept();
}
metrics_link::~metrics_link() {
  boost::system::error_code ignored;
  impl_->acceptor.close(ignored);
  impl_->text = [] { return std::string(); };
}
std::uint16_t metrics_link::port() const { return impl_->acceptor.local_endpoint().port(); }

} // namespace tallyline::gateway
