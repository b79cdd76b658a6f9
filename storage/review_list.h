// What waits for a person's decision: versions of one report that disagree, and records whose warnings were confirmed.
// Any thread, beside a running gateway.
#pragma once

#include "storage/reader.h"

#include <boost/system/result.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace tallyline::storage {

struct open_review {
  std::string form;
  std::vector<stored_record> versions; // the current one first, if there is one; one alone is flagged
};

// In the order of form and key. Errors: as reader::open.
boost::system::result<std::vector<open_review>> open_reviews(const std::filesystem::path& database);

struct past_decision {
  std::int64_t entry = 0, record = 0;
  record_state state = record_state::current;
  std::string by, reason;
  std::int64_t time_ms = 0;
};
// All that was ever decided about this record, the first first.
boost::system::result<std::vector<past_decision>> decisions_on(const std::filesystem::path& database, std::int64_t seq);

} // namespace tallyline::storage
