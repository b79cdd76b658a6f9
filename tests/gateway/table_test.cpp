#include "gateway/table.h"

#include <doctest/doctest.h>
#include <sstream>

using namespace tallyline::gateway;

namespace {
std::string printed(const table& t, format f) {
  std::ostringstream out;
  print(out, t, f);
  return out.str();
}
const table sample{{{"name", "Name"}, {"votes", "Votes"}, {"share", "Share"}},
                   {{std::string("Ann, \"A\""), std::int64_t{1012569}, share_of(643, 1000)},
                    {std::string("رأی"), std::int64_t{-7}, {}}},
                   {1}};
} // namespace

TEST_CASE("a table for people groups digits, aligns columns by what they show and draws its rules") {
  CHECK(printed(sample, format::table) == "Name          Votes   Share\n"
                                          "────────  ─────────  ──────\n"
                                          "Ann, \"A\"  1,012,569  64.3 %\n"
                                          "────────  ─────────  ──────\n"
                                          "رأی              -7       -\n");
}

TEST_CASE("CSV quotes what needs it and leaves an absent value empty") {
  CHECK(printed(sample, format::csv) == "name,votes,share\r\n\"Ann, \"\"A\"\"\",1012569,64.3\r\nرأی,-7,\r\n");
}

TEST_CASE("JSON carries numbers as numbers and an absent value as null") {
  CHECK(printed(sample, format::json) == "[\n {\"name\":\"Ann, \\\"A\\\"\",\"votes\":1012569,\"share\":64.3},\n"
                                         " {\"name\":\"رأی\",\"votes\":-7,\"share\":null}\n]\n");
}

TEST_CASE("a share is rounded half up and there is none of nothing") {
  CHECK(std::get<share>(share_of(1, 2000)).tenths == 1);
  CHECK(std::get<share>(share_of(1, 2001)).tenths == 0);
  CHECK(std::holds_alternative<std::monostate>(share_of(0, 0)));
}

TEST_CASE("in a table for people a column that repeats the row above is left blank, and notes stand below") {
  table t{{{"area", "Area"}, {"hour", "Hour"}, {"votes", "Votes"}},
          {{std::string("A1"), std::string("12:00"), std::int64_t{1}},
           {std::string("A1"), std::string("17:00"), std::int64_t{2}},
           {std::string("A2"), std::string("17:00"), std::int64_t{3}}},
          {}};
  t.grouped = 2;
  t.notes = {"Of those that are in."};
  CHECK(printed(t, format::table) == "Area  Hour   Votes\n"
                                     "────  ─────  ─────\n"
                                     "A1    12:00      1\n"
                                     "      17:00      2\n"
                                     "A2    17:00      3\n"
                                     "Of those that are in.\n");
  CHECK(printed(t, format::csv) == "area,hour,votes\r\nA1,12:00,1\r\nA1,17:00,2\r\nA2,17:00,3\r\n");
}

TEST_CASE("a share below nothing keeps its sign, also when it is less than one") {
  const table t{{{"points", "Points"}}, {{share{-55}}, {share{-4}}}, {}};
  CHECK(printed(t, format::csv) == "points\r\n-5.5\r\n-0.4\r\n");
}
