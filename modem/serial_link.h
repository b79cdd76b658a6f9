// Serial ports on an io_context: opened, locked, awaited when they are not there, and closed. The protocol's decisions
// are line_fsm's; here are descriptors, termios, timers and the modem lines. Network thread only.
//
// A port that is not there, or that another program has, is awaited by inotify on its folder and by the other program's
// end; nothing is polled. DCD is watched by the tty itself: with CLOCAL off it hangs up when the carrier goes, which is
// an end of file here, and the port is opened again.
#pragma once

#include "modem/port.h"

#include <boost/asio/io_context.hpp>

namespace tallyline::modem {

class serial_ports final : public port_maker {
public:
  explicit serial_ports(boost::asio::io_context& io) : io_(io) {}
  std::unique_ptr<port> make(const port_settings& s, port_listener& to) override;

private:
  boost::asio::io_context& io_;
};

} // namespace tallyline::modem
