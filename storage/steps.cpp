#include "storage/steps.h"

#include "storage/canonical.h"
#include "storage/record_door.h"

#include <fmt/format.h>

namespace tallyline::storage {
namespace {

// Each state has a partial index of its own.
constexpr std::string_view standing =
    "SELECT 1 FROM record WHERE form = ?1 AND key = ?2 AND state = 0 UNION ALL SELECT 1 FROM record WHERE form = ?1 "
    "AND "
    "key = ?2 AND state = 2 UNION ALL SELECT 1 FROM record WHERE form = ?1 AND key = ?2 AND state = 3 LIMIT 1";

std::string key_in(std::string_view scope, std::string_view part) {
  return fmt::format("{}/{}", joined_key({std::string(scope)}), part);
}

} // namespace

steps::steps(sqlite::database& db, std::shared_ptr<const election> roster)
    : roster_(std::move(roster)), find_(db, "SELECT scope, ticket FROM step WHERE form = ?1 AND part = ?2"),
      stands_(db, standing), next_ticket_(db, "SELECT coalesce(max(ticket), 0) + 1 FROM step WHERE form = ?1"),
      put_(db, "REPLACE INTO step(form, part, seq, scope, ticket, since_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"),
      done_(db, "UPDATE step SET done_seq = ?3, done_form = ?4, done_ms = ?5 WHERE form = ?1 AND part = ?2 AND done_ms "
                "IS NULL") {}

bool steps::find(std::string_view form, std::string_view part) {
  const sqlite::using_statement open(find_);
  if (!find_.bind_text(1, form).bind_text(2, part).step()) return false;
  scope_ = find_.text(0);
  ticket_ = find_.number(1);
  return true;
}

bool steps::stands(std::string_view form, std::string_view scope, std::string_view part) {
  const auto key = key_in(scope, part);
  const sqlite::using_statement open(stands_);
  return stands_.bind_text(1, form).bind_text(2, key).step();
}

// What was done for an office or a station is followed there, or by whom it reports to; what a board decides for its
// area is followed by the places in it.
bool steps::may_follow(const report& r) const {
  if (scope_ == r.scope) return true;
  if (!r.account.empty()) return account_answers_for(r, scope_, *roster_);
  const auto who = roster_->person_by(r.msisdn, r.role);
  if (who && roster_->area_by_code(r.scope) && answers_for(roster_->people[*who], scope_, *roster_)) return true;
  const auto area = roster_->area_by_code(scope_);
  if (!area) return false;
  if (const auto o = roster_->office_by_code(r.scope)) return roster_->area_contains(*area, roster_->offices[*o].area);
  if (const auto s = roster_->station_by_code(r.scope))
    return roster_->area_contains(*area, roster_->stations[*s].area);
  const auto own = roster_->area_by_code(r.scope);
  return own && roster_->area_contains(*area, *own);
}

errc steps::against(const report& r, std::string_view part) {
  if (!r.follows.empty()) {
    if (!find(r.follows, part) || !stands(r.follows, scope_, part)) return errc::nothing_to_follow;
    if (!may_follow(r)) return errc::out_of_area;
  }
  if (r.once && find(r.form, part) && scope_ != r.scope && stands(r.form, scope_, part)) return errc::taken_elsewhere;
  return errc{};
}

void steps::entered(std::int64_t seq, const report& r, std::string_view part) {
  if (!r.follows.empty())
    done_.bind_text(1, r.follows).bind_text(2, part).bind(3, seq).bind_text(4, r.form).bind(5, r.time_ms).run();
  if (!r.once || (find(r.form, part) && scope_ == r.scope)) return;
  std::int64_t ticket = 1;
  {
    const sqlite::using_statement open(next_ticket_);
    if (next_ticket_.bind_text(1, r.form).step()) ticket = next_ticket_.number(0);
  }
  put_.bind_text(1, r.form).bind_text(2, part).bind(3, seq).bind_text(4, r.scope).bind(5, ticket).bind(6, r.time_ms);
  put_.run();
}

std::int64_t steps::ticket_of(std::string_view form, std::string_view part) { return find(form, part) ? ticket_ : 0; }

namespace {

struct subject {
  std::string form, key, scope, part, follows;
  bool once = false, stands = false;
};

subject subject_of(sqlite::database& db, std::int64_t seq) {
  sqlite::statement row(db, "SELECT r.key, e.body FROM record r JOIN entry e ON e.seq = r.seq WHERE r.seq = ?1");
  canonical::record_view v;
  if (!row.bind(1, seq).step() || !canonical::read_record(row.blob(1), v))
    throw sqlite::failure(errc::corrupt, SQLITE_CORRUPT, fmt::format("entry {} is not a record", seq));
  subject s{std::string(v.form),
            std::string(row.text(0)),
            std::string(v.scope),
            joined_key(v.key, 1),
            std::string(v.follows),
            v.once != 0,
            false};
  sqlite::statement standing_of(db, standing);
  s.stands = standing_of.bind_text(1, s.form).bind_text(2, s.key).step();
  return s;
}

} // namespace

bool taken_meanwhile(sqlite::database& db, std::int64_t seq) {
  const auto s = subject_of(db, seq);
  if (!s.once) return false;
  sqlite::statement row(db, "SELECT scope FROM step WHERE form = ?1 AND part = ?2");
  return row.bind_text(1, s.form).bind_text(2, s.part).step() && row.text(0) != s.scope;
}

void step_decided(sqlite::database& db, std::int64_t seq, std::int64_t time_ms) {
  const auto s = subject_of(db, seq);
  const auto change = [&](std::string_view sql, std::string_view form) {
    sqlite::statement row(db, sql);
    row.bind_text(1, form).bind_text(2, s.part);
    const auto has = [&](std::string_view parameter) { return sql.find(parameter) != sql.npos; };
    if (has("?3")) row.bind_text(3, s.scope);
    if (has("?4")) row.bind_text(4, s.form);
    if (has("?5")) row.bind(5, time_ms);
    if (has("?6")) row.bind(6, seq);
    if (has("?7")) row.bind_text(7, s.key);
    row.run();
  };
  if (s.once)
    change(s.stands ? "UPDATE step SET done_form = NULL, done_ms = NULL WHERE form = ?1 AND part = ?2 AND scope = ?3 "
                      "AND done_form = ''"
                    : "UPDATE step SET done_form = '', done_ms = ?5 WHERE form = ?1 AND part = ?2 AND scope = ?3 AND "
                      "done_ms IS NULL",
           s.form);
  if (!s.follows.empty())
    change(s.stands ? "UPDATE step SET done_seq = ?6, done_form = ?4, done_ms = ?5 WHERE form = ?1 AND part = ?2 AND "
                      "done_ms IS NULL"
                    : "UPDATE step SET done_seq = NULL, done_form = NULL, done_ms = NULL WHERE form = ?1 AND part = ?2 "
                      "AND done_form = ?4 AND (SELECT key FROM record WHERE seq = done_seq) = ?7",
           s.follows);
}

} // namespace tallyline::storage
