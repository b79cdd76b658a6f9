#include "modem/classify.h"

#include <doctest/doctest.h>
#include <random>
#include <string>

using namespace tallyline::modem;
using step = classifier::step;
using namespace std::string_literals;

namespace {

octets_view octets_of(std::string_view s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }

struct call_in {
  clock::time_point now{std::chrono::hours(1)};
  classifier c{{}, now};
  step take(std::string_view s) { return c.take(octets_of(s), now); }
  step wait() {
    now = c.deadline();
    return c.tick(now);
  }
  std::string kept() const { return {c.octets().begin(), c.octets().end()}; }
};

struct example {
  caller_is who;
  std::string octets;
};
std::vector<example> examples() {
  return {{caller_is::ppp, "\x7E\xFF\x7D\x23\xC0\x21\x7D\x21\x7D\x21\x7D\x20\x7D\x34"s},
          {caller_is::ppp, "\x7E\xFF\x03\xC0\x21\x01\x01\x00\x14"s},
          {caller_is::ppp, "\x7E\xC0\x21\x01\x01\x00\x14"s},
          {caller_is::ppp, "\x7E\x7D\xDF\x7D\x23\xC0\x21"s},
          {caller_is::zmodem, "rz\r**\x18"
                              "B00000000000000\r\x8A\x11"s},
          {caller_is::zmodem, "**\x18"
                              "B00000000000000\r\x8A\x11"s},
          {caller_is::link, link::enframe("first flight", link::line_care::none, true)},
          {caller_is::link, link::enframe("first\x11\r\n", link::line_care::flow_control, true)},
          {caller_is::link, link::enframe("first flight \xFF", link::line_care::seven_bits, true)},
          {caller_is::person, "\r"s},
          {caller_is::person, "help\r\n"s}};
}

} // namespace

TEST_CASE("each kind of caller is known by how it begins, however that is split") {
  for (const auto& e : examples())
    for (std::size_t at = 0; at <= e.octets.size(); ++at) {
      call_in c;
      c.take(std::string_view(e.octets).substr(0, at));
      CHECK(c.take(std::string_view(e.octets).substr(at)) == step::decided);
      CHECK(c.c.is() == e.who);
      CHECK(c.kept() == e.octets);
    }
}

TEST_CASE("octet by octet it is the same, and nothing of it is lost") {
  for (const auto& e : examples()) {
    call_in c;
    step last = step::wait;
    for (const char o : e.octets)
      last = c.take({&o, 1});
    CHECK(last == step::decided);
    CHECK(c.c.is() == e.who);
    CHECK(c.kept() == e.octets);
  }
}

TEST_CASE("a program is known behind what the modem and a crackling line put in front") {
  for (const auto& e : examples()) {
    if (e.who == caller_is::person) continue;
    call_in c;
    CHECK(c.take("\r\n\xF3\x9C\x80\xE1") == step::wait);
    CHECK(c.take(e.octets) == step::decided);
    CHECK(c.c.is() == e.who);
    CHECK(c.kept().ends_with(e.octets));
  }
}

TEST_CASE("whoever says nothing is greeted, may still be anything, and is given up on in the end") {
  for (const auto& e : examples()) {
    call_in c;
    CHECK(c.wait() == step::greet);
    CHECK(c.take(e.octets) == step::decided);
    CHECK(c.c.is() == e.who);
  }
  call_in c;
  CHECK(c.wait() == step::greet);
  CHECK(c.wait() == step::silent);
  CHECK(c.now == clock::time_point(std::chrono::hours(1)) + std::chrono::seconds(60));
}

TEST_CASE("text without Enter and then silence is a person") {
  call_in c;
  CHECK(c.take("hello") == step::wait);
  CHECK(c.wait() == step::decided);
  CHECK(c.c.is() == caller_is::person);
  CHECK(c.kept() == "hello");
}

TEST_CASE("a damaged first frame is waited for to come again") {
  std::string frame = link::enframe("first flight", link::line_care::none, true);
  std::string damaged = frame;
  damaged[4] ^= 1;
  call_in c;
  CHECK(c.take(damaged) == step::wait);
  c.now += std::chrono::seconds(3);
  CHECK(c.c.tick(c.now) == step::wait);
  CHECK(c.take(frame) == step::decided);
  CHECK(c.c.is() == caller_is::link);
}

// A checksum of 16 bits lets one frame of noise in 65,536 through; the link's seals refuse it then.
TEST_CASE("noise is next to never taken for a program: it goes to the terminal, which tells it as what it is") {
  int programs = 0;
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 dice(seed);
    call_in c;
    step last = step::wait;
    for (int i = 0; i < 10'000 && last == step::wait; ++i) {
      const char o = static_cast<char>(dice());
      last = c.take({&o, 1});
    }
    CHECK(last == step::decided);
    programs += c.c.is() != caller_is::person;
  }
  CHECK(programs <= 4);
}
