// A thin owner of SQLite's handles. Failures are thrown as sqlite::failure and turned into storage::errc at the edge of
// the library (guarded()). One thread at a time for each database object.
#pragma once

#include "storage/errors.h"

#include <boost/system/result.hpp>
#include <cstdint>
#include <memory>
#include <sqlite3.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace tallyline::storage::sqlite {

class failure : public std::runtime_error {
public:
  failure(errc kind, int code, const std::string& what) : std::runtime_error(what), kind_(kind), code_(code) {}
  errc kind() const { return kind_; }
  // The fault lies in what one statement was given (a constraint, a size), not in the disk: other statements may do.
  bool of_one_statement() const;

private:
  errc kind_;
  int code_;
};

enum class mode : std::uint8_t { create, read_write, read_only };

class database {
public:
  // `vfs` empty for the system's own; the tests give one that fails on demand.
  database(const std::string& path, mode how, const std::string& vfs = {});
  void exec(const char* sql);
  std::int64_t number(const char* sql); // first column of the first row
  std::string text(const char* sql);
  bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }
  std::int64_t last_row() const { return sqlite3_last_insert_rowid(handle_.get()); }
  int changes() const { return sqlite3_changes(handle_.get()); }
  sqlite3* handle() const { return handle_.get(); }

private:
  struct close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  std::unique_ptr<sqlite3, close> handle_;
};

// Prepared once, used many times. Bound text and bytes are not copied: they must live until the statement is reset.
class statement {
public:
  statement() = default;
  statement(database& db, std::string_view sql);

  statement& bind(int at, std::int64_t value);
  statement& bind_text(int at, std::string_view value);
  statement& bind_blob(int at, std::string_view value);
  statement& bind_null(int at);
  bool step(); // true: there is a row
  void run();  // to the end, and resets
  void reset() noexcept { sqlite3_reset(handle_.get()); }

  std::int64_t number(int column) const { return sqlite3_column_int64(handle_.get(), column); }
  std::string_view text(int column) const;
  std::string_view blob(int column) const;
  int type(int column) const { return sqlite3_column_type(handle_.get(), column); } // SQLITE_INTEGER, …
  int columns() const { return sqlite3_column_count(handle_.get()); }
  std::string_view column_name(int column) const { return sqlite3_column_name(handle_.get(), column); }
  bool is_null(int column) const { return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL; }

private:
  struct finalize {
    void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
  };
  void check(int code) const;
  std::unique_ptr<sqlite3_stmt, finalize> handle_;
};

// Resets at the end of the block, also when it is left by an exception: an open statement holds its snapshot.
class using_statement {
public:
  explicit using_statement(statement& s) : statement_(s) {}
  ~using_statement() { statement_.reset(); }
  using_statement(const using_statement&) = delete;
  using_statement& operator=(const using_statement&) = delete;

private:
  statement& statement_;
};

// BEGIN IMMEDIATE; rolled back unless committed.
class transaction {
public:
  explicit transaction(database& db) : db_(db) { db_.exec("BEGIN IMMEDIATE"); }
  ~transaction();
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  void commit() { db_.exec("COMMIT"); }

private:
  database& db_;
};

// Runs f and turns what it throws into an error value, with a log line.
boost::system::error_code as_error(const std::exception& e, std::string_view doing);
template <class F> auto guarded(std::string_view doing, F f) -> boost::system::result<decltype(f())> {
  try {
    if constexpr (std::is_void_v<decltype(f())>)
      return f(), boost::system::result<void>();
    else
      return f();
  } catch (const std::exception& e) {
    return as_error(e, doing);
  }
}

} // namespace tallyline::storage::sqlite
