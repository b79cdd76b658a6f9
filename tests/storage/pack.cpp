#include "storage/pack.h"

#include "tests/storage/support.h"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>

using namespace tallyline::storage;
using namespace tallyline::storage::test;

namespace {

// Every complaint about the small pack with one file replaced, a line each.
std::string complaints(const std::string& file, const std::string& bytes) {
  auto files = small_pack();
  files[file] = bytes;
  const auto read = read_pack(files);
  if (read) return "good";
  std::string all;
  for (const auto& p : read.error().list)
    all += to_text(p) + "\n";
  return all;
}

const std::string areas_header = "code,parent,level,name_fa,name_en\n";

} // namespace

TEST_CASE("the demo's pack is good and complete") {
  const auto read = read_pack(std::filesystem::path(TALLYLINE_SOURCE_DIR) / "scripts/demo/georgia-2013");
  REQUIRE(read.has_value());
  const auto& e = read->contents;
  CHECK(e.stations.size() == 3707);
  CHECK(e.people.size() == 3707);
  CHECK(e.areas.size() == 75);
  CHECK(e.candidates.size() == 23);
  CHECK(e.contests.size() == 1);
  const auto station = e.station_by_code("01001");
  REQUIRE(station.has_value());
  CHECK(e.stations[*station].registered == 1464);
  CHECK(e.contests_of_area(e.stations[*station].area) == std::vector<std::uint32_t>{0});
  CHECK(e.candidates[e.contests[0].candidates.back()].number == 41);
}

TEST_CASE("candidates come in order of their number, names in each language with the first to fall back to") {
  const auto p = good(small_pack());
  const auto& e = p.contents;
  const auto& president = e.contests[*e.contest_by_code("president")];
  CHECK(e.candidates[president.candidates[0]].number == 1);
  CHECK(e.candidates[president.candidates[2]].number == 41);
  CHECK(in_language(e.stations[0].name, 1) == "Station 1");
  CHECK(in_language(e.stations[1].name, 1) == "شعبه ۲");
  CHECK(e.area_contains(*e.area_by_code("IR"), *e.area_by_code("A1")));
  CHECK_FALSE(e.area_contains(*e.area_by_code("A1"), *e.area_by_code("A2")));
  CHECK(e.contests_of_area(*e.area_by_code("A1")).size() == 2);
  CHECK(e.contests_of_area(*e.area_by_code("A2")).size() == 1);
  CHECK(e.people[*e.person_by(mina, "clerk")].scope == scope_kind::station);
  CHECK(p.pins[0] == "1234");
}

TEST_CASE("a byte order mark, CRLF, quotes, blank lines and Persian digits are all fine") {
  CHECK(complaints("stations.csv",
                   "\xEF\xBB\xBF"
                   "code,area,name_fa,name_en,registered\r\n\r\n\"1001\",A1,\"شعبه \"\"۱\"\", بزرگ\",,۵۰۰\r\n"
                   "1002,A1,a,,٦٠٠\r\n2001,A2,b,,700") == "good");
}

TEST_CASE("every bad line is named, not only the first") {
  CHECK(
      complaints("stations.csv", "code,area,name_fa,name_en,registered\n"
                                 "1001,A9,a,,500\n"
                                 "1002,A1,a,,many\n"
                                 "2001,A2,b,,700\n"
                                 "2001,A2,b,,700\n"
                                 "A1,A2,b,,1\n"
                                 "x y,A2,b,,1\n"
                                 ",A2,b,,1\n"
                                 "3,A2,,en,1\n"
                                 "4,A2,b,1\n") ==
      "stations.csv:2:6: there is no area “A9” in areas.csv\n"
      "stations.csv:3:12: “many” is not a number from 0 to 1000000\n"
      "stations.csv:5:1: the code 2001 is already on line 4 of stations.csv (areas, stations and offices need codes "
      "that differ from each other)\n"
      "stations.csv:6:1: the code A1 is already on line 3 of areas.csv (areas, stations and offices need codes that "
      "differ from each other)\n"
      "stations.csv:7:1: a code has a blank in it or is longer than 64 bytes (use letters and digits, such as 01001)\n"
      "stations.csv:8:1: the code is empty (every row needs a code of its own)\n"
      "stations.csv:9:6: the name in the first language is empty (write it)\n"
      "stations.csv:10: 4 cells where the header has 5 (put a cell with a comma in it in quotes)\n");
}

