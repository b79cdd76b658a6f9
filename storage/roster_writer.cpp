#include "storage/roster_writer.h"

#include "storage/ledger_rows.h"

#include <algorithm>
#include <sodium.h>

namespace tallyline::storage {
namespace {

constexpr std::uint64_t least_number = 1'000'000, most_number = 999'999'999'999'999; // E.164: at most 15 digits
constexpr std::int64_t longest_delegation_ms = 60LL * 24 * 3600 * 1000;
constexpr std::size_t pin_digits = 6;

template <class Bytes> std::string_view view(const Bytes& b) {
  return {reinterpret_cast<const char*>(b.data()), b.size()};
}

// Digits that nobody would try first are no fewer than all: only one that repeats a single digit is drawn again.
std::string draw_pin() {
  std::string pin(pin_digits, '0');
  do
    for (char& c : pin)
      c = static_cast<char>('0' + randombytes_uniform(10));
  while (std::all_of(pin.begin(), pin.end(), [&](char c) { return c == pin.front(); }));
  return pin;
}

bool names_another(roster_act what) { return what == roster_act::replace_phone || what == roster_act::delegate; }

} // namespace

roster_writer::roster_writer(sqlite::database& db, election& people, record_door& door, std::optional<pin_key> key)
    : db_(db), people_(people), door_(door), key_(std::move(key)) {}

boost::system::error_code roster_writer::may(const report& r, const person& asking) const {
  const auto& order = *r.does;
  if (asking.scope != scope_kind::area || asking.role == site_role) return errc::not_below;
  if (order.whom == r.msisdn || (names_another(order.what) && order.to == r.msisdn)) return errc::oneself;
  if (draws_pin(order.what) && !key_) return errc::bad_key;
  if (names_another(order.what) && (order.to < least_number || order.to > most_number || order.to == order.whom))
    return errc::number_taken;
  const bool ends = order.until_ms > r.time_ms && order.until_ms <= r.time_ms + longest_delegation_ms;
  if (order.what == roster_act::delegate && !ends) return errc::bad_report;
  return {};
}

// All of the number's roles that who asks may change.
boost::system::result<std::vector<std::uint32_t>> roster_writer::rows_for(const report& r) const {
  const auto& order = *r.does;
  const auto asking = people_.person_by(r.msisdn, r.role);
  if (!asking || !people_.people[*asking].acts_at(r.time_ms)) return make_error_code(errc::not_on_roster);
  const auto& who = people_.people[*asking];
  if (const auto refused = may(r, who)) return refused;
  std::vector<std::uint32_t> rows;
  bool above = false, taken = false, lasting = false;
  for (const auto index : people_.people_with(order.whom)) {
    const auto& p = people_.people[index];
    const bool allowed = order.roles.empty() || std::find(order.roles.begin(), order.roles.end(), p.role) != order.roles.end();
    if (p.role == site_role || !allowed) continue;
    if (!lies_below(people_, who.scope_index, p)) {
      above = true;
      continue;
    }
    if (order.what == roster_act::end_delegation && p.until_ms == 0) {
      lasting = true;
      continue;
    }
    // A delegate's time is the one who delegated's to set: nobody delegates what was lent, or outlives it.
    if (order.what == roster_act::delegate && p.until_ms != 0) continue;
    const auto other = names_another(order.what) ? people_.person_by(order.to, p.role) : std::nullopt;
    taken = taken || (other && people_.people[*other].acts_at(r.time_ms));
    rows.push_back(index);
  }
  if (taken) return make_error_code(errc::number_taken);
  if (!rows.empty()) return rows;
  return make_error_code(lasting ? errc::no_delegation : above ? errc::not_below : errc::no_such_person);
}

boost::system::result<outcome> roster_writer::submit(report r) {
  r.key = {r.scope, std::to_string(ledger_rows::size(db_) + 1)};
  r.entries = 1;
  if (const auto refused = door_.check(r)) return refused;
  const auto rows = rows_for(r);
  if (!rows) return rows.error();
  auto done = door_.submit(r);
  if (!done) return done;
  std::string pin = draws_pin(r.does->what) ? draw_pin() : std::string();
  for (const auto index : *rows)
    change(r, done->seq, people_.people[index], pin, *done);
  done->pin = std::move(pin);
  return done;
}

void roster_writer::change(const report& r, std::int64_t record, const person& whom, std::string_view pin,
                           outcome& out) {
  const auto& order = *r.does;
  roster_change c{order.what, whom.msisdn, whom.role, 0, 0, {}};
  if (names_another(order.what)) c.to = order.to;
  if (order.what == roster_act::delegate) c.until_ms = order.until_ms;
  if (!pin.empty()) c.pin_hash = key_->hash(c.to != 0 ? c.to : c.msisdn, c.role, pin);
  write(c);
  note(c, record, scope_code(people_, whom), r.time_ms);
  apply(people_, c, &undo_);
  out.roster.push_back(std::move(c));
}

void roster_writer::note(const roster_change& c, std::int64_t record, std::string_view scope, std::int64_t now_ms) {
  std::array<canonical::salt, 2> salts;
  randombytes_buf(salts.data(), sizeof salts);
  const auto who = canonical::commit(salts[0], canonical::number_bytes(c.msisdn));
  const auto to = canonical::commit(salts[1], canonical::number_bytes(c.to));
  canonical::roster_view body{name_of(c.what), record, c.role, scope, view(who), {}, c.until_ms, {}, now_ms};
  if (c.to != 0) body.to = view(to);
  const auto seq = ledger_rows::append(db_, canonical::kind::roster, canonical::roster_bytes(body));
  sqlite::statement keep(db_, "INSERT INTO personal(seq, no, salt, name, value) VALUES(?1, ?2, ?3, ?4, ?5)");
  keep.bind(1, seq).bind(2, 0).bind_blob(3, view(salts[0])).bind_null(4);
  keep.bind(5, static_cast<std::int64_t>(c.msisdn)).run();
  if (c.to == 0) return;
  keep.bind(1, seq).bind(2, 1).bind_blob(3, view(salts[1])).bind_text(4, "to");
  keep.bind(5, static_cast<std::int64_t>(c.to)).run();
}

// ?1 number, ?2 role, ?3 PIN hash, ?4 the other number, ?5 until when; each statement uses what it needs.
void roster_writer::write(const roster_change& c) {
  const auto run = [&](const char* sql) {
    sqlite::statement s(db_, sql);
    const std::string_view text(sql);
    s.bind(1, static_cast<std::int64_t>(c.msisdn)).bind_text(2, c.role);
    if (text.find("?3") != text.npos) s.bind_blob(3, view(c.pin_hash));
    if (text.find("?4") != text.npos) s.bind(4, static_cast<std::int64_t>(c.to));
    if (text.find("?5") != text.npos) s.bind(5, c.until_ms);
    s.run();
  };
  // What the pack says of them stays known, so that the next import can tell whether it says something new.
  if (c.what == roster_act::reset_pin || c.what == roster_act::replace_phone)
    run("INSERT OR IGNORE INTO person_change(msisdn, role, pack_msisdn, pack_hash) "
        "SELECT msisdn, role, msisdn, pin_hash FROM person WHERE msisdn = ?1 AND role = ?2 AND until_ms = 0");
  switch (c.what) {
  case roster_act::unlock:
    return run("UPDATE person SET wrong_pins = 0, locked_until_ms = 0 WHERE msisdn = ?1 AND role = ?2");
  case roster_act::reset_pin:
    return run("UPDATE person SET pin_hash = ?3, wrong_pins = 0, locked_until_ms = 0 WHERE msisdn = ?1 AND role = ?2");
  case roster_act::replace_phone:
    run("DELETE FROM person WHERE msisdn = ?4 AND role = ?2 AND ?1 <> 0");
    run("DELETE FROM person_change WHERE msisdn = ?4 AND role = ?2 AND ?1 <> 0");
    run("UPDATE person_change SET msisdn = ?4 WHERE msisdn = ?1 AND role = ?2");
    return run("UPDATE person SET msisdn = ?4, pin_hash = ?3, wrong_pins = 0, locked_until_ms = 0 "
               "WHERE msisdn = ?1 AND role = ?2");
  case roster_act::delegate:
    return run("REPLACE INTO person(msisdn, role, pos, scope_kind, scope, name, language, pin_hash, until_ms) "
               "SELECT ?4, role, (SELECT max(pos) + 1 FROM person), scope_kind, scope, coalesce((SELECT name FROM "
               "person WHERE msisdn = ?4 LIMIT 1), '(' || name || ')'), language, ?3, ?5 FROM person WHERE msisdn = ?1 AND role = ?2");
  case roster_act::end_delegation:
    return run("DELETE FROM person WHERE msisdn = ?1 AND role = ?2");
  }
}

} // namespace tallyline::storage
