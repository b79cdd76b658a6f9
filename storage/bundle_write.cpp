#include "storage/bundle.h"
#include "storage/cbor_writer.h"
#include "storage/key_file.h"
#include "storage/ledger_rows.h"
#include "storage/sqlite/schema.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

namespace tallyline::storage {
namespace {

using canonical::cbor_writer;

template <class Bytes> std::string_view view(const Bytes& b) {
  return {reinterpret_cast<const char*>(b.data()), b.size()};
}

[[noreturn]] void fail(const char* doing) {
  const bool full = errno == ENOSPC || errno == EFBIG || errno == EDQUOT;
  throw sqlite::failure(errno == EEXIST ? errc::exists : full ? errc::disk_full : errc::io, SQLITE_IOERR, doing);
}

// A compressed file that has its name only when it is whole and on disk.
class compressed_file {
public:
  explicit compressed_file(std::filesystem::path to) : to_(std::move(to)), beside_(to_.string() + ".part") {
    if (std::filesystem::exists(to_)) errno = EEXIST, fail("the bundle");
    ::unlink(beside_.c_str()); // of one that was interrupted
    fd_ = ::open(beside_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd_ < 0) fail("making the bundle");
    ZSTD_CCtx_setParameter(zstd_.get(), ZSTD_c_compressionLevel, 3);
    ZSTD_CCtx_setParameter(zstd_.get(), ZSTD_c_checksumFlag, 1);
  }
  ~compressed_file() {
    if (fd_ >= 0) ::close(fd_);
    if (!done_) ::unlink(beside_.c_str());
  }
  compressed_file(const compressed_file&) = delete;
  compressed_file& operator=(const compressed_file&) = delete;

