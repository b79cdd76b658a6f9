// A generated registration of candidates on Iran's real areas, written through the store's own door: seven days of
// tickets and registrations at counter offices, with a rush on the last one.
//
//   bench_offices make FOLDER [REGISTRATIONS] [OFFICES] [SEED]
//
// Assumptions, none of them measured: an office lies in a city or rural district drawn at random; a fifth of them does
// half of the work; of the days 1 to 6 each brings a tenth of the tickets, the last one four tenths; a registration
// takes from 5 minutes up, its time's logarithm is normal; one in fifty never comes; one record in fifty is corrected;
// one in a hundred came on paper.
#include "storage/import.h"
#include "storage/store_worker.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <mutex>
#include <random>

using namespace tallyline::storage;
using steady = std::chrono::steady_clock;

namespace {

constexpr std::int64_t minute = 60'000, hour = 60 * minute, day = 24 * hour;
constexpr int days = 7;
constexpr std::size_t in_flight = 400;

[[noreturn]] void broken(std::string_view what) {
  fmt::print(stderr, "bench_offices: {}\n", what);
  std::exit(1);
}
double seconds_since(steady::time_point start) { return std::chrono::duration<double>(steady::now() - start).count(); }

std::string file_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) broken(path.string() + " cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

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

pack_files pack_of(std::size_t offices, std::mt19937_64& random) {
  pack_files files;
  files["election.csv"] = "key,value\nname,Generated\ndate,2026-06-19\ntime_zone,Asia/Tehran\npolls_open,08:00\n"
                          "polls_close,20:00\nlanguages,fa\n";
  files["areas.csv"] = file_text(std::filesystem::path(TALLYLINE_SOURCE_DIR) / "scripts/demo/iran/areas.csv");
  const auto leaves = leaves_of(files["areas.csv"]);
  std::string& where = files["offices.csv"] = "code,area,name_fa\n";
  std::string& people = files["people.csv"] = "msisdn,pin,role,scope,name,language\n";
  for (std::size_t o = 0; o < offices; ++o) {
    where += fmt::format("F{0},{1},دفتر {0}\n", o, leaves[random() % leaves.size()]);
    people += fmt::format("{},1234,clerk,F{},متصدی {},fa\n", 989120000000 + o, o, o);
  }
  files["stations.csv"] = "code,area,name_fa,registered\n000001," + leaves.front() + ",شعبه ۱,500\n";
  files["contests.csv"] = "code,area,name_fa,seats,max_choices\ncouncil,IR,شورا,5,5\n";
  files["candidates.csv"] = "contest,number,name_fa\ncouncil,1,یک\n";
  return files;
}

struct ticket {
  std::uint32_t office = 0;
  std::size_t person = 0;
  std::int64_t since = 0, done = 0; // done 0: it waits
  bearer by = bearer::ussd;
  bool corrected = false;
};

class generator {
public:
  generator(std::size_t offices, std::uint64_t seed, std::int64_t ends)
      : random_(seed), offices_(offices), ends_(ends) {}

  std::vector<ticket> tickets(std::size_t n) {
    std::vector<ticket> all(n);
    for (std::size_t i = 0; i < n; ++i)
      all[i] = one(i);
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.since < b.since; });
    return all;
  }

private:
  ticket one(std::size_t person) {
    ticket t;
    t.person = person;
    const auto busy = offices_ / 5;
    t.office = static_cast<std::uint32_t>(busy > 0 && random_() % 2 ? random_() % busy : random_() % offices_);
    const auto which = random_() % 10;
    const std::int64_t of_day = which < 6 ? static_cast<std::int64_t>(which) : days - 1;
    // Between 07:00 and 21:00 of that day, as long as the last one has lasted.
    t.since = ends_ - (days - of_day) * day + static_cast<std::int64_t>(random_() % (14 * hour)) + 4 * hour;
    t.since = std::min(t.since, ends_ - minute);
    const auto took = 5 * minute + static_cast<std::int64_t>(std::exp(normal_(random_)) * double(minute));
    if (random_() % 50 && t.since + took < ends_) t.done = t.since + took;
    const auto way = random_() % 100;
    t.by = way < 1    ? bearer::console
           : way < 60 ? bearer::ussd
           : way < 70 ? bearer::sms
           : way < 85 ? bearer::terminal
                      : bearer::link;
    t.corrected = random_() % 50 == 0;
    return t;
  }

  std::mt19937_64 random_;
  std::normal_distribution<double> normal_{3.8, 1.0};
  std::size_t offices_;
  std::int64_t ends_;
};

