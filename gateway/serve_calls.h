// The dial-up part of a gateway, wired: modems, the TCP port for trying, and what their callers are given to.
//
// Network thread only.
#pragma once

#include "gateway/dial_up.h"
#include "gateway/figures.h"
#include "gateway/modem_sms.h"
#include "gateway/terminal/callers.h"
#include "modem/program_link.h"
#include "modem/serial_link.h"

#include <boost/asio/io_context.hpp>
#include <functional>
#include <optional>
#include <vector>

namespace tallyline::gateway {

class serve_calls {
public:
  // All referred to must outlive it. Throws std::runtime_error when the listening port cannot be had.
  serve_calls(boost::asio::io_context& io, const dial_up_settings& s, const std::vector<live_menu>& menus,
              const election_world& world, storage::store& store, pin_guard& pins);

  // Before `start`. `turned`: a session has begun or gone on.
  void deliver_to(intake& desk, std::function<void()> turned);
  // What takes the calls of sites' programs.
  void links_to(callers::maker m) { callers_.links_to(std::move(m)); }
  // Short messages over those modems that take them; before `start`, after the SMPP binds were added. `smsc`: a number
  // that no SMSC has; `changed`: sms_bearer::next_expiry may be earlier.
  void messages_by(sms_bearer& bearer, std::uint32_t smsc, std::function<void()> changed);
  bool sends_messages() const { return messages_.has_value(); }
  // A call is over that was not on the report link; for the account of air time per site.
  void on_over(callers::over o) { callers_.on_over(std::move(o)); }

  void start();
  void stop(std::function<void()> done);
  void end_all(); // at once; nothing is called afterwards

  terminal_house& terminals() { return terminals_; }
  // nullptr before `start`, and when no modem is configured.
  modem::pool* modems() { return modems_ ? &*modems_ : nullptr; }
  void add_to(gateway_figures& f) const;

private:
  modem::pool_handlers handlers();

  boost::asio::io_context& io_;
  dial_up_settings settings_;
  modem::program_link programs_;
  modem::serial_ports ports_;
  terminal_house terminals_;
  callers callers_;
  std::optional<modem_sms> messages_;
  std::optional<modem::pool> modems_; // from `start` on
  std::optional<listen_link> listener_;
  std::uint64_t tcp_calls_ = 0;
};

} // namespace tallyline::gateway
