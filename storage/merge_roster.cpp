#include "storage/merge.h"

#include <algorithm>
#include <cstring>
#include <map>

namespace tallyline::storage::detail {
namespace {

using key = std::pair<std::uint64_t, std::string>; // number and role

struct changed {
  key now, in_pack;
  std::string pack_hash;
};

std::vector<changed> changes_in(sqlite::database& db) {
  std::vector<changed> all;
  sqlite::statement rows(db, "SELECT msisdn, role, pack_msisdn, pack_hash FROM person_change");
  while (rows.step())
    all.push_back({{static_cast<std::uint64_t>(rows.number(0)), std::string(rows.text(1))},
                   {static_cast<std::uint64_t>(rows.number(2)), std::string(rows.text(1))},
                   std::string(rows.blob(3))});
  return all;
}

std::optional<std::uint32_t> scope_in(const election& to, const election& from, const person& who) {
  const auto find = [](const auto& all, const std::string& code) -> std::optional<std::uint32_t> {
    for (std::uint32_t i = 0; i < all.size(); ++i)
      if (all[i].code == code) return i;
    return std::nullopt;
  };
  if (who.scope == scope_kind::station) return find(to.stations, from.stations.at(who.scope_index).code);
  if (who.scope == scope_kind::office) return find(to.offices, from.offices.at(who.scope_index).code);
  return find(to.areas, from.areas.at(who.scope_index).code);
}

class roster_keeper {
public:
  roster_keeper(sqlite::database& db, election& e, const election& before) : db_(db), e_(e), before_(before) {
    for (std::size_t i = 0; i < e.people.size(); ++i)
      at_.emplace(key(e.people[i].msisdn, e.people[i].role), i);
  }

  void change(const changed& c) {
    const auto in_pack = at_.find(c.in_pack);
    const auto was = before_.person_by(c.now.first, c.now.second);
    const bool same = in_pack != at_.end() && was &&
                      !std::memcmp(e_.people[in_pack->second].pin_hash.data(), c.pack_hash.data(),
                                   std::min(c.pack_hash.size(), e_.people[in_pack->second].pin_hash.size()));
    if (!same) return drop(c);
    // The pack has caught up and knows the new number itself: the old one does not come back beside it.
    if (c.now != c.in_pack && at_.contains(c.now)) {
      e_.people[in_pack->second].gone = true;
      return drop(c);
    }
    auto& who = e_.people[in_pack->second];
    who.msisdn = c.now.first;
    who.pin_hash = before_.people[*was].pin_hash;
  }

  void delegate(const person& was, std::int64_t now_ms) {
    if (was.until_ms == 0 || !was.acts_at(now_ms) || at_.contains(key(was.msisdn, was.role))) return;
    const auto scope = scope_in(e_, before_, was);
    if (!scope) return;
    e_.people.push_back(was);
    e_.people.back().scope_index = *scope;
  }

  void finish() {
    std::erase_if(e_.people, [](const person& p) { return p.gone; });
  }

private:
  void drop(const changed& c) {
    sqlite::statement(db_, "DELETE FROM person_change WHERE msisdn = ?1 AND role = ?2")
        .bind(1, static_cast<std::int64_t>(c.now.first))
        .bind_text(2, c.now.second)
        .run();
  }

  sqlite::database& db_;
  election& e_;
  const election& before_;
  std::map<key, std::size_t> at_;
};

} // namespace

void keep_roster_changes(sqlite::database& db, election& e, const election& before, std::int64_t now_ms) {
  roster_keeper keeper(db, e, before);
  for (const auto& c : changes_in(db))
    keeper.change(c);
  for (const auto& was : before.people)
    keeper.delegate(was, now_ms);
  keeper.finish();
}

} // namespace tallyline::storage::detail
