// How fast the store takes drafts and records, beside plain sqlite3 with the same statements in the same run.
//
//   bench_store [FOLDER] [SECONDS] [CLIENTS]
// The clients are a closed loop: each sends its next job when the last one is on disk, as a dialogue does.
#include "storage/import.h"
#include "storage/reader.h"
#include "storage/sqlite/schema.h"
#include "storage/store_worker.h"

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <mutex>

using namespace tallyline::storage;
using steady = std::chrono::steady_clock;

namespace {

double seconds_since(steady::time_point start) { return std::chrono::duration<double>(steady::now() - start).count(); }

// The network thread's stand-in: takes all that is posted at once.
class loop {
public:
  void post(std::function<void()> f) {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(f));
    came_.notify_one();
  }
  void run_once() {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [this] { return !posted_.empty(); });
    running_.swap(posted_);
    lock.unlock();
    for (auto& f : running_)
      f();
    running_.clear();
  }

private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<std::function<void()>> posted_, running_;
};

constexpr int stations = 66'000, candidates = 30;

pack_files national_pack() {
  pack_files files;
  files["election.csv"] = "key,value\nname,Bench\ndate,2026-05-01\ntime_zone,Asia/"
                          "Tehran\npolls_open,08:00\npolls_close,20:00\nlanguages,fa en\n";
  std::string& areas = files["areas.csv"] = "code,parent,level,name_fa,name_en\nIR,,country,ایران,Iran\n";
  std::string& polling = files["stations.csv"] = "code,area,name_fa,name_en,registered\n";
  std::string& contest = files["candidates.csv"] = "contest,number,name_fa,name_en\n";
  std::string& people = files["people.csv"] = "msisdn,pin,role,scope,name,language\n";
  for (int a = 0; a < 500; ++a)
    areas += fmt::format("A{0},IR,county,شهرستان {0},County {0}\n", a);
  for (int s = 0; s < stations; ++s) {
    polling += fmt::format("{0:06},A{1},شعبه {0},Station {0},{2}\n", s, s % 500, 1000);
    people += fmt::format("{},1234,presiding_officer,{:06},Officer {},fa\n", 989120000000 + s, s, s);
  }
  for (int c = 1; c <= candidates; ++c)
    contest += fmt::format("president,{0},نامزد {0},Candidate {0}\n", c);
  files["contests.csv"] = "code,area,name_fa,name_en,seats,max_choices\npresident,IR,رئیس جمهور,President,1,1\n";
  return files;
}

report report_of(std::uint64_t n, std::string form) {
  const auto s = n % stations;
  report r;
  r.form = std::move(form);
  r.scope = fmt::format("{:06}", s);
  r.key = {r.scope, "president"};
  std::vector<list_item> votes;
  for (int c = 1; c <= candidates; ++c)
    votes.push_back({c, static_cast<std::int64_t>((n * 7 + static_cast<std::uint64_t>(c) * 13) % 900)});
  r.fields = {
      {"ballots", std::int64_t{900}, false}, {"votes", std::move(votes), false}, {"invalid", std::int64_t{12}, false}};
  r.msisdn = 989120000000 + s;
  r.role = "presiding_officer";
  r.menu_version = "9f86d081884c7d65";
  r.time_ms = 1'780'000'000'000 + static_cast<std::int64_t>(n);
  return r;
}

struct figures {
  double rows_per_second = 0, commits_per_second = 0, rows_per_commit = 0;
};
void print(std::string_view what, const figures& f) {
  fmt::print("{:<44}{:>12.0f} rows/s{:>9.0f} commits/s{:>8.1f} rows/commit\n", what, f.rows_per_second,
             f.commits_per_second, f.rows_per_commit);
}

// Runs `start(client, done)` in a closed loop on a store of its own.
template <class Start>
figures closed_loop(const std::filesystem::path& database, double seconds, int clients, Start start) {
  loop network;
  store_options o{database,
                  std::make_shared<const election>(load_election(database).value()),
                  [&](std::function<void()> f) { network.post(std::move(f)); },
                  {},
                  {}};
  auto worker = store_worker::open(std::move(o)).value();
  std::uint64_t rows = 0;
  int open = clients;
  bool over = false;
  std::function<void(int)> go = [&](int client) {
    start(*worker, client, [&, client] {
      ++rows;
      over ? void(--open) : go(client);
    });
  };
  const auto began = steady::now();
  for (int c = 0; c < clients; ++c)
    go(c);
  while (open > 0) {
    network.run_once();
    over = seconds_since(began) > seconds;
  }
  const double took = seconds_since(began);
  const auto groups = static_cast<double>(worker->counters().groups.load());
  return {static_cast<double>(rows) / took, groups / took, static_cast<double>(rows) / groups};
}

[[noreturn]] void broken(std::string_view what) {
  fmt::print(stderr, "bench_store: {}\n", what);
  std::exit(1);
}

figures drafts(const std::filesystem::path& database, double seconds, int clients) {
  const std::string bytes(160, 'x');
  return closed_loop(database, seconds, clients, [&](store& s, int client, auto done) {
    s.save_draft({static_cast<std::uint32_t>(client + 1), 989120000000, "polling", bytes},
                 [done](auto e) { e ? broken(e.message()) : done(); });
  });
}

figures records(const std::filesystem::path& database, double seconds, int clients) {
  std::uint64_t n = 0;
  return closed_loop(database, seconds, clients, [&](store& s, int, auto done) {
    const auto form = fmt::format("count_{}", n / stations);
    s.submit(report_of(n, form), 0, [done](auto out) { out ? done() : broken(out.error().message()); });
    ++n;
  });
}

