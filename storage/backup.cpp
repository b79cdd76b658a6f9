#include "storage/backup.h"

#include "storage/key_file.h"
#include "storage/sqlite/schema.h"

#include <array>
#include <cerrno>
#include <sodium.h>
#include <unistd.h>
#include <vector>

namespace tallyline::storage {
namespace {

namespace fs = std::filesystem;

constexpr int pages_a_step = 1024;

// Files that go away again unless all went well.
class unfinished {
public:
  ~unfinished() {
    for (const auto& f : files_)
      ::unlink(f.c_str());
  }
  unfinished() = default;
  unfinished(const unfinished&) = delete;
  unfinished& operator=(const unfinished&) = delete;
  void add(const std::string& file) { files_.push_back(file); }
  void keep() { files_.clear(); }

private:
  std::vector<std::string> files_;
};

[[noreturn]] void fail(errc why, const std::string& what) { throw sqlite::failure(why, SQLITE_IOERR, what); }

void must_not_exist(const fs::path& database) {
  for (const char* end : {"", "-wal", "-shm", "-journal", ".key", ".signing", ".head"})
    if (fs::exists(database.string() + end)) fail(errc::exists, database.string() + end);
}

// SQLite takes a limit on the file's size for a broken disk; to whoever set it, it is a full one.
bool may_not_grow(sqlite3* db) {
  int last = 0;
  sqlite3_file_control(db, "main", SQLITE_FCNTL_LAST_ERRNO, &last);
  return last == EFBIG || last == EDQUOT || last == ENOSPC;
}

void check(sqlite3* db, int code, const char* doing) {
  if (code == SQLITE_OK || code == SQLITE_DONE) return;
  const int kind = code & 0xFF;
  const bool damaged = kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB;
  const bool full = kind == SQLITE_FULL || (kind == SQLITE_IOERR && may_not_grow(db));
  throw sqlite::failure(full      ? errc::disk_full
                        : damaged ? errc::corrupt
                                  : errc::io,
                        code, std::string(doing) + ": " + sqlite3_errstr(code));
}

// Of a connection that stands in a read transaction: what others write meanwhile does not make it begin again.
void copy_pages(sqlite::database& from, const std::string& to, const backup_options& o) {
  sqlite::database copy(to, sqlite::mode::create, o.vfs);
  copy.exec("PRAGMA synchronous=FULL");
  struct finish {
    void operator()(sqlite3_backup* b) const { sqlite3_backup_finish(b); }
  };
  std::unique_ptr<sqlite3_backup, finish> b(sqlite3_backup_init(copy.handle(), "main", from.handle(), "main"));
  if (!b) check(copy.handle(), sqlite3_errcode(copy.handle()), "beginning the copy");
  int code = SQLITE_OK;
  while (code == SQLITE_OK) {
    code = sqlite3_backup_step(b.get(), pages_a_step);
    const int all = sqlite3_backup_pagecount(b.get());
    if (o.copying) o.copying(all - sqlite3_backup_remaining(b.get()), all);
  }
  check(copy.handle(), code, "copying");
  b.reset();
  // One file that is whole by itself; the gateway turns the log on again.
  // Stepped to its end: the commit behind it is what a full disk refuses.
  sqlite::statement close(copy, "PRAGMA journal_mode=DELETE");
  const bool closed = close.step() && close.text(0) == "delete";
  while (close.step()) {
  }
  if (!closed) fail(errc::io, "closing the copy");
}

void copy_secret(const std::string& from, const std::string& to, unfinished& made) {
  std::array<std::uint8_t, 32> key{};
  if (const errc why = key_file::read(from, key); why != errc{}) fail(why, from);
  const errc why = key_file::write_new(to, key);
  sodium_memzero(key.data(), key.size());
  if (why != errc{}) fail(why, to);
  made.add(to);
}

// The head file says what the copy has, not what the gateway has signed since.
void keep_beside(const fs::path& from, const fs::path& to, const verified& what, const backup_options& o,
                 unfinished& made) {
  for (const char* end : {".key", ".signing"})
    if (o.keys && fs::exists(from.string() + end)) copy_secret(from.string() + end, to.string() + end, made);
  if (!what.newest) return;
  made.add(head_file(to).string());
  if (const errc why = key_file::replace(head_file(to), to_text(*what.newest) + "\n"); why != errc{})
    fail(why, head_file(to).string());
}

verification copied(const fs::path& from, const fs::path& to, const backup_options& o, bool upgrade) {
  must_not_exist(to);
  const std::string part = to.string() + ".part";
  unfinished made;
  for (const char* end : {"", "-wal", "-shm", "-journal"}) {
    ::unlink((part + end).c_str()); // of one that was interrupted
    made.add(part + end);
  }
  {
    sqlite::database source =
        upgrade ? sqlite::database(from.string(), sqlite::mode::read_only) : sqlite::open_for_reading(from.string());
    source.exec("BEGIN");
    // The snapshot begins with the first look. An empty file is a database to SQLite, and would be made one of ours.
    if (source.number("PRAGMA user_version") == 0 || source.number("SELECT count(*) FROM sqlite_schema") == 0)
      fail(errc::corrupt, from.string() + " is empty");
    copy_pages(source, part, o);
  }
  if (upgrade) {
    auto db = sqlite::open_for_writing(part, sqlite::mode::read_write);
    db.text("PRAGMA journal_mode=DELETE");
  }
  verify_options v;
  v.progress = o.verifying;
  auto verified = verify_database(part, v);
  if (!verified) fail(static_cast<errc>(verified.error().value()), part);
  if (verified->wrong) return std::move(*verified);
  unfinished named;
  keep_beside(from, to, verified->what, o, named);
  if (::link(part.c_str(), to.c_str()) != 0) fail(errno == EEXIST ? errc::exists : errc::io, to.string());
  named.keep();
  if (!key_file::sync_folder_of(to)) fail(errc::io, to.string());
  return std::move(*verified);
}

} // namespace

boost::system::result<verification> backup(const fs::path& database, const fs::path& out, const backup_options& o) {
  return sqlite::guarded("backup", [&] { return copied(database, out, o, false); });
}

boost::system::result<verification> restore(const fs::path& from, const fs::path& database, const backup_options& o) {
  return sqlite::guarded("restore", [&] {
    if (!fs::exists(from)) fail(errc::no_database, from.string());
    return copied(from, database, o, true);
  });
}

} // namespace tallyline::storage
