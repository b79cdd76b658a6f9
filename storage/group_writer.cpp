#include "storage/group_writer.h"

#include "storage/past_rows.h"
#include "storage/receipt.h"

#include <chrono>
#include <spdlog/spdlog.h>
#include <utility>

namespace tallyline::storage {
namespace {

std::int64_t now_in_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

int note_pages(void* pages, sqlite3*, const char*, int count) {
  *static_cast<int*>(pages) = count;
  return SQLITE_OK;
}

} // namespace

group_writer::group_writer(sqlite::database db, std::shared_ptr<election> own, std::optional<pin_key> key)
    : db_(std::move(db)), own_(std::move(own)), door_(db_, own_, key), roster_(db_, *own_, door_, key),
      sites_(db_, door_), openings_(db_), begin_(db_, "BEGIN IMMEDIATE"), commit_(db_, "COMMIT"),
      rollback_(db_, "ROLLBACK"),
      put_draft_(db_, "REPLACE INTO draft(slot, msisdn, menu, bytes, saved_ms) VALUES(?1, ?2, ?3, ?4, ?5)"),
      drop_draft_(db_, "DELETE FROM draft WHERE slot = ?1"), get_draft_(db_, "SELECT bytes FROM draft WHERE slot = ?1"),
      put_pin_(db_, "UPDATE person SET wrong_pins = ?3, locked_until_ms = ?4 WHERE msisdn = ?1 AND role = ?2"),
      get_pin_(db_, "SELECT wrong_pins, locked_until_ms FROM person WHERE msisdn = ?1 AND role = ?2"),
      // Keys that begin with the scope lie together; "0" is the character behind "/".
      get_past_(db_, past_sql), put_language_(db_, "REPLACE INTO preference(msisdn, language) VALUES(?1, ?2)"),
      put_message_(db_, "REPLACE INTO outbox(slot, msisdn, smsc, code, text, last, since_ms) "
                        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
      drop_message_(db_, "DELETE FROM outbox WHERE slot = ?1") {
  sqlite3_wal_hook(db_.handle(), note_pages, wal_pages_.get());
}

std::vector<open_draft> group_writer::open_drafts() {
  std::vector<open_draft> all;
  sqlite::statement rows(db_, "SELECT slot, msisdn, menu FROM draft ORDER BY slot");
  while (rows.step())
    all.push_back({static_cast<std::uint32_t>(rows.number(0)), static_cast<std::uint64_t>(rows.number(1)),
                   std::string(rows.text(2))});
  return all;
}

std::vector<chosen_language> group_writer::languages() {
  std::vector<chosen_language> all;
  sqlite::statement rows(db_, "SELECT msisdn, language FROM preference");
  while (rows.step())
    all.push_back({static_cast<std::uint64_t>(rows.number(0)), std::string(rows.text(1))});
  return all;
}

std::vector<waiting_message> group_writer::outbox() {
  std::vector<waiting_message> all;
  sqlite::statement rows(db_,
                         "SELECT slot, msisdn, smsc, code, text, last, since_ms FROM outbox ORDER BY since_ms, slot");
  while (rows.step())
    all.push_back({static_cast<std::uint32_t>(rows.number(0)), static_cast<std::uint64_t>(rows.number(1)),
                   std::string(rows.text(2)), std::string(rows.text(3)), std::string(rows.text(4)), rows.number(5) != 0,
                   rows.number(6)});
  return all;
}

errc group_writer::perform(job_group& g) {
  now_ms_ = now_in_ms();
  const errc error = try_all(g, 0, g.jobs.size());
  if (error == errc{}) return error;
  if (!alone_ || g.jobs.size() == 1) {
    for (job& j : g.jobs)
      j.error = error;
    return error;
  }
  for (std::size_t i = 0; i < g.jobs.size(); ++i)
    if (const errc own = try_all(g, i, i + 1); own != errc{}) g.jobs[i].error = own;
  return errc{};
}

errc group_writer::try_all(job_group& g, std::size_t first, std::size_t last) {
  try {
    for (std::size_t i = first; i < last; ++i) {
      g.jobs[i].error = errc{};
      perform_one(g, g.jobs[i]);
    }
    door_.before_commit();
    if (db_.in_transaction()) commit_.run();
    roster_.committed();
    if (std::exchange(told_, false)) spdlog::info("storage: writing again");
    return errc{};
  } catch (const sqlite::failure& e) {
    return failed(e.kind(), e.of_one_statement(), e.what(), last - first);
  } catch (const std::exception& e) {
    return failed(errc::io, false, e.what(), last - first);
  }
}

errc group_writer::failed(errc kind, bool alone, const char* what, std::size_t jobs) {
  alone_ = alone;
  roll_back();
  // A full disk must not be filled with log lines too: the first failure of a row is told, the others only on request.
  const auto level = std::exchange(told_, true) && !alone ? spdlog::level::debug : spdlog::level::err;
  spdlog::log(level, "storage: a group of {} was not written: {}", jobs, what);
  return kind;
}

void group_writer::perform_one(job_group& g, job& j) {
  switch (j.kind) {
  case job_kind::save_draft:
    return write_draft(g, j);
  case job_kind::submit:
    return submit(g, j);
  case job_kind::drop_draft:
    begin_writing();
    return drop_draft_.bind(1, j.slot).run();
  case job_kind::save_pin_state: {
    begin_writing();
    const auto& state = g.pins[j.extra];
    put_pin_.bind(1, static_cast<std::int64_t>(j.msisdn))
        .bind_text(2, g.word(j))
        .bind(3, state.wrong)
        .bind(4, state.locked_until_ms)
        .run();
    if (db_.changes() == 0) j.error = errc::not_on_roster;
    return;
  }
  case job_kind::save_language:
    begin_writing();
    return put_language_.bind(1, static_cast<std::int64_t>(j.msisdn)).bind_text(2, g.word(j)).run();
  case job_kind::save_notice:
  case job_kind::drop_notices:
    return write_notice(g, j);
  case job_kind::save_message:
    return write_message(g, j);
  case job_kind::drop_message:
    begin_writing();
    return drop_message_.bind(1, j.slot).run();
  case job_kind::decide:
    return rule(g, j);
  case job_kind::submit_site: {
    begin_writing();
    auto& s = g.site_submissions[j.extra];
    s.came = sites_.submit(s.what);
    return;
  }
  case job_kind::save_call:
    begin_writing();
    return sites_.save(g.calls[j.extra]);
  case job_kind::load_opening:
    return openings_.read(g.openings[j.extra].what, g.openings[j.extra].came = {});
  case job_kind::load_past:
    return load_past(g, j);
  case job_kind::load_draft:
  case job_kind::load_pin_state:
    return load(g, j);
  }
}

void group_writer::submit(job_group& g, job& j) {
  begin_writing(); // before the comparison: what it reads must still be so when it is written
  auto& s = g.submissions[j.extra];
  auto came = s.what.does ? roster_.submit(s.what) : door_.submit(s.what);
  if (!came) {
    j.error = static_cast<errc>(came.error().value());
    return;
  }
  s.came = std::move(*came);
  if (j.slot != 0) drop_draft_.bind(1, j.slot).run();
}

void group_writer::rule(job_group& g, job& j) {
  begin_writing();
  auto& r = g.rulings[j.extra];
  auto came = decide(db_, door_.sums(), r.what);
  if (came)
    r.came = std::move(*came);
  else
    j.error = static_cast<errc>(came.error().value());
}

void group_writer::write_draft(const job_group& g, const job& j) {
  begin_writing();
  put_draft_.bind(1, j.slot)
      .bind(2, static_cast<std::int64_t>(j.msisdn))
      .bind_text(3, g.word(j))
      .bind_blob(4, g.more(j))
      .bind(5, now_ms_)
      .run();
}

// Rare: not worth a statement kept ready.
void group_writer::write_notice(const job_group& g, const job& j) {
  begin_writing();
  const bool drops = j.kind == job_kind::drop_notices;
  sqlite::statement s(db_, drops ? "DELETE FROM notice WHERE msisdn = ?1"
                                 : "INSERT INTO notice(msisdn, text, since_ms) VALUES(?1, ?2, ?3)");
  s.bind(1, static_cast<std::int64_t>(j.msisdn));
  if (!drops) s.bind_text(2, g.word(j)).bind(3, now_ms_);
  s.run();
}

std::vector<waiting_notice> group_writer::notices() {
  std::vector<waiting_notice> all;
  sqlite::statement rows(db_, "SELECT msisdn, text FROM notice ORDER BY no");
  while (rows.step())
    all.push_back({static_cast<std::uint64_t>(rows.number(0)), std::string(rows.text(1))});
  return all;
}

void group_writer::write_message(const job_group& g, const job& j) {
  begin_writing();
  const auto all = g.more(j); // the SMSC's name, a line end, the text
  const auto end = all.find('\n');
  put_message_.bind(1, j.slot)
      .bind(2, static_cast<std::int64_t>(j.msisdn))
      .bind_text(3, all.substr(0, end))
      .bind_text(4, g.word(j))
      .bind_text(5, all.substr(end + 1))
      .bind(6, j.extra)
      .bind(7, now_ms_)
      .run();
}

void group_writer::load(job_group& g, job& j) {
  if (j.kind == job_kind::load_draft) {
    const sqlite::using_statement open(get_draft_);
    g.texts[j.extra].clear();
    if (get_draft_.bind(1, j.slot).step()) g.texts[j.extra] = get_draft_.blob(0);
    return;
  }
  const sqlite::using_statement open(get_pin_);
  if (!get_pin_.bind(1, static_cast<std::int64_t>(j.msisdn)).bind_text(2, g.word(j)).step()) {
    j.error = errc::not_on_roster;
    return;
  }
  g.pins[j.extra] = {static_cast<int>(get_pin_.number(0)), get_pin_.number(1)};
}

void group_writer::load_past(job_group& g, const job& j) {
  auto& all = g.pasts[j.extra];
  all.clear();
  const std::string scope = joined_key({std::string(g.word(j))});
  for (std::string_view forms = g.more(j); !forms.empty();) {
    const auto end = forms.find('\n');
    read_past(get_past_, forms.substr(0, end), scope, all);
    forms.remove_prefix(end + 1);
  }
}

// A group of nothing but reads needs no lock and no commit.
void group_writer::begin_writing() {
  if (!db_.in_transaction()) begin_.run();
}

void group_writer::roll_back() noexcept {
  door_.rolled_back();
  roster_.rolled_back();
  // After a full disk or an I/O error SQLite has often rolled back by itself.
  if (!db_.in_transaction()) return;
  try {
    rollback_.run();
  } catch (const std::exception& e) {
    spdlog::error("storage: rolling back: {}", e.what());
  }
}

void group_writer::checkpoint(bool truncate) {
  const int mode = truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
  const int code = sqlite3_wal_checkpoint_v2(db_.handle(), nullptr, mode, nullptr, nullptr);
  if (code != SQLITE_OK && code != SQLITE_BUSY)
    spdlog::warn("storage: the log could not be moved into the database: {}", sqlite3_errmsg(db_.handle()));
}

} // namespace tallyline::storage
