#include "gateway/config.h"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>

using namespace tallyline::gateway;

namespace {
struct config_file {
  std::filesystem::path path = std::filesystem::temp_directory_path() / "tallyline-config-test.yaml";
  explicit config_file(const std::string& text) { std::ofstream(path) << text; }
  ~config_file() { std::filesystem::remove(path); }
  std::string refusal() const {
    try {
      read_config(path);
    } catch (const std::runtime_error& e) {
      std::string what = e.what();
      return what.substr(what.find("test.yaml:"));
    }
    return "accepted";
  }
};
} // namespace

TEST_CASE("the sample configuration is the default configuration") {
  const config_file f(sample_config());
  const config c = read_config(f.path), defaults;
  CHECK(c.database == f.path.parent_path() / "tallyline.db");
  CHECK(c.smscs[0].link.host == defaults.smscs[0].link.host);
  CHECK(c.smscs[0].link.port == defaults.smscs[0].link.port);
  CHECK(c.pins.lock_ms == defaults.pins.lock_ms);
  CHECK(c.sessions.idle == defaults.sessions.idle);
  CHECK(c.menus.empty());
}

TEST_CASE("paths in a configuration are relative to it") {
  const config_file f("menus: [night.yaml]\ndatabase: data/night.db\n");
  const config c = read_config(f.path);
  CHECK(c.menus.at(0) == f.path.parent_path() / "night.yaml");
  CHECK(c.database == f.path.parent_path() / "data/night.db");
}

TEST_CASE("a wrong setting is refused with its place, the line and what there is") {
  CHECK(config_file("smsc:\n  prot: 2775\n").refusal() ==
        "test.yaml:2:3: error: there is no setting 'prot' in smsc; there are: address, bind, binds, dialect, "
        "host, interface_version, name, password, port, rate, service_type, source_ip, system_id, system_type, tls, "
        "window\n"
        "    prot: 2775\n"
        "    ^");
  CHECK(config_file("smsc: {port: 70000}\n").refusal() ==
        "test.yaml:1:14: error: a whole number from 1 to 65535 is wanted here\n"
        "  smsc: {port: 70000}\n"
        "               ^");
  CHECK(config_file("menus: a.yaml\n").refusal().starts_with("test.yaml:1:8: error: menus wants a list of files"));
  CHECK(config_file("pin: [1\n").refusal().starts_with("test.yaml:2:1: error:"));
}

TEST_CASE("an empty configuration is the default one") {
  CHECK(read_config(config_file("").path).smscs[0].link.port == 2775);
}

TEST_CASE("how menus may change is read, and a freeze that is none is refused") {
  CHECK_FALSE(read_config(config_file("").path).publishing.given);
  const auto day = read_config(config_file("publishing: {approval: true, freeze: polling_day}\n").path).publishing;
  CHECK(day.given);
  CHECK(day.approval);
  CHECK(day.freeze_polling_day);
  const config_file two("publishing: {freeze: [\"2026-06-12 00:00\", \"2026-06-13 12:00\"]}\n");
  CHECK(read_config(two.path).publishing.freeze_until == "2026-06-13 12:00");
  for (const auto* wrong : {"often", "[\"2026-06-12 00:00\"]", "[\"2026-06-13 00:00\", \"2026-06-12 12:00\"]",
                            "[\"2026-06-12 25:00\", \"2026-06-13 12:00\"]", "[12:00, 13:00]", "[[a], b]"})
    CHECK(config_file("publishing: {freeze: " + std::string(wrong) + "}\n").refusal().starts_with("test.yaml:1:"));
  CHECK(config_file("publishing: {approval: perhaps}\n").refusal().find("true or false") != std::string::npos);
}

TEST_CASE("nobody is told of old queues unless the configuration says so") {
  CHECK_FALSE(read_config(config_file("").path).queues.given);
  const auto q =
      read_config(config_file("queues: {older_than_minutes: 45, again_after_minutes: 90, by: ussd}\n").path).queues;
  CHECK(q.given);
  CHECK(q.form == "documents");
  CHECK(q.older_than_minutes == 45);
  CHECK(q.again_after_minutes == 90);
  CHECK(q.by == tallyline::storage::bearer::ussd);
  CHECK(config_file("queues: {by: post}\n").refusal().starts_with("test.yaml:1:14: error: sms or ussd is wanted here"));
}