  void add(std::string_view bytes) {
    waiting_.append(bytes);
    if (waiting_.size() >= 1u << 20) compress(ZSTD_e_continue);
  }
  std::uint64_t finish() {
    compress(ZSTD_e_end);
    if (::fsync(fd_) != 0) fail("writing the bundle");
    // Without overwriting what came meanwhile.
    if (::link(beside_.c_str(), to_.c_str()) != 0) fail("naming the bundle");
    ::unlink(beside_.c_str());
    done_ = true;
    if (!key_file::sync_folder_of(to_)) fail("naming the bundle");
    return written_;
  }

private:
  void compress(ZSTD_EndDirective how) {
    ZSTD_inBuffer in{waiting_.data(), waiting_.size(), 0};
    for (;;) {
      ZSTD_outBuffer out{buffer_.data(), buffer_.size(), 0};
      const auto left = ZSTD_compressStream2(zstd_.get(), &out, &in, how);
      if (ZSTD_isError(left)) throw sqlite::failure(errc::io, SQLITE_IOERR, ZSTD_getErrorName(left));
      write(std::string_view(buffer_).substr(0, out.pos));
      if (how == ZSTD_e_end ? left == 0 : in.pos == in.size) break;
    }
    waiting_.clear();
  }
  void write(std::string_view bytes) {
    written_ += bytes.size();
    while (!bytes.empty()) {
      const auto n = ::write(fd_, bytes.data(), bytes.size());
      if (n <= 0) fail("writing the bundle");
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  struct free_zstd {
    void operator()(ZSTD_CCtx* c) const { ZSTD_freeCCtx(c); }
  };
  std::filesystem::path to_;
  std::string beside_;
  int fd_ = -1;
  bool done_ = false;
  std::uint64_t written_ = 0;
  std::unique_ptr<ZSTD_CCtx, free_zstd> zstd_{ZSTD_createCCtx()};
  std::string waiting_, buffer_ = std::string(ZSTD_CStreamOutSize(), '\0');
};

void value_into(cbor_writer& out, const sqlite::statement& row, int column) {
  if (row.type(column) == SQLITE_INTEGER)
    out.bytes(canonical::value_bytes(row.number(column)));
  else if (row.type(column) == SQLITE_TEXT)
    out.bytes(canonical::value_bytes(std::string(row.text(column))));
  else
    out.bytes(row.blob(column)); // a list, as its own bytes
}

class bundle_writer {
public:
  bundle_writer(sqlite::database& db, compressed_file& out, const bundle_options& o)
      : db_(db), out_(out), options_(o) {}

  bundled run() {
    bundled done;
    const auto all = db_.number("SELECT count(*) FROM entry");
    cbor_writer head;
    head.array(4), head.text("tallyline bundle"), head.number(1), head.number(all), head.number(options_.personal);
    put(head);
    done.entries = entries(all);
    done.heads = heads();
    roster("SELECT 'area', code, coalesce(parent, ''), level FROM area ORDER BY pos");
    roster("SELECT 'station', code, area, CAST(registered AS TEXT) FROM station ORDER BY pos");
    roster("SELECT 'office', code, area FROM office ORDER BY pos");
    roster("SELECT 'contest', code, area, CAST(seats AS TEXT), CAST(max_choices AS TEXT) FROM contest ORDER BY pos");
    roster("SELECT 'candidate', contest, CAST(number AS TEXT) FROM candidate ORDER BY pos");
    cbor_writer end;
    end.array(2), end.text("end"), end.number(items_);
    put(end);
    return done;
  }

private:
  void put(cbor_writer& item) {
    out_.add(item.take());
    ++items_;
  }

  std::int64_t entries(std::int64_t all) {
    sqlite::statement rows(db_,
                           "SELECT e.seq, e.body, e.leaf, coalesce(r.state, -1) FROM entry e LEFT JOIN record r ON "
                           "r.seq = e.seq ORDER BY e.seq");
    sqlite::statement personal(db_,
                               "SELECT no, salt, coalesce(name, ''), value FROM personal WHERE seq = ?1 ORDER BY no");
    std::int64_t count = 0;
    while (rows.step()) {
      cbor_writer item;
      item.array(5);
      item.number(rows.number(0)), item.bytes(rows.blob(1)), item.bytes(rows.blob(2)), item.number(rows.number(3));
      personal_of(personal, rows.number(0), item);
      put(item);
      if (++count % 10'000 == 0 && options_.progress) options_.progress(count, all);
    }
    return count;
  }

  void personal_of(sqlite::statement& rows, std::int64_t seq, cbor_writer& item) {
    cbor_writer list;
    std::size_t size = 0;
    if (options_.personal) {
      const sqlite::using_statement open(rows);
      for (rows.bind(1, seq); rows.step(); ++size) {
        list.array(4);
        list.number(rows.number(0)), list.bytes(rows.blob(1)), list.text(rows.text(2));
        value_into(list, rows, 3);
      }
    }
    item.array(size);
    item.raw(list.take());
  }

  std::int64_t heads() {
    sqlite::statement rows(db_, "SELECT size, root, time_ms, key, signature FROM head ORDER BY size");
    std::int64_t count = 0;
    for (; rows.step(); ++count) {
      cbor_writer item;
      item.array(6);
      item.text("head"), item.number(rows.number(0)), item.bytes(rows.blob(1)), item.number(rows.number(2));
      item.bytes(rows.blob(3)), item.bytes(rows.blob(4));
      put(item);
    }
    return count;
  }

  void roster(const char* sql) {
    sqlite::statement rows(db_, sql);
    while (rows.step()) {
      cbor_writer item;
      item.array(static_cast<std::size_t>(rows.columns()));
      for (int c = 0; c < rows.columns(); ++c)
        item.text(rows.text(c));
      put(item);
    }
  }

  sqlite::database& db_;
  compressed_file& out_;
  const bundle_options& options_;
  std::int64_t items_ = 0;
};

} // namespace

boost::system::result<bundled> write_bundle(const std::filesystem::path& database, const std::filesystem::path& out,
                                            const bundle_options& o) {
  return sqlite::guarded("writing a bundle", [&] {
    auto db = sqlite::open_for_reading(database.string());
    db.exec("BEGIN"); // one snapshot
    compressed_file file(out);
    auto done = bundle_writer(db, file, o).run();
    done.bytes = file.finish();
    return done;
  });
}

} // namespace tallyline::storage
