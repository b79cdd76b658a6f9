#include "storage/reminders.h"

#include "storage/sqlite/schema.h"

namespace tallyline::storage {

struct reminders::connection {
  explicit connection(const std::string& path)
      : db(sqlite::open_for_writing(path, sqlite::mode::read_write)),
        last(db, "SELECT max(time_ms) FROM reminder WHERE msisdn = ?1 AND form = ?2 AND kind = ?3 AND state <> 2"),
        waves(
            db,
            "SELECT count(*) FROM reminder WHERE msisdn = ?1 AND form = ?2 AND kind = ?3 AND key = ?4 AND state <> 2"),
        counts(db, "SELECT 1 FROM record WHERE form = ?1 AND key = ?2 AND state = 0 UNION ALL "
                   "SELECT 1 FROM record WHERE form = ?1 AND key = ?2 AND state = 2"),
        put(db, "INSERT INTO reminder(form, key, msisdn, kind, wave, bearer, state, time_ms, why) "
                "VALUES(?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, '')"),
        done(db, "UPDATE reminder SET state = ?2, why = ?3 WHERE no = ?1") {
    db.exec("PRAGMA busy_timeout=5000"); // a running gateway holds the database for moments only
  }

  bool was_written_to(const wanted& w, std::int64_t since) {
    const sqlite::using_statement open(last);
    last.bind(1, static_cast<std::int64_t>(w.msisdn)).bind_text(2, w.form).bind(3, static_cast<int>(w.kind));
    return last.step() && !last.is_null(0) && last.number(0) > since;
  }
  bool is_reported(const wanted& w, const std::string& key) {
    const sqlite::using_statement open(counts);
    return counts.bind_text(1, w.form).bind_text(2, key).step();
  }
  std::int64_t earlier(const wanted& w, const std::string& key) {
    const sqlite::using_statement open(waves);
    waves.bind(1, static_cast<std::int64_t>(w.msisdn)).bind_text(2, w.form).bind(3, static_cast<int>(w.kind));
    return waves.bind_text(4, key).step() ? waves.number(0) : 0;
  }

  std::vector<std::int64_t> plan(const wanted& w, std::int64_t now_ms, std::int64_t not_since_ms) {
    std::vector<std::int64_t> rows;
    if (was_written_to(w, not_since_ms)) return rows;
    for (const auto& key : w.keys) {
      if (w.kind == reminder_kind::reminder && is_reported(w, key)) continue;
      const auto wave = earlier(w, key) + 1;
      put.bind_text(1, w.form).bind_text(2, key).bind(3, static_cast<std::int64_t>(w.msisdn));
      put.bind(4, static_cast<int>(w.kind)).bind(5, wave).bind(6, static_cast<int>(w.by)).bind(7, now_ms).run();
      rows.push_back(db.last_row());
    }
    return rows;
  }

  sqlite::database db;
  sqlite::statement last, waves, counts, put, done;
};

boost::system::result<reminders> reminders::open(const std::filesystem::path& database) {
  return sqlite::guarded("opening for reminders",
                         [&] { return reminders(std::make_unique<connection>(database.string())); });
}

reminders::reminders(std::unique_ptr<connection> c) : connection_(std::move(c)) {}
reminders::reminders(reminders&&) noexcept = default;
reminders& reminders::operator=(reminders&&) noexcept = default;
reminders::~reminders() = default;

boost::system::result<std::vector<std::vector<std::int64_t>>>
reminders::plan(const std::vector<wanted>& all, std::int64_t now_ms, std::int64_t not_since_ms) {
  return sqlite::guarded("planning reminders", [&] {
    sqlite::transaction one(connection_->db);
    std::vector<std::vector<std::int64_t>> rows;
    for (const auto& w : all)
      rows.push_back(connection_->plan(w, now_ms, not_since_ms));
    one.commit();
    return rows;
  });
}

boost::system::result<void> reminders::settle(const std::vector<std::int64_t>& rows, bool sent,
                                              const std::string& why) {
  return sqlite::guarded("noting reminders", [&] {
    sqlite::transaction one(connection_->db);
    for (const auto no : rows)
      connection_->done.bind(1, no)
          .bind(2, static_cast<int>(sent ? reminder_state::sent : reminder_state::refused))
          .bind_text(3, why)
          .run();
    one.commit();
  });
}

boost::system::result<void> reminders::for_each(const std::string& form,
                                                const std::function<void(const reminder&)>& each) {
  return sqlite::guarded("reading reminders", [&] {
    sqlite::statement rows(connection_->db,
                           "SELECT no, form, key, msisdn, kind, wave, bearer, state, time_ms, why FROM reminder WHERE "
                           "?1 = '' OR form = ?1 ORDER BY no");
    rows.bind_text(1, form);
    while (rows.step())
      each({rows.number(0), std::string(rows.text(1)), std::string(rows.text(2)),
            static_cast<std::uint64_t>(rows.number(3)), static_cast<reminder_kind>(rows.number(4)),
            static_cast<int>(rows.number(5)), static_cast<bearer>(rows.number(6)),
            static_cast<reminder_state>(rows.number(7)), rows.number(8), std::string(rows.text(9))});
  });
}

} // namespace tallyline::storage
