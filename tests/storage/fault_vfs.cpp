#include "tests/storage/fault_vfs.h"

#include <climits>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <new>
#include <sqlite3.h>
#include <unistd.h>
#include <vector>

namespace tallyline::storage::test::fault_vfs {
namespace {

// How the file was before a write that has not been synced yet.
struct before {
  std::string path;
  sqlite3_int64 offset = 0;
  std::string bytes; // what the write replaced, cut at the old end of the file
  sqlite3_int64 size = 0;
};

struct state {
  std::mutex mutex;
  int steps = 0;
  int from = INT_MAX, to = INT_MAX;
  bool frozen_after = false;
  what how = what::write;
  std::vector<before> unsynced;
};
state& now() {
  static state s;
  return s;
}

struct file {
  sqlite3_file base;
  sqlite3_file* real;
  std::string* path;
};
file* as_file(sqlite3_file* f) { return reinterpret_cast<file*>(f); }
sqlite3_file* real(sqlite3_file* f) { return as_file(f)->real; }
sqlite3_vfs* system_vfs() { return sqlite3_vfs_find("unix"); }

// Counts the step; SQLITE_OK when it may go on. The caller holds the mutex.
int step(bool is_sync) {
  state& s = now();
  const int at = ++s.steps;
  if (at < s.from || at >= s.to) return SQLITE_OK;
  if (s.frozen_after) return is_sync ? SQLITE_IOERR_FSYNC : SQLITE_IOERR_WRITE;
  switch (s.how) {
  case what::write:
    return is_sync ? SQLITE_OK : SQLITE_IOERR_WRITE;
  case what::full:
    return is_sync ? SQLITE_OK : SQLITE_FULL;
  case what::sync:
    return is_sync ? SQLITE_IOERR_FSYNC : SQLITE_OK;
  }
  return SQLITE_OK;
}

void remember(sqlite3_file* f, sqlite3_int64 offset, int count) {
  before b{*as_file(f)->path, offset, {}, 0};
  real(f)->pMethods->xFileSize(real(f), &b.size);
  if (offset < b.size) {
    b.bytes.resize(static_cast<std::size_t>(std::min<sqlite3_int64>(count, b.size - offset)));
    real(f)->pMethods->xRead(real(f), b.bytes.data(), static_cast<int>(b.bytes.size()), offset);
  }
  now().unsynced.push_back(std::move(b));
}

int x_close(sqlite3_file* f) {
  const int code = real(f)->pMethods->xClose(real(f));
  delete as_file(f)->path;
  return code;
}
int x_read(sqlite3_file* f, void* to, int count, sqlite3_int64 at) {
  return real(f)->pMethods->xRead(real(f), to, count, at);
}
int x_write(sqlite3_file* f, const void* from, int count, sqlite3_int64 at) {
  const std::lock_guard lock(now().mutex);
  if (const int code = step(false); code != SQLITE_OK) return code;
  remember(f, at, count);
  return real(f)->pMethods->xWrite(real(f), from, count, at);
}
int x_truncate(sqlite3_file* f, sqlite3_int64 size) {
  const std::lock_guard lock(now().mutex);
  if (const int code = step(false); code != SQLITE_OK) return code;
  return real(f)->pMethods->xTruncate(real(f), size);
}
int x_sync(sqlite3_file* f, int flags) {
  const std::lock_guard lock(now().mutex);
  if (const int code = step(true); code != SQLITE_OK) return code;
  std::erase_if(now().unsynced, [&](const before& b) { return b.path == *as_file(f)->path; });
  return real(f)->pMethods->xSync(real(f), flags);
}
int x_size(sqlite3_file* f, sqlite3_int64* size) { return real(f)->pMethods->xFileSize(real(f), size); }
int x_lock(sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); }
int x_unlock(sqlite3_file* f, int level) { return real(f)->pMethods->xUnlock(real(f), level); }
int x_reserved(sqlite3_file* f, int* out) { return real(f)->pMethods->xCheckReservedLock(real(f), out); }
int x_control(sqlite3_file* f, int op, void* arg) { return real(f)->pMethods->xFileControl(real(f), op, arg); }
int x_sector(sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); }
int x_traits(sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); }
int x_shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** to) {
  return real(f)->pMethods->xShmMap(real(f), page, size, extend, to);
}
int x_shm_lock(sqlite3_file* f, int offset, int count, int flags) {
  return real(f)->pMethods->xShmLock(real(f), offset, count, flags);
}
void x_shm_barrier(sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); }
int x_shm_unmap(sqlite3_file* f, int remove) { return real(f)->pMethods->xShmUnmap(real(f), remove); }

constexpr sqlite3_io_methods methods = {
    2,         x_close,  x_read,   x_write,   x_truncate, x_sync,        x_size,      x_lock,  x_unlock, x_reserved,
    x_control, x_sector, x_traits, x_shm_map, x_shm_lock, x_shm_barrier, x_shm_unmap, nullptr, nullptr};

int x_open(sqlite3_vfs*, const char* path, sqlite3_file* f, int flags, int* out) {
  auto* opened = as_file(f);
  opened->base.pMethods = nullptr;
  opened->real = reinterpret_cast<sqlite3_file*>(opened + 1);
  const int code = system_vfs()->xOpen(system_vfs(), path, opened->real, flags, out);
  if (code != SQLITE_OK) return code;
  opened->path = new std::string(path ? path : "");
  opened->base.pMethods = &methods;
  return code;
}

int x_delete(sqlite3_vfs*, const char* path, int sync) {
  const std::lock_guard lock(now().mutex);
  if (const int code = step(false); code != SQLITE_OK) return code;
  std::erase_if(now().unsynced, [&](const before& b) { return b.path == path; });
  return system_vfs()->xDelete(system_vfs(), path, sync);
}

void plan(int from, int to, what how, bool freeze) {
  state& s = now();
  const std::lock_guard lock(s.mutex);
  s.steps = 0, s.from = from, s.to = to, s.how = how, s.frozen_after = freeze;
}

} // namespace

void install() {
  static sqlite3_vfs vfs = *system_vfs();
  if (sqlite3_vfs_find(name)) return;
  vfs.zName = name;
  vfs.szOsFile = static_cast<int>(sizeof(file)) + system_vfs()->szOsFile;
  vfs.xOpen = x_open;
  vfs.xDelete = x_delete;
  sqlite3_vfs_register(&vfs, 0);
}

void heal() {
  plan(INT_MAX, INT_MAX, what::write, false);
  const std::lock_guard lock(now().mutex);
  now().unsynced.clear();
}
void fail_from(int at, what how) { plan(at, INT_MAX, how, false); }
void fail_once(int at, what how) { plan(at, at + 1, how, false); }
void freeze_from(int at) { plan(at, INT_MAX, what::write, true); }

void lose_unsynced() {
  const std::lock_guard lock(now().mutex);
  auto& all = now().unsynced;
  for (auto b = all.rbegin(); b != all.rend(); ++b) {
    const int fd = ::open(b->path.c_str(), O_RDWR | O_CLOEXEC);
    if (fd < 0) continue;
    const bool done =
        ::pwrite(fd, b->bytes.data(), b->bytes.size(), b->offset) == static_cast<ssize_t>(b->bytes.size()) &&
        ::ftruncate(fd, b->size) == 0;
    ::close(fd);
    if (!done) std::abort();
  }
  all.clear();
}

int steps() {
  const std::lock_guard lock(now().mutex);
  return now().steps;
}

} // namespace tallyline::storage::test::fault_vfs
