#include "storage/settings.h"

#include "storage/ledger_rows.h"
#include "storage/sqlite/schema.h"

namespace tallyline::storage {

boost::system::result<int> note_settings(const std::filesystem::path& database, const canonical::named_texts& values,
                                          std::string_view by, std::int64_t now_ms) {
  return sqlite::guarded("noting the settings", [&] {
    auto db = sqlite::open_for_writing(database.string(), sqlite::mode::read_write);
    db.exec("PRAGMA busy_timeout=5000"); // a running gateway holds the database for moments only
    sqlite::transaction all(db);
    // The second condition lets SQLite take the index of entries that are no records.
    sqlite::statement last(db, "SELECT body FROM entry WHERE kind = 6 AND kind <> 1 ORDER BY seq DESC LIMIT 1");
    const auto said = last.step() ? canonical::read_settings(last.blob(0)) : std::nullopt;
    if (said && said->values == values) return 0;
    last.reset();
    ledger_rows::append(db, canonical::kind::settings, canonical::settings_bytes(values, by, now_ms));
    all.commit();
    return 1;
  });
}

} // namespace tallyline::storage
