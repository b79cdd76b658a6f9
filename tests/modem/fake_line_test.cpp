// The fake line itself, since other tests stand on it.
#include "tests/support/fake_call.h"
#include "tests/support/pty_line.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

using namespace tallyline;
using namespace tallyline::tests;
using namespace std::chrono_literals;

namespace {

using octets = std::vector<std::uint8_t>;
constexpr fake_line::moment start{1000h};

octets through(const line_quality& q, const octets& sent) {
  fake_line line(q);
  line.send(fake_line::near, sent, start);
  return line.take(fake_line::far, start + 24h);
}

octets all_octets() {
  octets all;
  for (int i = 0; i < 256; ++i)
    all.push_back(static_cast<std::uint8_t>(i));
  return all;
}

struct collects final : modem::call_handler {
  explicit collects(octets& into) : got(into) {}
  void on_bytes(modem::octets_view bytes) override { got.insert(got.end(), bytes.begin(), bytes.end()); }
  void on_lost(modem::call_end) override {}
  octets& got;
};

} // namespace

TEST_CASE("An octet takes its ten bits and the way") {
  fake_line line({.bits_per_second = 2400, .latency = 300ms});
  line.send(fake_line::near, octets{1, 2}, start);
  CHECK(line.next() == start + 300ms + std::chrono::nanoseconds(4'166'666));
  CHECK(line.take(fake_line::far, start + 304ms).empty());
  CHECK(line.take(fake_line::far, start + 305ms) == octets{1});
  CHECK(line.take(fake_line::far, start + 309ms) == octets{2});
  CHECK(line.take(fake_line::near, start + 1h).empty());
}

TEST_CASE("A clean line carries every octet, a lesser one eats what it is said to eat") {
  CHECK(through({}, all_octets()) == all_octets());
  CHECK(through({.eats_flow_control = true}, all_octets()).size() == 252);
  CHECK(through({.eats_ff = true}, all_octets()).size() == 255);
  for (const auto octet : through({.seven_bits = true}, all_octets()))
    CHECK(octet < 0x80);
}

TEST_CASE("Errors come as often as was said, and the same for the same seed") {
  const octets sent(100'000, 0x55);
  const line_quality noisy{.bit_errors = 1e-3, .seed = 7};
  const auto got = through(noisy, sent);
  std::size_t flipped = 0;
  for (const auto octet : got)
    flipped += static_cast<std::size_t>(__builtin_popcount(octet ^ 0x55U));
  CHECK(flipped > 700);
  CHECK(flipped < 900);
  CHECK(through(noisy, sent) == got);
  CHECK(through({.bit_errors = 1e-3, .seed = 8}, sent) != got);
  CHECK(through({.lost_octets = 0.01}, sent).size() < 99'300);
}

TEST_CASE("A cut line carries nothing from that octet on") {
  CHECK(through({.cut_after = 0}, {1, 2, 3}).empty());
  fake_line line({.cut_after = 2});
  line.send(fake_line::near, octets{1, 2}, start);
  CHECK(line.take(fake_line::far, start + 1h).size() == 2);
  line.send(fake_line::far, octets{3}, start + 1h);
  CHECK(line.is_cut());
  CHECK_FALSE(line.next());
}

TEST_CASE("Two ends of a call talk over the line, and both learn that it is over") {
  fake_calls calls({.bits_per_second = 9600, .latency = 100ms});
  octets at_near, at_far;
  calls.attach(fake_line::near, std::make_unique<collects>(at_near));
  calls.attach(fake_line::far, std::make_unique<collects>(at_far));
  calls.end(fake_line::near).send(octets{'h', 'i'});
  REQUIRE(calls.run_until([&] { return at_far.size() == 2; }));
  calls.end(fake_line::far).send(octets{'y', 'o'});
  calls.end(fake_line::far).hang_up("done");
  calls.run();
  CHECK(calls.over(fake_line::far) == modem::call_end::hung_up);
  CHECK(calls.over(fake_line::near) == modem::call_end::carrier_lost);
  CHECK(calls.line.turns() == 1);
}

TEST_CASE("The line between two ptys carries what programs write") {
  pty_line line({.bits_per_second = 115'200, .latency = 1ms});
  octets got(4);
  std::size_t n = 0;
  {
    // Opened as a program would.
    const int a = ::open(line.path(fake_line::near).c_str(), O_RDWR | O_NOCTTY);
    const int b = ::open(line.path(fake_line::far).c_str(), O_RDWR | O_NOCTTY);
    REQUIRE(::write(a, "\x00\x11\xFF\r", 4) == 4);
    while (n < 4) {
      pollfd on{b, POLLIN, 0};
      REQUIRE(::poll(&on, 1, 5000) == 1);
      n += static_cast<std::size_t>(::read(b, got.data() + n, 4 - n));
    }
    ::close(a);
    ::close(b);
  }
  CHECK(got == octets{0x00, 0x11, 0xFF, 0x0D});
}
