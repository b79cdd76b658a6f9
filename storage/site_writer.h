// Carries out what the store is asked for on behalf of sites. Storage thread only, inside the group's transaction;
// owned by the group writer.
#pragma once

#include "storage/record_door.h"
#include "storage/site_batch.h"
#include "storage/sqlite/database.h"

#include <vector>

namespace tallyline::storage {

class site_writer {
public:
  site_writer(sqlite::database& db, record_door& door);
  // Throws sqlite::failure when the disk fails: nothing of the batch is written then.
  std::vector<site_decision> submit(const site_batch& b);
  void save(const call_record& c);

private:
  bool decided_before(const site_batch& b, const site_entry& e, site_decision& out);
  void keep(const site_batch& b, const site_entry& e, const outcome& came);
  void note_enrolment(const call_record& c);

  sqlite::database& db_;
  record_door& door_;
  sqlite::statement raise_call_, forget_settled_, find_answer_, put_answer_, put_call_, site_entries_;
  std::string content_; // of the entry in hand
};

} // namespace tallyline::storage
