#include "gateway/terminal/listen_link.h"

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <set>
#include <spdlog/spdlog.h>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
constexpr std::chrono::seconds farewell{3}; // for what is still to leave

} // namespace

struct listen_link::impl : std::enable_shared_from_this<listen_link::impl> {
  // Every operation of the socket holds it, so that a call is not freed under anybody's feet.
  struct connection final : modem::call, std::enable_shared_from_this<connection> {
    connection(impl& o, tcp::socket s)
        : owner(&o), socket(std::move(s)), timer(socket.get_executor()), goodbye(socket.get_executor()) {}

    const modem::call_info& info() const override { return about; }
    const modem::call_figures& carried() const override {
      totals.lasted = std::chrono::duration_cast<std::chrono::milliseconds>(now() - about.since);
      return totals;
    }
    modem::clock::time_point now() const override { return modem::clock::now(); }
    bool send(modem::octets_view bytes) override {
      if (over || leaving) return true; // nobody is there to hear it
      if (unsent() + bytes.size() > high_water) {
        refused = true;
        return false;
      }
      queued.append(bytes.begin(), bytes.end());
      write();
      return true;
    }
    std::size_t unsent() const override { return queued.size() + sending.size(); }
    void pause(bool stops) override {
      paused = stops;
      if (!paused) read();
    }
    void hang_up(std::string_view why) override {
      if (over || leaving) return;
      leaving = true;
      spdlog::info("call {}: hung up: {}", about.number, why);
      goodbye.expires_after(unsent() ? farewell : std::chrono::seconds(0));
      goodbye.async_wait(
          [self = shared_from_this()](boost::system::error_code) { self->lose(modem::call_end::hung_up); });
    }
    void wake_at(std::optional<modem::clock::time_point> when) override {
      const auto generation = ++wakes;
      timer.cancel();
      if (!when || over) return;
      timer.expires_at(*when);
      timer.async_wait([self = shared_from_this(), generation](boost::system::error_code stopped) {
        if (!stopped && generation == self->wakes && !self->over && self->handler) self->handler->on_wake(self->now());
      });
    }
    int lend() override { return -1; }
    void take_back(std::string_view why) override { hang_up(why); }

    void read() {
      if (reading || paused || over) return;
      reading = true;
      socket.async_read_some(asio::buffer(in),
                             [self = shared_from_this()](boost::system::error_code failed, std::size_t n) {
                               self->reading = false;
                               if (failed) return self->lose(modem::call_end::carrier_lost);
                               self->totals.octets_in += n;
                               if (self->handler && !self->leaving)
                                 self->handler->on_bytes(modem::octets_view(self->in.data(), n));
                               self->read();
                             });
    }
    void write() {
      if (!sending.empty() || queued.empty()) return;
      std::swap(sending, queued);
      asio::async_write(socket, asio::buffer(sending),
                        [self = shared_from_this()](boost::system::error_code failed, std::size_t n) {
                          self->sending.clear();
                          self->totals.octets_out += n;
                          if (failed) return self->lose(modem::call_end::carrier_lost);
                          self->write();
                          if (self->unsent() == 0 && self->leaving) self->goodbye.cancel(); // which ends it
                          if (self->unsent() <= low_water && std::exchange(self->refused, false) && self->handler)
                            self->handler->on_writable();
                        });
    }
    void lose(modem::call_end why) {
      if (std::exchange(over, true)) return;
      timer.cancel();
      goodbye.cancel();
      boost::system::error_code ignored;
      socket.shutdown(tcp::socket::shutdown_both, ignored);
      socket.close(ignored);
      carried();
      if (handler) handler->on_lost(why);
      handler.reset();
      if (owner) {
        if (owner->ended) owner->ended(about, totals, why);
        owner->open.erase(shared_from_this());
      }
    }

    impl* owner; // nullptr when it is gone
    tcp::socket socket;
    asio::steady_timer timer, goodbye;
    modem::call_info about;
    mutable modem::call_figures totals;
    std::unique_ptr<modem::call_handler> handler;
    std::array<std::uint8_t, 4096> in{};
    std::string sending, queued;
    std::uint64_t wakes = 0;
    bool reading = false, paused = false, refused = false, leaving = false, over = false;
  };

  impl(asio::io_context& io, listen_settings s, std::function<std::uint64_t()> n, maker m, over e)
      : acceptor(io), settings(std::move(s)), next_number(std::move(n)), connected(std::move(m)), ended(std::move(e)) {}

  void listen() {
    boost::system::error_code failed;
    const tcp::endpoint here(asio::ip::make_address(settings.address, failed), settings.port);
    if (!failed) acceptor.open(here.protocol(), failed);
    if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor.bind(here, failed);
    if (!failed) acceptor.listen(16, failed);
    if (failed)
      throw std::runtime_error(
          fmt::format("terminal: {}:{} cannot be had: {}", settings.address, settings.port, failed.message()));
  }
  void accept() {
    acceptor.async_accept([self = shared_from_this()](boost::system::error_code failed, tcp::socket s) {
      if (!self->acceptor.is_open()) return;
      if (!failed) self->take(std::move(s));
      self->accept();
    });
  }
  void take(tcp::socket s) {
    if (open.size() >= settings.most) {
      spdlog::warn("a caller over TCP is turned away: {} calls are under way", open.size());
      return;
    }
    boost::system::error_code failed;
    s.set_option(tcp::no_delay(true), failed);
    const auto from = s.remote_endpoint(failed);
    if (failed) return;
    const auto c = std::make_shared<connection>(*this, std::move(s));
    c->about.number = next_number();
    c->about.line = "tcp";
    c->about.peer = fmt::format("{}:{}", from.address().to_string(), from.port());
    c->about.since = c->now();
    open.insert(c);
    c->handler = connected(*c);
    if (!c->handler) return c->lose(modem::call_end::hung_up);
    c->read();
  }
  void stop() {
    boost::system::error_code ignored;
    acceptor.close(ignored);
    const auto all = std::exchange(open, {});
    for (const auto& c : all) {
      c->lose(modem::call_end::stopping);
      c->owner = nullptr;
    }
  }

  tcp::acceptor acceptor;
  listen_settings settings;
  std::function<std::uint64_t()> next_number;
  maker connected;
  over ended;
  std::set<std::shared_ptr<connection>> open;
};

listen_link::listen_link(asio::io_context& io, const listen_settings& s, std::function<std::uint64_t()> next_number,
                         maker connected, over ended)
    : impl_(std::make_shared<impl>(io, s, std::move(next_number), std::move(connected), std::move(ended))) {
  impl_->listen();
  impl_->accept();
}
listen_link::~listen_link() { impl_->stop(); }
std::uint16_t listen_link::port() const { return impl_->acceptor.local_endpoint().port(); }

} // namespace tallyline::gateway
