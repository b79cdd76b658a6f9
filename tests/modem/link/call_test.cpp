// The report link, both ends joined by a line in the test's own time.
#include "tests/support/link_world.h"

#include <doctest/doctest.h>
#include <sodium.h>

namespace {

using namespace tallyline::test;
using namespace std::chrono_literals;

struct fixture {
  fixture() {
    if (sodium_init() < 0) throw std::runtime_error("sodium");
  }
  link_call call(line_settings line = {}) {
    link_call c{gateway, line};
    c.site.key = gateway.key, c.site.call = ++number, c.site.forms = gateway.forms_digest;
    return c;
  }
  memory_gateway gateway{row_layout()};
  std::uint64_t number = 0;
  std::vector<link::record> rows(std::size_t count) { return read_rows(TALLYLINE_SOURCE_DIR, 0, count).records; }
};

} // namespace

TEST_CASE_FIXTURE(fixture, "One count costs one round trip and at most 64 octets up") {
  auto c = call();
  const auto r = c.run(1, rows(1));
  CHECK(r.how.how == link::call_end::done);
  CHECK(answered(r) == 1);
  MESSAGE("up " << r.up << " down " << r.down << " turns " << r.turns << " us " << r.took.count());
  CHECK(r.up <= 64);
  CHECK(r.turns == 2);
  CHECK(r.took < 2s);
  CHECK(gateway.kept.at(1).what == rows(1)[0]);
}

TEST_CASE_FIXTURE(fixture, "Fifty counts cost at most 800 octets up and one round trip") {
  auto c = call();
  const auto r = c.run(1, rows(50));
  CHECK(r.how.how == link::call_end::done);
  CHECK(answered(r) == 50);
  MESSAGE("up " << r.up << " down " << r.down << " turns " << r.turns << " us " << r.took.count());
  CHECK(r.up <= 800);
  CHECK(r.turns == 2);
}

TEST_CASE_FIXTURE(fixture, "Many batches are answered one by one, in order, and the channel's window is kept") {
  auto c = call();
  const auto r = c.run(1, rows(500));
  CHECK(r.how.how == link::call_end::done);
  CHECK(answered(r) == 500);
  CHECK(gateway.kept.size() == 500);
  CHECK(c.counters.again == 0);
  CHECK(r.up < 500 * 14);
}

TEST_CASE_FIXTURE(fixture, "Noise costs seconds, not records") {
  std::vector<double> took;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    gateway.kept.clear();
    line_settings noisy;
    noisy.bit_errors = 1e-4, noisy.seed = seed;
    auto c = call(noisy);
    const auto r = c.run(1, rows(50));
    REQUIRE_MESSAGE(r.how.how == link::call_end::done, seed << ": " << r.how.why);
    CHECK(gateway.kept.size() == 50);
    took.push_back(std::chrono::duration<double>(r.took).count());
  }
  std::sort(took.begin(), took.end());
  MESSAGE("noise 1e-4: median " << took[10] << " s, worst " << took.back() << " s");
  CHECK(took[10] < 2 * 3.6);
}

TEST_CASE_FIXTURE(fixture, "Ten times the noise still lets a batch through") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    gateway.kept.clear();
    line_settings noisy;
    noisy.bit_errors = 1e-3, noisy.seed = seed;
    auto c = call(noisy);
    const auto r = c.run(1, rows(50));
    REQUIRE_MESSAGE(r.how.how == link::call_end::done, seed << ": " << r.how.why);
    CHECK(gateway.kept.size() == 50);
  }
}

TEST_CASE_FIXTURE(fixture, "A line that eats octets is found out, and they are escaped from then on") {
  line_settings hungry;
  SUBCASE("flow control") { hungry.eats = std::string("\x11\x13\x91\x93", 4); }
  SUBCASE("and 255") { hungry.eats = std::string("\x11\x13\x91\x93\xFF", 5); }
  auto c = call(hungry);
  const auto r = c.run(1, rows(50));
  CHECK(r.how.how == link::call_end::done);
  CHECK(gateway.kept.size() == 50);
  CHECK(c.care >= link::line_care::flow_control);
  CHECK(r.took < 15s); // once: the care is remembered
  // The next call knows.
  auto next = call(hungry);
  next.site.line.care = c.care;
  const auto again = next.run(51, rows(50));
  CHECK(again.how.how == link::call_end::done);
  CHECK(next.counters.again == 0);
}

TEST_CASE_FIXTURE(fixture, "A line of seven bits is found out, with parity and without") {
  line_settings narrow;
  narrow.seven_bits = true;
  SUBCASE("stripped") {}
  SUBCASE("parity") { narrow.even_parity = true; }
  auto c = call(narrow);
  const auto r = c.run(1, rows(3));
  CHECK(r.how.how == link::call_end::done);
  CHECK(gateway.kept.size() == 3);
  CHECK(c.care == link::line_care::seven_bits);
  MESSAGE("seven bits took " << std::chrono::duration<double>(r.took).count() << " s");
  auto next = call(narrow);
  next.site.line.care = c.care;
  const auto again = next.run(4, rows(3));
  CHECK(again.how.how == link::call_end::done);
  CHECK(again.turns == 2);
}

