#include "storage/facts.h"

#include <fmt/format.h>

namespace tallyline::storage {
namespace {

void append_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (static_cast<unsigned char>(c) < 0x20) // RFC 8259 7
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      out += c;
  }
  out += '"';
}

void append_number(std::string& out, std::int64_t n) {
  const fmt::format_int text(n);
  out.append(text.data(), text.size());
}

void append_value(std::string& out, const canonical::field_view& f) {
  using type = canonical::field_view::type;
  if (f.what == type::number) return append_number(out, f.number);
  if (f.what == type::text) return append_text(out, f.text);
  out += '{';
  for (const auto& item : f.items) {
    if (out.back() != '{') out += ',';
    out += '"';
    append_number(out, item.number);
    out += "\":";
    append_number(out, item.value);
  }
  out += '}';
}

std::string words(const std::vector<std::string_view>& all) {
  return all.empty() ? std::string() : fmt::format("{}", fmt::join(all, " "));
}

canonical::record_view& read(std::int64_t seq, std::string_view body, canonical::record_view& into) {
  if (!canonical::read_record(body, into))
    throw sqlite::failure(errc::corrupt, SQLITE_CORRUPT, fmt::format("entry {} is not a record", seq));
  return into;
}

} // namespace

std::string fields_json(const canonical::record_view& r) {
  std::string out = "{";
  for (const auto& f : r.fields) {
    if (f.what == canonical::field_view::type::personal) continue;
    if (out.size() > 1) out += ',';
    append_text(out, f.name);
    out += ':';
    append_value(out, f);
  }
  return out += '}';
}

facts::facts(sqlite::database& db)
    : put_(db,
           "INSERT INTO fact(seq, scope, time_ms, bearer, flags, reason, fields) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)") {}

void facts::add(std::int64_t seq, const canonical::record_view& r) {
  const std::string flags = words(r.flags), fields = fields_json(r);
  put_.bind(1, seq).bind_text(2, r.scope).bind(3, r.time_ms).bind(4, static_cast<int>(r.by)).bind_text(5, flags);
  put_.bind_text(6, r.reason).bind_text(7, fields).run();
}

void rebuild_facts(sqlite::database& db) {
  db.exec("DELETE FROM fact");
  facts all(db);
  canonical::record_view r;
  sqlite::statement rows(db, "SELECT r.seq, e.body FROM record r CROSS JOIN entry e ON e.seq = r.seq ORDER BY r.seq");
  while (rows.step())
    all.add(rows.number(0), read(rows.number(0), rows.blob(1), r));
}

std::vector<std::string> wrong_facts(sqlite::database& db, std::size_t most) {
  std::vector<std::string> wrong;
  canonical::record_view r;
  sqlite::statement rows(db, "SELECT r.seq, e.body, f.scope, f.time_ms, f.bearer, f.flags, f.reason, f.fields FROM "
                             "record r CROSS JOIN entry e ON e.seq = r.seq LEFT JOIN fact f ON f.seq = r.seq");
  while (rows.step() && wrong.size() < most) {
    read(rows.number(0), rows.blob(1), r);
    const bool same = rows.text(2) == r.scope && rows.number(3) == r.time_ms &&
                      rows.number(4) == static_cast<int>(r.by) && rows.text(5) == words(r.flags) &&
                      rows.text(6) == r.reason && rows.text(7) == fields_json(r);
    if (!same) wrong.push_back(fmt::format("the columns of record {} are not what its bytes say", rows.number(0)));
  }
  return wrong;
}

} // namespace tallyline::storage
