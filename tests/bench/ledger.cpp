// What it takes to prove a national night, beside reading and hashing the same bytes with nothing else in the same run.
//
//   bench_ledger [FOLDER] [STATIONS]
// STATIONS (66,000) with 8 reports each of 30 candidates: 528,000 records, ten signed heads.
#include "storage/backup.h"
#include "storage/bundle.h"
#include "storage/head_signer.h"
#include "storage/import.h"
#include "storage/proof.h"
#include "storage/receipt.h"
#include "storage/sqlite/schema.h"
#include "storage/status.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>

using namespace tallyline::storage;
using steady = std::chrono::steady_clock;

namespace {

constexpr int forms = 8, candidates = 30, heads = 10;

pack_files national_pack(int stations) {
  pack_files files;
  files["election.csv"] = "key,value\nname,Bench\ndate,2026-05-01\ntime_zone,Asia/Tehran\npolls_open,08:00\n"
                          "polls_close,20:00\nlanguages,en\n";
  std::string& areas = files["areas.csv"] = "code,parent,level,name_en\nIR,,country,Iran\n";
  std::string& polling = files["stations.csv"] = "code,area,name_en,registered\n";
  std::string& contest = files["candidates.csv"] = "contest,number,name_en\n";
  std::string& people = files["people.csv"] = "msisdn,pin,role,scope,name,language\n";
  for (int a = 0; a < 500; ++a)
    areas += fmt::format("A{0},IR,county,County {0}\n", a);
  for (int s = 0; s < stations; ++s) {
    polling += fmt::format("{0:06},A{1},Station {0},1000\n", s, s % 500);
    people += fmt::format("{},1234,presiding_officer,{:06},Officer {},en\n", 989120000000 + s, s, s);
  }
  for (int c = 1; c <= candidates; ++c)
    contest += fmt::format("president,{0},Candidate {0}\n", c);
  files["contests.csv"] = "code,area,name_en,seats,max_choices\npresident,IR,President,1,1\n";
  return files;
}

report report_of(int station, int form) {
  report r;
  r.form = fmt::format("report{}", form);
  r.scope = fmt::format("{:06}", station);
  r.key = {r.scope, "president"};
  std::vector<list_item> votes;
  for (int c = 1; c <= candidates; ++c)
    votes.push_back({c, (station * 7 + form * 31 + c * 13) % 900});
  r.fields = {
      {"ballots", std::int64_t{900}, false}, {"votes", std::move(votes), false}, {"invalid", std::int64_t{12}, false}};
  r.msisdn = 989120000000 + static_cast<std::uint64_t>(station);
  r.role = "presiding_officer";
  r.menu_version = "9f86d081884c7d65";
  r.time_ms = 1'780'000'000'000 + station * forms + form;
  return r;
}

template <class F> double timed(const char* what, F f) {
  const auto start = steady::now();
  f();
  const double s = std::chrono::duration<double>(steady::now() - start).count();
  fmt::print("{:<52}{:>10.3f} s\n", what, s);
  return s;
}

void must(bool good, const char* what) {
  if (good) return;
  fmt::print(stderr, "{} failed\n", what);
  std::exit(1);
}

void fill(const std::filesystem::path& database, int stations, head_signer& signer) {
  auto db = sqlite::open_for_writing(database.string(), sqlite::mode::read_write);
  record_door door(db, std::make_shared<const election>(load_election(database).value()));
  const int all = stations * forms, part = all / heads;
  for (int n = 0; n < all;) {
    sqlite::transaction group(db);
    for (const int end = std::min(n + 2000, all); n < end; ++n)
      must(door.submit(report_of(n % stations, n / stations)).has_value(), "a report");
    group.commit();
    if (part && n / part != (n - 2000) / part) must(signer.sign(n).has_value(), "a head");
  }
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

double floor_of(const std::filesystem::path& database) {
  return timed("floor: plain sqlite3 reads every body, SHA-256 of it", [&] {
    sqlite::database db(database.string(), sqlite::mode::read_only);
    sqlite::statement rows(db, "SELECT body FROM entry ORDER BY seq");
    std::uint8_t sum = 0;
    while (rows.step())
      sum = static_cast<std::uint8_t>(sum ^ ledger::leaf_hash(rows.blob(0))[0]);
    volatile auto kept = sum; // so that it is worked out
    static_cast<void>(kept);
  });
}

void prove(const std::filesystem::path& database, const std::filesystem::path& folder) {
  const auto floor = floor_of(database);
  verify_options o;
  const auto took = timed("verify, the file's own check on a thread beside", [&] {
    const auto v = verify_database(database, o).value();
    must(!v.wrong, v.wrong ? to_text(*v.wrong).c_str() : "");
  });
  o.check_file = false;
  timed("verify without the file's own check", [&] { must(!verify_database(database, o)->wrong, "verify"); });
  fmt::print("{:<52}{:>10.1f}\n", "verify, times the floor", took / floor);
  std::string code;
  {
    sqlite::database db(database.string(), sqlite::mode::read_only);
    code = receipt::to_text(static_cast<std::uint64_t>(db.number("SELECT receipt FROM record WHERE seq = 1000")));
  }
  timed("receipt with its proof", [&] { must(find_with_proof(database, code)->proof.has_value(), "a proof"); });
  timed("status", [&] { must(status_of(database).has_value(), "status"); });
  timed("check before a start", [&] { must(check_before_start(database).has_value(), "the check"); });
  const auto bundle = folder / "night.tlb";
  timed("bundle", [&] { must(write_bundle(database, bundle, {}).has_value(), "the bundle"); });
  timed("verify the bundle", [&] { must(!verify_bundle(bundle, {})->wrong, "the bundle"); });
  timed("backup, verified", [&] { must(backup(database, folder / "kept.db", {}).has_value(), "the backup"); });
  fmt::print("{:<52}{:>10.1f} MiB\n", "database", static_cast<double>(std::filesystem::file_size(database)) / 1048576);
  fmt::print("{:<52}{:>10.1f} MiB\n", "bundle", static_cast<double>(std::filesystem::file_size(bundle)) / 1048576);
}

} // namespace

int main(int argc, char** argv) {
  const std::filesystem::path folder = argc > 1 ? argv[1] : "build/bench-ledger";
  const int stations = argc > 2 ? std::atoi(argv[2]) : 66'000;
  std::filesystem::remove_all(folder);
  const auto database = folder / "night.db";
  const auto pack = read_pack(national_pack(stations));
  must(pack.has_value(), "the pack");
  must(import_pack(database, *pack, 1).has_value(), "the import");
  auto signer = head_signer::open(database).value();
  fmt::print("{} records\n", stations * forms);
  timed("recording them, by the door, with ten heads", [&] { fill(database, stations, signer); });
  timed("the last head, and nothing new", [&] { must(signer.sign(99'999'999).has_value(), "the last head"); });
  prove(database, folder);
  std::filesystem::remove_all(folder);
}
