// A gateway with its database and a site with its folder, joined by a wire that can be cut at an octet.
#pragma once

#include "gateway/link_bearer.h"
#include "gateway/menu_files.h"
#include "gateway/serve_menus.h"
#include "gateway/site/site_desk.h"
#include "storage/import.h"
#include "storage/pack.h"
#include "storage/reader.h"
#include "storage/store_worker.h"

#include <condition_variable>
#include <deque>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <random>
#include <sodium.h>
#include <sstream>

namespace tallyline::test {

namespace link = modem::link;

// The network thread's queue, for a test that waits.
class posted {
public:
  void put(std::function<void()> f) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(f));
    }
    wake_.notify_one();
  }
  void run_one() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return !waiting_.empty(); });
    auto f = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    f();
  }

  // As when the process is killed.
  void forget() {
    const std::lock_guard lock(mutex_);
    waiting_.clear();
  }

private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> waiting_;
};

inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

struct site_night {
  explicit site_night(std::string menu = {}) {
    if (sodium_init() < 0) throw std::runtime_error("sodium");
    std::filesystem::create_directories(folder);
    storage::pack_files files;
    const std::filesystem::path demo = TALLYLINE_SOURCE_DIR "/scripts/demo/georgia-2013";
    for (const char* name : {"election", "areas", "stations", "contests", "candidates"})
      files[std::string(name) + ".csv"] = text_of(demo / (std::string(name) + ".csv"));
    files["people.csv"] = "msisdn,pin,role,scope,name,language\n995500000001,6966,presiding_officer,01001,One,en\n";
    files["sites.csv"] = "code,area,caller_id,key\nS1,D01,995322000001,\n";
    const auto pack = storage::read_pack(files);
    REQUIRE(pack.has_value());
    REQUIRE(storage::import_pack(database, *pack, 1).has_value());
    gateway::config c;
    c.database = database;
    std::ofstream(folder / "menu.yaml") << (menu.empty() ? text_of(demo / "menu.yaml") : menu);
    c.menus = {folder / "menu.yaml"};
    election = std::make_shared<const storage::election>(storage::load_election(database).value());
    world = std::make_unique<gateway::election_world>(*election, [this] { return gateway_ms; });
    menus = gateway::open_menus(c, *world);
    key.fill(9);
    REQUIRE(storage::set_site_key(database, "S1", key, "admin", 1).has_value());
    open();
    gateway::site_queue::enrol(folder / "site", key);
  }
  ~site_night() {
    store.reset(), network.forget(), bearer.reset();
    std::filesystem::remove_all(folder);
  }

  void open() { // again: what is on disk is what counts
    store.reset(), network.forget(), bearer.reset();
    storage::store_options o;
    o.database = database, o.roster = election, o.post = [this](auto f) { network.put(std::move(f)); };
    store = std::move(storage::store_worker::open(std::move(o)).value());
    bearer = std::make_unique<gateway::link_bearer>(database, *world, menus, *store);
  }

  // One call of the site. Cut after so many octets both ways, when given.
  gateway::site_desk::sent call(gateway::site_desk& desk, std::optional<std::size_t> cut = {}) {
    std::string down;
    bool hung_up = false;
    std::size_t left = cut.value_or(SIZE_MAX);
    const auto passes = [&left](std::string s) {
      s.resize(std::min(s.size(), left));
      left -= s.size();
      return s;
    };
    const auto site = desk.begin_call({});
    gateway::link_line line;
    line.send = [&](const std::string& s) { down += s; };
    line.wake_at = [](auto) {};
    line.hang_up = [&] { hung_up = true; };
    const auto far = bearer->take({}, "test", line);
    link::instant now{};
    auto next = site->begin(now);
    for (;;) {
      for (const auto& e : next.events)
        desk.take(e);
      if (site->ended() || left == 0) break;
      far->heard(passes(std::move(next.send)));
      // A batch that came whole is in the store's hands: its answer comes, even if the line is gone meanwhile.
      while (down.empty() && !hung_up && bearer->counters().batches > batches) {
        network.run_one();
        if (!down.empty()) ++batches;
      }
      if (left == 0) break;
      const auto heard = passes(std::exchange(down, {}));
      if (heard.empty() && next.send.empty()) now += std::chrono::seconds(3);
      next = site->step(heard, now);
    }
    far->gone("over");
    batches = bearer->counters().batches;
    desk.call_over(*site);
    return desk.outcome();
  }

  gateway::queued_report turnout(const std::string& station, int present) const {
    gateway::queued_report r;
    r.form = "georgia.turnout", r.scope = station;
    r.answers = {{"hour", "12:00"}, {"present", std::to_string(present)}};
    return r;
  }

  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("tallyline_site_" + std::to_string(std::random_device{}()));
  std::filesystem::path database = folder / "night.db";
  std::int64_t gateway_ms = 1'382'875'200'000; // 2013-10-27 12:00 UTC
  link::secret key{};
  posted network;
  std::shared_ptr<const storage::election> election;
  std::unique_ptr<gateway::election_world> world;
  std::vector<gateway::live_menu> menus;
  std::unique_ptr<storage::store_worker> store;
  std::unique_ptr<gateway::link_bearer> bearer;
  std::uint64_t batches = 0;
};

} // namespace tallyline::test
