#include "storage/opening.h"

#include "storage/past_rows.h"

#include <algorithm>

namespace tallyline::storage {
namespace {
constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::size_t most_own = 30;
} // namespace

opening_reader::opening_reader(sqlite::database& db)
    : past_(db, past_sql),
      // Named, because SQLite would walk through every step of the form instead.
      waiting_(db, "SELECT count(*), min(since_ms) FROM step INDEXED BY step_waiting WHERE form = ?1 AND scope = ?2 AND "
                   "done_ms IS NULL"),
      // Only what was followed: what a decision took out of the queue is nobody's work.
      done_(db, "SELECT count(*) FROM step WHERE form = ?1 AND scope = ?2 AND done_ms IS NOT NULL AND done_ms > ?3 AND "
                "done_seq IS NOT NULL"),
      own_(db, "SELECT r.form, r.key, r.receipt, f.time_ms, coalesce(s.ticket, 0) FROM personal p JOIN record r ON "
               "r.seq = p.seq JOIN fact f ON f.seq = p.seq LEFT JOIN step s ON s.form = r.form AND "
               "s.part = substr(r.key, length(f.scope) + 2) WHERE p.no = 0 AND p.value = ?1 AND r.state <> 1 "
               "ORDER BY p.seq DESC") {}

void opening_reader::read(const opening_request& what, opening& out) {
  const std::string scope = joined_key({what.scope});
  for (const auto& form : what.forms)
    read_past(past_, form, scope, out.past);
  for (const auto& form : what.queues)
    read_queue(form, what, out.queues.emplace_back());
  if (what.own_of != 0) read_own(what, out.own);
}

void opening_reader::read_queue(const std::string& form, const opening_request& what, queue_length& out) {
  out.form = form;
  for (const auto& scope : what.queue_scopes) {
    const sqlite::using_statement open(waiting_), open_too(done_);
    if (waiting_.bind_text(1, form).bind_text(2, scope).step() && waiting_.number(0) > 0) {
      const auto since = waiting_.number(1);
      out.oldest_ms = out.waiting == 0 ? since : std::min(out.oldest_ms, since);
      out.waiting += waiting_.number(0);
    }
    if (done_.bind_text(1, form).bind_text(2, scope).bind(3, what.now_ms - hour_ms).step())
      out.last_hour += done_.number(0);
  }
}

void opening_reader::read_own(const opening_request& what, std::vector<own_record>& out) {
  const sqlite::using_statement open(own_);
  own_.bind(1, static_cast<std::int64_t>(what.own_of));
  while (out.size() < most_own && own_.step()) {
    const auto form = own_.text(0);
    if (std::find(what.own_forms.begin(), what.own_forms.end(), form) == what.own_forms.end()) continue;
    out.push_back({std::string(form), std::string(own_.text(1)),
                   receipt::to_text(static_cast<std::uint64_t>(own_.number(2))), own_.number(3), own_.number(4)});
  }
}

} // namespace tallyline::storage
