// NO CARRIER among a caller's octets, in every cut a serial port may deliver it.
#include "modem/carrier_watch.h"

#include <doctest/doctest.h>
#include <initializer_list>
#include <string>

using namespace tallyline::modem;

namespace {

const clock::time_point at{};
const std::string said = "last words\r\nNO CARRIER\r\n";

octets_view view(std::string_view s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }
std::string text(octets_view o) { return {o.begin(), o.end()}; }

struct heard {
  std::string passed;
  bool lost;
};

heard hear(std::initializer_list<std::string_view> pieces) {
  carrier_watch watch;
  heard h{};
  for (const auto p : pieces)
    h.passed += text(watch.feed(view(p), at));
  octets_view rest;
  h.lost = watch.due() && watch.silent(rest);
  h.passed += text(rest);
  return h;
}

} // namespace

TEST_CASE("The modem's NO CARRIER ends the call wherever its octets are split") {
  const std::string_view all = said;
  for (std::size_t i = 0; i <= all.size(); ++i)
    for (std::size_t j = i; j <= all.size(); ++j) {
      const auto h = hear({all.substr(0, i), all.substr(i, j - i), all.substr(j)});
      CAPTURE(i);
      CAPTURE(j);
      CHECK(h.lost);
      // Of the modem's words at most the line's end before them reaches the handler.
      CHECK(said.starts_with(h.passed));
      CHECK(h.passed.size() >= 10);
      CHECK(h.passed.size() <= 12);
    }
}

TEST_CASE("The same words followed by more are a caller's text, octet for octet, wherever they are split") {
  const auto typed = said + "x";
  const std::string_view all = typed;
  for (std::size_t i = 0; i <= all.size(); ++i)
    for (std::size_t j = i; j <= all.size(); ++j) {
      const auto h = hear({all.substr(0, i), all.substr(i, j - i), all.substr(j)});
      CHECK_FALSE(h.lost);
      CHECK(h.passed == typed);
    }
}

TEST_CASE("Words that break off are handed on after the silence, and an Enter does not wait") {
  CHECK(hear({"\r\nNO CAR"}).passed == "\r\nNO CAR");
  CHECK_FALSE(hear({"\r\nNO CAR"}).lost);
  CHECK_FALSE(hear({"NO CARRIER\r\n"}).lost);
  CHECK_FALSE(hear({"\r", "NO CARRIER\r\n"}).lost);
  CHECK(hear({"\r\n\r", "\nNO CARRIER\r\n"}).lost);

  carrier_watch watch;
  CHECK(text(watch.feed(view("y\r\n"), at)) == "y\r\n");
  CHECK_FALSE(watch.due());
}
