#include "storage/file_lock.h"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace tallyline::storage {

boost::system::result<file_lock> file_lock::take(const std::filesystem::path& database) {
  const std::string path = database.string() + ".lock";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return make_error_code(errno == ENOSPC ? errc::disk_full : errc::io);
  file_lock lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) return make_error_code(errno == EWOULDBLOCK ? errc::busy : errc::io);
  return lock;
}

file_lock::file_lock(file_lock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

file_lock::~file_lock() {
  // The file stays: removing it would let two programs lock two files of the same name.
  if (fd_ >= 0) ::close(fd_);
}

} // namespace tallyline::storage
