// One writer a database: an exclusive lock on `<database>.lock`, held while the object lives; the system drops it when
// the process dies, however it dies.
#pragma once

#include "storage/errors.h"

#include <boost/system/result.hpp>
#include <filesystem>

namespace tallyline::storage {

class file_lock {
public:
  // Errors: busy when another gateway or import holds it, io.
  static boost::system::result<file_lock> take(const std::filesystem::path& database);
  file_lock(file_lock&& other) noexcept;
  file_lock& operator=(file_lock&&) = delete;
  ~file_lock();

private:
  explicit file_lock(int fd) : fd_(fd) {}
  int fd_;
};

} // namespace tallyline::storage
