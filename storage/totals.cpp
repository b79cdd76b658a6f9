#include "storage/totals.h"

#include "storage/cbor_reader.h"
#include "storage/cbor_writer.h"
#include "storage/pseudonym.h"
#include "storage/record_door.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <memory>

namespace tallyline::storage {
namespace {

std::int64_t wrapping(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

// `into` and `from` ascend by number.
void merge(std::vector<list_item>& into, std::span<const list_item> from, std::int64_t sign) {
  auto at = into.begin();
  for (const auto& item : from) {
    at = std::find_if(at, into.end(), [&](const list_item& i) { return i.number >= item.number; });
    if (at == into.end() || at->number != item.number) at = into.insert(at, {item.number, 0});
    at->value = wrapping(at->value, sign * item.value);
    ++at;
  }
}

sums::field& field_of(sums& s, std::string_view name, bool list) {
  for (auto& f : s.fields)
    if (f.name == name && f.list == list) return f;
  return s.fields.emplace_back(sums::field{std::string(name), list, {}});
}

bool read_items(canonical::cbor_reader& in, std::vector<list_item>& items) {
  std::uint64_t size = 0;
  if (!in.array(size) || size % 2 != 0) return false;
  items.resize(static_cast<std::size_t>(size / 2));
  return std::all_of(items.begin(), items.end(),
                     [&](list_item& i) { return in.number(i.number) && in.number(i.value); });
}

void write_items(canonical::cbor_writer& out, const std::vector<list_item>& items) {
  out.array(items.size() * 2);
  for (const auto& i : items)
    out.number(i.number), out.number(i.value);
}

// A pseudonym is one person's: a row for each would be no total.
std::string totals_part(const std::vector<std::string_view>& key) {
  if (std::none_of(key.begin() + 1, key.end(), is_pseudonym)) return joined_key(key, 1);
  std::vector<std::string_view> plain;
  std::copy_if(key.begin() + 1, key.end(), std::back_inserter(plain), [](auto p) { return !is_pseudonym(p); });
  return joined_key(plain, 0);
}

using every_total = std::map<std::array<std::string, 3>, sums>; // form, part, area

constexpr std::string_view all_current = "SELECT r.seq, e.body FROM record r NOT INDEXED CROSS JOIN entry e ON e.seq = "
                                         "r.seq WHERE r.state = 0";

every_total recomputed(sqlite::database& db) {
  every_total all;
  const auto area_of = areas_in(db);
  canonical::record_view r;
  sqlite::statement rows(db, all_current);
  while (rows.step()) {
    if (!canonical::read_record(rows.blob(1), r))
      throw sqlite::failure(errc::corrupt, SQLITE_CORRUPT, fmt::format("entry {} is not a record", rows.number(0)));
    all[{std::string(r.form), totals_part(r.key), area_of(r.scope)}].add(r, 1);
  }
  return all;
}

every_total stored(sqlite::database& db) {
  every_total all;
  sqlite::statement rows(db, "SELECT form, part, area, records, flagged, sums FROM total");
  while (rows.step()) {
    sums s;
    s.records = rows.number(3), s.flagged = rows.number(4);
    if (!from_bytes(rows.blob(5), s)) s.fields.assign(1, {"(damaged)", false, {}});
    all[{std::string(rows.text(0)), std::string(rows.text(1)), std::string(rows.text(2))}] = std::move(s);
  }
  return all;
}

// Fields in any order, and zeros that a record left behind when it was taken out, are no difference.
sums plain(sums s) {
  const auto zero = [](const list_item& i) { return i.value == 0; };
  std::erase_if(s.bearers, zero);
  for (auto& f : s.fields)
    std::erase_if(f.items, zero);
  std::erase_if(s.fields, [](const auto& f) { return f.items.empty(); });
  std::sort(s.fields.begin(), s.fields.end(),
            [](const auto& a, const auto& b) { return std::tie(a.name, a.list) < std::tie(b.name, b.list); });
  return s;
}

} // namespace

const sums::field* sums::find(std::string_view name) const {
  const auto at = std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.name == name; });
  return at == fields.end() ? nullptr : &*at;
}

void sums::add(const canonical::record_view& r, std::int64_t sign) {
  using type = canonical::field_view::type;
  records += sign;
  if (!r.flags.empty()) flagged += sign;
  const list_item came{static_cast<std::int64_t>(r.by), 1};
  merge(bearers, {&came, 1}, sign);
  for (const auto& f : r.fields) {
    const list_item alone{0, f.number};
    if (f.what == type::number) merge(field_of(*this, f.name, false).items, {&alone, 1}, sign);
    if (f.what == type::list) merge(field_of(*this, f.name, true).items, f.items, sign);
  }
}

void sums::add(const sums& other) {
  records += other.records, flagged += other.flagged;
  merge(bearers, other.bearers, 1);
  for (const auto& f : other.fields)
    merge(field_of(*this, f.name, f.list).items, f.items, 1);
}

std::string to_bytes(const sums& s) {
  canonical::cbor_writer out;
  out.array(s.fields.size() + 1);
  out.array(2), out.text(""), write_items(out, s.bearers);
  for (const auto& f : s.fields) {
    out.array(2), out.text(f.name);
    f.list ? write_items(out, f.items) : out.number(f.items.empty() ? 0 : f.items.front().value);
  }
  return out.take();
}

