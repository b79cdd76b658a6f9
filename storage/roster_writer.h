// The only code that changes the roster while a gateway runs: whether who asks may, the record, the change and its entry
// of the ledger, all in the caller's transaction.
//
// Who may: a person who answers for an area, about people strictly below it, in roles that the form allows; never about
// themselves, never with their own number in another's place. A refusal is a value and leaves nothing written. Storage
// thread; the election is that thread's own. After it was committed or rolled back, the writer must be told.
#pragma once

#include "storage/pin.h"
#include "storage/record_door.h"

#include <memory>
#include <optional>

namespace tallyline::storage {

class roster_writer {
public:
  // Without the key no act that draws a PIN is done (errc::bad_key).
  roster_writer(sqlite::database& db, election& people, record_door& door, std::optional<pin_key> key);

  // A report with `does`: its key gets a part of its own, so that each doing is a record. Errors: as record_door::submit,
  // and not_below, oneself, no_such_person, number_taken, no_delegation.
  boost::system::result<outcome> submit(report r);

  void committed() { undo_.rows.clear(); }
  void rolled_back() noexcept { take_back(people_, undo_); }

private:
  boost::system::result<std::vector<std::uint32_t>> rows_for(const report& r) const;
  boost::system::error_code may(const report& r, const person& asking) const;
  void change(const report& r, std::int64_t record, const person& whom, std::string_view pin, outcome& out);
  void note(const roster_change& c, std::int64_t record, std::string_view scope, std::int64_t now_ms);
  void write(const roster_change& c);

  sqlite::database& db_;
  election& people_;
  record_door& door_;
  std::optional<pin_key> key_;
  roster_undo undo_; // of the transaction
};

} // namespace tallyline::storage
