// A gateway, wired: election, menus, store, intake and the link to the SMSC on one io_context.
#pragma once

#include "gateway/config.h"
#include "gateway/figures.h"
#include "gateway/intake.h"
#include "gateway/smpp/smpp_link.h"
#include "gateway/ussd_bearer.h"
#include "storage/store_worker.h"

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

namespace tallyline::gateway {

// Network thread only, which is the one that runs the io_context.
class service {
public:
  // Opens everything; throws std::runtime_error that says what to do when something is not there or not right.
  service(boost::asio::io_context& io, const config& c);
  ~service();
  service(const service&) = delete;
  service& operator=(const service&) = delete;

  void start();
  // Unbinds, commits what is waiting, then calls `done`.
  void stop(std::function<void()> done);

  const intake& desk() const;
  gateway_figures figures() const;
  // One line of what was done, for the log.
  std::string summary() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace tallyline::gateway
