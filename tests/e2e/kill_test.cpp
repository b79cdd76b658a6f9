#include "gateway/rehearsal/smsc.h"
#include "storage/canonical.h"
#include "storage/reader.h"
#include "tests/e2e/night.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <random>

using namespace tallyline;
using namespace tallyline::tests;

namespace {

constexpr std::size_t stations = 4000;
constexpr int kills = 24;

// Kills the gateway again and again while phones report: each time a share of the calls is done, after a random delay.
struct killer {
  boost::asio::io_context io{1};
  rehearsal::smsc exchange{io, {}};
  boost::asio::steady_timer timer{io};
  std::mt19937 dice{20261123};
  memory told;
  int killed = 0;
  rehearsal::load_result result;
  const folder& where;
  child gateway;
  std::unique_ptr<rehearsal::load> load;

  explicit killer(const folder& f) : where(f), gateway(serve(f, exchange.port())) {
    rehearsal::load_settings settings;
    settings.concurrent = 40;
    settings.sessions = stations;
    settings.patience_s = 60;
    load = std::make_unique<rehearsal::load>(io, exchange, settings,
                                             [this] { return std::make_unique<remembering_official>(told); });
  }

  void watch() {
    timer.expires_after(std::chrono::microseconds(500 + dice() % 20'000));
    timer.async_wait([this](boost::system::error_code stopped) {
      if (stopped) return;
      const auto done = load->so_far().completed;
      if (killed < kills && exchange.has_esme() && done * (kills + 2) >= stations * std::uint64_t(killed + 1)) {
        CHECK(gateway.end(SIGKILL) == -SIGKILL);
        ++killed;
        gateway = serve(where, exchange.port());
      }
      watch();
    });
  }

  void run() {
    load->start([this](const rehearsal::load_result& r) {
      result = r;
      io.stop();
    });
    watch();
    // A gateway that leaves phones without a page fails the test here and not by hanging.
    CHECK_MESSAGE((io.run_for(std::chrono::seconds(200)), io.stopped()), "phones were left waiting");
    INFO(where.log());
    io.restart();
    timer.cancel();
    CHECK(gateway.end_gently([this] { io.run_one_for(std::chrono::milliseconds(10)); }) == 0);
  }
};

void check_record(storage::reader& from, std::uint64_t official, const std::string& receipt) {
  const auto found = from.find_receipt(receipt);
  REQUIRE(found.has_value());
  REQUIRE_MESSAGE(found->has_value(), "an acknowledged record is missing: receipt ", receipt, " of official ",
                  official);
  storage::canonical::record_view record;
  REQUIRE(storage::canonical::read_record((*found)->body, record));
  const station_figures f = figures_of(official);
  CHECK(record.scope == station_of(official));
  REQUIRE(record.field("votes"));
  CHECK(record.field("votes")->items[0].value == f.first);
  CHECK(record.field("votes")->items[1].value == f.second);
  CHECK(record.field("invalid")->number == f.invalid);
}

} // namespace

TEST_CASE("kill -9 under load loses no acknowledged record, doubles none, and every redial goes on where it stopped") {
  const folder f;
  import_night(f, stations);
  killer k(f);
  k.run();
  CHECK(k.killed == kills);
  CHECK(k.result.gave_up == "");
  for (const auto& page : k.told.wrong)
    FAIL_CHECK(page);
  MESSAGE(k.killed, " kills, ", k.told.resumed, " sessions resumed, ", k.told.receipts.size(), " receipts");
  CHECK(k.told.resumed > 0);

  auto reader = storage::reader::open(f.at("night.db"));
  REQUIRE(reader.has_value());
  for (const auto& [official, receipt] : k.told.receipts)
    check_record(*reader, official, receipt);
  CHECK(k.told.receipts.size() == stations);
  const auto counts = reader->counts();
  REQUIRE(counts.has_value());
  std::int64_t records = 0;
  for (const auto& c : *counts)
    records += c.records;
  CHECK(records == stations);
  for (const auto& c : *counts)
    CHECK_MESSAGE(c.state == storage::record_state::current, "a report was counted as a correction or a dispute");
}
