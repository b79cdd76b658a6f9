#include "storage/reader.h"

#include "storage/past_rows.h"
#include "storage/receipt.h"
#include "storage/sqlite/schema.h"

#include <cstring>
#include <fmt/format.h>

namespace tallyline::storage {
namespace {

constexpr std::string_view record_columns =
    "SELECT r.seq, r.state, r.receipt, r.flagged, r.supersedes, r.superseded_by, p.value, e.body, e.leaf FROM record r "
    "JOIN entry e ON e.seq = r.seq LEFT JOIN personal p ON p.seq = r.seq AND p.no = 0 WHERE ";

ledger::hash hash_of(std::string_view bytes) {
  ledger::hash h;
  if (bytes.size() != h.size()) throw sqlite::failure(errc::corrupt, SQLITE_CORRUPT, "a leaf is not 32 bytes");
  std::memcpy(h.data(), bytes.data(), h.size());
  return h;
}

stored_record record_of(const sqlite::statement& row) {
  stored_record r;
  r.seq = row.number(0);
  r.state = static_cast<record_state>(row.number(1));
  r.receipt = receipt::to_text(static_cast<std::uint64_t>(row.number(2)));
  r.flagged = row.number(3) != 0;
  r.supersedes = row.number(4);
  r.superseded_by = row.number(5);
  if (!row.is_null(6)) r.msisdn = static_cast<std::uint64_t>(row.number(6));
  r.body = row.blob(7);
  r.leaf = hash_of(row.blob(8));
  return r;
}

constexpr std::string_view fact_columns =
    "SELECT r.seq, f.time_ms, r.receipt, f.bearer, r.form, r.key, f.scope, f.flags, f.reason, f.fields FROM record r ";

// What was reported in training is asked for by its form's name alone.
constexpr std::string_view untrained = "AND NOT (r.form >= 'training.' AND r.form < 'training/') ";

void each_row(sqlite::statement& rows, const reader::each_fact& f) {
  reader::fact_row row;
  while (rows.step()) {
    row.seq = rows.number(0), row.time_ms = rows.number(1), row.receipt = static_cast<std::uint64_t>(rows.number(2));
    row.by = static_cast<bearer>(rows.number(3));
    row.form = rows.text(4), row.key = rows.text(5), row.scope = rows.text(6), row.flags = rows.text(7);
    row.reason = rows.text(8), row.fields = rows.text(9);
    f(row);
  }
}

} // namespace

struct reader::connection {
  explicit connection(const std::string& path)
      : db(sqlite::open_for_reading(path)),
        // By seq, so that the entries are read in the order in which they lie in the file.
        bodies(db, "SELECT r.seq, e.body FROM record r NOT INDEXED CROSS JOIN entry e ON e.seq = r.seq WHERE r.form = "
                   "?1 AND r.state = ?2 ORDER BY r.seq"),
        counts(db, "SELECT form, state, count(*), sum(flagged) FROM record GROUP BY form, state ORDER BY form, state"),
        by_receipt(db, std::string(record_columns) + "r.receipt = ?1"),
        by_seq(db, std::string(record_columns) + "r.seq = ?1"),
        entries(db, "SELECT seq, body, leaf FROM entry ORDER BY seq"),
        done_since(db, "SELECT (SELECT count(*) FROM step WHERE form = ?1 AND scope = ?2 AND done_ms > ?3 AND "
                       "done_form <> ''), "
                       "coalesce((SELECT max(done_ms) FROM step WHERE form = ?1 AND scope = ?2 AND done_ms > 0), 0)"),
        leaves(db, "SELECT seq, leaf FROM entry ORDER BY seq") {}

  std::optional<stored_record> one(sqlite::statement& query, std::int64_t value) {
    const sqlite::using_statement open(query);
    if (!query.bind(1, value).step()) return std::nullopt;
    return record_of(query);
  }
  void each(std::string_view form, record_state state, const each_body& f) {
    const sqlite::using_statement open(bodies);
    bodies.bind_text(1, form).bind(2, static_cast<int>(state));
    while (bodies.step())
      f(bodies.number(0), bodies.blob(1));
  }
  template <class F> void each_leaf(F f) {
    const sqlite::using_statement open(leaves);
    std::int64_t expected = 1;
    for (; leaves.step(); ++expected) {
      if (leaves.number(0) != expected) throw sqlite::failure(errc::corrupt, SQLITE_CORRUPT, "the ledger has a gap");
      f(hash_of(leaves.blob(1)));
    }
  }

