#include "modem/port_wait_link.h"

#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace tallyline::modem {
namespace {

namespace fs = std::filesystem;
constexpr std::uint32_t appears = IN_CREATE | IN_MOVED_TO | IN_ATTRIB, goes = IN_DELETE | IN_MOVED_FROM;
constexpr std::uint32_t set_free = IN_CLOSE_WRITE | IN_CLOSE_NOWRITE | IN_ATTRIB | IN_DELETE_SELF;

// /dev/serial/by-path goes with the last port that is named in it: then what it stands in is watched.
fs::path nearest_folder(fs::path p) {
  std::error_code failed;
  do
    p = p.parent_path();
  while (p.has_relative_path() && !fs::is_directory(p, failed));
  return p;
}

} // namespace

port_wait::port_wait(boost::asio::io_context& io, const fs::path& device, const fs::path& lock, long pid,
                     std::function<void()> then)
    : then_(std::move(then)) {
  if (const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC); fd >= 0) {
    ::inotify_add_watch(fd, nearest_folder(device).c_str(), appears);
    std::error_code failed;
    // In use without a lock file: when whoever has it closes it.
    if (lock.empty() && fs::exists(device, failed)) ::inotify_add_watch(fd, device.c_str(), set_free);
    if (!lock.empty()) ::inotify_add_watch(fd, lock.parent_path().c_str(), goes);
    folder_.emplace(io, fd);
    wait(folder_);
  }
  if (pid > 0)
    if (const auto fd = static_cast<int>(::syscall(SYS_pidfd_open, static_cast<pid_t>(pid), 0)); fd >= 0) {
      holder_.emplace(io, fd);
      wait(holder_);
    }
}

void port_wait::wait(std::optional<boost::asio::posix::stream_descriptor>& on) {
  on->async_wait(boost::asio::posix::stream_descriptor::wait_read, [this, alive = alive_](const auto& failed) {
    if (failed || !*alive) return;
    // Whoever is told may end this.
    const auto told = std::move(then_);
    folder_.reset();
    holder_.reset();
    if (told) told();
  });
}

} // namespace tallyline::modem
