#include "storage/forget.h"

#include "storage/file_lock.h"
#include "storage/ledger_rows.h"
#include "storage/sqlite/schema.h"

#include <algorithm>
#include <string>
#include <vector>

namespace tallyline::storage {
namespace {

class forgetting {
public:
  forgetting(sqlite::database& db, std::uint64_t msisdn)
      : db_(db), msisdn_(static_cast<std::int64_t>(msisdn)), digits_(std::to_string(msisdn)) {}

  forgotten run(std::string_view by, std::string_view reason, std::int64_t now_ms) {
    forgotten done;
    const auto sent = records("SELECT seq FROM personal WHERE no = 0 AND value = ?1 ORDER BY seq");
    const auto named = records("SELECT DISTINCT seq FROM personal WHERE no > 0 AND value IN (?1, ?2, '+' || ?2) "
                               "ORDER BY seq");
    done.records = static_cast<std::int64_t>(sent.size());
    sqlite::statement all_of(db_, "DELETE FROM personal WHERE seq = ?1");
    for (const auto seq : sent) {
      all_of.bind(1, seq).run();
      done.values += db_.changes();
    }
    done.values += remove("DELETE FROM personal WHERE no > 0 AND value IN (?1, ?2, '+' || ?2)");
    done.roles = remove("DELETE FROM person WHERE msisdn = ?1");
    remove("DELETE FROM person_change WHERE ?1 IN (msisdn, pack_msisdn)");
    done.drafts = remove("DELETE FROM draft WHERE msisdn = ?1");
    done.messages = remove("DELETE FROM outbox WHERE msisdn = ?1");
    remove("DELETE FROM notice WHERE msisdn = ?1");
    const auto chosen = remove("DELETE FROM preference WHERE msisdn = ?1");
    const auto reminded = remove("UPDATE reminder SET msisdn = 0, why = '' WHERE msisdn = ?1"); // that one went out stays
    if (done.values + done.roles + done.drafts + done.messages + chosen + reminded == 0)
      throw sqlite::failure(errc::not_on_roster, SQLITE_OK, "nothing is known of this number");
    canonical::forgetting_view body{{}, reason, by, now_ms};
    std::set_union(sent.begin(), sent.end(), named.begin(), named.end(), std::back_inserter(body.records));
    done.entry = ledger_rows::append(db_, canonical::kind::forgetting, canonical::forgetting_bytes(body));
    return done;
  }

private:
  void bind(sqlite::statement& s, std::string_view sql) {
    s.bind(1, msisdn_);
    if (sql.find("?2") != sql.npos) s.bind_text(2, digits_);
  }
  std::vector<std::int64_t> records(std::string_view sql) {
    sqlite::statement rows(db_, sql);
    bind(rows, sql);
    std::vector<std::int64_t> all;
    while (rows.step())
      all.push_back(rows.number(0));
    return all;
  }
  std::int64_t remove(std::string_view sql) {
    sqlite::statement s(db_, sql);
    bind(s, sql);
    s.run();
    return db_.changes();
  }

  sqlite::database& db_;
  std::int64_t msisdn_;
  std::string digits_;
};

} // namespace

boost::system::result<forgotten> forget(const std::filesystem::path& database, std::uint64_t msisdn,
                                        std::string_view by, std::string_view reason, std::int64_t now_ms) {
  if (!std::filesystem::exists(database)) return make_error_code(errc::no_database);
  const auto lock = file_lock::take(database);
  if (!lock) return lock.error();
  return sqlite::guarded("forgetting", [&] {
    auto db = sqlite::open_for_writing(database.string(), sqlite::mode::read_write);
    db.exec("PRAGMA secure_delete=ON");
    forgotten done;
    {
      sqlite::transaction all(db);
      done = forgetting(db, msisdn).run(by, reason, now_ms);
      all.commit();
    }
    // The log holds the pages as they were.
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return done;
  });
}

} // namespace tallyline::storage
