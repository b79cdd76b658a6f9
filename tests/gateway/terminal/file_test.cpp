#include "tests/gateway/terminal/kit.h"

#include <csignal>

using namespace tallyline;
using namespace tallyline::tests;

namespace {

const std::string header = "form,station,votes_1,votes_2,invalid\n";

// Sends a file as lrzsz would leave it, and gives what the person sees.
std::string send(terminals& t, caller_double& c, const std::string& bytes, const std::string& name = "night.csv") {
  c.answer("send");
  REQUIRE(t.programs.now);
  c.seen.clear();
  t.programs.leaves(name, bytes);
  t.programs.end(0);
  while (t.programs.now && c.pass()) {
  }
  return c.seen;
}

} // namespace

TEST_CASE("each good line of a file is recorded and receipted, each bad one answered by its number and reason") {
  terminals t;
  auto c = t.person("98999", "4321");
  const std::string told = send(t, *c,
                                "form,station,contest,votes_1,votes_2,invalid\n"
                                "count,001,president,120,45,7\n"
                                "count,002,president,1501,45,7\n"
                                "count,777,president,1,2,3\n"
                                "count,002,council,1,2,3\n"
                                "recount,002,council,1,2,3\n"
                                "count,002,mayor,1,2,3\n"
                                "count,002,president,1,2\n");
  CHECK(shows(told, "line 2: Recorded. Receipt "));
  CHECK(shows(told, "line 3: votes: Number 1 must be from 0 to 1500."));
  CHECK(shows(told, "line 4: 777 is not known here"));
  CHECK(shows(told, "line 5: Recorded. Receipt "));
  CHECK(shows(told, "line 6: there is no form recount"));
  CHECK(shows(told, "line 7: contest: "));
  CHECK(shows(told, "line 8: 5 cells, but the first line names 6 columns"));
  CHECK(shows(told, "2 recorded, 5 refused."));
  REQUIRE(t.store.records.size() == 2);
  CHECK(t.store.records[0].role == "site_operator");
  CHECK(t.store.records[0].key == std::vector<std::string>{"001", "president"});
}

TEST_CASE("nothing of a file is acknowledged before it is on disk") {
  terminals t;
  auto c = t.person("98999", "4321");
  t.store.at_once = false;
  std::string told = send(t, *c, "form,station,contest,votes,invalid\ncount,001,president,120*45,7\n");
  CHECK_FALSE(shows(told, "line 2"));
  t.store.complete_all();
  CHECK(shows(c->seen, "line 2: Recorded. Receipt "));
}

TEST_CASE("the same file twice gives the same receipts and no second record") {
  terminals t;
  auto c = t.person("98999", "4321");
  const std::string file =
      "form,station,contest,votes,invalid\ncount,001,president,120*45,7\ncount,002,council,1*2,3\n";
  const std::string first = send(t, *c, file), second = send(t, *c, file);
  const auto receipt = [](const std::string& told, std::size_t from) {
    const auto at = told.find("Receipt ", from);
    REQUIRE(at != std::string::npos);
    return told.substr(at + 8, 12);
  };
  CHECK(t.store.records.size() == 2);
  CHECK(receipt(first, first.find("line 2")) == receipt(second, second.find("line 2")));
  CHECK(receipt(first, first.find("line 3")) == receipt(second, second.find("line 3")));
  CHECK(shows(second, "line 2: Already recorded."));
}

TEST_CASE("an official's file is about the official's own station and forms") {
  terminals t;
  auto c = t.person();
  t.store.check = [&](const storage::report& r) {
    return r.scope == "001" ? boost::system::error_code{} : make_error_code(storage::errc::out_of_scope);
  };
  const std::string told =
      send(t, *c, "form,station,contest,votes,invalid\ncount,,president,120*45,7\ncount,002,president,1*2,3\n");
  CHECK(shows(told, "line 2: Recorded."));
  CHECK(shows(told, "line 3: "));
  CHECK(t.store.records.size() == 1);
}

TEST_CASE("columns that name other candidates than the form asks for are refused, however many they are") {
  terminals t;
  auto c = t.person("98999", "4321");
  const std::string told = send(t, *c, "form,station,contest,votes_1,votes_3,invalid\ncount,001,president,120,45,7\n");
  CHECK(shows(told, "line 2: votes: its columns are not those of this form"));
  CHECK(t.store.records.empty());
}