// The network thread's stand-in, and the store behind it.
class gateway {
public:
  explicit gateway(const std::filesystem::path& database) {
    auto roster = std::make_shared<const election>(load_election(database).value());
    store_options o{database, roster, [this](std::function<void()> f) { post(std::move(f)); }, {}, {}};
    auto opened = store_worker::open(std::move(o));
    if (!opened) broken(opened.error().message());
    worker_ = std::move(*opened);
  }
  // Waits while too many are under way.
  void submit(report r) {
    while (open_ >= in_flight)
      run_once();
    ++open_;
    ++sent;
    worker_->submit(std::move(r), 0, [this](auto out) { out ? void(--open_) : broken(out.error().message()); });
  }
  void finish() {
    while (open_ > 0)
      run_once();
  }
  void stop() { worker_->stop(); }
  std::size_t sent = 0;

private:
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
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<std::function<void()>> posted_, running_;
  std::unique_ptr<store_worker> worker_;
  std::size_t open_ = 0;
};

report report_of(const ticket& t, const char* form, std::int64_t at) {
  report r;
  r.form = form;
  r.scope = fmt::format("F{}", t.office);
  r.key = {r.scope, fmt::format("{:010}", t.person)};
  r.pseudonyms = {1};
  r.once = true;
  if (r.form == "registered") r.follows = "documents";
  r.fields = {{"contest", std::string("council"), false}, {"name", fmt::format("داوطلب {}", t.person), true}};
  r.msisdn = 989120000000 + t.office;
  r.role = "clerk";
  r.by = t.by;
  r.menu_version = "9f86d081884c7d65";
  r.time_ms = at;
  return r;
}

int make(const std::filesystem::path& folder, std::size_t registrations, std::size_t offices, std::uint64_t seed) {
  std::filesystem::create_directories(folder);
  const auto database = folder / "offices.db";
  std::mt19937_64 random(seed);
  const auto p = read_pack(pack_of(offices, random));
  if (!p) broken(to_text(p.error().list.front()));
  if (const auto done = import_pack(database, *p, 1); !done) broken(done.error().message());
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  const auto all = generator(offices, seed, now).tickets(registrations);
  const auto began = steady::now();
  gateway g(database);
  for (const auto& t : all)
    g.submit(report_of(t, "documents", t.since));
  for (const auto& t : all)
    if (t.done) g.submit(report_of(t, "registered", t.done));
  for (const auto& t : all) {
    if (!t.corrected) continue;
    auto r = report_of(t, "documents", t.since + minute);
    r.fields[1].value = std::string("نام درست");
    g.submit(std::move(r));
  }
  g.finish();
  g.stop();
  const auto done = std::count_if(all.begin(), all.end(), [](const auto& t) { return t.done != 0; });
  fmt::print("{} tickets in {} offices, {} registered, {} records in {:.1f} s\n", all.size(), offices, done, g.sent,
             seconds_since(began));
  fmt::print(stderr, "{}\n", done); // for the check beside
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  const auto number = [&](int at, std::uint64_t otherwise) {
    return argc > at ? std::strtoull(argv[at], nullptr, 10) : otherwise;
  };
  if (argc < 3 || std::string_view(argv[1]) != "make") broken("make FOLDER [REGISTRATIONS] [OFFICES] [SEED]");
  return make(argv[2], number(3, 300'000), number(4, 150), number(5, 1));
}
