#include "storage/store_worker.h"

#include "storage/file_lock.h"
#include "storage/sqlite/schema.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace tallyline::storage {
namespace {

// Beyond this a group's commit takes long enough to be felt by those who wait for it.
constexpr std::size_t most_jobs = 2048;
// 16 MiB of log: few enough that a reader stays quick, enough that a page written often is moved once.
constexpr int checkpoint_pages = 4000;
constexpr int idle_checkpoint_pages = 1000;

// Without it, only reports with something personal in their key are refused.
std::optional<pin_key> key_beside(const std::filesystem::path& database) {
  auto key = pin_key::open(database);
  return key ? std::optional(std::move(*key)) : std::nullopt;
}

} // namespace

class store_worker::engine : public std::enable_shared_from_this<store_worker::engine> {
public:
  engine(store_options options, file_lock lock, sqlite::database db)
      : options_(std::move(options)), lock_(std::move(lock)),
        writer_(std::move(db), std::make_shared<election>(*options_.roster), key_beside(options_.database)),
        drafts_(writer_.open_drafts()), languages_(writer_.languages()), outbox_(writer_.outbox()),
        notices_(writer_.notices()) {}

  void start() {
    thread_ = std::thread([this] { run(); });
  }

  // Adds a job under the lock; `fill` gets the group and gives back the job. Wakes the thread only if it sleeps.
  template <class Fill> void put(Fill fill) {
    std::unique_lock lock(mutex_);
    fill(filling());
    if (stopping_) return refuse(lock);
    const bool wake = std::exchange(asleep_, false);
    lock.unlock();
    if (wake) wake_.notify_one();
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      asleep_ = false;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

  const std::vector<open_draft>& drafts() const { return drafts_; }
  const std::vector<chosen_language>& languages() const { return languages_; }
  const std::vector<waiting_message>& outbox() const { return outbox_; }
  const std::vector<waiting_notice>& notices() const { return notices_; }
  const store_counters& counters() const { return counters_; }

private:
  using group = std::shared_ptr<job_group>;

  job_group& filling() {
    if (waiting_.empty() || waiting_.back()->jobs.size() >= most_jobs) {
      if (free_.empty()) free_.push_back(std::make_shared<job_group>());
      waiting_.push_back(std::move(free_.back()));
      free_.pop_back();
    }
    return *waiting_.back();
  }

  void refuse(std::unique_lock<std::mutex>& lock) {
    group g = std::move(waiting_.back());
    waiting_.pop_back();
    lock.unlock();
    for (job& j : g->jobs)
      j.error = errc::stopped;
    post(std::move(g));
  }

  void run() {
    while (group g = next()) {
      const errc error = writer_.perform(*g);
      count(*g, error);
      post(std::move(g));
      checkpoint_if_due();
    }
    writer_.checkpoint(true);
  }

  // Null at the end: stopping, and nothing waits any more.
  group next() {
    std::unique_lock lock(mutex_);
    while (waiting_.empty() && !stopping_) {
      asleep_ = true;
      wake_.wait(lock, [this] { return !asleep_; });
    }
    if (waiting_.empty()) return nullptr;
    group g = std::move(waiting_.front());
    waiting_.pop_front();
    return g;
  }

  bool idle() {
    const std::lock_guard lock(mutex_);
    return waiting_.empty();
  }

  // After the answers have gone out, so that nobody waits for it.
  void checkpoint_if_due() {
    const int pages = writer_.wal_pages();
    // A reader's snapshot can keep the log from starting over: then it is the growth since the last time that counts.
    if (pages < moved_pages_) moved_pages_ = 0;
    const int grown = pages - moved_pages_;
    if (grown < idle_checkpoint_pages || (grown < checkpoint_pages && !idle())) return;
    writer_.checkpoint(false);
    moved_pages_ = pages;
    ++counters_.checkpoints;
  }

  void count(const job_group& g, errc error) {
    counters_.jobs += g.jobs.size();
    ++counters_.groups;
    if (error != errc{})
      ++counters_.failed_groups;
    else
      for (const job& j : g.jobs)
        if (j.kind == job_kind::submit) ++(j.error == errc{} ? counters_.records : counters_.refused);
    counters_.failing = error != errc{};
  }

  void post(group g) {
    options_.post([self = shared_from_this(), done = std::move(g)] { self->finish(done); });
  }

  // On the network thread.
  void finish(const group& g) {
    if (options_.roster_changed)
      for (const job& j : g->jobs)
        if (j.kind == job_kind::submit && j.error == errc{})
          for (const auto& change : g->submissions[j.extra].came.roster)
            options_.roster_changed(change);
    finish_jobs(*g);
    if (options_.group_end) options_.group_end();
    g->clear();
    const std::lock_guard lock(mutex_);
    if (free_.size() < 8) free_.push_back(g);
  }

  store_options options_;
  file_lock lock_;
  group_writer writer_; // storage thread once it runs, as is moved_pages_
  int moved_pages_ = 0;
  std::vector<open_draft> drafts_;
  std::vector<chosen_language> languages_;
  std::vector<waiting_message> outbox_;
  std::vector<waiting_notice> notices_;
  store_counters counters_;

  std::mutex mutex_; // guards what follows
  std::condition_variable wake_;
  std::deque<group> waiting_;
  std::vector<group> free_;
  bool asleep_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

result<std::unique_ptr<store_worker>> store_worker::open(store_options options) {
  const std::string path = options.database.string();
  if (!std::filesystem::exists(path)) return make_error_code(errc::no_database);
  auto lock = file_lock::take(path);
  if (!lock) return lock.error();
  return sqlite::guarded("opening the store", [&] {
    auto db = sqlite::open_for_writing(path, sqlite::mode::read_write, options.vfs);
    auto e = std::make_shared<engine>(std::move(options), std::move(*lock), std::move(db));
    e->start();
    return std::unique_ptr<store_worker>(new store_worker(std::move(e)));
  });
}

store_worker::store_worker(std::shared_ptr<engine> e) : engine_(std::move(e)) {}
store_worker::~store_worker() { engine_->stop(); }
void store_worker::stop() { engine_->stop(); }
const std::vector<open_draft>& store_worker::open_drafts() const { return engine_->drafts(); }
const std::vector<chosen_language>& store_worker::languages() const { return engine_->languages(); }
const std::vector<waiting_message>& store_worker::outbox() const { return engine_->outbox(); }
const store_counters& store_worker::counters() const { return engine_->counters(); }

void store_worker::save_draft(const draft& d, saved done) {
  engine_->put([&](job_group& g) {
    job& j = g.add(job_kind::save_draft, d.msisdn, d.menu, d.bytes);
    j.slot = d.slot;
    j.done = std::move(done);
  });
}

void store_worker::drop_draft(std::uint32_t slot, saved done) {
  engine_->put([&](job_group& g) {
    job& j = g.add(job_kind::drop_draft, 0, {}, {});
    j.slot = slot;
    j.done = std::move(done);
  });
}

void store_worker::load_draft(std::uint32_t slot, loaded done) {
  engine_->put([&](job_group& g) {
    job& j = g.add(job_kind::load_draft, 0, {}, {});
    j.slot = slot;
    j.extra = static_cast<std::uint32_t>(g.texts.size());
    g.texts.emplace_back();
    j.done = std::move(done);
  });
}

void store_worker::submit(report r, std::uint32_t slot, recorded done) {
  engine_->put([&](job_group& g) {
    job& j = g.add(job_kind::submit, r.msisdn, {}, {});
    j.slot = slot;
    j.extra = static_cast<std::uint32_t>(g.submissions.size());
    g.submissions.push_back({std::move(r), {}});
    j.done = std::move(done);
  });
}

void store_worker::decide(decision d, std::function<void(result<decided>)> done) {
  engine_->put([&](job_group& g) {
    job& j = g.add(job_kind::decide, 0, {}, {});
    j.extra = static_cast<std::uint32_t>(g.rulings.size());
    g.rulings.push_back({std::move(d), {}});
    j.done = std::move(done);
  });
}

void store_worker::load_past(std::string_view scope, const std::vector<std::string_view>& forms, past_loaded done) {
  std::string wanted;
  for (const auto form : forms)
    wanted.append(form) += '\n';
  engine_->put([&](job_group& g) {
    job& j = g.add(job_kind::load_past, 0, scope, wanted);
    j.extra = static_cast<std::uint32_t>(g.pasts.size());
    g.pasts.emplace_back();
    j.done = std::move(done);
  });
}

void store_worker::load_opening(opening_request what, opened done) {
  engine_->put([&](job_group& g) {
    job& j = g.add(job_kind::load_opening, 0, {}, {});
    j.extra = static_cast<std::uint32_t>(g.openings.size());
    g.openings.push_back({std::move(what), {}});
    j.done = std::move(done);
  });
}

void store_worker::save_message(const waiting_message& m, saved done) {
  const std::string more = m.smsc + '\n' + m.text;
  engine_->put([&](job_group& g) {
    job& j = g.add(job_kind::save_message, m.msisdn, m.code, more);
    j.slot = m.slot;
    j.extra = m.last ? 1 : 0;
    j.done = std::move(done);
  });
}

void store_worker::drop_message(std::uint32_t slot, saved done) {
  engine_->put([&](job_group& g) {
    job& j = g.add(job_kind::drop_message, 0, {}, {});
    j.slot = slot;
    j.done = std::move(done);
  });
}

void store_worker::submit_site(site_batch b, site_decided done) {
  engine_->put([&](job_group& g) {
    job& j = g.add(job_kind::submit_site, 0, {}, {});
    j.extra = static_cast<std::uint32_t>(g.site_submissions.size());
    g.site_submissions.push_back({std::move(b), {}});
    j.done = std::move(done);
  });
}

void store_worker::save_call(call_record c, saved done) {
  engine_->put([&](job_group& g) {
    job& j = g.add(job_kind::save_call, 0, {}, {});
    j.extra = static_cast<std::uint32_t>(g.calls.size());
    g.calls.push_back(std::move(c));
    j.done = std::move(done);
  });
}

const std::vector<waiting_notice>& store_worker::notices() const { return engine_->notices(); }

void store_worker::save_notice(std::uint64_t msisdn, std::string_view text, saved done) {
  engine_->put([&](job_group& g) { g.add(job_kind::save_notice, msisdn, text, {}).done = std::move(done); });
}

void store_worker::drop_notices(std::uint64_t msisdn, saved done) {
  engine_->put([&](job_group& g) { g.add(job_kind::drop_notices, msisdn, {}, {}).done = std::move(done); });
}

void store_worker::save_language(std::uint64_t msisdn, std::string_view language, saved done) {
  engine_->put([&](job_group& g) { g.add(job_kind::save_language, msisdn, language, {}).done = std::move(done); });
}

void store_worker::save_pin_state(std::uint64_t msisdn, std::string_view role, int wrong, std::int64_t locked_until_ms,
                                  saved done) {
  engine_->put([&](job_group& g) {
    job& j = g.add(job_kind::save_pin_state, msisdn, role, {});
    j.extra = static_cast<std::uint32_t>(g.pins.size());
    g.pins.push_back({wrong, locked_until_ms});
    j.done = std::move(done);
  });
}

void store_worker::load_pin_state(std::uint64_t msisdn, std::string_view role,
                                  std::function<void(result<pin_state>)> done) {
  engine_->put([&](job_group& g) {
    job& j = g.add(job_kind::load_pin_state, msisdn, role, {});
    j.extra = static_cast<std::uint32_t>(g.pins.size());
    g.pins.emplace_back();
    j.done = std::move(done);
  });
}

} // namespace tallyline::storage
