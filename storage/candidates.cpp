#include "storage/candidates.h"

#include "storage/canonical.h"
#include "storage/file_lock.h"
#include "storage/ledger_rows.h"
#include "storage/pseudonym.h"
#include "storage/sqlite/schema.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <memory>
#include <unicode/coll.h>

namespace tallyline::storage {
namespace {

struct person {
  std::string contest, name, part, order; // order: what the candidates of a contest are sorted by
  std::int64_t decision = 0, ticket = 0, number = 0;
  bool accepted = false;
};

// Arabic yeh and kaf as Persian ones, as the list shows them.
std::string in_persian_letters(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto pair = name.substr(i, 2);
    if (pair == "ي" || pair == "ى")
      out += "ی", ++i;
    else if (pair == "ك")
      out += "ک", ++i;
    else
      out += name[i];
  }
  return out;
}

class name_order {
public:
  name_order() {
    UErrorCode failed = U_ZERO_ERROR;
    order_.reset(icu::Collator::createInstance(icu::Locale("fa"), failed));
    if (U_FAILURE(failed)) throw sqlite::failure(errc::io, SQLITE_ERROR, "ICU has no order of Persian names");
  }
  std::string key(const std::string& name) const {
    std::string bytes(1024, '\0');
    const auto size =
        order_->getSortKey(icu::UnicodeString::fromUTF8(name), reinterpret_cast<std::uint8_t*>(bytes.data()),
                           static_cast<std::int32_t>(bytes.size()));
    bytes.resize(std::min(bytes.size(), static_cast<std::size_t>(size)));
    return bytes;
  }

private:
  std::unique_ptr<icu::Collator> order_;
};

class numberer {
public:
  numberer(sqlite::database& db, const numbering_options& o) : db_(db), o_(o) {}

  numbering run() {
    accepted();
    numbered_before();
    std::map<std::string, std::vector<person*>> fresh;
    for (auto& [part, p] : people_)
      if (p.accepted && p.number == 0 && wanted(p.contest)) fresh[p.contest].push_back(&p);
    for (auto& [contest, all] : fresh)
      give(contest, all);
    if (!given_.empty() && !o_.dry_run) write();
    return result();
  }

private:
  bool wanted(const std::string& contest) const {
    return o_.contests.empty() || std::find(o_.contests.begin(), o_.contests.end(), contest) != o_.contests.end();
  }

  void accepted() {
    const name_order names;
    sqlite::statement rows(
        db_, "SELECT r.seq, substr(r.key, length(f.scope) + 2) FROM record r JOIN fact f ON f.seq = r.seq "
             "WHERE r.form = 'decision' AND r.state = 0 AND json_extract(f.fields, '$.decision') = "
             "'accepted' ORDER BY r.seq");
    while (rows.step()) {
      person p;
      p.decision = rows.number(0), p.part = rows.text(1);
      if (auto why = look_up(p); !why.empty()) {
        passed_over_.push_back(fmt::format("record {}: {}", p.decision, why));
        continue;
      }
      p.accepted = true;
      p.order = o_.lot ? lot_of(p) : names.key(p.name);
      people_[p.part] = p;
    }
  }

  // Empty, or why there is no number for them.
  std::string look_up(person& p) {
    sqlite::statement registered(db_,
                                 "SELECT json_extract(f.fields, '$.contest') FROM step s JOIN record r ON r.form = "
                                 "'registered' AND r.key = replace(replace(s.scope, '\\', '\\\\'), '/', '\\/') || '/' "
                                 "|| s.part AND r.state = 0 JOIN fact f ON f.seq = r.seq WHERE s.form = 'registered' "
                                 "AND s.part = ?1");
    if (!registered.bind_text(1, p.part).step()) return "accepted, but not (any more) registered";
    p.contest = registered.text(0);
    sqlite::statement withdrawn(db_,
                                "SELECT 1 FROM step WHERE form = 'withdrawal' AND part = ?1 AND done_form IS NOT ''");
    if (withdrawn.bind_text(1, p.part).step()) return "accepted, and has withdrawn";
    sqlite::statement known(db_, "SELECT 1 FROM contest WHERE code = ?1");
    if (!known.bind_text(1, p.contest).step()) return fmt::format("the contest '{}' is not in the election", p.contest);
    sqlite::statement documents(
        db_, "SELECT s.ticket, n.value FROM step s JOIN record r ON r.form = 'documents' AND r.key "
             "= replace(replace(s.scope, '\\', '\\\\'), '/', '\\/') || '/' || s.part AND r.state = 0 "
             "JOIN personal n ON n.seq = r.seq AND n.name = 'name' WHERE s.form = 'documents' AND "
             "s.part = ?1");
    if (!documents.bind_text(1, p.part).step()) return "the documents' record gives no name (any more)";
    p.ticket = documents.number(0);
    p.name = in_persian_letters(documents.text(1));
    return {};
  }

