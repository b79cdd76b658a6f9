#include "gateway/serve_calls.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

namespace tallyline::gateway {
namespace {

// Calls over TCP are numbered apart from the modems', which the pool counts from 1.
constexpr std::uint64_t first_tcp_call = 1'000'000'001;

} // namespace

serve_calls::serve_calls(boost::asio::io_context& io, const dial_up_settings& s, const std::vector<live_menu>& menus,
                         const election_world& world, storage::store& store, pin_guard& pins)
    : io_(io), settings_(s), programs_(io), ports_(io),
      terminals_(menus, world, store, pins, programs_, s.terminal, [&world] { return world.clock().now_ms(); }),
      callers_(terminals_, programs_, s.ppp, {}) {}

void serve_calls::messages_by(sms_bearer& bearer, std::uint32_t smsc, std::function<void()> changed) {
  if (std::none_of(settings_.modems.begin(), settings_.modems.end(), [](const auto& m) { return m.messages; })) return;
  modem_sms_settings s;
  s.smsc = smsc, s.code = settings_.sms_code, s.country = settings_.sms_country, s.changed = std::move(changed);
  messages_.emplace(bearer, std::move(s));
}

modem::pool_handlers serve_calls::handlers() {
  modem::pool_handlers on;
  on.connected = [this](modem::call& c) { return callers_.connected(c); };
  if (messages_) messages_->listen(on);
  return on;
}

void serve_calls::deliver_to(intake& desk, std::function<void()> turned) {
  terminals_.deliver_to(desk);
  terminals_.on_turn(std::move(turned));
}

void serve_calls::start() {
  if (!settings_.modems.empty()) {
    modems_.emplace(ports_, settings_.modems, handlers());
    if (messages_) messages_->use(*modems_);
    modems_->start();
  }
  for (const auto& m : settings_.modems)
    spdlog::info("modem {}: {}, profile {}", m.name, m.port.path, m.profile.name);
  if (settings_.listen.address.empty()) return;
  listener_.emplace(
      io_, settings_.listen, [this] { return first_tcp_call + tcp_calls_++; },
      [this](modem::call& c) { return callers_.connected(c); });
  spdlog::info("callers over TCP: {}:{}", settings_.listen.address, listener_->port());
}

void serve_calls::stop(std::function<void()> done) {
  listener_.reset();
  if (modems_) return modems_->stop(std::move(done));
  boost::asio::post(io_, std::move(done));
}

void serve_calls::end_all() {
  listener_.reset();
  modems_.reset();
}

void serve_calls::add_to(gateway_figures& f) const {
  f.callers = callers_.counters();
  f.terminals = terminals_.counters();
  f.calls = callers_.under_way();
  if (modems_) f.modems = modems_->figures();
}

} // namespace tallyline::gateway
