// A gateway with one simulated GSM modem, `first`.
#pragma once

#include "gateway/control_link.h"
#include "tests/interop/dial_up_night.h"

namespace tallyline::tests {

struct gsm_night : dial_up_night {
  peer first;

  explicit gsm_night(const std::string& sites = {})
      : dial_up_night(sites), first({TALLYLINE_GSM_MODEM, where.at("first")}, where.at("first.said")) {
    // As SIMCom's, with messages that come directly (+CMT).
    auto direct = contents(std::string(TALLYLINE_SOURCE_DIR) + "/modem/profiles/simcom.yaml");
    direct.replace(direct.find("AT+CNMI=2,1,0,1,0"), 17, "AT+CNMI=2,2,0,1,0");
    std::ofstream(where.at("direct.yaml")) << direct;
    first.wait("port ");
  }
  std::string modem(const std::string& name, const std::string& profile = "simcom", const std::string& use = "[sms]",
                    const std::string& more = {}) const {
    return fmt::format("  - {{name: {0}, port: {1}, profile: {2}, use: {3}, answer_after: 1, locks: {4}, "
                       "traffic_log: {0}.traffic{5}}}\n",
                       name, where.at(name), profile, use, where.at("locks"), more);
  }
  bool lines_say(std::string_view part) const {
    const auto told = tallyline::gateway::ask_gateway(where.at("night.db"), "lines");
    return told && told->text.find(part) != std::string::npos;
  }
  std::string state(const std::string& name) const {
    if (run({"lines", "--only", "modems", "--format", "csv", "--database", where.at("night.db")}, fresh("state")) != 0)
      return {};
    const auto all = contents(where.at("state"));
    const auto row = all.find("\n" + name + ",");
    return row == std::string::npos ? std::string() : all.substr(row + 1, all.find('\n', row + 1) - row - 1);
  }
  void idle(const std::string& name, int seconds = 30) const {
    std::string last;
    const bool came = waited_for([&] { return (last = state(name)).find(",idle,") != std::string::npos; }, seconds);
    INFO(last);
    INFO(where.log());
    REQUIRE(came);
  }
  // The first that was sent.
  std::string receipt() const {
    const auto all = first.said();
    const auto at = all.find("Receipt ") + 8;
    return all.substr(at, all.find('\n', at) - at);
  }

private:
  std::string fresh(const char* name) const {
    fs::remove(where.at(name));
    return where.at(name);
  }
};

} // namespace tallyline::tests
