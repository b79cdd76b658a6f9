// When people are told of a queue that has grown old, and how: `queues:` of a gateway's configuration.
#pragma once

#include "storage/record.h"

#include <string>

namespace tallyline::gateway {

struct queue_settings {
  bool given = false; // false: nobody is told
  std::string form = "documents";
  int older_than_minutes = 60;
  int again_after_minutes = 120; // nobody is written to twice within
  storage::bearer by = storage::bearer::sms;
};

} // namespace tallyline::gateway
