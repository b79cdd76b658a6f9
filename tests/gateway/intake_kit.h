// An intake with everything around it in memory: two stations, one official each, the load benchmark's menu, a store
// that completes when told to, and an outlet that keeps the pages.
#pragma once

#include "gateway/intake.h"
#include "gateway/menu_files.h"
#include "tests/support/memory_store.h"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace tallyline::tests {

struct kept_pages final : gateway::outlet {
  struct page_out {
    std::uint64_t msisdn;
    gateway::return_path path;
    std::string text;
    bool last;
  };
  std::vector<page_out> pages;
  int put_offs = 0;
  bool puts_off = false;
  bool put_off(std::uint64_t, const gateway::return_path& path) override {
    const bool done = puts_off && path.by == gateway::bearer_kind::sms;
    put_offs += done;
    return done;
  }
  void page(std::uint64_t msisdn, std::string_view, const gateway::return_path& path, std::string_view text,
            bool last) override {
    pages.push_back({msisdn, path, std::string(text), last});
  }
  void flush() override {}
};

struct wide_page final : menus::bearer {
  bool fits(std::string_view utf8) const override { return utf8.size() <= 182; }
};

inline storage::pin_key test_key() {
  const auto database = std::filesystem::temp_directory_path() /
                        ("tallyline-intake-test-" + std::to_string(::getpid()) + ".db"); // ctest runs many at a time
  const auto key = storage::pin_key::open_or_create(database);
  std::filesystem::remove(database.string() + ".key");
  REQUIRE(key.has_value());
  return *key;
}

inline storage::election test_election(const storage::pin_key& key) {
  storage::election e;
  e.languages = {"en"};
  e.areas.push_back({"C", storage::none, "country", {"Country"}});
  for (int i = 0; i < 2; ++i)
    e.stations.push_back({i ? "002" : "001", 0, {"Station"}, 1500});
  for (int c = 0; c < 2; ++c) {
    e.contests.push_back({c ? "council" : "president", 0, {c ? "Council" : "President"}, 1, 1, {}});
    for (int n = 1; n <= 2; ++n) {
      e.contests[std::size_t(c)].candidates.push_back(std::uint32_t(e.candidates.size()));
      e.candidates.push_back({std::uint32_t(c), n, {n == 1 ? "First" : "Second"}});
    }
  }
  for (std::uint32_t i = 0; i < 2; ++i) {
    storage::person p;
    p.msisdn = 98912 + i;
    p.role = "presiding_officer";
    p.scope_index = i;
    p.name = "Official";
    p.language = "en";
    p.pin_hash = key.hash(p.msisdn, p.role, "1234");
    e.people.push_back(p);
  }
  e.index();
  return e;
}

struct desk {
  storage::pin_key key = test_key();
  storage::election election = test_election(key);
  gateway::election_world world{election};
  std::vector<gateway::live_menu> menus =
      gateway::load_menus({std::filesystem::path(TALLYLINE_SOURCE_DIR) / "tests/bench/ussd/menu.yaml"});
  storage::memory_store store;
  kept_pages out;
  wide_page limit;
  std::int64_t now_ms = 1'000'000;
  gateway::steady_time now{};
  bool taken = true; // the network takes each page at once
  std::optional<gateway::pin_guard> pins;
  std::optional<gateway::intake> intake;

  desk() {
    menus[0].engine = std::make_unique<menus::engine>(*menus[0].script, world);
    restart();
  }
  // A new gateway on the same disk.
  void restart() {
    intake.reset();
    for (auto& p : election.people) {
      const auto on_disk = store.pins.find({p.msisdn, p.role});
      if (on_disk != store.pins.end())
        p.wrong_pins = on_disk->second.wrong, p.locked_until_ms = on_disk->second.locked_until_ms;
    }
    pins.emplace(election, key, store);
    gateway::intake_clock clock{[this] { return now; }, [this] { return now_ms; }};
    intake.emplace(menus, world, store, *pins, out, limit, gateway::intake_settings{}, clock);
    for (const auto& [slot, d] : store.drafts)
      intake->draft_found(slot, d.msisdn, d.menu);
    intake->drafts_known();
  }

  void hear(gateway::said what, std::string_view text, std::uint64_t session = 1, std::uint64_t msisdn = 98912) {
    // Whoever answers has seen the page: the network has taken it by then.
    if (what == gateway::said::answer && taken)
      intake->take({gateway::said::shown, msisdn, {}, {}, {0, session, 0, 0}});
    intake->take({what, msisdn, "140", text, {0, session, 0, 0}});
  }
  // Dials and answers, the disk keeping up.
  void call(std::initializer_list<std::string_view> answers, std::uint64_t session = 1, std::uint64_t msisdn = 98912) {
    hear(gateway::said::begin, "*140#", session, msisdn);
    store.complete_all();
    for (const auto a : answers) {
      hear(gateway::said::answer, a, session, msisdn);
      store.complete_all();
    }
  }
  const std::string& last() const { return out.pages.back().text; }
  bool shows(std::string_view part) const { return !out.pages.empty() && last().find(part) != std::string::npos; }
};

} // namespace tallyline::tests