// The same statements on the same schema, without a thread, a queue or a check.
template <class Write> figures plain(sqlite::database& db, double seconds, int group, Write write) {
  const auto began = steady::now();
  std::uint64_t rows = 0, commits = 0;
  while (seconds_since(began) < seconds) {
    db.exec("BEGIN IMMEDIATE");
    for (int i = 0; i < group; ++i)
      write(rows++);
    db.exec("COMMIT");
    ++commits;
    if (commits % 200 == 0) db.exec("PRAGMA wal_checkpoint(PASSIVE)");
  }
  const double took = seconds_since(began);
  return {static_cast<double>(rows) / took, static_cast<double>(commits) / took, static_cast<double>(group)};
}

figures plain_drafts(sqlite::database& db, double seconds, int group, int clients) {
  const std::string bytes(160, 'x');
  sqlite::statement put(db, "REPLACE INTO draft(slot, msisdn, menu, bytes, saved_ms) VALUES(?1, ?2, ?3, ?4, ?5)");
  return plain(db, seconds, group, [&](std::uint64_t n) {
    put.bind(1, static_cast<std::int64_t>(n % static_cast<std::uint64_t>(clients)) + 1)
        .bind(2, 989120000000)
        .bind_text(3, "polling")
        .bind_blob(4, bytes)
        .bind(5, 1)
        .run();
  });
}

figures plain_records(sqlite::database& db, double seconds, int group) {
  sqlite::statement entry(db, "INSERT INTO entry(kind, body, leaf) VALUES(1, ?1, ?2)");
  sqlite::statement record(
      db, "INSERT INTO record(seq, form, key, state, receipt, flagged, supersedes) VALUES(?1, ?2, ?3, 0, ?4, 0, NULL)");
  sqlite::statement personal(db, "INSERT INTO personal(seq, no, salt, name, value) VALUES(?1, 0, ?2, NULL, ?3)");
  const canonical::salts salt(1);
  const std::string body = canonical::record_bytes(report_of(1, "count_0"), salt, 0, 0), leaf(32, 'l'),
                    salt_bytes(16, 's');
  return plain(db, seconds, group, [&](std::uint64_t n) {
    entry.bind_blob(1, body).bind_blob(2, leaf).run();
    const auto seq = db.last_row();
    const auto form = fmt::format("plain_{}", n / stations), key = fmt::format("{:06}/president", n % stations);
    record.bind(1, seq)
        .bind_text(2, form)
        .bind_text(3, key)
        .bind(4, static_cast<std::int64_t>(n * 6'180'339'887 % 10'000'000'000))
        .run();
    personal.bind(1, seq).bind_blob(2, salt_bytes).bind(3, 989120000000).run();
  });
}

void sum_records(const std::filesystem::path& database) {
  auto r = reader::open(database).value();
  canonical::record_view view;
  for (const char* pass : {"cold", "warm"}) {
    std::int64_t sum = 0, rows = 0;
    const auto began = steady::now();
    const auto done = r.for_each_current_record("count_0", [&](std::int64_t, std::string_view body) {
      if (!canonical::read_record(body, view)) broken("a record cannot be read");
      for (const auto& item : view.field("votes")->items)
        sum += item.value;
      ++rows;
    });
    if (!done) broken(done.error().message());
    fmt::print("summing {} records of {} values, {:<16}{:>8.1f} ms   (sum {})\n", rows, candidates, pass,
               seconds_since(began) * 1000, sum);
  }
  std::string body;
  if (auto one = r.find_record(2).value()) body = one->body;
  const auto began = steady::now();
  for (int i = 0; i < stations; ++i)
    if (!canonical::read_record(body, view)) broken("a record cannot be read");
  fmt::print("reading {} bodies of {} bytes alone{:>16.1f} ms\n", stations, body.size(), seconds_since(began) * 1000);
  const auto tree = steady::now();
  const auto head = r.tree_head().value();
  fmt::print("Merkle root over {} leaves{:>28.1f} ms\n", head.size, seconds_since(tree) * 1000);
}

} // namespace

int main(int argc, char** argv) {
  const std::filesystem::path folder = argc > 1 ? argv[1] : "/tmp/bench_store";
  const double seconds = argc > 2 ? std::atof(argv[2]) : 3;
  const int clients = argc > 3 ? std::atoi(argv[3]) : 200;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const auto database = folder / "store.db";

  auto began = steady::now();
  const auto files = national_pack();
  const auto p = read_pack(files);
  if (!p) broken(to_text(p.error().list.front()));
  const double read = seconds_since(began);
  began = steady::now();
  if (const auto done = import_pack(database, *p, 1); !done) broken(done.error().message());
  fmt::print("pack of {} stations: read {:.2f} s, import {:.2f} s\n", stations, read, seconds_since(began));
  std::filesystem::copy_file(database, folder / "plain.db");

  auto plain_db = sqlite::open_for_writing(folder / "plain.db", sqlite::mode::read_write);
  const auto ours = drafts(database, seconds, clients);
  print(fmt::format("drafts, {} clients", clients), ours);
  print("drafts, plain sqlite3, groups of that size",
        plain_drafts(plain_db, seconds, std::max(1, static_cast<int>(ours.rows_per_commit)), clients));
  const auto kept = records(database, seconds, clients);
  print(fmt::format("records, {} clients", clients), kept);
  print("records, plain sqlite3, groups of that size",
        plain_records(plain_db, seconds, std::max(1, static_cast<int>(kept.rows_per_commit))));
  const auto rows = static_cast<double>(sqlite::open_for_reading(database).number("SELECT count(*) FROM record"));
  fmt::print("database: {:.0f} bytes a record\n", static_cast<double>(std::filesystem::file_size(database)) / rows);
  sum_records(database);
}
