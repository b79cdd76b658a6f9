#include "modem/port_lock.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace tallyline::modem {
namespace {

namespace fs = std::filesystem;

// Ten characters in HDB's way, or the four octets of an int that older programs write; 0 when it is neither.
long pid_in(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::array<char, 32> text{};
  in.read(text.data(), text.size());
  const auto n = static_cast<std::size_t>(in.gcount());
  if (n == sizeof(int)) {
    int pid = 0;
    std::memcpy(&pid, text.data(), sizeof pid);
    return pid;
  }
  const auto* begin = std::find_if(text.data(), text.data() + n, [](char c) { return c != ' '; });
  long pid = 0;
  std::from_chars(begin, text.data() + n, pid);
  return pid;
}

bool lives(long pid) { return pid > 0 && (::kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM); }

std::string program_of(long pid) {
  std::ifstream in(fmt::format("/proc/{}/comm", pid));
  std::string name;
  std::getline(in, name);
  return name;
}

// Written whole under another name and linked into place, so that nobody ever reads half a lock.
int put_in_place(const fs::path& file) {
  const fs::path draft = file.parent_path() / fmt::format("LTMP..{}", ::getpid());
  const int fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return errno;
  const auto text = fmt::format("{:10}\n", ::getpid());
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(fd);
  const int failed = !written ? ENOSPC : ::link(draft.c_str(), file.c_str()) == 0 ? 0 : errno;
  ::unlink(draft.c_str());
  return failed;
}

} // namespace

std::string describe(const lock_holder& h) {
  if (!h.why.empty()) return h.why;
  if (h.pid == ::getpid()) return "in use by another modem of this gateway: two of them name the same port";
  return fmt::format("locked by {}{} ({}); stop that program first", h.pid,
                     h.program.empty() ? "" : fmt::format(" ({})", h.program), h.file.string());
}

fs::path port_lock::file_of(const fs::path& folder, const fs::path& device) {
  std::error_code failed;
  const auto real = fs::canonical(device, failed);
  std::string name = (failed ? device : real).string();
  if (name.starts_with("/dev/")) name.erase(0, 5);
  std::replace(name.begin(), name.end(), '/', '_');
  return folder / ("LCK.." + name);
}

port_lock port_lock::take(const fs::path& folder, const fs::path& device, lock_holder& held) {
  held = {};
  if (folder.empty()) return port_lock{};
  const auto file = file_of(folder, device);
  for (int attempt = 0; attempt < 3; ++attempt) {
    const int failed = put_in_place(file);
    if (failed == 0) return port_lock(file);
    if (failed != EEXIST) {
      held.why = fmt::format("no lock can be made in {}: {}; give lock_folder one that this user can write to",
                             folder.string(), std::strerror(failed));
      return port_lock{};
    }
    const long pid = pid_in(file);
    if (lives(pid)) {
      held = {pid, program_of(pid), file, {}};
      return port_lock{};
    }
    ::unlink(file.c_str()); // left behind by a program or a power cut
  }
  held = {0, {}, file, {}};
  return port_lock{};
}

port_lock& port_lock::operator=(port_lock&& other) noexcept {
  if (this == &other) return *this;
  release();
  file_ = std::exchange(other.file_, {});
  return *this;
}

void port_lock::release() {
  if (!file_.empty() && pid_in(file_) == ::getpid()) ::unlink(file_.c_str());
  file_.clear();
}

} // namespace tallyline::modem
