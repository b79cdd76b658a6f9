// What a dialogue is given before its first page, read at once: the records it may look back at, how long its queues
// are, and one's own last reports. Storage thread, or any thread with a connection of its own.
#pragma once

#include "storage/sqlite/database.h"
#include "storage/store.h"

namespace tallyline::storage {

class opening_reader {
public:
  explicit opening_reader(sqlite::database& db);
  void read(const opening_request& what, opening& out);

private:
  void read_queue(const std::string& form, const opening_request& what, queue_length& out);
  void read_own(const opening_request& what, std::vector<own_record>& out);
  sqlite::statement past_, waiting_, done_, own_;
};

} // namespace tallyline::storage
