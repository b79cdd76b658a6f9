// A phone's end of the handset port. Blocking: for a terminal with one phone. Not shared between threads.
#pragma once

#include "gateway/rehearsal/handset_line.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

namespace tallyline::rehearsal {

class handset_client {
public:
  // The error is the system's: connection_refused means that nobody listens there.
  boost::system::error_code connect(const std::string& host, std::uint16_t port);

  // Waits for the page. An I/O error comes as a reply of kind error; there is no session after one.
  handset_reply dial(std::string_view code, std::string_view msisdn) { return ask(dial_line(code, msisdn)); }
  handset_reply answer(std::string_view text) { return ask(answer_line(text)); }
  void hang_up(); // waits for nothing

  // SMS. `send` waits for nothing; a reply comes by `next_line`, as an error when the connection is gone.
  void send(const std::string& line);
  handset_reply next_line();
  // To wait on it beside others; when something was read already, next_line does not block.
  int handle() { return socket_.native_handle(); }
  bool has_line() const { return got_.find('\n') != got_.npos; }

private:
  handset_reply ask(const std::string& line);

  boost::asio::io_context io_;
  boost::asio::ip::tcp::socket socket_{io_};
  std::string got_; // read, beyond the last line
};

} // namespace tallyline::rehearsal
