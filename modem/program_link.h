// Programs as child processes, their pipes or ptys on an io_context.
#pragma once

#include "modem/program.h"

#include <boost/asio/io_context.hpp>

namespace tallyline::modem {

class program_link final : public program_runner {
public:
  // `io` must outlive it and all that it starts.
  explicit program_link(boost::asio::io_context& io) : io_(io) {}
  std::unique_ptr<program> start(const program_settings& s, program_events on) override;

private:
  boost::asio::io_context& io_;
};

} // namespace tallyline::modem