  std::string lot_of(const person& p) const {
    const auto drawn = canonical::commit({}, fmt::format("{}/{}", *o_.lot, p.part));
    return {drawn.begin(), drawn.end()};
  }

  void numbered_before() {
    sqlite::statement rows(db_, "SELECT n.part, n.contest, n.number, coalesce((SELECT name FROM name WHERE kind = "
                                "'candidate' AND code = n.contest || '/' || n.number LIMIT 1), '') FROM numbered n");
    while (rows.step()) {
      auto& p = people_[std::string(rows.text(0))];
      p.part = rows.text(0), p.contest = rows.text(1), p.number = rows.number(2), p.name = rows.text(3);
    }
  }

  void give(const std::string& contest, std::vector<person*>& all) {
    std::sort(all.begin(), all.end(), [](const person* a, const person* b) {
      return std::tie(a->order, a->ticket) < std::tie(b->order, b->ticket);
    });
    sqlite::statement highest(db_,
                              "SELECT max((SELECT coalesce(max(number), 0) FROM candidate WHERE contest = ?1), (SELECT "
                              "coalesce(max(number), 0) FROM numbered WHERE contest = ?1))");
    highest.bind_text(1, contest).step();
    auto next = highest.number(0);
    for (auto* p : all) {
      p->number = ++next;
      given_.push_back(p);
    }
  }

  void write() {
    const std::string order = o_.lot ? fmt::format("lot {}", *o_.lot) : "name";
    canonical::numbering_view body{{}, order, o_.by, o_.now_ms};
    for (const auto* p : given_)
      body.given.push_back({p->contest, p->number, p->part, p->decision});
    entry_ = ledger_rows::append(db_, canonical::kind::numbering, canonical::numbering_bytes(body));
    const auto language = db_.text("SELECT value FROM setting WHERE key = 'languages'");
    const std::string first = language.substr(0, language.find_first_of(" ,"));
    for (const auto* p : given_) {
      sqlite::statement(db_, "INSERT INTO numbered(part, contest, number, decision, entry) VALUES(?1, ?2, ?3, ?4, ?5)")
          .bind_text(1, p->part)
          .bind_text(2, p->contest)
          .bind(3, p->number)
          .bind(4, p->decision)
          .bind(5, entry_)
          .run();
      sqlite::statement(db_,
                        "INSERT INTO candidate(pos, contest, number) SELECT coalesce(max(pos), -1) + 1, ?1, ?2 FROM "
                        "candidate")
          .bind_text(1, p->contest)
          .bind(2, p->number)
          .run();
      const auto code = fmt::format("{}/{}", p->contest, p->number);
      sqlite::statement(db_, "REPLACE INTO name(kind, code, language, name) VALUES('candidate', ?1, ?2, ?3)")
          .bind_text(1, code)
          .bind_text(2, first)
          .bind_text(3, p->name)
          .run();
    }
  }

  numbering result() {
    numbering done;
    sqlite::statement contests(db_, "SELECT code FROM contest ORDER BY pos");
    while (contests.step()) {
      const std::string contest(contests.text(0));
      std::vector<const person*> all;
      for (const auto& [part, p] : people_)
        if (p.contest == contest && p.number != 0 && wanted(contest)) all.push_back(&p);
      std::sort(all.begin(), all.end(), [](const person* a, const person* b) { return a->number < b->number; });
      for (const auto* p : all)
        done.candidates.push_back({contest, p->name, p->part, p->number,
                                   std::find(given_.begin(), given_.end(), p) != given_.end(), p->accepted});
    }
    done.passed_over = std::move(passed_over_);
    done.entry = entry_;
    return done;
  }

  sqlite::database& db_;
  const numbering_options& o_;
  std::map<std::string, person> people_; // by part
  std::vector<const person*> given_;
  std::vector<std::string> passed_over_;
  std::int64_t entry_ = 0;
};

} // namespace

boost::system::result<numbering> number_candidates(const std::filesystem::path& database, const numbering_options& o) {
  if (!std::filesystem::exists(database)) return make_error_code(errc::no_database);
  if (o.dry_run) // one state of it, whoever writes meanwhile
    return sqlite::guarded("numbering candidates", [&] {
      auto db = sqlite::open_for_reading(database.string());
      db.exec("BEGIN");
      return numberer(db, o).run();
    });
  const auto lock = file_lock::take(database);
  if (!lock) return lock.error();
  return sqlite::guarded("numbering candidates", [&] {
    auto db = sqlite::open_for_writing(database.string(), sqlite::mode::read_write);
    sqlite::transaction all(db);
    auto done = numberer(db, o).run();
    all.commit();
    return done;
  });
}

} // namespace tallyline::storage
