#include "storage/menu_versions.h"

#include "storage/canonical.h"
#include "storage/ledger.h"
#include "storage/sqlite/schema.h"

#include <optional>

namespace tallyline::storage {
namespace {

constexpr const char* columns =
    "SELECT menu, number, digest, bundle, by, note, time_ms, live, approved_by, from_ms, in_freeze FROM menu_version ";

menu_version read(const sqlite::statement& row) {
  menu_version v;
  v.menu = row.text(0);
  v.number = row.number(1);
  v.digest = row.text(2);
  v.bundle = row.blob(3);
  v.by = row.text(4);
  v.note = row.text(5);
  v.time_ms = row.number(6);
  v.state = static_cast<menu_state>(row.number(7));
  v.approved_by = row.text(8);
  v.from_ms = row.number(9);
  v.in_freeze = row.text(10);
  return v;
}

sqlite::database open_beside_gateway(const std::filesystem::path& database) {
  auto db = sqlite::open_for_writing(database.string(), sqlite::mode::read_write);
  db.exec("PRAGMA busy_timeout=5000"); // a running gateway holds the database for moments only
  return db;
}

[[noreturn]] void refuse(errc why, const char* what) { throw sqlite::failure(why, SQLITE_ERROR, what); }

void add_entry(sqlite::database& db, canonical::kind what, const std::string& body) {
  const auto leaf = ledger::leaf_hash(body);
  sqlite::statement(db, "INSERT INTO entry(kind, body, leaf) VALUES(?1, ?2, ?3)")
      .bind(1, static_cast<int>(what))
      .bind_blob(2, body)
      .bind_blob(3, {reinterpret_cast<const char*>(leaf.data()), leaf.size()})
      .run();
}

menu_policy policy_of(sqlite::database& db) {
  menu_policy p;
  sqlite::statement rows(db, "SELECT name, value FROM policy");
  while (rows.step()) {
    if (rows.text(0) == "approval") p.approval = rows.number(1) != 0;
    if (rows.text(0) == "freeze_from_ms") p.freeze_from_ms = rows.number(1);
    if (rows.text(0) == "freeze_until_ms") p.freeze_until_ms = rows.number(1);
  }
  return p;
}

void obey_freeze(const menu_policy& p, std::int64_t now_ms, std::int64_t from_ms, const std::string& reason) {
  if (reason.empty() && p.frozen(std::max(now_ms, from_ms))) refuse(errc::frozen, "menus are frozen");
}

// `v` has a row already.
void begin_service(sqlite::database& db, const menu_version& v, std::int64_t now_ms) {
  sqlite::statement(db, "UPDATE menu_version SET live = 0 WHERE menu = ?1 AND live = 1").bind_text(1, v.menu).run();
  sqlite::statement(db, "UPDATE menu_version SET live = 1 WHERE menu = ?1 AND number = ?2")
      .bind_text(1, v.menu)
      .bind(2, v.number)
      .run();
  add_entry(db, canonical::kind::menu,
            canonical::menu_bytes({v.menu, v.number, v.digest, v.by, now_ms, v.approved_by, v.in_freeze}));
}

std::vector<menu_version> select(sqlite::database& db, const std::string& where, const std::string& menu = {}) {
  sqlite::statement rows(db, columns + where);
  if (!menu.empty()) rows.bind_text(1, menu);
  std::vector<menu_version> all;
  while (rows.step())
    all.push_back(read(rows));
  return all;
}

// The latest of the menu that waits in one of the states, or the one of this number.
menu_version waiting(sqlite::database& db, const std::string& menu, std::int64_t number, const char* states) {
  const auto all = select(db, std::string("WHERE menu = ?1 AND live IN ") + states + " ORDER BY number DESC", menu);
  for (const auto& v : all)
    if (number == 0 || v.number == number) return v;
  refuse(errc::no_version, "no such version waits");
}

void insert(sqlite::database& db, menu_version& v) {
  sqlite::statement count(db, "SELECT coalesce(max(number), 0) + 1 FROM menu_version WHERE menu = ?1");
  count.bind_text(1, v.menu).step();
  v.number = count.number(0);
  count.reset();
  sqlite::statement(db, "INSERT INTO menu_version(menu, number, digest, bundle, by, note, time_ms, live, from_ms, "
                        "in_freeze) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
      .bind_text(1, v.menu)
      .bind(2, v.number)
      .bind_text(3, v.digest)
      .bind_blob(4, v.bundle)
      .bind_text(5, v.by)
      .bind_text(6, v.note)
      .bind(7, v.time_ms)
      .bind(8, static_cast<int>(v.state))
      .bind(9, v.from_ms)
      .bind_text(10, v.in_freeze)
      .run();
}

published publish_into(sqlite::database& db, menu_version v) {
  sqlite::transaction all(db);
  const auto policy = policy_of(db);
  for (auto& there : select(db, "WHERE menu = ?1 AND live IN (1, 2, 3)", v.menu)) {
    // Put into service at once although it waits: that is a new wish.
    const bool same_wish = there.live() || (there.from_ms == v.from_ms && (policy.approval || v.from_ms != 0));
    if (there.digest == v.digest && same_wish) return {std::move(there), false};
  }
  obey_freeze(policy, v.time_ms, v.from_ms, v.in_freeze);
  const bool later = v.from_ms > v.time_ms;
  // Born outside service: begin_service is the only way in.
  v.state = policy.approval ? menu_state::proposed : later ? menu_state::scheduled : menu_state::earlier;
  insert(db, v);
  if (v.state == menu_state::earlier) {
    begin_service(db, v, v.time_ms);
    v.state = menu_state::in_service;
  }
  all.commit();
  return {std::move(v), true};
}

menu_version approve_in(sqlite::database& db, const std::string& menu, std::int64_t number, const std::string& by,
                        std::int64_t time_ms, const std::string& in_freeze) {
  sqlite::transaction all(db);
  auto v = waiting(db, menu, number, "(2)");
  if (v.by == by) refuse(errc::same_person, "a second person approves");
  if (!in_freeze.empty()) v.in_freeze = in_freeze;
  obey_freeze(policy_of(db), time_ms, v.from_ms, v.in_freeze);
  v.approved_by = by;
  sqlite::statement(db, "UPDATE menu_version SET approved_by = ?3, in_freeze = ?4, live = 3 "
                        "WHERE menu = ?1 AND number = ?2")
      .bind_text(1, v.menu)
      .bind(2, v.number)
      .bind_text(3, by)
      .bind_text(4, v.in_freeze)
      .run();
  v.state = menu_state::scheduled;
  if (v.from_ms <= time_ms) {
    begin_service(db, v, time_ms);
    v.state = menu_state::in_service;
  }
  all.commit();
  return v;
}

} // namespace

boost::system::result<menu_policy> read_menu_policy(const std::filesystem::path& database) {
  return sqlite::guarded("reading the policy", [&] {
    auto db = sqlite::open_for_reading(database.string());
    return policy_of(db);
  });
}

boost::system::result<int> set_menu_policy(const std::filesystem::path& database, const menu_policy& p,
                                           const std::string& by, std::int64_t time_ms) {
  return sqlite::guarded("setting the policy", [&] {
    auto db = open_beside_gateway(database);
    sqlite::transaction all(db);
    if (policy_of(db) == p) return 0;
    const canonical::named_numbers values{
        {"approval", p.approval}, {"freeze_from_ms", p.freeze_from_ms}, {"freeze_until_ms", p.freeze_until_ms}};
    for (const auto& [name, value] : values)
      sqlite::statement(db, "INSERT OR REPLACE INTO policy(name, value) VALUES(?1, ?2)")
          .bind_text(1, name)
          .bind(2, value)
          .run();
    add_entry(db, canonical::kind::policy, canonical::policy_bytes(values, by, time_ms));
    all.commit();
    return 1;
  });
}

boost::system::result<published> publish_menu(const std::filesystem::path& database, const menu_version& v) {
  return sqlite::guarded("publishing a menu", [&] {
    auto db = open_beside_gateway(database);
    return publish_into(db, v);
  });
}

boost::system::result<menu_version> approve_menu(const std::filesystem::path& database, const std::string& menu,
                                                 std::int64_t number, const std::string& by, std::int64_t time_ms,
                                                 const std::string& in_freeze) {
  return sqlite::guarded("approving a menu", [&] {
    auto db = open_beside_gateway(database);
    return approve_in(db, menu, number, by, time_ms, in_freeze);
  });
}

boost::system::result<menu_version> withdraw_menu(const std::filesystem::path& database, const std::string& menu,
                                                  std::int64_t number) {
  return sqlite::guarded("withdrawing a menu", [&] {
    auto db = open_beside_gateway(database);
    sqlite::transaction all(db);
    auto v = waiting(db, menu, number, "(2, 3)");
    v.state = menu_state::withdrawn;
    sqlite::statement(db, "UPDATE menu_version SET live = 4 WHERE menu = ?1 AND number = ?2")
        .bind_text(1, v.menu)
        .bind(2, v.number)
        .run();
    all.commit();
    return v;
  });
}

boost::system::result<int> switch_due_menus(const std::filesystem::path& database, std::int64_t now_ms) {
  return sqlite::guarded("switching menus", [&] {
    auto db = open_beside_gateway(database);
    sqlite::transaction all(db);
    sqlite::statement rows(db, std::string(columns) + "WHERE live = 3 AND from_ms <= ?1 ORDER BY from_ms, number");
    rows.bind(1, now_ms);
    std::vector<menu_version> due;
    while (rows.step())
      due.push_back(read(rows));
    rows.reset();
    const auto policy = policy_of(db);
    std::erase_if(due, [&](const auto& v) { return v.in_freeze.empty() && policy.frozen(now_ms); });
    for (const auto& v : due)
      begin_service(db, v, now_ms);
    if (!due.empty()) all.commit();
    return static_cast<int>(due.size());
  });
}

boost::system::result<int> retire_menu(const std::filesystem::path& database, const std::string& menu,
                                       const std::string& by, std::int64_t time_ms, const std::string& in_freeze) {
  return sqlite::guarded("retiring a menu", [&] {
    auto db = open_beside_gateway(database);
    sqlite::transaction all(db);
    obey_freeze(policy_of(db), time_ms, 0, in_freeze);
    sqlite::statement(db, "UPDATE menu_version SET live = 0 WHERE menu = ?1 AND live = 1").bind_text(1, menu).run();
    const int rows = db.changes();
    if (rows) add_entry(db, canonical::kind::menu, canonical::menu_bytes({menu, 0, {}, by, time_ms, {}, in_freeze}));
    all.commit();
    return rows;
  });
}

boost::system::result<std::vector<menu_version>> menu_versions(const std::filesystem::path& database,
                                                               const std::string& menu) {
  return sqlite::guarded("reading menu versions", [&] {
    auto db = sqlite::open_for_reading(database.string());
    return select(db, menu.empty() ? "ORDER BY menu, number" : "WHERE menu = ?1 ORDER BY number", menu);
  });
}

boost::system::result<std::vector<menu_version>> live_menus(const std::filesystem::path& database) {
  return sqlite::guarded("reading menu versions", [&] {
    auto db = sqlite::open_for_reading(database.string());
    return select(db, "WHERE live = 1 ORDER BY menu");
  });
}

boost::system::result<std::vector<menu_version>> scheduled_menus(const std::filesystem::path& database) {
  return sqlite::guarded("reading menu versions", [&] {
    auto db = sqlite::open_for_reading(database.string());
    return select(db, "WHERE live = 3 ORDER BY from_ms, number");
  });
}

} // namespace tallyline::storage
