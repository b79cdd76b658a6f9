// Steps that wait for the next one: documents for a registration, a registration for the board's decision.
//
// A form that is `once` may be reported in one scope of the election for whatever its key names without the scope (the
// part). The first record makes a row of `step` and gets the form's next ticket; another scope is refused while a record
// of the first one stands, which is when it is neither superseded nor rejected. A form that `follows` another needs such
// a row of it: of the same scope, or, reported for an area, of a place the reporter answers for, or of an area that the
// place reported for lies in; the first one that follows takes the row out of the queue. Corrections keep the step. A decision that leaves no record of a key standing
// takes its step out of the queue too, with an empty done_form, and puts the one that it followed back into it; one that
// lets a record stand again does the opposite.
//
// All of it follows from the ledger, and verify works it out anew (storage/verify_steps.h). Storage thread, inside the
// writer's transaction. Throws sqlite::failure.
#pragma once

#include "storage/election.h"
#include "storage/errors.h"
#include "storage/record.h"
#include "storage/sqlite/database.h"

#include <memory>
#include <string>
#include <string_view>

namespace tallyline::storage {

class steps {
public:
  steps(sqlite::database& db, std::shared_ptr<const election> roster);
  // What stands against it: taken_elsewhere, nothing_to_follow, out_of_area; zero when nothing does.
  errc against(const report& r, std::string_view part);
  // After the record was written.
  void entered(std::int64_t seq, const report& r, std::string_view part);
  std::int64_t ticket_of(std::string_view form, std::string_view part);

private:
  // Of the row in hand, which the next look-up replaces.
  bool find(std::string_view form, std::string_view part);
  bool stands(std::string_view form, std::string_view scope, std::string_view part);
  bool may_follow(const report& r) const;

  std::shared_ptr<const election> roster_;
  sqlite::statement find_, stands_, next_ticket_, put_, done_;
  std::string scope_; // of the row in hand
  std::int64_t ticket_ = 0;
};

// A record that a decision would let stand again, while another scope has taken its place.
bool taken_meanwhile(sqlite::database& db, std::int64_t seq);
// After a decision changed states: `seq` is the record it speaks of last.
void step_decided(sqlite::database& db, std::int64_t seq, std::int64_t time_ms);

} // namespace tallyline::storage
