// A night of georgia-2013 with the arrivals of a real one: 3 % of the stations silent, 2 % corrected, 1 % contradicted.
//
//   bench_night FOLDER [SEED]
// Writes FOLDER/night.db through the store's own door, and what the reports must say: FOLDER/known.csv, a candidate's number
// and votes a line, and FOLDER/figures, the silent, the corrected and the contradicted. Called by scripts/night.
#include "storage/csv.h"
#include "storage/import.h"
#include "storage/store_worker.h"

#include <algorithm>
#include <condition_variable>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <random>

using namespace tallyline::storage;

namespace {

namespace fs = std::filesystem;
const fs::path demo = fs::path(TALLYLINE_SOURCE_DIR) / "scripts/demo";
constexpr std::int64_t closing_ms = 1'382'889'600'000, minute_ms = 60'000; // 27 October 2013, 20:00 in Tbilisi

[[noreturn]] void broken(std::string_view what) {
  fmt::print(stderr, "bench_night: {}\n", what);
  std::exit(1);
}

std::string file_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) broken(path.string() + " cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

using row = std::vector<std::string>;
std::vector<row> rows_of(const std::string& text) {
  csv::reader in(text);
  csv::row r;
  csv::fault wrong;
  std::vector<row> all;
  while (in.next(r, wrong) == csv::reader::step::row) {
    auto& cells = all.emplace_back();
    for (auto& c : r.cells)
      cells.push_back(c.text);
  }
  return all;
}

// The pack with a supervisor for each district, who reports for stations in their place and is told of the silent ones.
pack_files pack_with_supervisors() {
  pack_files files;
  for (const char* name : {"election.csv", "areas.csv", "stations.csv", "contests.csv", "candidates.csv", "people.csv"})
    files[name] = file_text(demo / "georgia-2013" / name);
  std::uint64_t number = 995'599'000'000;
  for (const auto& area : rows_of(files["areas.csv"]))
    if (area.size() > 2 && area[2] == "district")
      files["people.csv"] += fmt::format("{},1234,supervisor,{},Supervisor of {},en\n", ++number, area[0], area[0]);
  return files;
}

// Minutes after closing at which the stations report, ascending, in the proportions of the real night.
std::vector<std::int64_t> arrivals(std::size_t stations) {
  std::vector<std::int64_t> real, all;
  for (const auto& r : rows_of(file_text(demo / "arrivals/nigeria-2023.csv")))
    if (r.size() == 2 && r[0] != "minute") real.insert(real.end(), std::stoul(r[1]), std::stoll(r[0]));
  for (std::size_t i = 0; i < stations; ++i)
    all.push_back(real[i * real.size() / stations]);
  return all;
}

class door {
public:
  explicit door(const fs::path& database) : roster(std::make_shared<const election>(load_election(database).value())) {
    store_options o{database,
                    roster,
                    [this](std::function<void()> f) {
                      const std::lock_guard lock(mutex_);
                      posted_.push_back(std::move(f));
                      came_.notify_one();
                    },
                    {},
                    {}};
    auto opened = store_worker::open(std::move(o));
    if (!opened) broken(opened.error().message());
    worker_ = std::move(*opened);
  }
  void submit(report r, verdict expected) {
    ++open_;
    worker_->submit(std::move(r), 0, [this, expected](auto out) {
      if (!out || out->what != expected)
        broken(out ? "a record got another verdict than it should" : out.error().message());
      --open_;
    });
    if (open_ >= 200) run(100);
  }
  void run(std::size_t until) {
    while (open_ > until) {
      std::unique_lock lock(mutex_);
      came_.wait(lock, [this] { return !posted_.empty(); });
      auto now = std::exchange(posted_, {});
      lock.unlock();
      for (auto& f : now)
        f();
    }
  }
  std::shared_ptr<const election> roster;

private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<std::function<void()>> posted_;
  std::unique_ptr<store_worker> worker_;
  std::size_t open_ = 0;
};

struct night {
  door& to;
  std::map<std::string, std::uint64_t> officials, supervisors; // by station, by district
  row header;

  report base(const row& r, std::uint64_t msisdn, const char* role, const char* form, std::string part) const {
    report out;
    out.form = form;
    out.scope = r[0];
    out.key = {r[0], std::move(part)};
    out.msisdn = msisdn;
    out.role = role;
    out.menu_version = "00ff";
    return out;
  }
  report turnout(const row& r, const char* hour, std::size_t column, std::int64_t at_ms) const {
    auto out = base(r, officials.at(r[0]), "presiding_officer", "turnout", hour);
    out.fields = {{"hour", std::string(hour), false}, {"present", std::stoll(r[column]), false}};
    out.time_ms = at_ms;
    return out;
  }
  report count(const row& r, std::uint64_t msisdn, const char* role, std::int64_t at_ms, std::int64_t shift) const {
    auto out = base(r, msisdn, role, "count", "president");
    std::vector<list_item> votes;
    std::int64_t sum = 0;
    for (std::size_t c = 6; c < r.size(); ++c) {
      votes.push_back({std::stoll(header[c].substr(6)), std::stoll(r[c]) + (c == 6 ? shift : 0)});
      sum += votes.back().value;
    }
    const auto signatures = std::stoll(r[3]), invalid = std::stoll(r[5]);
    if (sum + invalid != signatures) out.flags = {"sum_differs"};
    out.fields = {{"contest", std::string("president"), false},
                  {"signatures", signatures, false},
                  {"ballots_received", std::stoll(r[4]), false},
                  {"invalid", invalid, false},
                  {"votes", std::move(votes), false}};
    out.time_ms = at_ms;
    return out;
  }
};

} // namespace

