#include "storage/sqlite/database.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace tallyline::storage::sqlite {
namespace {

errc kind_of(int code) {
  switch (code & 0xFF) {
  case SQLITE_FULL:
    return errc::disk_full;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return errc::busy;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    return errc::corrupt;
  default:
    return errc::io;
  }
}

[[noreturn]] void raise(sqlite3* db, int code, std::string_view doing) {
  const int extended = db ? sqlite3_extended_errcode(db) : code;
  const char* message = db ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  throw failure(kind_of(code), code, fmt::format("{}: {} ({})", doing, message, extended));
}

int flags_of(mode how) {
  switch (how) {
  case mode::create:
    return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  case mode::read_write:
    return SQLITE_OPEN_READWRITE;
  case mode::read_only:
    return SQLITE_OPEN_READONLY;
  }
  return SQLITE_OPEN_READONLY;
}

} // namespace

bool failure::of_one_statement() const {
  switch (code_ & 0xFF) {
  case SQLITE_CONSTRAINT:
  case SQLITE_TOOBIG:
  case SQLITE_MISMATCH:
  case SQLITE_RANGE:
    return true;
  default:
    return false;
  }
}

database::database(const std::string& path, mode how, const std::string& vfs) {
  sqlite3* db = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &db, flags_of(how) | SQLITE_OPEN_NOMUTEX, vfs.empty() ? nullptr : vfs.c_str());
  handle_.reset(db);
  if (code != SQLITE_OK) raise(db, code, "opening " + path);
  sqlite3_extended_result_codes(db, 1);
}

void database::exec(const char* sql) {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) raise(handle_.get(), code, std::string_view(sql).substr(0, 60));
}

std::int64_t database::number(const char* sql) {
  statement s(*this, sql);
  return s.step() ? s.number(0) : 0;
}

std::string database::text(const char* sql) {
  statement s(*this, sql);
  return s.step() ? std::string(s.text(0)) : std::string();
}

statement::statement(database& db, std::string_view sql) {
  sqlite3_stmt* s = nullptr;
  const int code =
      sqlite3_prepare_v3(db.handle(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &s, nullptr);
  handle_.reset(s);
  if (code != SQLITE_OK) raise(db.handle(), code, sql.substr(0, 60));
}

void statement::check(int code) const {
  if (code != SQLITE_OK) raise(sqlite3_db_handle(handle_.get()), code, "binding");
}

statement& statement::bind(int at, std::int64_t value) {
  check(sqlite3_bind_int64(handle_.get(), at, value));
  return *this;
}

statement& statement::bind_text(int at, std::string_view value) {
  // A null pointer would bind NULL where an empty text is meant.
  check(sqlite3_bind_text64(handle_.get(), at, value.data() ? value.data() : "", value.size(), SQLITE_STATIC,
                            SQLITE_UTF8));
  return *this;
}

statement& statement::bind_blob(int at, std::string_view value) {
  check(sqlite3_bind_blob64(handle_.get(), at, value.data() ? value.data() : "", value.size(), SQLITE_STATIC));
  return *this;
}

statement& statement::bind_null(int at) {
  check(sqlite3_bind_null(handle_.get(), at));
  return *this;
}

bool statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  sqlite3* db = sqlite3_db_handle(handle_.get());
  const std::string sql = sqlite3_sql(handle_.get());
  try {
    raise(db, code, std::string_view(sql).substr(0, 60));
  } catch (...) {
    reset(); // after the message was taken: reset would clear it
    throw;
  }
}

void statement::run() {
  while (step()) {
  }
  reset();
}

std::string_view statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  return bytes ? std::string_view(bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column)))
               : std::string_view{};
}

std::string_view statement::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  return bytes ? std::string_view(bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column)))
               : std::string_view{};
}

transaction::~transaction() {
  // SQLite has often rolled back by itself by now (a full disk, an I/O error).
  if (db_.in_transaction()) sqlite3_exec(db_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

namespace {

bool says_all(errc kind) {
  switch (kind) {
  case errc::corrupt:
  case errc::disk_full:
  case errc::io:
    return false;
  default:
    return true;
  }
}

} // namespace

boost::system::error_code as_error(const std::exception& e, std::string_view doing) {
  const auto* known = dynamic_cast<const failure*>(&e);
  const errc kind = known ? known->kind() : errc::io;
  // What the caller's message says in full needs no line of its own.
  const bool plain = says_all(kind);
  spdlog::log(plain ? spdlog::level::debug : spdlog::level::err, "storage: {}: {}", doing, e.what());
  return make_error_code(kind);
}

} // namespace tallyline::storage::sqlite
