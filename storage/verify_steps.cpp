#include "storage/verify_steps.h"

#include "storage/verify_parts.h"

#include <fmt/format.h>

namespace tallyline::storage::verifying {

step_rows::row* step_rows::find(std::string_view form, std::string_view part) {
  name_.assign(form).append(1, '\0').append(part);
  const auto at = rows_.find(name_);
  return at == rows_.end() ? nullptr : at->second.get();
}

std::optional<wrong_row> step_rows::take_record(const entry_facts& f, std::uint32_t key, const stands_of& standing) {
  if (!f.once && f.follows.empty()) return std::nullopt;
  const std::string_view form = std::string_view(f.key).substr(0, f.key.find('\0'));
  const std::string_view part = std::string_view(f.key).substr(f.part_at);
  use& u = uses_[f.seq];
  u.form = form;
  if (!f.follows.empty()) {
    u.followed = find(f.follows, part);
    if (!u.followed || !standing(u.followed->key))
      return wrong_row{"entry", f.seq, fmt::format("it follows a step of '{}' that is not there", f.follows)};
    if (!u.followed->done)
      u.followed->done = true, u.followed->done_seq = f.seq, u.followed->done_form = form,
      u.followed->done_ms = f.time_ms, u.followed->done_key = key;
  }
  if (!f.once) return std::nullopt;
  u.own = find(form, part);
  if (u.own && u.own->key == key) return std::nullopt;
  if (u.own && standing(u.own->key))
    return wrong_row{"entry", f.seq, fmt::format("the same was reported in {} before, and stands", u.own->scope)};
  if (!u.own) u.own = rows_.emplace(name_, std::make_unique<row>()).first->second.get();
  *u.own = {};
  u.own->seq = f.seq, u.own->key = key, u.own->since_ms = f.time_ms, u.own->scope = f.scope;
  u.own->ticket = ++tickets_[u.form];
  return std::nullopt;
}

void step_rows::take_decision(std::int64_t seq, std::uint32_t key, bool stand, std::int64_t time_ms) {
  const auto at = uses_.find(seq);
  if (at == uses_.end()) return;
  const use& u = at->second;
  const auto wait = [](row& r) { r.done = false, r.done_seq = r.done_ms = 0, r.done_form.clear(); };
  if (u.own && u.own->key == key) {
    if (stand && u.own->done && u.own->done_form.empty()) wait(*u.own);
    if (!stand && !u.own->done) u.own->done = true, u.own->done_ms = time_ms;
  }
  if (!u.followed) return;
  auto& f = *u.followed;
  if (stand && !f.done) f.done = true, f.done_seq = seq, f.done_form = u.form, f.done_ms = time_ms, f.done_key = key;
  if (!stand && f.done && f.done_form == u.form && f.done_key == key) wait(f);
}

std::optional<wrong_row> step_rows::compare(sqlite::database& db) const {
  std::size_t found = 0;
  std::string name;
  sqlite::statement rows(db,
                         "SELECT form, part, seq, scope, ticket, since_ms, coalesce(done_seq, 0), "
                         "coalesce(done_form, ''), coalesce(done_ms, 0), done_ms IS NOT NULL, done_form IS NOT NULL "
                         "FROM step ORDER BY seq");
  while (rows.step()) {
    name.assign(rows.text(0)).append(1, '\0').append(rows.text(1));
    const auto at = rows_.find(name);
    if (at == rows_.end()) return wrong_row{"step", rows.number(2), "no record of the ledger makes it"};
    ++found;
    const row& r = *at->second;
    const auto differs = [&](const char* column) -> std::optional<wrong_row> {
      return wrong_row{"step", rows.number(2), fmt::format("{} is not what the ledger says", column)};
    };
    if (rows.number(2) != r.seq) return differs("seq");
    if (rows.text(3) != r.scope) return differs("scope");
    if (rows.number(4) != r.ticket) return differs("ticket");
    if (rows.number(5) != r.since_ms) return differs("since_ms");
    if (rows.number(6) != r.done_seq) return differs("done_seq");
    if (rows.text(7) != r.done_form || (rows.number(10) != 0) != r.done) return differs("done_form");
    if (rows.number(8) != r.done_ms || (rows.number(9) != 0) != r.done) return differs("done_ms");
  }
  if (found == rows_.size()) return std::nullopt;
  std::int64_t first = INT64_MAX;
  for (const auto& [key, r] : rows_) {
    sqlite::statement one(db, "SELECT 1 FROM step WHERE form = ?1 AND part = ?2");
    const std::string_view all = key;
    const auto zero = all.find('\0');
    if (!one.bind_text(1, all.substr(0, zero)).bind_text(2, all.substr(zero + 1)).step())
      first = std::min(first, r->seq);
  }
  return wrong_row{"step", first, "the row of this record is missing"};
}

} // namespace tallyline::storage::verifying
