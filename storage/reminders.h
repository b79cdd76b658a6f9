// Who was reminded of what: so that nobody is written to twice within a set time, and who still has not reported after
// so many times is told of to their supervisor.
//
// Kept in the database by whoever chases, beside a gateway that runs: each call is one short transaction. A message is
// noted before it is handed over: when the program ends in between, one too few goes out and never one too many. One
// thread at a time.
#pragma once

#include "storage/record.h"

#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tallyline::storage {

enum class reminder_kind : std::uint8_t { reminder = 0, escalation = 1 };
enum class reminder_state : std::uint8_t { planned = 0, sent = 1, refused = 2 };

struct reminder {
  std::int64_t no = 0;
  std::string form, key; // key: the record's; of an escalation the part that is missing
  std::uint64_t msisdn = 0;
  reminder_kind kind = reminder_kind::reminder;
  int wave = 1; // how many times this person was written to for this key, with this time
  bearer by = bearer::sms;
  reminder_state state = reminder_state::planned;
  std::int64_t time_ms = 0;
  std::string why; // it was refused
};

class reminders {
public:
  // Errors: no_database, busy, newer_schema, corrupt, io.
  static boost::system::result<reminders> open(const std::filesystem::path& database);
  reminders(reminders&&) noexcept;
  reminders& operator=(reminders&&) noexcept;
  ~reminders();

  // One message to one person about these keys of a form.
  struct wanted {
    std::string form;
    std::vector<std::string> keys;
    std::uint64_t msisdn = 0;
    reminder_kind kind = reminder_kind::reminder;
    bearer by = bearer::sms;
  };
  // Notes those that may go out now; the rows of each, empty for one that may not: the person was written to about the
  // form after `not_since_ms`, or each of its keys has been reported meanwhile (has a current record or one in review).
  boost::system::result<std::vector<std::vector<std::int64_t>>> plan(const std::vector<wanted>& all,
                                                                     std::int64_t now_ms, std::int64_t not_since_ms);
  boost::system::result<void> settle(const std::vector<std::int64_t>& rows, bool sent, const std::string& why);
  // Of a form, or of all when it is empty; the oldest first.
  boost::system::result<void> for_each(const std::string& form, const std::function<void(const reminder&)>& each);

private:
  struct connection;
  explicit reminders(std::unique_ptr<connection> c);
  std::unique_ptr<connection> connection_;
};

} // namespace tallyline::storage
