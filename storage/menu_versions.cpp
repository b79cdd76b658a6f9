#include "storage/menu_versions.h"

#include "storage/canonical.h"
#include "storage/ledger.h"
#include "storage/sqlite/schema.h"

namespace tallyline::storage {
namespace {

constexpr const char* columns = "SELECT menu, number, digest, bundle, by, note, time_ms, live FROM menu_version ";

menu_version read(const sqlite::statement& row) {
  menu_version v;
  v.menu = row.text(0);
  v.number = row.number(1);
  v.digest = row.text(2);
  v.bundle = row.blob(3);
  v.by = row.text(4);
  v.note = row.text(5);
  v.time_ms = row.number(6);
  v.live = row.number(7) != 0;
  return v;
}

sqlite::database open_beside_gateway(const std::filesystem::path& database) {
  auto db = sqlite::open_for_writing(database.string(), sqlite::mode::read_write);
  db.exec("PRAGMA busy_timeout=5000"); // a running gateway holds the database for moments only
  return db;
}

void note_in_ledger(sqlite::database& db, const menu_version& v) {
  const std::string body = canonical::menu_bytes(v.menu, v.number, v.digest, v.by, v.time_ms);
  const auto leaf = ledger::leaf_hash(body);
  sqlite::statement(db, "INSERT INTO entry(kind, body, leaf) VALUES(3, ?1, ?2)")
      .bind_blob(1, body)
      .bind_blob(2, {reinterpret_cast<const char*>(leaf.data()), leaf.size()})
      .run();
}

published publish_into(sqlite::database& db, menu_version v) {
  sqlite::transaction all(db);
  sqlite::statement last(db, std::string(columns) + "WHERE menu = ?1 AND live = 1");
  if (last.bind_text(1, v.menu).step() && last.text(2) == v.digest) return {read(last), false};
  last.reset();
  sqlite::statement count(db, "SELECT coalesce(max(number), 0) + 1 FROM menu_version WHERE menu = ?1");
  count.bind_text(1, v.menu).step();
  v.number = count.number(0);
  v.live = true;
  count.reset();
  sqlite::statement(db, "UPDATE menu_version SET live = 0 WHERE menu = ?1").bind_text(1, v.menu).run();
  sqlite::statement(db, "INSERT INTO menu_version(menu, number, digest, bundle, by, note, time_ms, live) "
                        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)")
      .bind_text(1, v.menu)
      .bind(2, v.number)
      .bind_text(3, v.digest)
      .bind_blob(4, v.bundle)
      .bind_text(5, v.by)
      .bind_text(6, v.note)
      .bind(7, v.time_ms)
      .run();
  note_in_ledger(db, v);
  all.commit();
  return {std::move(v), true};
}

std::vector<menu_version> select(const std::filesystem::path& database, const std::string& where,
                                 const std::string& menu) {
  auto db = sqlite::open_for_reading(database.string());
  sqlite::statement rows(db, columns + where);
  if (!menu.empty()) rows.bind_text(1, menu);
  std::vector<menu_version> all;
  while (rows.step())
    all.push_back(read(rows));
  return all;
}

} // namespace

boost::system::result<published> publish_menu(const std::filesystem::path& database, const menu_version& v) {
  return sqlite::guarded("publishing a menu", [&] {
    auto db = open_beside_gateway(database);
    return publish_into(db, v);
  });
}

boost::system::result<int> retire_menu(const std::filesystem::path& database, const std::string& menu,
                                       const std::string& by, std::int64_t time_ms) {
  return sqlite::guarded("retiring a menu", [&] {
    auto db = open_beside_gateway(database);
    sqlite::transaction all(db);
    sqlite::statement(db, "UPDATE menu_version SET live = 0 WHERE menu = ?1 AND live = 1").bind_text(1, menu).run();
    const int rows = db.changes();
    if (rows) note_in_ledger(db, {menu, 0, {}, {}, by, {}, time_ms, false});
    all.commit();
    return rows;
  });
}

boost::system::result<std::vector<menu_version>> menu_versions(const std::filesystem::path& database,
                                                               const std::string& menu) {
  return sqlite::guarded("reading menu versions", [&] {
    return select(database, menu.empty() ? "ORDER BY menu, number" : "WHERE menu = ?1 ORDER BY number", menu);
  });
}

boost::system::result<std::vector<menu_version>> live_menus(const std::filesystem::path& database) {
  return sqlite::guarded("reading menu versions", [&] { return select(database, "WHERE live = 1 ORDER BY menu", {}); });
}

} // namespace tallyline::storage
