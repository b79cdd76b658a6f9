#include "storage/decision.h"

#include "storage/file_lock.h"
#include "storage/ledger_rows.h"
#include "storage/receipt.h"
#include "storage/scope_rows.h"
#include "storage/sqlite/schema.h"
#include "storage/steps.h"
#include "storage/text.h"

#include <algorithm>

namespace tallyline::storage {
namespace {

constexpr std::size_t longest_line = 500;

struct version {
  std::int64_t seq = 0, decided = 0;
  record_state state = record_state::current;
  std::uint64_t receipt = 0;
};

bool is_line(std::string_view text) {
  return text.size() <= longest_line && valid_utf8(text) &&
         std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; });
}

// Every version of the record's key that is not superseded, and the record itself if it is. Each state has a partial
// index of its own, and SQLite takes it only for a state that is written out.
std::vector<version> versions_of(sqlite::database& db, std::uint64_t receipt) {
  std::string sql = "WITH w AS (SELECT seq, form, key, state, receipt, decided FROM record WHERE receipt = ?1) "
                    "SELECT seq, state, receipt, coalesce(decided, 0) FROM w WHERE state = 1";
  for (const int state : {0, 2, 3, 4})
    sql += " UNION ALL SELECT r.seq, r.state, r.receipt, coalesce(r.decided, 0) FROM w JOIN record r "
           "ON r.form = w.form AND r.key = w.key AND r.state = " +
           std::to_string(state);
  sqlite::statement rows(db, sql);
  rows.bind(1, static_cast<std::int64_t>(receipt));
  std::vector<version> all;
  while (rows.step())
    all.push_back({rows.number(0), rows.number(3), static_cast<record_state>(rows.number(1)),
                   static_cast<std::uint64_t>(rows.number(2))});
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.seq < b.seq; });
  return all;
}

bool open(const version& v) {
  return v.state == record_state::current || v.state == record_state::review || v.state == record_state::pending;
}

bool within(sqlite::database& db, std::int64_t seq, std::string_view area) {
  sqlite::statement scope(db, "SELECT scope FROM fact WHERE seq = ?1");
  return scope.bind(1, seq).step() && lies_in(db, scope.text(0), area);
}

struct outcome_of {
  std::vector<version> accepted, rejected;
};

outcome_of accepting(const std::vector<version>& all, const version& which) {
  outcome_of out{{which}, {}};
  for (const auto& v : all)
    if (v.seq != which.seq && open(v)) out.rejected.push_back(v);
  return out;
}

// Nothing when more than one version would be left.
boost::system::result<outcome_of> rejecting(const std::vector<version>& all, const version& which) {
  outcome_of out{{}, {which}};
  std::vector<version> left;
  for (const auto& v : all)
    if (v.seq != which.seq && open(v)) left.push_back(v);
  const auto current =
      std::find_if(left.begin(), left.end(), [](const auto& v) { return v.state == record_state::current; });
  if (current != left.end() && left.size() > 1) return out; // the others still wait
  if (left.size() > 1) return make_error_code(errc::several_left);
  out.accepted = left;
  return out;
}

void change(sqlite::database& db, totals& sums, std::int64_t entry, const version& v, record_state to,
            const decision& d) {
  sums.leaves(v.seq);
  if (to == record_state::current) sums.enters(v.seq);
  sqlite::statement(db, "UPDATE record SET state = ?2, decided = ?3 WHERE seq = ?1")
      .bind(1, v.seq)
      .bind(2, static_cast<int>(to))
      .bind(3, entry)
      .run();
  sqlite::statement(db, "INSERT INTO decision(seq, record, state, by, reason, time_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6)")
      .bind(1, entry)
      .bind(2, v.seq)
      .bind(3, static_cast<int>(to))
      .bind_text(4, d.by)
      .bind_text(5, d.reason)
      .bind(6, d.time_ms)
      .run();
}

decided write(sqlite::database& db, totals& sums, const outcome_of& what, const decision& d) {
  canonical::decision_view body{{}, {}, d.reason, d.by, d.time_ms};
  for (const auto& v : what.accepted)
    body.accepted.push_back(v.seq);
  for (const auto& v : what.rejected)
    body.rejected.push_back(v.seq);
  decided out;
  out.entry = ledger_rows::append(db, canonical::kind::decision, canonical::decision_bytes(body));
  const auto each = [&](const std::vector<version>& all, record_state to) {
    for (const auto& v : all) {
      change(db, sums, out.entry, v, to, d);
      out.changed.push_back({v.seq, to, receipt::to_text(v.receipt)});
    }
  };
  each(what.rejected, record_state::rejected); // first: a key has one current record
  each(what.accepted, record_state::current);
  step_decided(db, out.changed.back().seq, d.time_ms);
  return out;
}

} // namespace

boost::system::result<decided> decide(sqlite::database& db, totals& sums, const decision& d) {
  if (d.by.empty() || !is_line(d.by) || !is_line(d.reason)) return make_error_code(errc::bad_report);
  const auto code = receipt::parse(d.receipt);
  if (code.wrong != receipt::fault::none) return make_error_code(errc::no_record);
  const auto all = versions_of(db, code.receipt);
  const auto which = std::find_if(all.begin(), all.end(), [&](const auto& v) { return v.receipt == code.receipt; });
  if (which == all.end()) return make_error_code(errc::no_record);
  if (!d.within.empty() && !within(db, which->seq, d.within)) return make_error_code(errc::outside_area);
  if (which->state == record_state::superseded) return make_error_code(errc::not_open);
  const auto wanted = d.accept ? record_state::current : record_state::rejected;
  const bool others_wait =
      std::any_of(all.begin(), all.end(), [&](const auto& v) { return v.seq != which->seq && open(v); });
  if (which->decided != 0 && which->state == wanted && !(d.accept && others_wait))
    return decided{which->decided, true, {{which->seq, wanted, receipt::to_text(which->receipt)}}};
  if (d.accept && taken_meanwhile(db, which->seq)) return make_error_code(errc::taken_elsewhere);
  if (d.accept) return write(db, sums, accepting(all, *which), d);
  const auto what = rejecting(all, *which);
  if (!what) return what.error();
  return write(db, sums, *what, d);
}

boost::system::result<decided> decide_offline(const std::filesystem::path& database, const decision& d) {
  if (!std::filesystem::exists(database)) return make_error_code(errc::no_database);
  const auto lock = file_lock::take(database);
  if (!lock) return lock.error();
  return sqlite::guarded("deciding", [&] {
    auto db = sqlite::open_for_writing(database.string(), sqlite::mode::read_write);
    sqlite::transaction all(db);
    totals sums(db, areas_in(db));
    auto what = decide(db, sums, d);
    if (!what) throw sqlite::failure(static_cast<errc>(what.error().value()), SQLITE_OK, "refused");
    sums.flush();
    all.commit();
    return std::move(*what);
  });
}

} // namespace tallyline::storage
