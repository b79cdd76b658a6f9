// Figures for Prometheus: GET /metrics on a loopback port, text format 0.0.4.
//
// Network thread only. Each request is one short read and one write; a client that dawdles is closed after a few
// seconds.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace tallyline::gateway {

class metrics_link {
public:
  // `text` makes the page. Throws std::runtime_error when the port cannot be had. Port 0: any.
  metrics_link(boost::asio::io_context& io, std::uint16_t port, std::function<std::string()> text);
  ~metrics_link();
  std::uint16_t port() const;

private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

} // namespace tallyline::gateway
