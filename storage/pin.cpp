#include "storage/pin.h"

#include "storage/text.h"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace tallyline::storage {
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

std::string key_path(const std::filesystem::path& database) { return database.string() + ".key"; }

bool write_and_sync(int fd, std::span<const std::uint8_t> bytes) {
  return ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) && ::fsync(fd) == 0;
}

bool sync_folder_of(const std::string& file) {
  const auto folder = std::filesystem::path(file).parent_path();
  const descriptor fd(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd && ::fsync(fd.get()) == 0;
}

errc create(const std::string& path, std::span<std::uint8_t> key) {
  randombytes_buf(key.data(), key.size());
  const descriptor fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) return errno == ENOSPC ? errc::disk_full : errc::io;
  if (write_and_sync(fd.get(), key) && sync_folder_of(path)) return errc{};
  // Half a key must not stay behind: the next start would take it for a damaged one.
  const bool full = errno == ENOSPC;
  ::unlink(path.c_str());
  return full ? errc::disk_full : errc::io;
}

errc read(const std::string& path, std::span<std::uint8_t> key) {
  const descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return errno == ENOENT ? errc::bad_key : errc::io;
  struct stat about {};
  if (::fstat(fd.get(), &about) != 0) return errc::io;
  if ((about.st_mode & 077) != 0) return errc::key_exposed;
  if (!S_ISREG(about.st_mode) || about.st_size != static_cast<off_t>(key.size())) return errc::bad_key;
  return ::read(fd.get(), key.data(), key.size()) == static_cast<ssize_t>(key.size()) ? errc{} : errc::io;
}

} // namespace

boost::system::result<pin_key> pin_key::open(const std::filesystem::path& database) {
  if (sodium_init() < 0) return make_error_code(errc::io);
  pin_key key;
  const errc error = read(key_path(database), key.key_);
  if (error != errc{}) return make_error_code(error);
  return key;
}

boost::system::result<pin_key> pin_key::open_or_create(const std::filesystem::path& database) {
  if (std::filesystem::exists(key_path(database))) return open(database);
  if (sodium_init() < 0) return make_error_code(errc::io);
  pin_key key;
  const errc error = create(key_path(database), key.key_);
  if (error != errc{}) return make_error_code(error);
  return key;
}

pin_key::~pin_key() { sodium_memzero(key_.data(), key_.size()); }

pin_key::hash_type pin_key::hash(std::uint64_t msisdn, std::string_view role, std::string_view pin) const {
  // A zero byte after each part: no two different triples give the same text.
  std::string input = fmt::format("pin{0}{1}{0}{2}{0}{3}", '\0', msisdn, role, pin);
  const hash_type h = seal(input);
  sodium_memzero(input.data(), input.size());
  return h;
}

bool pin_key::fits(const hash_type& stored, std::uint64_t msisdn, std::string_view role, std::string_view typed) const {
  const auto digits = ascii_digits(typed);
  if (!digits) return false;
  const hash_type h = hash(msisdn, role, *digits);
  return sodium_memcmp(h.data(), stored.data(), h.size()) == 0;
}

pin_key::hash_type pin_key::seal(std::string_view bytes) const {
  hash_type h;
  crypto_generichash(h.data(), h.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), key_.data(),
                     key_.size());
  return h;
}

} // namespace tallyline::storage
