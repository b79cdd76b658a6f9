#include "storage/sites.h"

#include "storage/ledger_rows.h"
#include "storage/sqlite/schema.h"

#include <cstring>
#include <fmt/format.h>
#include <sodium.h>

namespace tallyline::storage {
namespace {

const unsigned char* octets(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }

constexpr std::string_view sites_sql =
    "SELECT s.code, s.area, s.msisdn, coalesce(k.key, s.key), k.code IS NOT NULL, coalesce(t.last_call, 0) FROM site s "
    "LEFT JOIN site_key k ON k.code = s.code LEFT JOIN site_state t ON t.code = s.code ORDER BY s.pos";
constexpr std::string_view calls_sql =
    "SELECT s.code, s.area, coalesce(k.key, s.key) <> x'', count(c.id), coalesce(sum(c.took_ms), 0), "
    "coalesce(sum(c.octets_in), 0), coalesce(sum(c.octets_out), 0), coalesce(sum(c.retries), 0), "
    "coalesce(sum(c.reports), 0), coalesce(max(c.began_ms), 0), "
    "coalesce(max(CASE WHEN c.reports > 0 THEN c.began_ms + c.took_ms END), 0), "
    "coalesce((SELECT ended FROM call l WHERE l.site = s.code ORDER BY l.began_ms DESC, l.id DESC LIMIT 1), '') "
    "FROM site s LEFT JOIN site_key k ON k.code = s.code LEFT JOIN call c ON c.site = s.code "
    "GROUP BY s.code ORDER BY s.pos";

} // namespace

std::string seal_secret(const pin_key& key, std::string_view code, const site_secret& secret) {
  const auto under = key.seal(fmt::format("site {}", code));
  std::string out(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + secret.size(), '\0');
  auto* at = reinterpret_cast<unsigned char*>(out.data());
  randombytes_buf(at, crypto_secretbox_NONCEBYTES);
  crypto_secretbox_easy(at + crypto_secretbox_NONCEBYTES, secret.data(), secret.size(), at, under.data());
  return out;
}

std::optional<site_secret> open_secret(const pin_key& key, std::string_view code, std::string_view sealed) {
  site_secret secret;
  if (sealed.size() != crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + secret.size()) return std::nullopt;
  const auto under = key.seal(fmt::format("site {}", code));
  const auto box = sealed.substr(crypto_secretbox_NONCEBYTES);
  if (crypto_secretbox_open_easy(secret.data(), octets(box), box.size(), octets(sealed), under.data()) != 0)
    return std::nullopt;
  return secret;
}

result<std::vector<known_site>> load_sites(const std::filesystem::path& database) {
  const auto key = pin_key::open(database);
  if (!key) return key.error();
  return sqlite::guarded("loading the sites", [&] {
    auto db = sqlite::open_for_reading(database.string());
    std::vector<known_site> all;
    sqlite::statement rows(db, sites_sql);
    while (rows.step()) {
      known_site s;
      s.code = rows.text(0), s.area = rows.text(1);
      s.msisdn = static_cast<std::uint64_t>(rows.number(2));
      s.key = open_secret(*key, s.code, rows.blob(3));
      s.revoked = rows.number(4) != 0 && !s.key;
      s.last_call = static_cast<std::uint64_t>(rows.number(5));
      all.push_back(std::move(s));
    }
    return all;
  });
}

result<void> set_site_key(const std::filesystem::path& database, std::string_view code,
                          const std::optional<site_secret>& key, std::string_view by, std::int64_t now_ms) {
  if (!std::filesystem::exists(database)) return make_error_code(errc::no_database); // said before its key file is
  const auto sealing = pin_key::open(database);
  if (!sealing) return sealing.error();
  const std::string sealed = key ? seal_secret(*sealing, code, *key) : std::string();
  const auto known = sqlite::guarded("a site's key", [&] {
    auto db = sqlite::open_for_writing(database.string(), sqlite::mode::read_write);
    db.exec("PRAGMA busy_timeout=5000"); // a running gateway holds the database for moments only
    sqlite::transaction all(db);
    sqlite::statement find(db, "SELECT 1 FROM site WHERE code = ?1");
    if (!find.bind_text(1, code).step()) return 0;
    find.reset();
    sqlite::statement(db, "REPLACE INTO site_key(code, key, since_ms) VALUES(?1, ?2, ?3)")
        .bind_text(1, code)
        .bind_blob(2, sealed)
        .bind(3, now_ms)
        .run();
    for (const char* forget : {"DELETE FROM site_state WHERE code = ?1", "DELETE FROM site_answer WHERE code = ?1"})
      sqlite::statement(db, forget).bind_text(1, code).run();
    ledger_rows::append(db, canonical::kind::site_key, canonical::site_key_bytes({code, key.has_value(), by, now_ms}));
    all.commit();
    return 1;
  });
  if (!known) return known.error();
  if (*known == 0) return make_error_code(errc::not_on_roster);
  return {};
}

result<std::vector<site_calls>> load_site_calls(const std::filesystem::path& database) {
  return sqlite::guarded("loading the sites' calls", [&] {
    auto db = sqlite::open_for_reading(database.string());
    std::vector<site_calls> all;
    sqlite::statement rows(db, calls_sql);
    while (rows.step()) {
      site_calls s;
      s.code = rows.text(0), s.area = rows.text(1), s.enrolled = rows.number(2) != 0;
      s.calls = rows.number(3), s.took_ms = rows.number(4), s.octets_in = rows.number(5), s.octets_out = rows.number(6);
      s.retries = rows.number(7), s.reports = rows.number(8), s.last_call_ms = rows.number(9);
      s.last_report_ms = rows.number(10), s.last_end = rows.text(11);
      all.push_back(std::move(s));
    }
    return all;
  });
}

} // namespace tallyline::storage
