// Carries out a group of jobs as one transaction. Storage thread only; owned by the store worker.
#pragma once

#include "storage/election.h"
#include "storage/job_group.h"
#include "storage/opening.h"
#include "storage/record_door.h"
#include "storage/roster_writer.h"
#include "storage/site_writer.h"
#include "storage/sqlite/database.h"

#include <memory>
#include <string>
#include <vector>

namespace tallyline::storage {

struct open_draft {
  std::uint32_t slot = 0;
  std::uint64_t msisdn = 0;
  std::string menu;
};

struct chosen_language {
  std::uint64_t msisdn = 0;
  std::string language;
};

struct waiting_notice {
  std::uint64_t msisdn = 0;
  std::string text;
};

class group_writer {
public:
  // The election is this thread's own from now on: changes of the roster are taken into it.
  group_writer(sqlite::database db, std::shared_ptr<election> own, std::optional<pin_key> key = {});

  std::vector<open_draft> open_drafts();
  std::vector<chosen_language> languages();
  std::vector<waiting_message> outbox();
  std::vector<waiting_notice> notices();

  // After it every job has its result or its error, and what has a result is on disk.
  // A failing disk: the whole group is rolled back and every job gets the error. A single job that SQLite cannot take:
  // the group is done again one by one, so that the others do not suffer. Returns the error that the group as a whole
  // met.
  errc perform(job_group& g);

  // Pages in the write-ahead log after the last commit.
  int wal_pages() const { return *wal_pages_; }
  // Moves the log into the database file as far as readers allow. A failure costs nothing: the log stays, and is tried
  // again.
  void checkpoint(bool truncate);

private:
  errc try_all(job_group& g, std::size_t first, std::size_t last);
  errc failed(errc kind, bool alone, const char* what, std::size_t jobs);
  void perform_one(job_group& g, job& j);
  void submit(job_group& g, job& j);
  void rule(job_group& g, job& j);
  void write_draft(const job_group& g, const job& j);
  void write_message(const job_group& g, const job& j);
  void write_notice(const job_group& g, const job& j);
  void load(job_group& g, job& j);
  void load_past(job_group& g, const job& j);
  void begin_writing();
  void roll_back() noexcept;

  sqlite::database db_;
  std::unique_ptr<int> wal_pages_ = std::make_unique<int>(0); // at a fixed address for SQLite's hook
  bool alone_ = false;                                        // the last failure was one statement's own
  bool told_ = false;                                         // a failure was logged and nothing was written since
  std::int64_t now_ms_ = 0;
  std::shared_ptr<election> own_;
  record_door door_;
  roster_writer roster_;
  site_writer sites_;
  opening_reader openings_;
  sqlite::statement begin_, commit_, rollback_, put_draft_, drop_draft_, get_draft_, put_pin_, get_pin_, get_past_,
      put_language_, put_message_, drop_message_;
};

} // namespace tallyline::storage
