// A generated election night of national size on Iran's real areas, written through the store's own door.
//
//   bench_reports make FOLDER [STATIONS] [SEED]   pack, import, eight reports a station (3 % of them missing), sizes
//   bench_reports load FOLDER RATE SECONDS        corrections at that rate beside whatever else runs, until the time is
//   up bench_reports check FOLDER                    totals and columns recomputed from the records and compared
#include "storage/facts.h"
#include "storage/import.h"
#include "storage/sqlite/schema.h"
#include "storage/store_worker.h"
#include "storage/totals.h"

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <mutex>
#include <random>
#include <thread>

using namespace tallyline::storage;
using steady = std::chrono::steady_clock;

namespace {

constexpr int candidates = 30;
constexpr const char* hours[] = {"10:00", "12:00", "14:00", "16:00", "18:00"};
constexpr std::size_t reports_each = 8, in_flight = 200;

double seconds_since(steady::time_point start) { return std::chrono::duration<double>(steady::now() - start).count(); }

[[noreturn]] void broken(std::string_view what) {
  fmt::print(stderr, "bench_reports: {}\n", what);
  std::exit(1);
}

// The network thread's stand-in.
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

std::string file_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) broken(path.string() + " cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

// Cities and rural districts hold the stations.
std::vector<std::string> leaves_of(const std::string& areas) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at < areas.size();) {
    const auto end = areas.find('\n', at);
    const std::string line = areas.substr(at, end - at);
    at = end + 1;
    if (line.find(",city,") != std::string::npos || line.find(",rural_district,") != std::string::npos)
      all.push_back(line.substr(0, line.find(',')));
  }
  return all;
}

pack_files national_pack(std::size_t stations, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  pack_files files;
  files["election.csv"] = "key,value\nname,Generated\ndate,2026-05-01\ntime_zone,Asia/Tehran\npolls_open,08:00\n"
                          "polls_close,20:00\nlanguages,fa\n";
  files["areas.csv"] = file_text(std::filesystem::path(TALLYLINE_SOURCE_DIR) / "scripts/demo/iran/areas.csv");
  const auto leaves = leaves_of(files["areas.csv"]);
  std::string& polling = files["stations.csv"] = "code,area,name_fa,registered\n";
  std::string& people = files["people.csv"] = "msisdn,pin,role,scope,name,language\n";
  std::string& who = files["candidates.csv"] = "contest,number,name_fa\n";
  for (std::size_t s = 0; s < stations; ++s) {
    polling += fmt::format("{0:06},{1},شعبه {0},{2}\n", s, leaves[random() % leaves.size()], 400 + random() % 1600);
    people += fmt::format("{},1234,presiding_officer,{:06},مسئول شعبه {},fa\n", 989120000000 + s, s, s);
  }
  for (int c = 1; c <= candidates; ++c)
    who += fmt::format("president,{0},نامزد {0}\n", c);
  files["contests.csv"] = "code,area,name_fa,seats,max_choices\npresident,IR,رئیس جمهور,1,1\n";
  return files;
}

report report_of(const election& e, std::size_t station, std::size_t which, std::uint64_t seed, std::int64_t shift) {
  std::mt19937_64 random(seed * 1'000'003 + station * reports_each + which);
  const auto& s = e.stations[station];
  report r;
  r.scope = s.code;
  r.msisdn = 989120000000 + station;
  r.role = "presiding_officer";
  r.menu_version = "9f86d081884c7d65";
  r.by = random() % 10 < 7 ? bearer::ussd : bearer::sms;
  r.time_ms = 1'777'600'000'000 + static_cast<std::int64_t>(random() % 14'400'000);
  if (which == 0 || which == 6) {
    r.form = which == 0 ? "opening" : "closing";
    r.key = {s.code};
    r.fields = {{which == 0 ? "staff" : "queue", static_cast<std::int64_t>(random() % 50) + shift, false}};
  } else if (which < 6) {
    r.form = "turnout";
    r.key = {s.code, hours[which - 1]};
    r.fields = {{"hour", std::string(hours[which - 1]), false},
                {"present", s.registered * static_cast<std::int64_t>(which) / 8 + shift, false}};
  } else {
    r.form = "count";
    r.key = {s.code, "president"};
    std::vector<list_item> votes;
    std::int64_t left = s.registered * 6 / 10;
    const std::int64_t ballots = left;
    for (int c = 1; c < candidates; ++c) {
      const auto v = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(left / 5 + 1));
      votes.push_back({c, v});
      left -= v;
    }
    votes.push_back({candidates, left + shift});
    r.fields = {{"contest", std::string("president"), false},
                {"ballots", ballots, false},
                {"invalid", std::int64_t{0}, false},
                {"votes", std::move(votes), false}};
    if (random() % 20 == 0) r.flags = {"sum_differs"};
  }
  return r;
}

