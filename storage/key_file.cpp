#include "storage/key_file.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sodium.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace tallyline::storage::key_file {
namespace {

class descriptor {
public:
  explicit descriptor(int fd) : fd_(fd) {}
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

private:
  int fd_;
};

bool write_and_sync(int fd, std::span<const std::uint8_t> bytes) {
  return ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) && ::fsync(fd) == 0;
}

errc error_of(int code) { return code == ENOSPC || code == EFBIG || code == EDQUOT ? errc::disk_full : errc::io; }

} // namespace

bool sync_folder_of(const std::filesystem::path& file) {
  const auto folder = file.parent_path();
  const descriptor fd(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd && ::fsync(fd.get()) == 0;
}

errc write_new(const std::filesystem::path& file, std::span<const std::uint8_t> bytes) {
  const descriptor fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) return error_of(errno);
  if (write_and_sync(fd.get(), bytes) && sync_folder_of(file)) return errc{};
  // Half a key must not stay behind: the next start would take it for a damaged one.
  const errc why = error_of(errno);
  ::unlink(file.c_str());
  return why;
}

errc create(const std::filesystem::path& file, std::span<std::uint8_t> key) {
  randombytes_buf(key.data(), key.size());
  return write_new(file, key);
}

errc read(const std::filesystem::path& file, std::span<std::uint8_t> key) {
  const descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return errno == ENOENT ? errc::bad_key : errc::io;
  struct stat about {};
  if (::fstat(fd.get(), &about) != 0) return errc::io;
  if ((about.st_mode & 077) != 0) return errc::key_exposed;
  if (!S_ISREG(about.st_mode) || about.st_size != static_cast<off_t>(key.size())) return errc::bad_key;
  return ::read(fd.get(), key.data(), key.size()) == static_cast<ssize_t>(key.size()) ? errc{} : errc::io;
}

errc replace(const std::filesystem::path& file, std::string_view bytes) {
  const std::string beside = file.string() + ".new";
  {
    const descriptor fd(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!fd) return error_of(errno);
    const std::span all(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    if (!write_and_sync(fd.get(), all)) {
      const errc why = error_of(errno);
      ::unlink(beside.c_str());
      return why;
    }
  }
  if (std::rename(beside.c_str(), file.c_str()) != 0) return error_of(errno);
  return sync_folder_of(file) ? errc{} : errc::io;
}

} // namespace tallyline::storage::key_file
