// A site's program on a modem's call: the report link over modem::call. Network thread only.
#pragma once

#include "gateway/link_bearer.h"
#include "modem/call.h"

#include <memory>

namespace tallyline::gateway {

// What takes the call's octets from now on. The bearer must outlive it.
std::unique_ptr<modem::call_handler> link_caller(link_bearer& bearer, modem::call& line);

// Octets for a call that may not take all of them now: they wait here, in order, and leave with `go_on`.
class call_sender {
public:
  explicit call_sender(modem::call& line) : line_(line) {}
  void send(std::string_view octets);
  void go_on(); // at on_writable
  // Once what was sent has been given to the call.
  void hang_up(std::string why);

private:
  modem::call& line_;
  std::string waiting_;
  std::optional<std::string> ending_;
};

} // namespace tallyline::gateway
