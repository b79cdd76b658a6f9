// Who may use a serial port: UUCP lock files as getty, minicom, pppd and the like keep them (HDB: LCK..ttyUSB0 with the
// pid in ten characters and a newline).
//
// Any thread; the file is the state.
#pragma once

#include <filesystem>
#include <string>

namespace tallyline::modem {

// Who holds a lock.
struct lock_holder {
  long pid = 0;        // 0: not known
  std::string program; // its name, when it can be seen
  std::filesystem::path file;
  std::string why; // the lock cannot be made at all, such as a folder that is not writable
};
// "locked by 4711 (minicom)"
std::string describe(const lock_holder& h);

class port_lock {
public:
  port_lock() = default; // holds nothing
  port_lock(port_lock&& other) noexcept : file_(std::move(other.file_)) { other.file_.clear(); }
  port_lock& operator=(port_lock&& other) noexcept;
  ~port_lock() { release(); }

  // The lock of `device`, links resolved, in `folder`; one whose holder is gone is removed. An empty folder: no lock.
  // On failure `held` says who has it.
  static port_lock take(const std::filesystem::path& folder, const std::filesystem::path& device, lock_holder& held);
  explicit operator bool() const { return !file_.empty(); }
  void release();

  // "/dev/ttyUSB0" is LCK..ttyUSB0, "/dev/pts/3" LCK..pts_3.
  static std::filesystem::path file_of(const std::filesystem::path& folder, const std::filesystem::path& device);

private:
  explicit port_lock(std::filesystem::path file) : file_(std::move(file)) {}
  std::filesystem::path file_;
};

} // namespace tallyline::modem