int main(int argc, char** argv) {
  if (argc < 2) broken("FOLDER [SEED]");
  const fs::path folder = argv[1];
  fs::create_directories(folder);
  const auto files = pack_with_supervisors();
  const auto p = read_pack(files);
  if (!p) broken(to_text(p.error().list.front()));
  const auto database = folder / "night.db";
  if (const auto done = import_pack(database, *p, 1); !done) broken(done.error().message());
  door to(database);
  night n{to, {}, {}, {}};
  for (const auto& who : to.roster->people)
    (who.role == "supervisor" ? n.supervisors[to.roster->areas[who.scope_index].code]
                              : n.officials[to.roster->stations[who.scope_index].code]) = who.msisdn;
  auto stations = rows_of(file_text(demo / "georgia-2013/reports.csv"));
  n.header = stations.front();
  stations.erase(stations.begin());
  std::mt19937_64 random(argc > 2 ? std::stoull(argv[2]) : 1);
  std::shuffle(stations.begin(), stations.end(), random);
  const auto minutes = arrivals(stations.size());
  std::map<std::int64_t, std::int64_t> votes;
  std::size_t in = 0, corrected = 0, contradicted = 0;
  for (std::size_t i = 0; i < stations.size(); ++i) {
    const auto& r = stations[i];
    const auto official = n.officials.at(r[0]);
    if (i % 100 < 3) continue; // silent
    to.submit(n.turnout(r, "12:00", 1, closing_ms - (8 * 60 - minutes[i] % 60) * minute_ms), verdict::recorded);
    to.submit(n.turnout(r, "17:00", 2, closing_ms - (3 * 60 - minutes[i] % 60) * minute_ms), verdict::recorded);
    const std::int64_t at = closing_ms + minutes[i] * minute_ms;
    const bool corrects = i % 100 == 10 || i % 100 == 60, contradicts = i % 100 == 30;
    to.submit(n.count(r, official, "presiding_officer", at, corrects ? 100 : 0), verdict::recorded);
    if (corrects)
      to.submit(n.count(r, official, "presiding_officer", at + 20 * minute_ms, 0), verdict::corrected), ++corrected;
    const auto district = to.roster->areas[to.roster->stations[*to.roster->station_by_code(r[0])].area].code;
    if (contradicts)
      to.submit(n.count(r, n.supervisors.at(district), "supervisor", at + 30 * minute_ms, 7), verdict::review),
          ++contradicted;
    ++in;
    for (std::size_t c = 6; c < r.size(); ++c)
      votes[std::stoll(n.header[c].substr(6))] += std::stoll(r[c]);
  }
  to.run(0);
  std::ofstream known(folder / "known.csv");
  for (const auto& [number, sum] : votes)
    known << number << ',' << sum << '\n';
  std::ofstream(folder / "figures") << stations.size() - in << '\n' << corrected << '\n' << contradicted << '\n';
  fmt::print("{} stations: {} reported, {} silent, {} corrected, {} contradicted\n", stations.size(), in,
             stations.size() - in, corrected, contradicted);
}
