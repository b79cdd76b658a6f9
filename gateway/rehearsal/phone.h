// `tallyline phone CODE`: a phone in the terminal. It dials through the handset port of a simulated SMSC, shows each
// page as a handset would and takes the answers line by line, so it can be driven from a pipe too.
#pragma once

#include "gateway/rehearsal/handset_port.h"

#include <iosfwd>
#include <optional>
#include <string>

namespace tallyline::rehearsal {

struct phone_options {
  std::string code; // *140# or *140*1*120#; by SMS the number that is written to
  bool by_sms = false;
  std::string msisdn = "989120000001"; // a plus in front is allowed
  std::string host = "127.0.0.1";
  std::uint16_t port = default_handset_port;
  std::size_t width = 32;      // columns of text on the handset's screen
  std::optional<bool> drawn{}; // a frame and a prompt; unset: when standard output is a terminal
};

// By SMS each line is a message; replies are shown as they come. In a pipe the next line waits for the reply to the one
// before, for at most 30 s. Pages go to `out`, errors to `err`. End of input hangs up. Returns 0 when the session ended
// or was hung up, 1 when it failed or never began, 2 when the code or the number is none.
int run_phone(const phone_options& options, std::istream& in, std::ostream& out, std::ostream& err);

} // namespace tallyline::rehearsal
