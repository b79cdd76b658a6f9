#include "gateway/sms/line.h"

#include <doctest/doctest.h>

using namespace tallyline::sms;

TEST_CASE("words are split at any separator people use") {
  const std::vector<std::string> expected{"COUNT", "120", "45", "33", "7"};
  for (const auto line : {"COUNT 120 45 33 7", "COUNT,120;45/33*7", "  COUNT\n120\r\n45\t33  7 ", "COUNT:120=45|33#7",
                          "COUNT، 120، 45؛ 33 7"})
    CHECK(words_of(line) == expected);
  CHECK(words_of("").empty());
  CHECK(words_of(" ,;* ").empty());
  CHECK(words_of("12.5 a-b") == std::vector<std::string>{"12.5", "a-b"});
}

TEST_CASE("a word is the same in capitals, with Arabic or Persian letters and digits, with or without a joiner") {
  CHECK(folded("COUNT") == folded("Count"));
  CHECK(folded("\u0634\u0645\u0627\u0631\u0634") == "\u0634\u0645\u0627\u0631\u0634");
  CHECK(folded("\u0643\u064A\u0649") == folded("\u06A9\u06CC\u06CC"));
  CHECK(folded("\u0645\u06CC\u200C\u0634\u0648\u062F") == "\u0645\u06CC\u0634\u0648\u062F");
  CHECK(folded("\u06F1\u06F2\u0663") == "123");
}

TEST_CASE("answers are joined as the menu engine takes them") {
  CHECK(as_answers({"COUNT", "120", "45"}, 1) == "120*45");
  CHECK(as_answers({"COUNT"}, 1).empty());
}

TEST_CASE("a line is bounded, and no octets hurt") {
  CHECK(words_of(std::string(100'000, 'x')).front().size() <= 1600);
  for (int octet = 0; octet < 256; ++octet) {
    const std::string one(3, static_cast<char>(octet));
    folded(one);
    words_of(one);
  }
}
