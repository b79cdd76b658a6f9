// The pieces of verify: what is looked at, a row by itself (any thread), and what follows from one row to the next (in
// order, one thread). Internal to storage.
#pragma once

#include "storage/canonical.h"
#include "storage/ledger_proof.h"
#include "storage/record_door.h"
#include "storage/verify.h"
#include "storage/verify_steps.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <map>
#include <memory>

namespace tallyline::storage::verifying {

// A value as SQLite holds it.
struct kept_value {
  enum class type : std::uint8_t { null, integer, text, blob, other };
  type what = type::null;
  std::int64_t number = 0;
  std::string bytes;
};
struct personal_row {
  std::int64_t no = 0;
  std::string salt;
  std::optional<std::string> name;
  kept_value value;
};
// The row of `record`; a bundle gives the state alone.
struct record_row {
  std::string form, key;
  std::int64_t state = 0, receipt = 0, flagged = 0, supersedes = 0, superseded_by = 0, decided = 0;
};
struct entry_row {
  std::int64_t seq = 0, kind = 0;
  std::string body, leaf;
  bool has_record = false, whole_record = false; // whole: from a database, with all columns and values that are kept
  record_row record;
  std::vector<personal_row> personal;
};

// What the checks in order need to know of an entry.
struct entry_facts {
  std::int64_t seq = 0;
  canonical::kind kind = canonical::kind::record;
  ledger::hash leaf{};
  std::uint64_t receipt_drawn = 0;                     // with counter 0
  std::string key;                                     // form, a zero byte, joined key; of a site's entries its code
  std::int64_t supersedes = 0, against = 0, entry = 0; // of an enrolment the invitation; of a site's key 1: invited
  bool personal_missing = false;
  record_row row; // without its texts
  bool whole = false;
  bool once = false;
  std::string follows, scope;  // of a record with a step
  std::size_t part_at = 0;     // in `key`, where what follows the scope begins
  std::int64_t time_ms = 0;    // of a record or a decision
  std::vector<std::int64_t> accepted, rejected; // of a decision; the forgotten records in `rejected`
  std::int64_t asked_in = 0;                    // of a change of the roster: the record, or 0
};

// Everything about one entry that can be said without the others.
std::optional<wrong_row> check_entry(const entry_row& e, canonical::record_view& scratch, entry_facts& out);

class in_order {
public:
  explicit in_order(std::int64_t expected_entries);
  std::optional<wrong_row> take(const entry_facts& f);
  // After the last: states and links of every record, personal parts that are missing without a word in the ledger.
  std::optional<wrong_row> finish() const;
  std::optional<wrong_row> check_head(const signed_head& h, const std::optional<public_key>& expected);

  const ledger::tree& tree() const { return tree_; }
  const step_rows& steps() const { return steps_; }
  verified& what() { return what_; }
  // The records of decision entries, as (entry, record) with its state.
  const std::vector<std::array<std::int64_t, 3>>& decided() const { return decided_; }

private:
  struct life { // of one record
    std::int64_t state = 0, superseded_by = 0, decided = 0;
    std::int64_t shown_state = 0, shown_superseded_by = 0, shown_decided = 0;
    std::uint32_t key = 0;
    bool is_record = false, of_roster = false, whole = false, personal_missing = false, forgotten = false;
  };
  std::optional<wrong_row> take_record(const entry_facts& f);
  std::optional<wrong_row> take_decision(const entry_facts& f);
  std::optional<wrong_row> take_forgetting(const entry_facts& f);
  std::optional<wrong_row> take_roster(const entry_facts& f);
  std::optional<wrong_row> take_enrolment(const entry_facts& f);
  std::optional<wrong_row> supersede(const entry_facts& f, std::uint32_t key);
  bool is_record(std::int64_t seq) const;
  life& at(std::int64_t seq) { return lives_[static_cast<std::size_t>(seq - 1)]; }

  ledger::tree tree_;
  verified what_;
  std::vector<life> lives_;
  std::vector<std::array<std::int64_t, 3>> decided_;
  boost::unordered_flat_map<std::string, std::uint32_t> keys_;
  std::vector<std::int64_t> current_; // of each key; 0: none
  std::vector<std::int32_t> standing_; // of each key: records that are neither superseded nor rejected
  step_rows steps_;
  boost::unordered_flat_map<std::string, std::int64_t> invited_; // sites that have not enrolled yet, and by which entry
  boost::unordered_flat_set<std::uint64_t> receipts_;
  std::optional<public_key> key_;
};

// What the ledger says of the roster since the last import, and of accounts, against their tables. In order, one thread.
class roster_check {
public:
  void imported() { expected_.clear(); }
  void take(const entry_row& e);
  std::optional<wrong_row> finish(sqlite::database& db) const;

private:
  struct state {
    std::int64_t seq = 0, until_ms = 0;
    bool there = false;
    std::string scope;
  };
  std::map<std::pair<std::int64_t, std::string>, state> expected_; // by number and role
  std::map<std::string, std::pair<std::int64_t, std::string>> accounts_; // by login: the entry, and the area
};

// Checks rows in parallel and takes them in order.
class pipeline {
public:
  pipeline(in_order& order, const verify_options& o, std::int64_t all);
  ~pipeline();
  // The first wrong row so far, if any: then nothing more need be given.
  std::optional<wrong_row> give(entry_row&& e);
  std::optional<wrong_row> flush();

private:
  struct batch;
  std::optional<wrong_row> take_oldest();
  void send();
  in_order& order_;
  const verify_options& options_;
  std::int64_t all_, done_ = 0;
  std::unique_ptr<batch> filling_;
  struct workers;
  std::unique_ptr<workers> workers_;
};

} // namespace tallyline::storage::verifying
