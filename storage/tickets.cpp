#include "storage/tickets.h"

#include "storage/file_lock.h"
#include "storage/import.h"
#include "storage/receipt.h"
#include "storage/record_door.h"
#include "storage/sqlite/schema.h"

namespace tallyline::storage {

boost::system::result<std::vector<ticket>> tickets(const std::filesystem::path& database, std::string_view form) {
  return sqlite::guarded("tickets", [&] {
    auto db = sqlite::open_for_reading(database.string());
    std::vector<ticket> all;
    sqlite::statement rows(
        db, "SELECT s.ticket, s.seq, s.scope, s.part, r.receipt, s.since_ms, coalesce(s.done_seq, 0), "
            "coalesce(s.done_ms, 0), coalesce(s.done_form, ''), f.fields, coalesce(d.fields, ''), p.value, "
            "coalesce((SELECT c.value FROM personal c WHERE c.seq = s.seq AND c.name = 'callback'), '') "
            "FROM step s JOIN record r ON r.seq = s.seq JOIN fact f ON f.seq = s.seq LEFT JOIN fact d ON "
            "d.seq = s.done_seq LEFT JOIN personal p ON p.seq = s.seq AND p.no = 0 WHERE s.form = ?1 ORDER BY s.ticket");
    rows.bind_text(1, form);
    while (rows.step()) {
      ticket t;
      t.number = rows.number(0), t.seq = rows.number(1), t.scope = rows.text(2), t.part = rows.text(3);
      t.receipt = receipt::to_text(static_cast<std::uint64_t>(rows.number(4)));
      t.since_ms = rows.number(5), t.done_seq = rows.number(6), t.done_ms = rows.number(7), t.done_form = rows.text(8);
      t.fields = rows.text(9), t.done_fields = rows.text(10);
      if (!rows.is_null(11) && rows.number(11) != 0) t.msisdn = static_cast<std::uint64_t>(rows.number(11));
      t.callback = rows.text(12);
      all.push_back(std::move(t));
    }
    return all;
  });
}

boost::system::result<outcome> submit_offline(const std::filesystem::path& database, const report& r) {
  if (!std::filesystem::exists(database)) return make_error_code(errc::no_database);
  auto roster = load_election(database);
  if (!roster) return roster.error();
  const auto lock = file_lock::take(database);
  if (!lock) return lock.error();
  const auto key = pin_key::open(database);
  if (!key) return key.error();
  boost::system::error_code refused;
  auto done = sqlite::guarded("recording", [&] {
    auto db = sqlite::open_for_writing(database.string(), sqlite::mode::read_write);
    sqlite::transaction all(db);
    record_door door(db, std::make_shared<const election>(std::move(*roster)), *key);
    auto came = door.submit(r);
    if (!came) {
      refused = came.error();
      return outcome{};
    }
    door.before_commit();
    all.commit();
    return std::move(*came);
  });
  if (refused) return refused;
  return done;
}

boost::system::result<void> leave_notice(const std::filesystem::path& database, std::uint64_t msisdn,
                                         std::string_view text, std::int64_t now_ms) {
  const auto lock = file_lock::take(database);
  if (!lock) return lock.error();
  const auto done = sqlite::guarded("notice", [&] {
    auto db = sqlite::open_for_writing(database.string(), sqlite::mode::read_write);
    sqlite::statement(db, "INSERT INTO notice(msisdn, text, since_ms) VALUES(?1, ?2, ?3)")
        .bind(1, static_cast<std::int64_t>(msisdn))
        .bind_text(2, text)
        .bind(3, now_ms)
        .run();
    return 1;
  });
  if (!done) return done.error();
  return {};
}

} // namespace tallyline::storage