TEST_CASE("a header that does not fit says what it should be") {
  CHECK(complaints("stations.csv", "code,aera,name_fa,name_de,registered\n1001,A1,a,b,5\n") ==
        "stations.csv:1:6: there is no column called “aera” (did you mean area?)\n"
        "stations.csv:1:19: there is no column called “name_de” (add de to the languages of election.csv, or remove "
        "the column)\n"
        "stations.csv:1: the column area is missing (the first line names the columns)\n"
        "stations.csv:1: the column name_en is missing (add it (its cells may be empty, except in the first "
        "language))\n");
  CHECK(complaints("offices.csv", "")
            .starts_with("offices.csv:1: the file is empty (the first line names the columns)\n"));
}

TEST_CASE("an area that lies within itself or under nothing is refused") {
  CHECK(complaints("areas.csv",
                   areas_header + "IR,,country,a,\nA1,A2,province,b,\nA2,A1,province,c,\nA3,XX,province,d,\n") ==
        "areas.csv:5: there is no area “XX” to be the parent (leave the parent empty for the topmost area)\n"
        "areas.csv:3: the area A1 lies within itself (follow its parents: they lead back to it)\n");
}

TEST_CASE("people are held to telephone number, PIN, role, scope and language, and a PIN is never shown") {
  CHECK(complaints("people.csv", "msisdn,pin,role,scope,name,language\n"
                                 "+989120000001,1234,presiding_officer,1001,S,fa\n"
                                 "0989120000001,1234,presiding_officer,1001,S,fa\n"
                                 "12345,1234,presiding_officer,1001,S,fa\n"
                                 "989120000001,9753 ,presiding_officer,1001,S,fa\n"
                                 "989120000001,۱۲۳۴,presiding_officer,1001,S,fa\n"
                                 "989120000002,97531357913,presiding_officer,1001,S,fa\n"
                                 "989120000002,1234,Presiding Officer,1001,S,fa\n"
                                 "989120000002,1234,clerk,nowhere,S,fa\n"
                                 "989120000002,1234,clerk,1001,S,de\n") ==
        "people.csv:2:1: “+989120000001” is not a telephone number (6 to 15 digits with the country code, without + or "
        "00 in front)\n"
        "people.csv:3:1: “0989120000001” is not a telephone number (6 to 15 digits with the country code, without + or "
        "00 in front)\n"
        "people.csv:4:1: “12345” is not a telephone number (6 to 15 digits with the country code, without + or 00 in "
        "front)\n"
        "people.csv:6:1: 989120000001 is already presiding_officer on line 5 (one line a number and role)\n"
        "people.csv:7:14: the PIN is not 4 to 8 digits\n"
        "people.csv:8:19: the role “Presiding Officer” is not a word of a-z, 0-9 and _ (such as presiding_officer)\n"
        "people.csv:9:25: there is no station, office or area “nowhere”\n"
        "people.csv:10:32: the language “de” is not one of the election's (use one of fa, en)\n");
}

TEST_CASE("candidates need a contest and a number of their own") {
  CHECK(complaints("candidates.csv",
                   "contest,number,name_fa,name_en\nmayor,1,a,\npresident,0,b,\npresident,7,c,\npresident,۷,d,\n") ==
        "candidates.csv:2:1: there is no contest “mayor” in contests.csv\n"
        "candidates.csv:3:11: “0” is not a number from 1 to 999999\n"
        "candidates.csv:5:11: candidate 7 of president is already on line 4\n");
}