  sqlite::database db;
  sqlite::statement bodies, counts, by_receipt, by_seq, entries, done_since, leaves;
};

boost::system::result<reader> reader::open(const std::filesystem::path& database) {
  return sqlite::guarded("opening for reports",
                         [&] { return reader(std::make_unique<connection>(database.string())); });
}

reader::reader(std::unique_ptr<connection> c) : connection_(std::move(c)) {}
reader::reader(reader&&) noexcept = default;
reader& reader::operator=(reader&&) noexcept = default;
reader::~reader() = default;

boost::system::result<void> reader::for_each_current_record(std::string_view form, const each_body& each) {
  return sqlite::guarded("reading records", [&] { connection_->each(form, record_state::current, each); });
}

boost::system::result<void> reader::for_each_review_record(std::string_view form, const each_body& each) {
  return sqlite::guarded("reading records", [&] { connection_->each(form, record_state::review, each); });
}

boost::system::result<void> reader::for_each_total(std::string_view form, const each_total& each) {
  return sqlite::guarded("reading totals", [&] {
    sqlite::statement rows(connection_->db, "SELECT part, area, records, flagged, sums FROM total WHERE form = ?1");
    rows.bind_text(1, form);
    sums s;
    while (rows.step()) {
      s.records = rows.number(2), s.flagged = rows.number(3);
      if (!from_bytes(rows.blob(4), s)) throw sqlite::failure(errc::corrupt, SQLITE_CORRUPT, "a total is damaged");
      each(rows.text(0), rows.text(1), s);
    }
  });
}

boost::system::result<std::int64_t> reader::count(std::string_view form, record_state state) {
  return sqlite::guarded("counting records", [&] {
    sqlite::statement rows(connection_->db, fmt::format("SELECT count(*) FROM record WHERE form = ?1 AND state = {}",
                                                        static_cast<int>(state)));
    rows.bind_text(1, form);
    return rows.step() ? rows.number(0) : 0;
  });
}

boost::system::result<void> reader::for_each_key(std::string_view form, record_state state,
                                                 const std::function<void(std::string_view)>& each) {
  return sqlite::guarded("reading keys", [&] {
    // The state stands in the text, so that SQLite sees which of the partial indices serves.
    sqlite::statement rows(
        connection_->db, fmt::format("SELECT key FROM record WHERE form = ?1 AND state = {}", static_cast<int>(state)));
    rows.bind_text(1, form);
    while (rows.step())
      each(rows.text(0));
  });
}

boost::system::result<void> reader::for_each_fact(std::string_view form, record_state state, const each_fact& each) {
  return sqlite::guarded("reading records", [&] {
    // The state stands in the text, so that SQLite sees which of the partial indices serves. Of all current ones none
    // does better than reading the table as it lies.
    const std::string wanted =
        fmt::format("CROSS JOIN fact f ON f.seq = r.seq WHERE r.state = {} ", static_cast<int>(state));
    const std::string which = !form.empty() ? wanted + "AND r.form = ?1 ORDER BY r.key"
                              : state == record_state::current
                                  ? "NOT INDEXED " + wanted + std::string(untrained) + "ORDER BY r.seq"
                                  : wanted + std::string(untrained) + "ORDER BY r.form, r.key";
    sqlite::statement rows(connection_->db, std::string(fact_columns) + which);
    if (!form.empty()) rows.bind_text(1, form);
    each_row(rows, each);
  });
}

boost::system::result<void> reader::for_each_flagged(const each_fact& each) {
  return sqlite::guarded("reading records", [&] {
    sqlite::statement rows(connection_->db, std::string(fact_columns) +
                                                "NOT INDEXED CROSS JOIN fact f ON f.seq = r.seq WHERE r.flagged = 1 "
                                                "AND r.state = 0 " +
                                                std::string(untrained) + "ORDER BY r.seq");
    each_row(rows, each);
  });
}

boost::system::result<void> reader::for_each_correction(std::string_view form,
                                                        const std::function<void(const correction&)>& each) {
  return sqlite::guarded("reading corrections", [&] {
    sqlite::statement rows(connection_->db,
                           "SELECT r.superseded_by, e.body FROM record r CROSS JOIN entry e ON e.seq = r.superseded_by "
                           "WHERE r.form = ?1 AND r.state = 1");
    rows.bind_text(1, form);
    canonical::record_view v;
    while (rows.step()) {
      if (!canonical::read_record(rows.blob(1), v))
        throw sqlite::failure(errc::corrupt, SQLITE_CORRUPT, fmt::format("entry {} is not a record", rows.number(0)));
      if (v.entry != 2) each({rows.number(0), v.time_ms, v.scope, v.by}); // 2: agrees with the one it supersedes
    }
  });
}

boost::system::result<void> reader::for_each_step(std::string_view form,
                                                  const std::function<void(const step_row&)>& each) {
  return sqlite::guarded("reading steps", [&] {
    sqlite::statement rows(
        connection_->db,
        "SELECT scope, done_form, seq, ticket, since_ms, done_seq, done_ms FROM step NOT INDEXED WHERE form = ?1");
    rows.bind_text(1, form);
    while (rows.step())
      each({rows.text(0), rows.text(1), rows.number(2), rows.number(3), rows.number(4), rows.number(5),
            rows.number(6)});
  });
}

boost::system::result<void>
reader::for_each_ticket(std::string_view form, std::string_view answer,
                        const std::function<void(const step_row&, std::string_view)>& each) {
  return sqlite::guarded("reading tickets", [&] {
    sqlite::statement rows(connection_->db,
                           "SELECT s.scope, s.done_form, s.seq, s.ticket, s.since_ms, s.done_seq, s.done_ms, "
                           "json_extract(f.fields, '$.' || ?2) FROM step s LEFT JOIN fact f ON f.seq = s.seq WHERE "
                           "s.form = ?1 ORDER BY s.ticket");
    rows.bind_text(1, form).bind_text(2, answer);
    while (rows.step())
      each({rows.text(0), rows.text(1), rows.number(2), rows.number(3), rows.number(4), rows.number(5),
            rows.number(6)},
           rows.text(7));
  });
}

boost::system::result<void>
reader::for_each_waiting(std::string_view form, const std::function<void(std::string_view, std::int64_t)>& each) {
  return sqlite::guarded("reading queues", [&] {
    sqlite::statement rows(connection_->db,
                           "SELECT scope, since_ms FROM step INDEXED BY step_waiting WHERE form = ?1 AND done_ms IS "
                           "NULL ORDER BY scope, since_ms");
    rows.bind_text(1, form);
    while (rows.step())
      each(rows.text(0), rows.number(1));
  });
}

boost::system::result<void> reader::for_each_queue(std::string_view form, const each_queue& each) {
  return sqlite::guarded("reading queues", [&] {
    sqlite::statement rows(connection_->db,
                           "SELECT scope, count(*), min(since_ms) FROM step INDEXED BY step_waiting WHERE form = ?1 "
                           "AND done_ms IS NULL GROUP BY scope");
    rows.bind_text(1, form);
    while (rows.step())
      each(rows.text(0), rows.number(1), rows.number(2));
  });
}

boost::system::result<reader::work_done> reader::done_since(std::string_view form, std::string_view scope,
                                                            std::int64_t since_ms) {
  return sqlite::guarded("reading queues", [&] {
    auto& row = connection_->done_since;
    const sqlite::using_statement open(row);
    row.bind_text(1, form).bind_text(2, scope).bind(3, since_ms);
    return row.step() ? work_done{row.number(0), row.number(1)} : work_done{};
  });
}

boost::system::result<std::vector<state_count>> reader::counts() {
  return sqlite::guarded("counting records", [&] {
    std::vector<state_count> all;
    auto& rows = connection_->counts;
    const sqlite::using_statement open(rows);
    while (rows.step())
      all.push_back(
          {std::string(rows.text(0)), static_cast<record_state>(rows.number(1)), rows.number(2), rows.number(3)});
    return all;
  });
}

boost::system::result<std::vector<past_entry>> reader::past(std::string_view scope,
                                                            const std::vector<std::string>& forms) {
  return sqlite::guarded("reading records", [&] {
    sqlite::statement rows(connection_->db, past_sql);
    std::vector<past_entry> all;
    const std::string key = joined_key({std::string(scope)});
    for (const auto& form : forms)
      read_past(rows, form, key, all);
    return all;
  });
}

boost::system::result<void>
reader::for_each_draft(const std::function<void(std::uint64_t, std::string_view, std::string_view)>& each) {
  return sqlite::guarded("reading unfinished reports", [&] {
    sqlite::statement rows(connection_->db, "SELECT msisdn, menu, bytes FROM draft ORDER BY slot");
    while (rows.step())
      each(static_cast<std::uint64_t>(rows.number(0)), rows.text(1), rows.blob(2));
  });
}

boost::system::result<std::optional<stored_record>> reader::find_receipt(std::string_view code) {
  const auto parsed = receipt::parse(code);
  if (parsed.wrong != receipt::fault::none) return std::optional<stored_record>();
  return sqlite::guarded("looking up a receipt", [&] {
    return connection_->one(connection_->by_receipt, static_cast<std::int64_t>(parsed.receipt));
  });
}

boost::system::result<std::optional<stored_record>> reader::find_record(std::int64_t seq) {
  return sqlite::guarded("looking up a record", [&] { return connection_->one(connection_->by_seq, seq); });
}

boost::system::result<void>
reader::for_each_entry(const std::function<void(std::int64_t, std::string_view, const ledger::hash&)>& each) {
  return sqlite::guarded("reading the ledger", [&] {
    auto& rows = connection_->entries;
    const sqlite::using_statement open(rows);
    while (rows.step())
      each(rows.number(0), rows.blob(1), hash_of(rows.blob(2)));
  });
}

boost::system::result<std::vector<ledger::hash>> reader::leaves() {
  return sqlite::guarded("reading the ledger", [&] {
    std::vector<ledger::hash> all;
    connection_->each_leaf([&](const ledger::hash& leaf) { all.push_back(leaf); });
    return all;
  });
}

boost::system::result<reader::head> reader::tree_head() {
  return sqlite::guarded("reading the ledger", [&] {
    ledger::frontier edge;
    connection_->each_leaf([&](const ledger::hash& leaf) { edge.append(leaf); });
    return head{static_cast<std::int64_t>(edge.size()), edge.root()};
  });
}

reader::snapshot::snapshot(reader& r) : reader_(r) { reader_.connection_->db.exec("BEGIN"); }
reader::snapshot::~snapshot() { sqlite3_exec(reader_.connection_->db.handle(), "COMMIT", nullptr, nullptr, nullptr); }

} // namespace tallyline::storage
