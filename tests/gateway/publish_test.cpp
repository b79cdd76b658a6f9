// A new version of a menu while calls are under way, and the door by which the gateway is told of it.
#include "gateway/control_link.h"
#include "menus/script.h"
#include "tests/gateway/intake_kit.h"
#include "tests/support/menu_phone.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <fstream>
#include <thread>

using namespace tallyline;
using gateway::said;

namespace {

std::string menu(std::string_view title, std::string_view questions) {
  return "menu: trial\ndial: \"*140#\"\nlanguages: [en]\nwho: presiding_officer\nstart: home\nscreens:\n  home: "
         "{text: " +
         std::string(title) + ", choices: [{label: F, form: f}]}\nforms:\n  f: {pin: false, ask: [" +
         std::string(questions) + "]}\n";
}
constexpr std::string_view a_and_b = "{name: a, number: , text: \"A?\"}, {name: b, number: , text: \"B?\"}";
constexpr std::string_view c_only = "{name: c, number: , text: \"C?\"}";

struct night : tests::desk {
  night() {
    menus[0] = version(menu("One", a_and_b), "11");
    restart();
  }
  gateway::live_menu version(const std::string& script, std::string digest) {
    gateway::live_menu m{std::shared_ptr<const menus::script>(tests::loaded(script)), std::move(digest), nullptr};
    m.engine = std::make_unique<menus::engine>(*m.script, world);
    return m;
  }
  void say(std::string_view text, std::uint64_t session = 1) {
    hear(said::answer, text, session);
    store.complete_all();
  }
};

} // namespace

TEST_CASE_FIXTURE(night, "a session finishes on the version it began, the next begins on the new one") {
  call({"1", "5"});
  CHECK(shows("B?"));
  intake->put_into_service(version(menu("Two", c_only), "22"));
  CHECK(intake->sessions_on_earlier() == 1);
  say("6");
  say("1");
  REQUIRE(store.records.size() == 1);
  CHECK(store.records[0].menu_version == "11");
  CHECK(intake->sessions_on_earlier() == 0);
  call({"1", "7", "1"}, 2);
  REQUIRE(store.records.size() == 2);
  CHECK(store.records[1].menu_version == "22");
}

TEST_CASE_FIXTURE(night, "a draft that the new version does not fit goes on under the one it was begun on") {
  call({"1", "5"});
  hear(said::gone, "");
  intake->put_into_service(version(menu("Two", c_only), "22"));
  call({}, 2);
  CHECK(shows("Your report is not finished.\na 5"));
  say("1", 2);
  CHECK(shows("B?"));
  hear(said::gone, "", 2);
  call({"2"}, 3); // started again, still on the version of the draft
  CHECK(shows("One"));
}

TEST_CASE_FIXTURE(night, "a draft of an earlier version goes on there after a restart, too") {
  call({"1", "5"});
  hear(said::gone, "");
  intake->put_into_service(version(menu("Two", c_only), "22"));
  restart();
  CHECK(intake->waiting_drafts() == 1);
  call({"1", "6", "1"}, 2);
  REQUIRE(store.records.size() == 1);
  CHECK(store.records[0].menu_version == "11");
  call({}, 3);
  CHECK(shows("Two"));
}

TEST_CASE_FIXTURE(night, "a draft goes on under the new version where the form is the same") {
  call({"1", "5"});
  hear(said::gone, "");
  intake->put_into_service(version(menu("Two", a_and_b), "22"));
  call({"1", "6", "1"}, 2);
  REQUIRE(store.records.size() == 1);
  CHECK(store.records[0].menu_version == "22");
}

TEST_CASE("a command comes in by one line and is answered by one, garbage harms nobody") {
  const auto database =
      std::filesystem::temp_directory_path() / ("tallyline-control-test-" + std::to_string(::getpid()) + ".db");
  std::ofstream(database.string() + ".control") << "left behind";
  boost::asio::io_context io;
  std::vector<std::string> heard;
  {
    gateway::control_link door(io, database,
                               [&](const std::string& line, ::uid_t, const gateway::control_link::reply& reply) {
                                 heard.push_back(line);
                                 reply({line != "no", "taken: " + line});
                               });
    std::thread network([&] { io.run(); });
    CHECK(gateway::ask_gateway(database, "menus")->text == "taken: menus");
    CHECK(gateway::ask_gateway(database, "menus")->done);
    CHECK_FALSE(gateway::ask_gateway(database, "no")->done);
    CHECK_FALSE(gateway::ask_gateway(database, std::string(100'000, 'x')).has_value());
    boost::asio::io_context other;
    boost::asio::local::stream_protocol::socket silent(other);
    silent.connect({database.string() + ".control"});
    boost::asio::write(silent, boost::asio::buffer("half a li", 9));
    CHECK(gateway::ask_gateway(database, std::string("\0\xFF\n", 2)).has_value());
    CHECK(gateway::ask_gateway(database, "status")->text == "taken: status");
    const auto mode = std::filesystem::status(database.string() + ".control").permissions();
    CHECK((mode & std::filesystem::perms::others_all) == std::filesystem::perms::none);
    io.stop();
    network.join();
  }
  CHECK_FALSE(std::filesystem::exists(database.string() + ".control"));
  CHECK_FALSE(gateway::ask_gateway(database, "menus").has_value());
  CHECK(heard.size() == 5);
  const auto deep = std::filesystem::path("/tmp") / std::string(120, 'x');
  CHECK_THROWS_AS(gateway::control_link(io, deep, nullptr), std::runtime_error);
  CHECK_FALSE(gateway::ask_gateway(deep, "menus").has_value());
}
