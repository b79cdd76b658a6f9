#include "storage/roster.h"
#include "storage/verify_parts.h"

#include <fmt/format.h>

namespace tallyline::storage::verifying {

// The numbers come from the rows beside the entry; of a forgotten person there is nothing to hold against the roster.
void roster_check::take(const entry_row& e) {
  if (const auto a = canonical::read_account(e.body))
    accounts_[std::string(a->login)] = {e.seq, std::string(a->area)};
  const auto said = canonical::read_roster(e.body);
  if (!said) return;
  const auto number = [&](std::int64_t no) -> std::int64_t {
    for (const auto& row : e.personal)
      if (row.no == no && row.value.what == kept_value::type::integer) return row.value.number;
    return 0;
  };
  const auto act = roster_act_named(said->what);
  const std::pair whose(number(0), std::string(said->role)), other(number(1), std::string(said->role));
  const bool moves = act == roster_act::replace_phone;
  std::int64_t until = said->until_ms;
  if (moves)
    if (const auto was = expected_.find(whose); was != expected_.end()) until = was->second.until_ms;
  if (moves || act == roster_act::end_delegation) expected_[whose] = {e.seq, 0, false, {}};
  if (moves || act == roster_act::delegate) expected_[other] = {e.seq, until, true, std::string(said->scope)};
}

std::optional<wrong_row> roster_check::finish(sqlite::database& db) const {
  sqlite::statement row(db, "SELECT scope, until_ms FROM person WHERE msisdn = ?1 AND role = ?2");
  for (const auto& [who, said] : expected_) {
    if (who.first == 0) continue;
    const sqlite::using_statement open(row);
    const bool there = row.bind(1, who.first).bind_text(2, who.second).step();
    if (there != said.there)
      return wrong_row{"person", said.seq,
                       fmt::format("…{:04} is {}a {}, and this entry says otherwise", who.first % 10000,
                                   there ? "" : "not ", who.second)};
    if (there && row.text(0) != said.scope)
      return wrong_row{"person", said.seq, "they answer for another place than this entry says"};
    if (there && row.number(1) != said.until_ms)
      return wrong_row{"person", said.seq, "they act until another time than this entry says"};
  }
  sqlite::statement account(db, "SELECT area FROM account WHERE login = ?1");
  std::int64_t expected = 0;
  for (const auto& [login, said] : accounts_) {
    const sqlite::using_statement open(account);
    const bool there = account.bind_text(1, login).step();
    if (there == said.second.empty() || (there && account.text(0) != said.second))
      return wrong_row{"account", said.first, fmt::format("'{}' is for another area than this entry says", login)};
    expected += there;
  }
  if (db.number("SELECT count(*) FROM account") != expected)
    return wrong_row{"account", 0, "there are more than the ledger says"};
  return std::nullopt;
}

} // namespace tallyline::storage::verifying