class gateway {
public:
  explicit gateway(const std::filesystem::path& database)
      : roster(std::make_shared<const election>(load_election(database).value())) {
    store_options o{database, roster, [this](std::function<void()> f) { network_.post(std::move(f)); }, {}, {}};
    auto opened = store_worker::open(std::move(o));
    if (!opened) broken(opened.error().message());
    worker = std::move(*opened);
  }
  // Waits while too many are under way.
  void submit(report r) {
    while (open_ >= in_flight)
      network_.run_once();
    ++open_;
    worker->submit(std::move(r), 0, [this](auto out) { out ? void(--open_) : broken(out.error().message()); });
  }
  void finish() {
    while (open_ > 0)
      network_.run_once();
  }
  std::shared_ptr<const election> roster;
  std::unique_ptr<store_worker> worker;

private:
  loop network_;
  std::size_t open_ = 0;
};

void print_sizes(const std::filesystem::path& database) {
  auto db = sqlite::open_for_reading(database.string());
  const double rows = static_cast<double>(db.number("SELECT count(*) FROM record"));
  fmt::print("database after {:.0f} records: {:.0f} octets a record, of them\n", rows,
             static_cast<double>(std::filesystem::file_size(database)) / rows);
  sqlite::statement parts(db, "SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 12");
  while (parts.step())
    fmt::print("  {:<28}{:>8.1f}\n", parts.text(0), static_cast<double>(parts.number(1)) / rows);
}

int make(const std::filesystem::path& folder, std::size_t stations, std::uint64_t seed) {
  std::filesystem::create_directories(folder);
  const auto database = folder / "reports.db";
  auto began = steady::now();
  const auto files = national_pack(stations, seed);
  began = steady::now();
  const auto p = read_pack(files);
  if (!p) broken(to_text(p.error().list.front()));
  if (const auto done = import_pack(database, *p, 1); !done) broken(done.error().message());
  fmt::print("import of the pack, {} stations and as many people: {:.2f} s\n", stations, seconds_since(began));
  gateway g(database);
  began = steady::now();
  std::size_t sent = 0;
  for (std::size_t which = 0; which < reports_each; ++which)
    for (std::size_t s = 0; s < stations; ++s) {
      if ((s * 7919 + which * 104'729) % 100 < 3) continue; // who does not report
      g.submit(report_of(*g.roster, s, which, seed, 0));
      ++sent;
    }
  g.finish();
  const double took = seconds_since(began);
  fmt::print("{} records in {:.1f} s, {:.0f} a second, each in its total and its row of facts\n", sent, took,
             static_cast<double>(sent) / took);
  g.worker->stop();
  print_sizes(database);
  return 0;
}

int load(const std::filesystem::path& folder, double rate, double seconds) {
  gateway g(folder / "reports.db");
  const auto began = steady::now();
  const std::size_t stations = g.roster->stations.size();
  std::size_t sent = 0;
  while (seconds_since(began) < seconds) {
    const auto due = static_cast<std::size_t>(seconds_since(began) * rate);
    for (; sent < due; ++sent)
      g.submit(report_of(*g.roster, sent % stations, 7, 1, static_cast<std::int64_t>(sent / stations) + 1));
    std::this_thread::sleep_for(std::chrono::milliseconds(5)); // the load's pace, not the product's
  }
  g.finish();
  fmt::print("meanwhile {:.0f} records/s came in\n", static_cast<double>(sent) / seconds_since(began));
  return 0;
}

int check(const std::filesystem::path& folder) {
  auto db = sqlite::open_for_reading((folder / "reports.db").string());
  const auto began = steady::now();
  auto wrong = wrong_totals(db);
  for (auto& w : wrong_facts(db))
    wrong.push_back(std::move(w));
  for (const auto& w : wrong)
    fmt::print("{}\n", w);
  fmt::print("totals and columns recomputed from the records in {:.1f} s: {}\n", seconds_since(began),
             wrong.empty() ? "all equal" : "THEY DIFFER");
  return wrong.empty() ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  const auto number = [&](int at, double otherwise) { return argc > at ? std::atof(argv[at]) : otherwise; };
  if (argc < 3) broken("make|load|check FOLDER …");
  if (what == "make")
    return make(argv[2], static_cast<std::size_t>(number(3, 66'000)), static_cast<std::uint64_t>(number(4, 1)));
  if (what == "load") return load(argv[2], number(3, 5000), number(4, 10));
  if (what == "check") return check(argv[2]);
  broken("make|load|check FOLDER …");
}
