#include "storage/verify.h"

#include "storage/bundle.h"
#include "storage/ledger_rows.h"
#include "storage/sqlite/schema.h"
#include "storage/verify_parts.h"

#include <algorithm>
#include <fmt/format.h>
#include <future>
#include <map>
#include <optional>

namespace tallyline::storage {
namespace {

using namespace verifying;

kept_value value_of(const sqlite::statement& row, int column) {
  switch (row.type(column)) {
  case SQLITE_INTEGER:
    return {kept_value::type::integer, row.number(column), {}};
  case SQLITE_TEXT:
    return {kept_value::type::text, 0, std::string(row.text(column))};
  case SQLITE_BLOB:
    return {kept_value::type::blob, 0, std::string(row.blob(column))};
  case SQLITE_NULL:
    return {};
  default:
    return {kept_value::type::other, 0, {}};
  }
}

// A cursor that stands on its next row.
class cursor {
public:
  cursor(sqlite::database& db, const char* sql) : rows_(db, sql) { next(); }
  void next() { there_ = rows_.step(); }
  bool there() const { return there_; }
  std::int64_t seq() const { return there_ ? rows_.number(0) : INT64_MAX; }
  const sqlite::statement& row() const { return rows_; }

private:
  sqlite::statement rows_;
  bool there_ = false;
};

class database_check {
public:
  database_check(sqlite::database& db, const std::filesystem::path& path, const verify_options& o)
      : db_(db), path_(path), options_(o), order_(db.number("SELECT count(*) FROM entry")) {}

  std::optional<wrong_row> run() {
    if (auto wrong = entries()) return wrong;
    if (auto wrong = order_.finish()) return wrong;
    if (auto wrong = decisions()) return wrong;
    if (auto wrong = order_.steps().compare(db_)) return wrong;
    if (auto wrong = numbers()) return wrong;
    if (auto wrong = heads()) return wrong;
    if (auto wrong = subtrees()) return wrong;
    if (auto wrong = menus()) return wrong;
    return roster_.finish(db_);
  }
  verified what() {
    auto w = order_.what();
    w.root = order_.tree().root(order_.tree().size());
    w.unsigned_entries = w.entries - (w.newest ? static_cast<std::int64_t>(w.newest->size) : 0);
    return w;
  }

private:
  std::optional<wrong_row> entries() {
    cursor entry(db_, "SELECT seq, kind, body, leaf FROM entry ORDER BY seq");
    cursor record(db_, "SELECT seq, form, key, state, receipt, flagged, supersedes, superseded_by, decided FROM record "
                       "NOT INDEXED ORDER BY seq");
    cursor personal(db_, "SELECT seq, no, salt, name, value FROM personal ORDER BY seq, no");
    pipeline all(order_, options_, db_.number("SELECT count(*) FROM entry"));
    for (; entry.there(); entry.next()) {
      entry_row e{entry.seq(),
                  entry.row().number(1),
                  std::string(entry.row().blob(2)),
                  std::string(entry.row().blob(3)),
                  false,
                  false,
                  {},
                  {}};
      if (auto wrong = orphan(record, personal, e.seq, all)) return wrong;
      if (record.seq() == e.seq) record_of(record, e);
      for (; personal.seq() == e.seq; personal.next())
        e.personal.push_back(personal_of(personal.row()));
      if (e.kind == static_cast<int>(canonical::kind::numbering)) numberings_.emplace_back(e.seq, e.body);
      if (e.kind == static_cast<int>(canonical::kind::menu) || e.kind == static_cast<int>(canonical::kind::policy))
        changes_.emplace_back(e.seq, e.body);
      if (e.kind == static_cast<int>(canonical::kind::import)) roster_.imported();
      if (e.kind == static_cast<int>(canonical::kind::roster)) e.whole_record = true, roster_.take(e);
      if (e.kind == static_cast<int>(canonical::kind::account)) roster_.take(e);
      if (auto wrong = all.give(std::move(e))) return wrong;
    }
    return orphan(record, personal, INT64_MAX, all, true);
  }

  // Rows that lie before this entry belong to none.
  std::optional<wrong_row> orphan(const cursor& record, const cursor& personal, std::int64_t seq, pipeline& all,
                                  bool last = false) {
    if (record.seq() >= seq && personal.seq() >= seq) return last ? all.flush() : std::nullopt;
    if (auto wrong = all.flush()) return wrong; // one that comes first
    return record.seq() < seq ? wrong_row{"record", record.seq(), "there is no entry of its number"}
                              : wrong_row{"personal", personal.seq(), "there is no entry of its number"};
  }

  static void record_of(cursor& at, entry_row& e) {
    const auto& row = at.row();
    e.has_record = e.whole_record = true;
    e.record = {std::string(row.text(1)),
                std::string(row.text(2)),
                row.number(3),
                row.number(4),
                row.number(5),
                row.number(6),
                row.number(7),
                row.number(8)};
    at.next();
  }
  static personal_row personal_of(const sqlite::statement& row) {
    return {row.number(1), std::string(row.blob(2)),
            row.is_null(3) ? std::nullopt : std::optional(std::string(row.text(3))), value_of(row, 4)};
  }

