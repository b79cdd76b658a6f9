// A door for commands on this machine: a Unix-domain socket beside the database, one line in, one line out; the answer
// begins with + or -, done or not.
//
// Network thread only. Who may write the database may command its gateway: mode 0600, or 0660 where the database's group
// may write it. A line longer than 64 KiB, or a
// client that never ends its line, is closed without an answer and harms nobody.
#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>

namespace tallyline::gateway {

class control_link {
public:
  struct answer {
    bool done = false;
    std::string text;
  };
  // Calls `reply` once, then or later.
  using reply = std::function<void(answer)>;
  // `user`: who runs the program at the other end (unix(7): SO_PEERCRED).
  using command = std::function<void(const std::string& line, ::uid_t user, reply)>;
  // Takes over a socket file that a gateway left behind. Throws std::runtime_error when it cannot be made, such as
  // for a path of more than 107 bytes.
  control_link(boost::asio::io_context& io, const std::filesystem::path& database, command obey);
  ~control_link(); // closes and removes the file

private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

// The answer of the gateway that runs on this database; nothing when none does.
std::optional<control_link::answer> ask_gateway(const std::filesystem::path& database, const std::string& line);

} // namespace tallyline::gateway