TEST_CASE("what is no file of reports is said to be none") {
  terminals t;
  auto c = t.person("98999", "4321");
  CHECK(shows(send(t, *c, "PK\x03\x04" + std::string(10, '\0')), "this is no text"));
  CHECK(shows(send(t, *c, "a,b\n1,2\n"), "one of them is form"));
  CHECK(shows(send(t, *c, "form;station\n"), "parted by semicolons"));
  CHECK(shows(send(t, *c, ""), "it is empty"));
  CHECK(shows(send(t, *c, "form,\xFF\n"), "this is not UTF-8"));
  CHECK(t.house.counters().files_failed == 5);
}

TEST_CASE("a file is taken in the middle of a dialogue, which goes on behind it") {
  terminals t;
  auto c = t.person();
  c->answer("1");
  c->answer("1");
  c->answer("120");
  const std::string told = send(t, *c, header + "count,,1,2,3\n");
  CHECK(shows(told, "0 recorded, 1 refused."));
  CHECK(shows(told, "2 Second"));
  CHECK(shows(c->answer("45"), "Invalid"));
}

TEST_CASE("a sender's own word ahead of the file begins it, and what follows goes to the program") {
  terminals t;
  auto c = t.person();
  c->type("rz\r**\x18"
          "B00000000000000\r\x8A\x11");
  REQUIRE(t.programs.now);
  CHECK(t.programs.settings.arguments == std::vector<std::string>{"rz", "--restricted", "--binary", "--quiet"});
  CHECK(t.programs.fed.find("**\x18"
                            "B0000") != std::string::npos);
  c->type("data");
  CHECK(t.programs.fed.ends_with("data"));
  const std::uint8_t header_out[] = {'*', '*', 0x18};
  c->seen.clear();
  t.programs.events.output(header_out);
  CHECK(c->seen == "**\x18");
}

TEST_CASE("a file that stops coming, that is too large, or whose program fails ends with words, and its folder goes") {
  terminals t;
  auto c = t.person();
  c->answer("send ymodem");
  CHECK(t.programs.settings.arguments.front() == "rb");
  const auto folder = t.programs.settings.folder;
  CHECK(std::filesystem::exists(folder));
  REQUIRE(c->pass());
  CHECK(t.programs.hung_up);
  t.programs.end(0, SIGHUP);
  while (t.programs.now && c->pass()) {
  }
  CHECK(shows(c->seen, "No file came: nothing came for 60 s."));
  CHECK(shows(c->seen, "\x18\x18\x18\x18\x18"));
  CHECK_FALSE(std::filesystem::exists(folder));

  c->answer("send");
  for (int i = 0; i < 300; ++i)
    c->type(std::string(10'000, 'x'));
  CHECK(t.programs.hung_up);
  t.programs.end(0, SIGHUP);
  while (t.programs.now && c->pass()) {
  }
  CHECK(shows(c->seen, "it is larger than 1048576 octets"));

  t.programs.failure = "rz cannot be started: No such file or directory; is it installed?";
  CHECK(shows(c->answer("send"), "rz cannot be started"));
  CHECK(shows(c->seen, "Station 001"));
}

TEST_CASE("a carrier lost in the middle of a file ends its program and keeps nothing of it") {
  terminals t;
  auto c = t.person("98999", "4321");
  c->answer("send");
  const auto folder = t.programs.settings.folder;
  t.programs.leaves("half.csv", header + "count,001,1,2");
  c->lose();
  CHECK(t.programs.now == nullptr);
  CHECK_FALSE(std::filesystem::exists(folder));
  CHECK(t.store.records.empty());
}

TEST_CASE("a file that has come whole is recorded to its end though its sender has hung up") {
  terminals t;
  auto c = t.person("98999", "4321");
  std::string file = "form,station,contest,votes,invalid\n";
  for (int i = 0; i < 200; ++i)
    file += i % 2 ? "count,001,president,1*2,3\n" : "count,002,council,1*2,3\n";
  t.store.at_once = false;
  send(t, *c, file);
  t.store.complete_one();
  c->lose();
  t.store.complete_all();
  CHECK(t.store.records.size() == 2);
  CHECK(t.store.waiting() == 0);
}

TEST_CASE("without a login no file is taken") {
  terminals t;
  auto c = t.call();
  c->type("rz\r**\x18"
          "B00000000000000\r\x8A\x11");
  CHECK(shows(c->seen, "Please log in first"));
  CHECK(t.programs.now == nullptr);
}
