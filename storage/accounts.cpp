#include "storage/accounts.h"

#include "storage/canonical.h"
#include "storage/ledger_rows.h"
#include "storage/sqlite/schema.h"
#include "storage/text.h"

#include <algorithm>

namespace tallyline::storage {
namespace {

constexpr std::size_t longest_word = 64;

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= longest_word && valid_utf8(text) &&
         std::none_of(text.begin(), text.end(), [](unsigned char c) { return c <= ' ' || c == 0x7F; });
}

template <class Change>
boost::system::result<void> changed(const std::filesystem::path& database, const account& a, std::string_view by,
                                    std::int64_t now_ms, Change change) {
  errc refused{};
  const auto done = sqlite::guarded("accounts", [&] {
    auto db = sqlite::open_for_writing(database.string(), sqlite::mode::read_write);
    db.exec("PRAGMA busy_timeout=5000"); // a running gateway holds the database for moments only
    sqlite::transaction all(db);
    if (refused = change(db); refused != errc{}) return 0;
    const auto seq = ledger_rows::append(db, canonical::kind::account,
                                         canonical::account_bytes({a.login, a.role, a.area, by, now_ms}));
    sqlite::statement(db, "UPDATE account SET seq = ?2 WHERE login = ?1").bind_text(1, a.login).bind(2, seq).run();
    all.commit();
    return 1;
  });
  if (!done) return done.error();
  if (refused != errc{}) return make_error_code(refused);
  return {};
}

} // namespace

boost::system::result<std::vector<account>> accounts(const std::filesystem::path& database) {
  if (!std::filesystem::exists(database)) return std::vector<account>{};
  return sqlite::guarded("accounts", [&] {
    std::vector<account> all;
    sqlite::database db(database.string(), sqlite::mode::read_only, {});
    if (db.number("SELECT count(*) FROM sqlite_schema WHERE name = 'account'") == 0) return all;
    sqlite::statement rows(db, "SELECT login, role, area FROM account ORDER BY login");
    while (rows.step())
      all.push_back({std::string(rows.text(0)), std::string(rows.text(1)), std::string(rows.text(2))});
    return all;
  });
}

boost::system::result<void> put_account(const std::filesystem::path& database, const account& a, std::string_view by,
                                        std::int64_t now_ms) {
  if (!is_word(a.login) || !is_word(a.role) || !is_word(by)) return make_error_code(errc::bad_report);
  // What takes it away has no area: one for the whole election names its highest.
  return changed(database, a, by, now_ms, [&](sqlite::database& db) {
    sqlite::statement area(db, "SELECT 1 FROM area WHERE code = ?1");
    if (!area.bind_text(1, a.area).step()) return errc::out_of_scope;
    sqlite::statement(db, "REPLACE INTO account(login, role, area, seq) VALUES(?1, ?2, ?3, 0)")
        .bind_text(1, a.login)
        .bind_text(2, a.role)
        .bind_text(3, a.area)
        .run();
    return errc{};
  });
}

boost::system::result<void> remove_account(const std::filesystem::path& database, std::string_view login,
                                           std::string_view by, std::int64_t now_ms) {
  if (!is_word(login) || !is_word(by)) return make_error_code(errc::bad_report);
  account gone{std::string(login), "none", {}};
  return changed(database, gone, by, now_ms, [&](sqlite::database& db) {
    sqlite::statement(db, "DELETE FROM account WHERE login = ?1").bind_text(1, login).run();
    return db.changes() == 0 ? errc::no_such_person : errc{};
  });
}

} // namespace tallyline::storage
