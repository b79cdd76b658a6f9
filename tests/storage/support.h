// What the storage tests share: a folder that goes away, a small election, reports to send, a worker without a network.
#pragma once

#include "storage/import.h"
#include "storage/store_worker.h"

#include <condition_variable>
#include <deque>
#include <doctest/doctest.h>
#include <filesystem>
#include <mutex>
#include <optional>
#include <stdlib.h>

namespace tallyline::storage::test {

class temporary_folder {
public:
  temporary_folder() {
    char pattern[] = "/tmp/tallyline-test-XXXXXX";
    path_ = ::mkdtemp(pattern);
  }
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  std::filesystem::path operator/(const char* name) const { return path_ / name; }

private:
  std::filesystem::path path_;
};

// Two areas in a country, three stations, an office, a contest of three candidates, and who reports for them.
inline pack_files small_pack() {
  return {
      {"election.csv", "key,value\nname,Test\ndate,2026-05-01\ntime_zone,Asia/"
                       "Tehran\npolls_open,08:00\npolls_close,20:00\nlanguages,fa en\n"},
      {"areas.csv",
       "code,parent,level,name_fa,name_en\nIR,,country,ایران,Iran\nA1,IR,province,الف,Alpha\nA2,IR,province,ب,\n"},
      {"stations.csv", "code,area,name_fa,name_en,registered\n1001,A1,شعبه ۱,Station 1,500\n1002,A1,شعبه "
                       "۲,,600\n2001,A2,شعبه ۳,,700\n"},
      {"contests.csv",
       "code,area,name_fa,name_en,seats,max_choices\npresident,IR,رئیس,President,1,1\ncouncil,A1,شورا,Council,5,5\n"},
      {"candidates.csv",
       "contest,number,name_fa,name_en\npresident,41,چهل,Forty-one\npresident,1,یک,One\npresident,2,دو,Two\n"},
      {"offices.csv", "code,area,name_fa,name_en\nO1,A1,دفتر,Office\n"},
      {"people.csv", "msisdn,pin,role,scope,name,language\n"
                     "989120000001,1234,presiding_officer,1001,Sara,fa\n"
                     "989120000002,2345,presiding_officer,1002,Reza,fa\n"
                     "989120000003,3456,clerk,1001,Mina,en\n"
                     "989120000004,4567,supervisor,A1,Omid,fa\n"
                     "989120000005,5678,clerk,O1,Nima,fa\n"},
      {"sites.csv", "code,area,caller_id,key\nS1,A1,982100000001,\n"},
  };
}

inline pack good(const pack_files& files) {
  auto read = read_pack(files);
  if (!read) FAIL("the pack is bad: ", to_text(read.error().list.at(0)));
  return std::move(*read);
}

inline imported import_small(const std::filesystem::path& database, const pack_files& files = small_pack()) {
  const auto done = import_pack(database, good(files), 1000);
  REQUIRE_MESSAGE(done.has_value(), done.error().message());
  return *done;
}

// A database with the small election.
struct night {
  night() { import_small(database); }
  temporary_folder folder;
  std::filesystem::path database = folder / "night.db";
};

inline report count_of(std::string station, std::uint64_t msisdn, std::int64_t ballots,
                       std::string role = "presiding_officer") {
  report r;
  r.form = "count";
  r.key = {station, "president"};
  r.scope = std::move(station);
  r.fields = {{"ballots", ballots, false}, {"votes", std::vector<list_item>{{1, 10}, {2, 20}, {41, 30}}, false}};
  r.msisdn = msisdn;
  r.role = std::move(role);
  r.menu_version = "00ff";
  r.time_ms = 1'780'000'000'000;
  return r;
}
inline constexpr std::uint64_t sara = 989120000001, reza = 989120000002, mina = 989120000003, omid = 989120000004;

// Stands in for the network thread: runs what the store worker posts when the test asks for it.
class loop {
public:
  std::function<void(std::function<void()>)> poster() {
    return [this](std::function<void()> f) {
      const std::lock_guard lock(mutex_);
      posted_.push_back(std::move(f));
      came_.notify_one();
    };
  }
  void run_one() {
    std::unique_lock lock(mutex_);
    REQUIRE(came_.wait_for(lock, std::chrono::seconds(20), [this] { return !posted_.empty(); }));
    auto f = std::move(posted_.front());
    posted_.pop_front();
    lock.unlock();
    f();
  }
  template <class Done> void run_until(Done done) {
    while (!done())
      run_one();
  }
  void drain() {
    for (;;) {
      std::unique_lock lock(mutex_);
      if (posted_.empty()) return;
      lock.unlock();
      run_one();
    }
  }

private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<std::function<void()>> posted_;
};

// A store on a database of its own, with calls that wait for their answer.
class blocking_store {
public:
  explicit blocking_store(const std::filesystem::path& database, std::string vfs = {}) {
    auto roster = load_election(database);
    REQUIRE_MESSAGE(roster.has_value(), roster.error().message());
    store_options o{database, std::make_shared<const election>(std::move(*roster)), loop_.poster(),
                    [this] { ++group_ends; }, std::move(vfs)};
    o.roster_changed = [this](const roster_change& c) { roster_changes.push_back(c); };
    auto opened = store_worker::open(std::move(o));
    REQUIRE_MESSAGE(opened.has_value(), opened.error().message());
    worker = std::move(*opened);
  }
  ~blocking_store() {
    worker->stop();
    loop_.drain();
  }

  result<outcome> submit(report r, std::uint32_t slot = 0) {
    return wait<outcome>([&](auto done) { worker->submit(std::move(r), slot, std::move(done)); });
  }
  boost::system::error_code save(std::uint32_t slot, std::string_view bytes, std::uint64_t msisdn = sara) {
    return wait_saved([&](auto done) { worker->save_draft({slot, msisdn, "polling", bytes}, std::move(done)); });
  }
  boost::system::error_code drop(std::uint32_t slot) {
    return wait_saved([&](auto done) { worker->drop_draft(slot, std::move(done)); });
  }
  std::string load(std::uint32_t slot) {
    return wait<std::string>([&](auto done) { worker->load_draft(slot, std::move(done)); }).value();
  }
  boost::system::error_code save_pin(std::uint64_t msisdn, std::string_view role, int wrong, std::int64_t until) {
    return wait_saved([&](auto done) { worker->save_pin_state(msisdn, role, wrong, until, std::move(done)); });
  }
  result<store::pin_state> load_pin(std::uint64_t msisdn, std::string_view role) {
    return wait<store::pin_state>([&](auto done) { worker->load_pin_state(msisdn, role, std::move(done)); });
  }
  result<decided> decide(decision d) {
    return wait<decided>([&](auto done) { worker->decide(std::move(d), std::move(done)); });
  }
  loop& network() { return loop_; }

  std::unique_ptr<store_worker> worker;
  int group_ends = 0;
  std::vector<roster_change> roster_changes; // as the network thread hears of them

private:
  template <class T, class Start> result<T> wait(Start start) {
    std::optional<result<T>> answer;
    start([&](result<T> r) { answer = std::move(r); });
    loop_.run_until([&] { return answer.has_value(); });
    return std::move(*answer);
  }
  template <class Start> boost::system::error_code wait_saved(Start start) {
    std::optional<boost::system::error_code> answer;
    start([&](boost::system::error_code e) { answer = e; });
    loop_.run_until([&] { return answer.has_value(); });
    return *answer;
  }
  loop loop_;
};

} // namespace tallyline::storage::test
