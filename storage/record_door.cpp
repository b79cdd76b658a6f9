#include "storage/record_door.h"

#include "storage/pseudonym.h"
#include "storage/receipt.h"

#include <algorithm>
#include <cstring>
#include <sodium.h>
#include <stdexcept>

namespace tallyline::storage {
namespace {

// Each state has a partial index of its own.
std::string find_in_state(int state) {
  return "SELECT r.seq, r.receipt, e.body, p.value, r.decided FROM record r JOIN entry e ON e.seq = r.seq "
         "LEFT JOIN personal p ON p.seq = r.seq AND p.no = 0 WHERE r.form = ?1 AND r.key = ?2 AND r.state = " +
         std::to_string(state);
}

template <class Bytes> std::string_view view(const Bytes& b) {
  return {reinterpret_cast<const char*>(b.data()), b.size()};
}

std::string area_code(const election& e, std::string_view scope) {
  if (const auto s = e.station_by_code(scope)) return e.areas[e.stations[*s].area].code;
  if (const auto o = e.office_by_code(scope)) return e.areas[e.offices[*o].area].code;
  return std::string(scope);
}

} // namespace

record_door::record_door(sqlite::database& db, std::shared_ptr<const election> roster, std::optional<pin_key> key)
    : db_(db), roster_(std::move(roster)), find_current_(db, find_in_state(0)), find_review_(db, find_in_state(2)),
      find_pending_(db, find_in_state(3)), find_rejected_(db, find_in_state(4)),
      find_salts_(db, "SELECT salt FROM personal WHERE seq = ?1 ORDER BY no"),
      receipt_taken_(db, "SELECT 1 FROM record WHERE receipt = ?1"),
      insert_entry_(db, "INSERT INTO entry(kind, body, leaf) VALUES(1, ?1, ?2)"),
      insert_record_(
          db,
          "INSERT INTO record(seq, form, key, state, receipt, flagged, supersedes) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
      insert_personal_(db, "INSERT INTO personal(seq, no, salt, name, value) VALUES(?1, ?2, ?3, ?4, ?5)"),
      supersede_(db, "UPDATE record SET state = 1, superseded_by = ?2 WHERE seq = ?1"),
      to_review_(db, "UPDATE record SET state = 2 WHERE seq = ?1"),
      totals_(db, [this](std::string_view scope) { return area_code(*roster_, scope); }), facts_(db),
      steps_(db, roster_), key_for_names_(std::move(key)) {}

boost::system::result<outcome> record_door::submit(const report& r) {
  if (const auto refused = check_report(r, *roster_)) return refused;
  if (!r.ticket_of.empty()) {
    report found = r;
    if (!take_ticket(found)) return make_error_code(errc::nothing_to_follow);
    return submit(found);
  }
  if (r.pseudonyms.empty() && !r.many) return submit_plain(r);
  if (!key_for_names_) return make_error_code(errc::bad_key);
  report hidden = r;
  hide_in_key(hidden, *key_for_names_);
  auto came = submit_plain(hidden);
  if (came) came->derivable = false; // by nobody who has not the key
  return came;
}

// A step whose part is one word, such as a pseudonym.
bool record_door::take_ticket(report& r) {
  if (r.ticket_at == 0 || r.ticket_at >= r.key.size()) return false;
  const auto number = receipt::parse_ticket(r.key[r.ticket_at]);
  if (!number) return false;
  sqlite::statement row(db_, "SELECT part FROM step WHERE form = ?1 AND ticket = ?2");
  if (!row.bind_text(1, r.ticket_of).bind(2, *number).step()) return false;
  r.ticket_of.clear();
  r.key[r.ticket_at] = row.text(0);
  return r.key[r.ticket_at].find_first_of("/\\") == std::string::npos;
}

std::string record_door::sealed(std::string_view bytes) const {
  if (!key_for_names_) return std::string(view(ledger::leaf_hash(bytes)));
  return std::string(view(key_for_names_->mac(bytes)));
}

boost::system::result<outcome> record_door::submit_plain(const report& r) {
  key_ = joined_key(r.key);
  part_ = joined_key(r.key, 1);
  auto came = compared(r);
  if (came && r.once) came->ticket = steps_.ticket_of(r.form, part_);
  return came;
}

boost::system::result<outcome> record_door::compared(const report& r) {
  const auto current = current_of(r);
  const auto again = [](const existing& e) {
    return outcome{verdict::duplicate, receipt::to_text(e.receipt), e.seq, 0};
  };
  if (current && current->same_values) return again(*current);
  if (const auto rejected = rejected_same(r)) return again(*rejected);
  if (r.once || !r.follows.empty())
    if (const auto refused = steps_.against(r, part_); refused != errc{}) return make_error_code(refused);
  // A decision is not overruled by two who agree: what they say waits for another one.
  if (r.entries == 2 && !(current && current->decided)) return submit_entry(r, current);
  if (!current) return append(r, verdict::recorded, record_state::current, 0, 0);
  switch (may_correct(r, *current)) {
  case may::correct:
    return append(r, verdict::corrected, record_state::current, current->seq, 0);
  case may::too_late:
    return make_error_code(errc::correction_late);
  case may::never:
    return make_error_code(errc::correction_refused);
  case may::dissent:
    break;
  }
  const auto earlier = review_by_same_person(r);
  if (!earlier) return append(r, verdict::review, record_state::review, 0, current->seq);
  if (earlier->same_values) return again(*earlier);
  // Somebody corrects their own dissent: only the later one waits for a decision.
  return append(r, verdict::review, record_state::review, earlier->seq, current->seq);
}

// Another person's other values are never refused: they wait for a decision. Nor are anybody's once a decision stands.
record_door::may record_door::may_correct(const report& r, const existing& current) {
  const auto& rule = r.corrections;
  const bool late = rule.until_ms != 0 && r.time_ms > rule.until_ms;
  if (current.decided) return may::dissent;
  if (current.same_person) return !rule.own ? may::never : late ? may::too_late : may::correct;
  const bool named = std::find(rule.roles.begin(), rule.roles.end(), r.role) != rule.roles.end();
  return named && !late ? may::correct : may::dissent;
}

// Two people enter the report, each without seeing the other's. What counts needs two who agree, a change of it too.
boost::system::result<outcome> record_door::submit_entry(const report& r, const std::optional<existing>& current) {
  const auto again = [](const existing& e) {
    return outcome{verdict::duplicate, receipt::to_text(e.receipt), e.seq, 0};
  };
  const opposite open = open_entries(r);
  if (open.own && open.own->same_values) return again(*open.own);
  if (open.agreeing) {
    const auto seq = static_cast<std::int64_t>(db_.number("SELECT coalesce(max(seq), 0) + 1 FROM entry"));
    // One key has one current record: what stood before goes first. Which of them is named: the entry that agrees.
    if (current) supersede(current->seq, seq);
    if (open.own) supersede(open.own->seq, seq);
    return append(r, verdict::agreed, record_state::current, open.agreeing->seq, 0);
  }
  const std::int64_t own = open.own ? open.own->seq : 0;
  if (!open.other && !current) return append(r, verdict::first_entry, record_state::pending, own, 0);
  if (open.other && open.other->pending) to_review_.bind(1, open.other->seq).run();
  return append(r, verdict::differs, record_state::review, own, open.other ? open.other->seq : current->seq);
}

record_door::opposite record_door::open_entries(const report& r) {
  opposite found;
  look_through(find_pending_, r, true, found);
  look_through(find_review_, r, false, found);
  return found;
}

void record_door::look_through(sqlite::statement& find, const report& r, bool pending, opposite& found) {
  const sqlite::using_statement open(find);
  find.bind_text(1, r.form).bind_text(2, key_);
  while (find.step()) {
    auto e = compare(find, r);
    e.pending = pending;
    auto& place = e.same_person ? found.own : e.same_values ? found.agreeing : found.other;
    if (!place) place = e;
  }
}

std::optional<record_door::existing> record_door::current_of(const report& r) {
  const sqlite::using_statement open(find_current_);
  find_current_.bind_text(1, r.form).bind_text(2, key_);
  if (!find_current_.step()) return std::nullopt;
  return compare(find_current_, r);
}

std::optional<record_door::existing> record_door::review_by_same_person(const report& r) {
  const sqlite::using_statement open(find_review_);
  find_review_.bind_text(1, r.form).bind_text(2, key_);
  while (find_review_.step())
    if (const auto found = compare(find_review_, r); found.same_person) return found;
  return std::nullopt;
}

std::optional<record_door::existing> record_door::rejected_same(const report& r) {
  const sqlite::using_statement open(find_rejected_);
  find_rejected_.bind_text(1, r.form).bind_text(2, key_);
  while (find_rejected_.step())
    if (const auto found = compare(find_rejected_, r); found.same_person && found.same_values) return found;
  return std::nullopt;
}

record_door::existing record_door::compare(const sqlite::statement& row, const report& r) {
  existing found{row.number(0), static_cast<std::uint64_t>(row.number(1))};
  if (!canonical::read_record(row.blob(2), view_))
    throw sqlite::failure(errc::corrupt, SQLITE_CORRUPT, "entry " + std::to_string(found.seq) + " is not a record");
  // A forgotten sender (NULL) is nobody in particular; msisdn and role together are a person's key.
  found.same_person = !row.is_null(3) && static_cast<std::uint64_t>(row.number(3)) == r.msisdn && view_.role == r.role;
  found.same_values = same_values(view_, found.seq, r);
  found.decided = !row.is_null(4);
  return found;
}

bool record_door::same_values(const canonical::record_view& theirs, std::int64_t seq, const report& r) {
  salts_.assign(canonical::salts_needed(r), {});
  if (salts_.size() > 1) {
    // Personal values can only be compared under the salts of the earlier record.
    const sqlite::using_statement open(find_salts_);
    find_salts_.bind(1, seq);
    for (auto& salt : salts_) {
      if (!find_salts_.step() || find_salts_.blob(0).size() != salt.size()) return false; // forgotten, or other fields
      std::memcpy(salt.data(), find_salts_.blob(0).data(), salt.size());
    }
  }
  return canonical::fields_bytes(r, salts_) == theirs.fields_bytes;
}

outcome record_door::append(const report& r, verdict what, record_state state, std::int64_t supersedes,
                            std::int64_t against) {
  draw_salts(r);
  const std::string body = canonical::record_bytes(r, salts_, supersedes, against, what == verdict::agreed);
  const ledger::hash leaf = ledger::leaf_hash(body);
  const std::uint64_t receipt = free_receipt(leaf);
  const std::int64_t seq = append_entry(body, leaf);
  if (supersedes != 0) supersede(supersedes, seq); // first: one key has one current record
  insert_record_.bind(1, seq).bind_text(2, r.form).bind_text(3, key_).bind(4, static_cast<int>(state));
  insert_record_.bind(5, static_cast<std::int64_t>(receipt)).bind(6, !r.flags.empty());
  supersedes != 0 ? insert_record_.bind(7, supersedes) : insert_record_.bind_null(7);
  insert_record_.run();
  keep_personal(seq, r);
  if (!canonical::read_record(body, view_)) throw std::logic_error("a record cannot be read back");
  facts_.add(seq, view_);
  if (state == record_state::current) totals_.enters(view_);
  const bool derivable = r.salt_seed && what == verdict::recorded && receipt == receipt::derive(leaf, 0);
  if (r.once || !r.follows.empty()) steps_.entered(seq, r, part_);
  return {what, receipt::to_text(receipt), seq, supersedes, 0, derivable};
}

void record_door::supersede(std::int64_t seq, std::int64_t by) {
  totals_.leaves(seq);
  supersede_.bind(1, seq).bind(2, by).run();
}

std::int64_t record_door::append_entry(std::string_view body, const ledger::hash& leaf) {
  insert_entry_.bind_blob(1, body).bind_blob(2, view(leaf)).run();
  return db_.last_row();
}

std::uint64_t record_door::free_receipt(const ledger::hash& leaf) {
  for (std::uint32_t counter = 0;; ++counter) {
    const std::uint64_t receipt = receipt::derive(leaf, counter);
    const sqlite::using_statement open(receipt_taken_);
    if (!receipt_taken_.bind(1, static_cast<std::int64_t>(receipt)).step()) return receipt;
  }
}

void record_door::keep_personal(std::int64_t seq, const report& r) {
  insert_personal_.bind(1, seq)
      .bind(2, 0)
      .bind_blob(3, view(salts_[0]))
      .bind_null(4)
      .bind(5, static_cast<std::int64_t>(r.msisdn))
      .run();
  std::size_t no = 1;
  for (const auto& f : r.fields) {
    if (!f.personal) continue;
    insert_personal_.bind(1, seq)
        .bind(2, static_cast<std::int64_t>(no))
        .bind_blob(3, view(salts_[no]))
        .bind_text(4, f.name);
    const std::string list =
        std::holds_alternative<std::vector<list_item>>(f.value) ? canonical::value_bytes(f.value) : std::string();
    if (const auto* number = std::get_if<std::int64_t>(&f.value))
      insert_personal_.bind(5, *number);
    else if (const auto* text = std::get_if<std::string>(&f.value))
      insert_personal_.bind_text(5, *text);
    else
      insert_personal_.bind_blob(5, list);
    insert_personal_.run();
    ++no;
  }
}

void record_door::draw_salts(const report& r) {
  salts_.resize(canonical::salts_needed(r));
  if (r.salt_seed)
    canonical::salts_from(*r.salt_seed, salts_);
  else
    randombytes_buf(salts_.data(), salts_.size() * sizeof(canonical::salt));
}

} // namespace tallyline::storage