  std::optional<wrong_row> decisions() {
    auto expected = order_.decided();
    std::sort(expected.begin(), expected.end());
    auto next = expected.begin();
    sqlite::statement rows(db_, "SELECT d.seq, d.record, d.state, d.by, d.reason, d.time_ms, e.body FROM decision d "
                                "LEFT JOIN entry e ON e.seq = d.seq ORDER BY d.seq, d.record");
    for (; rows.step(); ++next) {
      const wrong_row wrong{"decision", rows.number(0), "it is not what its entry says"};
      if (next == expected.end() || (*next)[0] > rows.number(0)) return wrong;
      if ((*next)[0] < rows.number(0)) return missing((*next)[0]);
      const auto said = canonical::read_decision(rows.blob(6));
      if (!said || (*next)[1] != rows.number(1) || (*next)[2] != rows.number(2) || said->by != rows.text(3) ||
          said->reason != rows.text(4) || said->time_ms != rows.number(5))
        return wrong;
    }
    return next == expected.end() ? std::nullopt : missing((*next)[0]);
  }
  // The candidates' numbers against the entries that gave them.
  std::optional<wrong_row> numbers() {
    std::int64_t given = 0;
    sqlite::statement row(db_, "SELECT contest, number, decision, entry FROM numbered WHERE part = ?1");
    for (const auto& [seq, body] : numberings_) {
      const auto said = canonical::read_numbering(body);
      if (!said) return wrong_row{"entry", seq, "its body is not in canonical form"};
      for (const auto& g : said->given) {
        const sqlite::using_statement open(row);
        ++given;
        if (!row.bind_text(1, g.part).step() || row.text(0) != g.contest || row.number(1) != g.value ||
            row.number(2) != g.decision || row.number(3) != seq)
          return wrong_row{"numbered", seq,
                           fmt::format("number {} of {} is not what this entry says", g.value, g.contest)};
      }
    }
    if (db_.number("SELECT count(*) FROM numbered") == given) return std::nullopt;
    return wrong_row{"numbered", 0, "there is a number that no entry gave"};
  }
  static std::optional<wrong_row> missing(std::int64_t seq) {
    return wrong_row{"decision", seq, "a row of its entry is missing"};
  }

  std::optional<wrong_row> heads() {
    sqlite::statement rows(db_, "SELECT size, root, time_ms, key, signature FROM head ORDER BY size");
    while (rows.step()) {
      if (rows.blob(1).size() != 32 || rows.blob(3).size() != 32 || rows.blob(4).size() != 64)
        return wrong_row{"head", rows.number(0), "its root, key or signature has the wrong length"};
      if (auto wrong = order_.check_head(ledger_rows::head_of(rows), options_.key)) return wrong;
    }
    const auto beside = head_beside(path_);
    if (!beside) return std::nullopt;
    const auto size = static_cast<std::int64_t>(beside->size);
    if (beside->size > order_.tree().size())
      return wrong_row{"head", size,
                       fmt::format("{} says that {} entries were signed, there are {}", head_file(path_).string(), size,
                                   order_.tree().size())};
    if (order_.tree().root(beside->size) != beside->root)
      return wrong_row{"head", size, fmt::format("the head in {} is of other entries", head_file(path_).string())};
    return std::nullopt;
  }

  std::optional<wrong_row> subtrees() {
    sqlite::statement rows(db_, "SELECT no, root FROM subtree ORDER BY no");
    while (rows.step()) {
      const auto no = static_cast<std::uint64_t>(rows.number(0));
      const auto root = rows.blob(1);
      const bool there = rows.number(0) >= 0 && (no + 1) * ledger_rows::block <= order_.tree().size();
      const auto expected =
          there ? order_.tree().range(no * ledger_rows::block, (no + 1) * ledger_rows::block) : ledger::hash{};
      if (!there || root != std::string_view(reinterpret_cast<const char*>(expected.data()), expected.size()))
        return wrong_row{"subtree", rows.number(0), "its root is not that of its entries"};
    }
    return std::nullopt;
  }

