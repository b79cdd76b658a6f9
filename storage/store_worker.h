// The store on SQLite: one thread, one transaction for all that is waiting.
//
// Threads: save_draft, submit and the other jobs, stop() and the destructor belong to the network thread. Completions
// and group_end run wherever `post` runs what it is given, which must be the network thread too. All completions of a
// group run in one posted call, and group_end after them, so that a gateway can write to each socket once. Lifetime:
// what was posted may outlive the worker; it holds what it needs.
#pragma once

#include "storage/election.h"
#include "storage/group_writer.h"
#include "storage/pin.h"
#include "storage/store.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tallyline::storage {

struct store_options {
  std::filesystem::path database;
  std::shared_ptr<const election> roster; // as load_election gave it; copied, since the storage thread changes its own
  std::function<void(std::function<void()>)>
      post;                        // runs the function on the network thread; called on the storage thread
  std::function<void()> group_end; // optional; see above
  std::string vfs = {};            // SQLite's VFS; empty for the system's
  // Optional: what a commit changed on the roster, on the network thread before the completions of its group.
  std::function<void(const roster_change&)> roster_changed = {};
};

struct store_counters {
  std::atomic<std::uint64_t> jobs{0}, groups{0}, failed_groups{0}, refused{0}, records{0}, checkpoints{0};
  std::atomic<bool> failing{false}; // the last group was not written
};

class store_worker final : public store {
public:
  // Takes the database for this process, upgrades its schema, and starts the thread.
  // Errors: no_database, busy when another gateway runs on it, newer_schema, corrupt, disk_full, io.
  static result<std::unique_ptr<store_worker>> open(store_options options);
  ~store_worker() override; // stop()

  // The dialogues that were under way when the database was last used, in order of slot.
  const std::vector<open_draft>& open_drafts() const;
  const store_counters& counters() const;
  // The languages that subscribers chose, as they were when the store was opened.
  const std::vector<chosen_language>& languages() const;
  // The short messages that waited to be sent, the oldest first, as they were when the store was opened.
  const std::vector<waiting_message>& outbox() const;

  // What is to be shown to numbers when they next dial, as it was when the store was opened.
  const std::vector<waiting_notice>& notices() const;

  void save_notice(std::uint64_t msisdn, std::string_view text, saved done) override;
  void drop_notices(std::uint64_t msisdn, saved done) override;
  void save_draft(const draft& d, saved done) override;
  void drop_draft(std::uint32_t slot, saved done) override;
  void load_draft(std::uint32_t slot, loaded done) override;
  void submit(report r, std::uint32_t slot, recorded done) override;
  void load_past(std::string_view scope, const std::vector<std::string_view>& forms, past_loaded done) override;
  void load_opening(opening_request what, opened done) override;
  void save_message(const waiting_message& m, saved done) override;
  void drop_message(std::uint32_t slot, saved done) override;
  void submit_site(site_batch b, site_decided done) override;
  void save_call(call_record c, saved done) override;
  void save_language(std::uint64_t msisdn, std::string_view language, saved done) override;
  void save_pin_state(std::uint64_t msisdn, std::string_view role, int wrong, std::int64_t locked_until_ms,
                      saved done) override;
  void load_pin_state(std::uint64_t msisdn, std::string_view role,
                      std::function<void(result<pin_state>)> done) override;

  // What a person decided about a record (storage/decision.h), in the group's transaction as everything else.
  void decide(decision d, std::function<void(result<decided>)> done);

  // Carries out what is waiting, posts its completions, moves the log into the database file, ends the thread. Jobs
  // that come later are completed with errc::stopped. May be called twice.
  void stop();

private:
  class engine;
  explicit store_worker(std::shared_ptr<engine> e);
  std::shared_ptr<engine> engine_;
};

} // namespace tallyline::storage
