// Callers over TCP: the same as over a modem, for trying without one and for private networks. One connection, one
// call.
//
// Network thread only.
#pragma once

#include "modem/call.h"

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace tallyline::gateway {

struct listen_settings {
  std::string address; // empty: nobody listens
  std::uint16_t port = 0;
  std::size_t most = 64; // calls at once; more are closed
};

class listen_link {
public:
  using maker = std::function<std::unique_ptr<modem::call_handler>(modem::call&)>;
  using over = std::function<void(const modem::call_info&, const modem::call_figures&, modem::call_end)>;
  // `next_number` gives each call its own, over all ways in. Throws std::runtime_error when the port cannot be had.
  listen_link(boost::asio::io_context& io, const listen_settings& s, std::function<std::uint64_t()> next_number,
              maker connected, over ended = {});
  ~listen_link(); // ends all calls
  std::uint16_t port() const;

private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

} // namespace tallyline::gateway
