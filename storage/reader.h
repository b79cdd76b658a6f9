// Records and the ledger for reports, look-ups and checks, through a read-only connection of its own.
//
// One thread at a time for each reader; any number of readers beside a running gateway. Each call sees one snapshot; to
// have several calls see the same one, hold a `snapshot`. Views given to callbacks live until the callback returns.
#pragma once

#include "storage/canonical.h"
#include "storage/ledger.h"
#include "storage/record_door.h"
#include "storage/store.h"
#include "storage/totals.h"

#include <boost/system/result.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tallyline::storage {

struct stored_record {
  std::int64_t seq = 0;
  record_state state = record_state::current;
  std::string receipt; // as shown
  bool flagged = false;
  std::int64_t supersedes = 0, superseded_by = 0; // 0 when none
  std::optional<std::uint64_t> msisdn;            // nothing when the person was forgotten
  std::string body;                               // canonical bytes
  ledger::hash leaf{};
};

struct state_count {
  std::string form;
  record_state state = record_state::current;
  std::int64_t records = 0;
  std::int64_t flagged = 0;
};

class reader {
public:
  // Errors: no_database, newer_schema, corrupt, io.
  static boost::system::result<reader> open(const std::filesystem::path& database);
  reader(reader&&) noexcept;
  reader& operator=(reader&&) noexcept;
  ~reader();

  using each_body = std::function<void(std::int64_t seq, std::string_view body)>;
  // In the order in which they came in. read_record gives the body's parts.
  boost::system::result<void> for_each_current_record(std::string_view form, const each_body& each);
  boost::system::result<void> for_each_review_record(std::string_view form, const each_body& each);

  // What the current records of a form add up to, part by part and area by area (see storage/totals.h).
  using each_total = std::function<void(std::string_view part, std::string_view area, const sums&)>;
  boost::system::result<void> for_each_total(std::string_view form, const each_total& each);
  boost::system::result<std::int64_t> count(std::string_view form, record_state state);
  // The keys of a form's records in a state, as joined_key gives them, ascending.
  boost::system::result<void> for_each_key(std::string_view form, record_state state,
                                           const std::function<void(std::string_view key)>& each);
  // Columns of the records of a form in a state, in the order of their keys; of every form when `form` is empty.
  struct fact_row {
    std::int64_t seq = 0, time_ms = 0;
    std::uint64_t receipt = 0;
    bearer by = bearer::ussd;
    std::string_view form, key, scope, flags, reason, fields; // flags: words; fields: JSON
  };
  using each_fact = std::function<void(const fact_row&)>;
  boost::system::result<void> for_each_fact(std::string_view form, record_state state, const each_fact& each);
  // Of the current records with a warning that was confirmed, in the order in which they came in.
  boost::system::result<void> for_each_flagged(const each_fact& each);

  // Each record that corrected another one: by its form, its scope, and how the correction came in. Not the second of
  // two entries, which agrees.
  struct correction {
    std::int64_t seq = 0, time_ms = 0;
    std::string_view scope;
    bearer by = bearer::ussd;
  };
  boost::system::result<void> for_each_correction(std::string_view form,
                                                  const std::function<void(const correction&)>& each);

  // What waits for its next step, and what has had it (table `step`); the first is of all of a form.
  struct step_row {
    std::string_view scope, done_form;
    std::int64_t seq = 0, ticket = 0, since_ms = 0;
    std::int64_t done_seq = 0, done_ms = 0; // 0: it waits; done_form is empty when a decision took it out of the queue
  };
  boost::system::result<void> for_each_step(std::string_view form, const std::function<void(const step_row&)>& each);
  // The same, each with an answer of its first record; empty when that has none of this name.
  boost::system::result<void>
  for_each_ticket(std::string_view form, std::string_view answer,
                  const std::function<void(const step_row&, std::string_view value)>& each);
  // Of those that wait, scope by scope, the oldest first.
  boost::system::result<void>
  for_each_waiting(std::string_view form, const std::function<void(std::string_view scope, std::int64_t since_ms)>& each);
  // How many wait, and since when the one that waits longest.
  using each_queue = std::function<void(std::string_view scope, std::int64_t waiting, std::int64_t oldest_ms)>;
  boost::system::result<void> for_each_queue(std::string_view form, const each_queue& each);
  struct work_done {
    std::int64_t since = 0;   // how many since the moment asked for
    std::int64_t last_ms = 0; // 0: none ever
  };
  boost::system::result<work_done> done_since(std::string_view form, std::string_view scope, std::int64_t since_ms);

  boost::system::result<std::vector<state_count>> counts();
  // The current and pending records of these forms whose scope this is, as store::load_past gives them.
  boost::system::result<std::vector<past_entry>> past(std::string_view scope, const std::vector<std::string>& forms);
  // Unfinished reports: who fills them in, the menu's name and what the engine saved.
  boost::system::result<void>
  for_each_draft(const std::function<void(std::uint64_t msisdn, std::string_view menu, std::string_view bytes)>& each);
  // By what the official typed or read out (see storage/receipt.h); nothing when there is no such record.
  boost::system::result<std::optional<stored_record>> find_receipt(std::string_view code);
  boost::system::result<std::optional<stored_record>> find_record(std::int64_t seq);

  boost::system::result<void>
  for_each_entry(const std::function<void(std::int64_t seq, std::string_view body, const ledger::hash& leaf)>& each);
  boost::system::result<std::vector<ledger::hash>> leaves(); // in order of seq, from 1 without gaps
  struct head {
    std::int64_t size = 0;
    ledger::hash root{};
  };
  boost::system::result<head> tree_head();

  class snapshot {
  public:
    explicit snapshot(reader& r);
    ~snapshot();
    snapshot(const snapshot&) = delete;
    snapshot& operator=(const snapshot&) = delete;

  private:
    reader& reader_;
  };

private:
  struct connection;
  explicit reader(std::unique_ptr<connection> c);
  std::unique_ptr<connection> connection_;
};

} // namespace tallyline::storage
