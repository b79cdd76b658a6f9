#include "storage/review_list.h"

#include "storage/sqlite/schema.h"

namespace tallyline::storage {
namespace {

struct waiting {
  std::string form, key;
  std::vector<std::int64_t> seqs;
};

// What was reported in training needs nobody's decision.
std::vector<waiting> keys_that_wait(sqlite::database& db) {
  std::vector<waiting> all;
  sqlite::statement rows(
      db,
      "SELECT form, key, seq FROM record WHERE state = 2 AND NOT (form >= 'training.' AND form < 'training/') UNION "
      "SELECT r.form, r.key, r.seq FROM record r WHERE r.flagged = 1 AND r.state = 0 AND "
      "r.decided IS NULL AND NOT (r.form >= 'training.' AND r.form < 'training/') ORDER BY 1, 2, 3");
  while (rows.step()) {
    if (all.empty() || all.back().form != rows.text(0) || all.back().key != rows.text(1))
      all.push_back({std::string(rows.text(0)), std::string(rows.text(1)), {}});
    all.back().seqs.push_back(rows.number(2));
  }
  return all;
}

} // namespace

boost::system::result<std::vector<open_review>> open_reviews(const std::filesystem::path& database) {
  auto records = reader::open(database);
  if (!records) return records.error();
  return sqlite::guarded("listing reviews", [&] {
    auto db = sqlite::open_for_reading(database.string());
    sqlite::statement current(db, "SELECT seq FROM record WHERE form = ?1 AND key = ?2 AND state = 0");
    std::vector<open_review> all;
    for (auto& w : keys_that_wait(db)) {
      {
        const sqlite::using_statement open(current);
        if (current.bind_text(1, w.form).bind_text(2, w.key).step()) {
          std::erase(w.seqs, current.number(0));
          w.seqs.insert(w.seqs.begin(), current.number(0));
        }
      }
      auto& review = all.emplace_back();
      review.form = w.form;
      for (const auto seq : w.seqs) {
        auto found = records->find_record(seq);
        if (!found) throw sqlite::failure(static_cast<errc>(found.error().value()), SQLITE_ERROR, "a record");
        if (*found) review.versions.push_back(std::move(**found));
      }
    }
    return all;
  });
}

boost::system::result<std::vector<past_decision>> decisions_on(const std::filesystem::path& database,
                                                               std::int64_t seq) {
  return sqlite::guarded("reading decisions", [&] {
    auto db = sqlite::open_for_reading(database.string());
    sqlite::statement rows(
        db, "SELECT seq, record, state, by, reason, time_ms FROM decision WHERE record = ?1 ORDER BY seq");
    rows.bind(1, seq);
    std::vector<past_decision> all;
    while (rows.step())
      all.push_back({rows.number(0), rows.number(1), static_cast<record_state>(rows.number(2)),
                     std::string(rows.text(3)), std::string(rows.text(4)), rows.number(5)});
    return all;
  });
}

} // namespace tallyline::storage
