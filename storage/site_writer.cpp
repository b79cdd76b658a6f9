#include "storage/site_writer.h"

#include "storage/canonical.h"
#include "storage/ledger_rows.h"
#include "storage/receipt.h"

#include <algorithm>
#include <sodium.h>

namespace tallyline::storage {
namespace {

template <class Bytes> std::string_view view(const Bytes& b) {
  return {reinterpret_cast<const char*>(b.data()), b.size()};
}

// What makes two reports the same: all but when they came, by which script, and the salts.
std::string content_of(const record_door& door, const report& r) {
  report plain = r;
  plain.time_ms = 0, plain.menu_version.clear(), plain.salt_seed.reset();
  const canonical::salts none(canonical::salts_needed(plain));
  return door.sealed(canonical::record_bytes(plain, none, 0, 0)).substr(0, 16);
}

} // namespace

site_writer::site_writer(sqlite::database& db, record_door& door)
    : db_(db), door_(door), raise_call_(db, "INSERT INTO site_state(code, last_call) VALUES(?1, ?2) "
                                            "ON CONFLICT(code) DO UPDATE SET last_call = max(last_call, ?2)"),
      forget_settled_(db, "DELETE FROM site_answer WHERE code = ?1 AND number < ?2"),
      find_answer_(db, "SELECT content, time_ms, drawn, verdict, derivable, receipt FROM site_answer "
                       "WHERE code = ?1 AND number = ?2"),
      put_answer_(db, "REPLACE INTO site_answer(code, number, content, time_ms, drawn, verdict, derivable, receipt) "
                      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
      put_call_(db, "INSERT INTO call(site, bearer, began_ms, took_ms, octets_in, octets_out, retries, reports, ended) "
                    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"),
      // The last condition lets SQLite take the index of entries that are no records.
      site_entries_(db, "SELECT seq, kind, body FROM entry WHERE kind IN (10, 11) AND kind <> 1 ORDER BY seq DESC") {}

std::vector<site_decision> site_writer::submit(const site_batch& b) {
  raise_call_.bind_text(1, b.site).bind(2, static_cast<std::int64_t>(b.call)).run();
  forget_settled_.bind_text(1, b.site).bind(2, static_cast<std::int64_t>(b.settled)).run();
  std::vector<site_decision> all;
  for (const auto& e : b.entries) {
    site_decision& d = all.emplace_back();
    d.number = e.number, d.time_ms = b.time_ms, d.drawn = b.drawn;
    if (const auto wrong = door_.check(e.what)) {
      d.refused = static_cast<errc>(wrong.value());
      continue;
    }
    content_ = content_of(door_, e.what);
    if (decided_before(b, e, d)) continue;
    auto came = door_.submit(e.what);
    if (!came) { // such as a correction that comes too late
      d.refused = static_cast<errc>(came.error().value());
      continue;
    }
    d.what = std::move(*came);
    keep(b, e, d.what);
  }
  return all;
}

bool site_writer::decided_before(const site_batch& b, const site_entry& e, site_decision& out) {
  const sqlite::using_statement open(find_answer_);
  find_answer_.bind_text(1, b.site).bind(2, static_cast<std::int64_t>(e.number));
  if (!find_answer_.step() || find_answer_.blob(0) != content_) return false;
  out.time_ms = find_answer_.number(1);
  const auto drawn = find_answer_.blob(2);
  std::copy_n(drawn.begin(), std::min(drawn.size(), out.drawn.size()), out.drawn.begin());
  out.what.what = static_cast<verdict>(find_answer_.number(3));
  out.what.derivable = find_answer_.number(4) != 0;
  out.what.receipt = receipt::to_text(static_cast<std::uint64_t>(find_answer_.number(5)));
  return true;
}

void site_writer::keep(const site_batch& b, const site_entry& e, const outcome& came) {
  put_answer_.bind_text(1, b.site)
      .bind(2, static_cast<std::int64_t>(e.number))
      .bind_blob(3, content_)
      .bind(4, b.time_ms)
      .bind_blob(5, view(b.drawn))
      .bind(6, static_cast<int>(came.what))
      .bind(7, came.derivable)
      .bind(8, static_cast<std::int64_t>(receipt::parse(came.receipt).receipt))
      .run();
}

void site_writer::save(const call_record& c) {
  put_call_.bind_text(1, c.site)
      .bind_text(2, c.by)
      .bind(3, c.began_ms)
      .bind(4, c.took_ms)
      .bind(5, static_cast<std::int64_t>(c.octets_in))
      .bind(6, static_cast<std::int64_t>(c.octets_out))
      .bind(7, static_cast<std::int64_t>(c.retries))
      .bind(8, static_cast<std::int64_t>(c.reports))
      .bind_text(9, c.ended)
      .run();
  if (c.by_key) note_enrolment(c);
}

// The first call with the key of an invitation is what enrols a site. One that began before it was by an earlier key.
void site_writer::note_enrolment(const call_record& c) {
  const sqlite::using_statement open(site_entries_);
  while (site_entries_.step()) {
    const auto body = site_entries_.blob(2);
    if (site_entries_.number(1) == static_cast<int>(canonical::kind::enrolment)) {
      if (const auto e = canonical::read_enrolment(body); e && e->site == c.site) return;
      continue;
    }
    const auto k = canonical::read_site_key(body);
    if (!k || k->site != c.site) continue;
    if (k->invited && k->time_ms <= c.began_ms)
      ledger_rows::append(
          db_, canonical::kind::enrolment,
          canonical::enrolment_bytes({c.site, site_entries_.number(0), std::max(k->time_ms, c.began_ms + c.took_ms)}));
    return;
  }
}

} // namespace tallyline::storage
