// Steps by their tickets, for whoever answers them: calls for help, violation cases. Any thread; opens and closes the
// database itself.
#pragma once

#include "storage/errors.h"
#include "storage/record.h"

#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::storage {

struct ticket {
  std::int64_t number = 0, seq = 0;
  std::string scope, part, receipt;
  std::int64_t since_ms = 0;
  std::int64_t done_seq = 0, done_ms = 0; // 0: nothing has followed yet
  std::string done_form;
  std::string fields;      // JSON of what is not personal
  std::string done_fields; // of what followed
  std::optional<std::uint64_t> msisdn; // who asked; nothing when they are forgotten, or it was headquarters
  std::string callback;    // a personal field of this name, where there is one
};

// In order of number.
boost::system::result<std::vector<ticket>> tickets(const std::filesystem::path& database, std::string_view form);

// A report of headquarters on a database that no gateway runs on. Errors: as record_door::submit, busy, no_database, ….
boost::system::result<outcome> submit_offline(const std::filesystem::path& database, const report& r);

// Something to be shown once, before the first page when this number next dials. On a database no gateway runs on.
boost::system::result<void> leave_notice(const std::filesystem::path& database, std::uint64_t msisdn,
                                         std::string_view text, std::int64_t now_ms);

} // namespace tallyline::storage
