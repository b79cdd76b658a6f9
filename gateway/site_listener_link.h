// The report link over TCP, for sites on a private network. Network thread only.
#pragma once

#include "gateway/link_bearer.h"

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

namespace tallyline::gateway {

class site_listener_link {
public:
  // `listen`: "127.0.0.1:7140". Throws std::runtime_error when it cannot be had.
  site_listener_link(boost::asio::io_context& io, const std::string& listen, link_bearer& bearer);
  ~site_listener_link(); // no more calls; those under way end
  std::uint16_t port() const;

private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

} // namespace tallyline::gateway
