// Waits until a port that could not be opened may be there, or free: something appears in its folder, its lock file
// goes, or the program that holds the lock ends. Network thread only.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

namespace tallyline::modem {

class port_wait {
public:
  // `then` is called once, at the first sign. `lock`: the lock file in the way, empty when it is none; `pid`: who holds
  // it.
  port_wait(boost::asio::io_context& io, const std::filesystem::path& device, const std::filesystem::path& lock,
            long pid, std::function<void()> then);
  ~port_wait() { *alive_ = false; }
  port_wait(const port_wait&) = delete;
  port_wait& operator=(const port_wait&) = delete;

private:
  void wait(std::optional<boost::asio::posix::stream_descriptor>& on);
  std::function<void()> then_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::optional<boost::asio::posix::stream_descriptor> folder_, holder_;
};

} // namespace tallyline::modem