TEST_CASE("election.csv is held to its keys and their values") {
  CHECK(complaints("election.csv", "key,value\nname,\ndate,2026-02-29\ntime_zone,Asia/"
                                   "Teheran\npolls_opne,08:00\npolls_close,25:00\nlanguages,fa en fa x\nname,b\n") ==
        "election.csv:2:6: “” is not a name (write it like Presidential election 2013)\n"
        "election.csv:3:6: “2026-02-29” is not a date (write it like 2013-10-27)\n"
        "election.csv:4:11: “Asia/Teheran” is not a time_zone (write it like Asia/Tehran)\n"
        "election.csv:5:1: there is no setting “polls_opne” (did you mean polls_open?)\n"
        "election.csv:6:13: “25:00” is not a polls_close (write it like 20:00)\n"
        "election.csv:7:11: the language fa is there twice (remove one of them)\n"
        "election.csv:7:11: “x” is not a language (write codes with a blank between them, such as fa en)\n"
        "election.csv:8:1: name is already on line 2\n"
        "election.csv: there is no line for polls_open (add a line polls_open,…)\n");
}

TEST_CASE("broken CSV is named by line and column, and reading goes on after it") {
  CHECK(complaints("offices.csv", "code,area,name_fa,name_en\nO1,A1,\"open,\nO2,A1,a\"b,\nO3,A1,\"a\"b,\nO4,A1,\xFF,"
                                  "\nO5,A9,a,\nO6,A1,a\rb,\n") ==
        "offices.csv:2:7: a quote is opened here and closed on line 3 in the middle of a cell (add the closing \")\n"
        "offices.csv:3:8: a quote in the middle of a cell (put the whole cell in quotes and write the quote twice: "
        "\"\")\n"
        "offices.csv:4:10: text after a closing quote (write a quote inside a quoted cell twice: \"\")\n"
        "offices.csv:5:7: byte 0xFF is not UTF-8 (save the file as UTF-8)\n"
        "offices.csv:6:4: there is no area “A9” in areas.csv\n"
        "offices.csv:7:8: a carriage return in the middle of a line (end lines with LF or CRLF)\n");
}

TEST_CASE("a quote that is never closed hides nothing of what follows") {
  CHECK(complaints("offices.csv", "code,area,name_fa,name_en\nO1,A1,\"open,\nO2,A9,b,\n") ==
        "offices.csv:2:7: a quote is opened here and never closed (add the closing \")\n"
        "offices.csv:3:4: there is no area “A9” in areas.csv\n");
}

TEST_CASE("sites need a key of 32 bytes") {
  const std::string header = "code,area,caller_id,key\n";
  CHECK(complaints("sites.csv", header + "S1,A1,989120000009,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n") ==
        "good");
  CHECK(complaints("sites.csv", header + "S1,A1,x,AAAA\n") ==
        "sites.csv:2:7: the caller_id is not a telephone number (its international form without the +, such as 995322000001)\n"
        "sites.csv:2:9: the key is not 32 bytes in base64 (leave it empty and make a code with `tallyline site invite`)\n");
}

TEST_CASE("the list of what is wrong is capped and the count is not") {
  std::string stations = "code,area,name_fa,name_en,registered\n";
  for (int i = 0; i < 1000; ++i)
    stations += fmt::format("{},A9,a,,1\n", 5000 + i);
  auto files = small_pack();
  files["stations.csv"] = stations;
  const auto read = read_pack(files);
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().list.size() == problems::most);
  CHECK(read.error().total >= 1000);
}

TEST_CASE("a line without an end is refused before it eats the memory") {
  CHECK(complaints("offices.csv", "code,area,name_fa,name_en\nO1,A1," + std::string(100'000, 'x') + ",\n") ==
        "offices.csv:2:65538: a line longer than 65536 bytes (is this the right file?)\n");
}

TEST_CASE("a missing file or folder is named") {
  auto files = small_pack();
  files.erase("people.csv");
  const auto read = read_pack(files);
  REQUIRE_FALSE(read.has_value());
  CHECK(to_text(read.error().list.at(0)).starts_with("people.csv: the file is missing"));
  CHECK_FALSE(read_pack(std::filesystem::path("/nowhere/at/all")).has_value());
}
