// The real gateway on a small election, with modems that are programs.
#pragma once

#include "storage/reader.h"
#include "tests/e2e/night.h"
#include "tests/interop/peer.h"

#include <sstream>

namespace tallyline::tests {

struct dial_up_night {
  folder where;
  child gateway;

  // `sites`: rows of sites.csv.
  explicit dial_up_night(const std::string& sites = {}) {
    const auto make = fmt::format("{}/tests/bench/ussd/make_pack {} 20", TALLYLINE_SOURCE_DIR, where.at("pack"));
    REQUIRE(std::system(make.c_str()) == 0);
    if (!sites.empty()) std::ofstream(where.at("pack/sites.csv")) << "code,area,caller_id,key\n" << sites;
    REQUIRE(run({"import", where.at("pack"), "--database", where.at("night.db")}, where.at("log")) == 0);
    fs::create_directory(where.at("locks"));
  }
  // `modems`: what follows "modems:" in the configuration.
  void serve(const std::string& modems) {
    std::ofstream(where.at("gateway.yaml"))
        << "database: night.db\nmodem_sms: {code: \"140\", country: \"98\"}\nsmsc: none\nmenus: ["
        << TALLYLINE_SOURCE_DIR << "/tests/interop/dial_up.yaml]\nmodems:\n"
        << modems;
    gateway = child({"serve", "--config", where.at("gateway.yaml")}, where.at("log"));
  }
  void wait_for_log(std::string_view part, int seconds = 30) const {
    const bool came = waited_for([&] { return where.log().find(part) != std::string::npos; }, seconds);
    INFO(where.log());
    REQUIRE_MESSAGE(came, "'", part, "' was waited for");
  }
  bool log_has(std::string_view part) const { return where.log().find(part) != std::string::npos; }
  std::int64_t records() const {
    auto reader = storage::reader::open(where.at("night.db"));
    REQUIRE(reader.has_value());
    const auto counts = reader->counts();
    REQUIRE(counts.has_value());
    std::int64_t all = 0;
    for (const auto& c : *counts)
      all += c.records;
    return all;
  }
  // The code with which site S1 enrols.
  std::string invited() const {
    std::istringstream lines(command({"site", "invite", "S1"}));
    for (std::string line; std::getline(lines, line);)
      if (line.size() > 20 && line.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ-") == std::string::npos)
        return line;
    FAIL("no code was given");
    return {};
  }
  // What a command prints; its arguments less the database.
  std::string command(std::vector<std::string> arguments) const {
    const auto to = where.at("out");
    fs::remove(to);
    arguments.insert(arguments.end(), {"--database", where.at("night.db")});
    const int ended = run(std::move(arguments), to);
    INFO(contents(to));
    CHECK(ended == 0);
    return contents(to);
  }
};

} // namespace tallyline::tests