  // What the ledger says of menus and their policy against the tables that serve.
  std::optional<wrong_row> menus() {
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> live; // version, and the entry that says so
    std::optional<std::pair<std::int64_t, std::string>> policy;
    for (const auto& [seq, body] : changes_) {
      if (canonical::kind_of(body) == canonical::kind::policy) {
        policy.emplace(seq, body);
        continue;
      }
      const auto c = canonical::read_menu(body);
      live[std::string(c->menu)] = {c->number, seq};
      if (c->number == 0) continue;
      sqlite::statement row(db_, "SELECT digest FROM menu_version WHERE menu = ?1 AND number = ?2");
      if (!row.bind_text(1, c->menu).bind(2, c->number).step() || row.text(0) != c->digest)
        return wrong_row{"menu_version", seq,
                         fmt::format("version {} of '{}' is not the one of this entry", c->number, c->menu)};
    }
    sqlite::statement rows(db_, "SELECT menu, number FROM menu_version WHERE live = 1");
    while (rows.step()) {
      const auto at = live.find(std::string(rows.text(0)));
      if (at == live.end() || at->second.first != rows.number(1))
        return wrong_row{"menu_version", at == live.end() ? 0 : at->second.second,
                         fmt::format("version {} of '{}' is in service, and the ledger does not say so", rows.number(1),
                                     rows.text(0))};
      live.erase(at);
    }
    for (const auto& [menu, said] : live)
      if (said.first != 0)
        return wrong_row{"menu_version", said.second,
                         fmt::format("'{}' is in service by this entry, and not in the table", menu)};
    return policy ? policy_check(policy->first, policy->second) : std::nullopt;
  }
  std::optional<wrong_row> policy_check(std::int64_t seq, const std::string& body) {
    const auto said = canonical::read_policy(body);
    for (const auto& [name, value] : said->values) {
      sqlite::statement row(db_, "SELECT value FROM policy WHERE name = ?1");
      if (!row.bind_text(1, name).step() || row.number(0) != value)
        return wrong_row{"policy", seq, fmt::format("'{}' is not what this entry says", name)};
    }
    return std::nullopt;
  }

  sqlite::database& db_;
  const std::filesystem::path& path_;
  const verify_options& options_;
  in_order order_;
  std::vector<std::pair<std::int64_t, std::string>> changes_; // of menus and policy
  std::vector<std::pair<std::int64_t, std::string>> numberings_;
  roster_check roster_;
};

// What SQLite itself finds wrong with the file: indices, pages.
std::optional<wrong_row> file_check(sqlite::database& db) {
  const auto found = db.text("PRAGMA integrity_check(1)");
  return found == "ok" ? std::nullopt : std::optional(wrong_row{"file", 0, found});
}

// Checks that need nothing of the ledger's own, each on a thread, a connection and a snapshot of its own.
class checks_beside {
public:
  checks_beside(const std::filesystem::path& path, const verify_options& o) {
    for (const auto& check : o.more)
      add(path, check);
    if (o.check_file) add(path, file_check);
  }
  // The first wrong row in their order, when all are done.
  std::optional<wrong_row> wait() {
    std::optional<wrong_row> wrong;
    for (auto& f : under_way_)
      if (auto found = f.get(); !wrong) wrong = std::move(found);
    return wrong;
  }

private:
  void add(const std::filesystem::path& path, verify_options::check_beside check) {
    under_way_.push_back(std::async(std::launch::async, [path = path.string(), check = std::move(check)] {
      auto db = sqlite::open_for_reading(path);
      db.exec("BEGIN");
      return check(db);
    }));
  }
  std::vector<std::future<std::optional<wrong_row>>> under_way_;
};

} // namespace

std::string to_text(const wrong_row& w) {
  return w.seq == 0 ? fmt::format("{}: {}", w.table, w.what) : fmt::format("{} {}: {}", w.table, w.seq, w.what);
}

boost::system::result<verification> verify_database(const std::filesystem::path& database, const verify_options& o) {
  return sqlite::guarded("verifying", [&] {
    auto db = sqlite::open_for_reading(database.string());
    checks_beside others(database, o);
    db.exec("BEGIN"); // one snapshot
    database_check check(db, database, o);
    auto wrong = check.run();
    if (auto found = others.wait(); !wrong) wrong = std::move(found);
    return verification{std::move(wrong), check.what()};
  });
}

boost::system::result<verification> verify_bundle(const std::filesystem::path& bundle, const verify_options& o) {
  auto opened = bundle_reader::open(bundle);
  if (!opened) return opened.error();
  in_order order(opened->entries());
  std::optional<wrong_row> wrong;
  pipeline all(order, o, opened->entries());
  bundle_item item;
  bool entries_done = false;
  const auto end_of_entries = [&] {
    if (std::exchange(entries_done, true)) return;
    wrong = all.flush();
    if (!wrong) wrong = order.finish();
  };
  while (!wrong) {
    const auto more = opened->next(item);
    if (!more) {
      // A row that is wrong says more than that the file is damaged.
      end_of_entries();
      if (wrong) break;
      return more.error();
    }
    if (*more == bundle_reader::got::end) break;
    if (item.entry) {
      if (entries_done) return make_error_code(errc::bad_bundle);
      wrong = all.give(std::move(*item.entry));
    } else if (end_of_entries(); !wrong && item.head) {
      wrong = order.check_head(*item.head, o.key);
    }
  }
  if (!wrong) end_of_entries();
  if (!wrong && order.what().entries != opened->entries())
    wrong = wrong_row{"entry", order.what().entries + 1, "the bundle says that there are more"};
  auto what = order.what();
  what.root = order.tree().root(order.tree().size());
  what.unsigned_entries = what.entries - (what.newest ? static_cast<std::int64_t>(what.newest->size) : 0);
  return verification{std::move(wrong), what};
}

} // namespace tallyline::storage
