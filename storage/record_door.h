// Checks a report, compares it with what is there, and appends it: the only code that writes records.
//
// Owned by the store worker; lives on the storage thread; submit() runs inside the worker's transaction. A refusal is a
// value and leaves nothing written, so a refused report needs no savepoint. A failing disk throws sqlite::failure, and
// the caller rolls the whole transaction back.
#pragma once

#include "storage/canonical.h"
#include "storage/election.h"
#include "storage/facts.h"
#include "storage/ledger.h"
#include "storage/pin.h"
#include "storage/record.h"
#include "storage/sqlite/database.h"
#include "storage/steps.h"
#include "storage/totals.h"

#include <boost/system/result.hpp>
#include <memory>

namespace tallyline::storage {

// Whether a form could have produced this and whether this person may say it. Writes nothing, trusts nothing.
boost::system::error_code check_report(const report& r, const election& roster);
// Whether a station, office or area is, or lies in, what this person answers for.
bool answers_for(const person& who, std::string_view code, const election& roster);
// The same for a report of headquarters.
bool account_answers_for(const report& r, std::string_view code, const election& roster);

// The record's key in the database: parts joined by '/', with '/' and '\' in them escaped by '\'.
std::string joined_key(const std::vector<std::string>& parts, std::size_t first = 0);
// From part number `first` on.
std::string joined_key(const std::vector<std::string_view>& parts, std::size_t first);

// pending: the first of two entries, which counts when the second agrees. rejected: by a person's decision. A current
// record with a decision is an accepted one; without, a flagged one still waits for somebody to look at it.
enum class record_state : std::uint8_t { current = 0, superseded = 1, review = 2, pending = 3, rejected = 4 };

class record_door {
public:
  // Without the key, a report with something personal in its key is refused with bad_key.
  record_door(sqlite::database& db, std::shared_ptr<const election> roster, std::optional<pin_key> key = {});
  boost::system::result<outcome> submit(const report& r);
  // Before the commit that holds what was submitted, and after a rollback.
  void before_commit() { totals_.flush(); }
  totals& sums() { return totals_; } // for whoever else changes records' states in the same transaction
  void rolled_back() noexcept { totals_.forget(); }
  // A digest of what may hold something personal, which nobody without the key can try values against.
  std::string sealed(std::string_view bytes) const;
  // What submit would refuse it for; nothing is read or written.
  boost::system::error_code check(const report& r) const { return check_report(r, *roster_); }

private:
  struct existing {
    std::int64_t seq = 0;
    std::uint64_t receipt = 0;
    bool same_values = false;
    bool same_person = false;
    bool pending = false;
    bool decided = false; // a person at headquarters has said that it counts
  };
  // An open entry by somebody else, or by the sender, of a report that two people enter.
  struct opposite {
    std::optional<existing> own, agreeing, other;
  };

  boost::system::result<outcome> submit_plain(const report& r);
  boost::system::result<outcome> compared(const report& r);
  // Calls each(existing) for the records of this key in this state; only personal look-ups are done lazily.
  std::optional<existing> current_of(const report& r);
  std::optional<existing> review_by_same_person(const report& r);
  // The sender's own report of these very values, which was rejected.
  std::optional<existing> rejected_same(const report& r);
  enum class may : std::uint8_t { correct, too_late, never, dissent };
  static may may_correct(const report& r, const existing& current);
  boost::system::result<outcome> submit_entry(const report& r, const std::optional<existing>& current);
  opposite open_entries(const report& r);
  bool take_ticket(report& r);
  void look_through(sqlite::statement& find, const report& r, bool pending, opposite& found);
  existing compare(const sqlite::statement& row, const report& r);
  bool same_values(const canonical::record_view& theirs, std::int64_t seq, const report& r);

  outcome append(const report& r, verdict what, record_state state, std::int64_t supersedes, std::int64_t against);
  std::int64_t append_entry(std::string_view body, const ledger::hash& leaf);
  std::uint64_t free_receipt(const ledger::hash& leaf);
  void supersede(std::int64_t seq, std::int64_t by);
  void keep_personal(std::int64_t seq, const report& r);
  void draw_salts(const report& r);

  sqlite::database& db_;
  std::shared_ptr<const election> roster_;
  sqlite::statement find_current_, find_review_, find_pending_, find_rejected_, find_salts_, receipt_taken_,
      insert_entry_, insert_record_, insert_personal_, supersede_, to_review_;
  totals totals_;
  facts facts_;
  steps steps_;
  std::optional<pin_key> key_for_names_;
  std::string key_, part_; // of the report in hand; the part is the key without its scope
  canonical::salts salts_;
  canonical::record_view view_;
};

} // namespace tallyline::storage