bool from_bytes(std::string_view bytes, sums& out) {
  canonical::cbor_reader in(bytes);
  std::uint64_t size = 0, two = 0;
  std::string_view name;
  out.fields.clear();
  if (!in.array(size) || size == 0 || !in.array(two) || two != 2 || !in.text(name) || !name.empty() ||
      !read_items(in, out.bearers))
    return false;
  for (; size > 1; --size) {
    if (!in.array(two) || two != 2 || !in.text(name)) return false;
    auto& f = out.fields.emplace_back(sums::field{std::string(name), in.peek_major() == 4, {}});
    if (!f.list) f.items.resize(1);
    if (f.list ? !read_items(in, f.items) : !in.number(f.items[0].value)) return false;
  }
  return in.at_end();
}

totals::totals(sqlite::database& db, area_of find)
    : area_of_(std::move(find)),
      get_(db, "SELECT records, flagged, sums FROM total WHERE form = ?1 AND part = ?2 AND area = ?3"),
      put_(db, "REPLACE INTO total(form, part, area, records, flagged, sums) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"),
      drop_(db, "DELETE FROM total WHERE form = ?1 AND part = ?2 AND area = ?3"),
      record_(db, "SELECT e.body, r.state FROM record r JOIN entry e ON e.seq = r.seq WHERE r.seq = ?1") {}

bool totals::read(std::int64_t seq, bool only_current) {
  const sqlite::using_statement open(record_);
  if (!record_.bind(1, seq).step() || !canonical::read_record(record_.blob(0), view_))
    throw sqlite::failure(errc::corrupt, SQLITE_CORRUPT, fmt::format("entry {} is not a record", seq));
  if (only_current && record_.number(1) != static_cast<int>(record_state::current)) return false;
  change(view_, only_current ? -1 : 1); // while the body is still bound
  return true;
}

void totals::enters(std::int64_t seq) { read(seq, false); }
void totals::leaves(std::int64_t seq) { read(seq, true); }

void totals::change(const canonical::record_view& r, std::int64_t sign) {
  const std::string part = totals_part(r.key);
  std::string area = area_of_(r.scope);
  key_.assign(r.form).append(1, '\n').append(area).append(1, '\n').append(part);
  auto& at = changed_[key_];
  if (at.form.empty()) at.form = r.form, at.part = part, at.area = std::move(area);
  at.by.add(r, sign);
}

void totals::flush() {
  for (const auto& [key, changed] : changed_)
    write(changed);
  changed_.clear();
}

void totals::write(const row& r) {
  sums now;
  {
    const sqlite::using_statement open(get_);
    if (get_.bind_text(1, r.form).bind_text(2, r.part).bind_text(3, r.area).step()) {
      now.records = get_.number(0), now.flagged = get_.number(1);
      if (!from_bytes(get_.blob(2), now))
        throw sqlite::failure(errc::corrupt, SQLITE_CORRUPT, fmt::format("the total of {} in {}", r.form, r.area));
    }
  }
  now.add(r.by);
  if (now.empty()) return drop_.bind_text(1, r.form).bind_text(2, r.part).bind_text(3, r.area).run();
  const std::string bytes = to_bytes(now);
  put_.bind_text(1, r.form).bind_text(2, r.part).bind_text(3, r.area);
  put_.bind(4, now.records).bind(5, now.flagged).bind_blob(6, bytes).run();
}

totals::area_of areas_in(sqlite::database& db) {
  auto all = std::make_shared<std::unordered_map<std::string, std::string>>();
  for (const char* sql :
       {"SELECT code, code FROM area", "SELECT code, area FROM office", "SELECT code, area FROM station"}) {
    sqlite::statement rows(db, sql);
    while (rows.step())
      all->insert_or_assign(std::string(rows.text(0)), std::string(rows.text(1)));
  }
  return [all](std::string_view scope) {
    const auto at = all->find(std::string(scope));
    return at == all->end() ? std::string() : at->second;
  };
}

void rebuild_totals(sqlite::database& db) {
  db.exec("DELETE FROM total");
  sqlite::statement put(db,
                        "INSERT INTO total(form, part, area, records, flagged, sums) VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
  for (const auto& [key, s] : recomputed(db)) {
    const std::string bytes = to_bytes(s);
    put.bind_text(1, key[0]).bind_text(2, key[1]).bind_text(3, key[2]).bind(4, s.records).bind(5, s.flagged);
    put.bind_blob(6, bytes).run();
  }
}

std::vector<std::string> wrong_totals(sqlite::database& db, std::size_t most) {
  std::vector<std::string> wrong;
  const auto should = recomputed(db);
  auto is = stored(db);
  const auto tell = [&](const auto& key, std::int64_t kept, std::int64_t counted) {
    if (wrong.size() == most) return;
    wrong.push_back(fmt::format("the total of '{}'{}{} in {} is kept as {} records{}, the records say {}", key[0],
                                key[1].empty() ? "" : " ", key[1], key[2], kept,
                                kept == counted ? " with other sums" : "", counted));
  };
  for (const auto& [key, s] : should) {
    const auto at = is.find(key);
    if (at == is.end())
      tell(key, 0, s.records);
    else if (plain(at->second) != plain(s))
      tell(key, at->second.records, s.records);
    if (at != is.end()) is.erase(at);
  }
  for (const auto& [key, s] : is)
    tell(key, s.records, 0);
  return wrong;
}

} // namespace tallyline::storage