TEST_CASE_FIXTURE(fixture, "A call cut at every octet loses nothing that was acknowledged, and doubles nothing") {
  auto whole = call();
  const auto all = whole.run(1, rows(5));
  for (std::uint64_t cut = 0; cut <= all.up + all.down; ++cut) {
    gateway.kept.clear();
    line_settings line;
    line.cut_after = cut;
    auto c = call(line);
    const auto r = c.run(1, rows(5));
    REQUIRE((r.cut || r.ended));
    for (const auto& e : r.events)
      if (const auto* a = std::get_if<link::answer>(&e))
        for (std::size_t i = 0; i < a->decisions.size(); ++i)
          CHECK(gateway.kept.contains(a->first + i));
    const auto done = answered(r);
    auto rest = rows(5);
    rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(done));
    if (rest.empty()) continue;
    auto again = call();
    const auto second = again.run(1 + done, rest);
    REQUIRE(second.how.how == link::call_end::done);
    CHECK(answered(second) == rest.size());
    CHECK(gateway.kept.size() == 5);
  }
}

TEST_CASE_FIXTURE(fixture, "Without the key nothing is recorded, and the caller is told to enrol") {
  auto c = call();
  c.site.key[0] ^= 1;
  const auto r = c.run(1, rows(1));
  CHECK(r.how.how == link::call_end::refused);
  CHECK(r.how.why.find("enrol") != std::string::npos);
  CHECK(r.log == std::vector<std::string>{"a caller's key is unknown or was revoked"});
  CHECK(gateway.kept.empty());
}

TEST_CASE_FIXTURE(fixture, "A revoked key is no key") {
  gateway.revoked = true;
  const auto r = call().run(1, rows(1));
  CHECK(r.how.how == link::call_end::refused);
  CHECK(gateway.kept.empty());
}

TEST_CASE_FIXTURE(fixture, "A replayed call records nothing and is told nothing that it can read") {
  auto c = call();
  link::site_call site(
      [&] {
        c.site.line.speed = 2400;
        return c.site;
      }(),
      gateway.layout_.get(), 1, rows(1));
  const std::string recorded = site.begin({}).send;
  CHECK(c.run(1, rows(1)).how.how == link::call_end::done);
  CHECK(gateway.seen == 1);
  link::gateway_call to({2400, link::line_care::none}, gateway);
  const auto a = to.step(recorded, 0s);
  CHECK(gateway.seen == 1);
  REQUIRE(a.events.size() == 1);
  CHECK(std::get<link::caller_refused>(a.events[0]).why.find("made before") != std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "A site whose counter was set back is told where to go on") {
  gateway.last_call = 70;
  const auto r = call().run(1, rows(1));
  CHECK(r.how.how == link::call_end::stale);
  CHECK(r.how.last_call == 70);
  CHECK(gateway.kept.empty());
}

TEST_CASE_FIXTURE(fixture, "Newer forms come behind the receipts, in the same call") {
  std::string big;
  for (int i = 0; i < 5000; ++i)
    big += static_cast<char>(i * 7919 >> 3);
  gateway.forms = std::make_shared<std::string>(big);
  gateway.earlier_digest = gateway.forms_digest;
  auto c = call();
  gateway.forms_digest = {1, 2, 3, 4};
  const auto r = c.run(1, rows(2));
  CHECK(r.how.how == link::call_end::done);
  CHECK(answered(r) == 2);
  std::string got;
  for (const auto& e : r.events)
    if (const auto* part = std::get_if<link::forms_part>(&e)) {
      CHECK(part->at == got.size());
      CHECK(part->forms == gateway.forms_digest);
      got += part->bytes;
    }
  CHECK(got == big);
}

TEST_CASE_FIXTURE(fixture, "A site without forms asks for them, and one that has part of them for the rest") {
  gateway.forms = std::make_shared<std::string>(3000, 'f');
  auto c = call();
  c.site.forms = {};
  c.site.partial = gateway.forms_digest, c.site.partial_octets = 1024;
  const auto r = c.run(1, {});
  CHECK(r.how.how == link::call_end::done);
  REQUIRE(r.events.size() == 3);
  CHECK(std::get<link::forms_part>(r.events[0]).at == 1024);
}

TEST_CASE_FIXTURE(fixture, "A gateway that can keep nothing says so, and the records stay with the site") {
  gateway.full = true;
  const auto r = call().run(1, rows(1));
  CHECK(r.how.how == link::call_end::later);
  CHECK(answered(r) == 0);
}

TEST_CASE_FIXTURE(fixture, "Ten minutes of noise as input: nothing is recorded, little is said") {
  std::mt19937 random(4);
  link::gateway_call to({2400, link::line_care::none}, gateway);
  std::size_t said = 0;
  for (int second = 0; second < 600; ++second) {
    std::string noise;
    for (int i = 0; i < 240; ++i)
      noise += static_cast<char>(random());
    const auto a = to.step(noise, std::chrono::seconds(second));
    said += a.send.size();
    if (a.hang_up) break;
  }
  CHECK(gateway.kept.empty());
  CHECK(said < 2000);
}
