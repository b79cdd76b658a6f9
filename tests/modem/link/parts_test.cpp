// The parts of the report link by themselves: frames, coder, seals, messages, and codes.
#include "modem/link/frame.h"
#include "modem/link/message.h"
#include "modem/link/octets.h"
#include "modem/link/records.h"
#include "tests/support/link_world.h"

#include <doctest/doctest.h>
#include <sodium.h>

namespace {

using namespace tallyline::modem::link;
using tallyline::test::read_rows;
using tallyline::test::row_layout;

std::vector<std::string> frames_in(deframer& d, std::string_view octets) {
  std::vector<std::string> out;
  d.take(octets, [&](const deframer::found& f) {
    if (f.what == deframer::found::kind::frame) out.emplace_back(f.body);
  });
  return out;
}

std::string all_octets() {
  std::string out;
  for (int i = 0; i < 256; ++i)
    out += static_cast<char>(i);
  return out;
}

layout every_kind() {
  using kind = field::kind;
  form f{"all", {}, 3, 0};
  f.fields = {
      {"n", kind::number, false, 0, no_field, {}, {}},       {"d", kind::date, true, 0, no_field, {}, {}},
      {"c", kind::choice, false, 3, no_field, {}, {}},       {"l", kind::list, false, 0, 2, {1, 0, 5}, {}},
      {"many", kind::numbers, true, 0, no_field, {}, {}},    {"t", kind::text, true, 0, no_field, {}, {}},
      {"sum", kind::number, false, 0, no_field, {}, {0, 3}}, {"big", kind::choice, false, 1000, no_field, {}, {}}};
  return {{f, {"empty", {}, 0, 1}}, {40, 2}};
}

record some_record(std::mt19937_64& random) {
  record r;
  r.form = random() % 4 == 0 ? 1 : 0;
  r.scope = static_cast<std::uint32_t>(random() % (r.form ? 2 : 40));
  if (random() % 3 == 0) r.reason = "because " + std::to_string(random() % 100);
  if (r.form == 1) return r;
  r.confirmed = random() % 8;
  const auto choice = static_cast<std::int64_t>(random() % 3);
  const auto number = [&] { return static_cast<std::int64_t>(random() >> (11 + random() % 52)); };
  std::vector<std::int64_t> list(std::array{1, 0, 5}[static_cast<std::size_t>(choice)]);
  for (auto& n : list)
    n = number();
  r.values = {number(), value{}, choice, list, value{}, value{}, number(), static_cast<std::int64_t>(random() % 1000)};
  if (random() % 2) r.values[1] = static_cast<std::int64_t>(random() % 40000) - 20000;
  if (random() % 2) r.values[4] = std::vector<std::int64_t>(random() % 7, number());
  if (random() % 2) r.values[5] = std::string(random() % 60, 'x') + "آ";
  return r;
}

} // namespace

TEST_CASE("A frame arrives however its octets are split, with every care") {
  const std::string body = all_octets();
  for (const auto care : {line_care::none, line_care::flow_control, line_care::telnet, line_care::seven_bits}) {
    const auto line = enframe(body, care, true);
    for (std::size_t split = 0; split <= line.size(); ++split) {
      deframer d;
      auto got = frames_in(d, std::string_view(line).substr(0, split));
      for (auto& more : frames_in(d, std::string_view(line).substr(split)))
        got.push_back(more);
      REQUIRE(got == std::vector<std::string>{body});
    }
    for (const char c : line)
      if (care >= line_care::flow_control)
        CHECK(((c & 0x7F) != 0x11 && (c & 0x7F) != 0x13));
      else
        break;
    if (care == line_care::seven_bits)
      for (const char c : line)
        CHECK(static_cast<unsigned char>(c) < 0x80);
  }
}

TEST_CASE("A truncated frame is none, and the one behind it arrives") {
  const auto line = enframe("first frame", line_care::none, true), next = enframe("second", line_care::none, true);
  // Without its closing mark only, the next one's opening mark closes it.
  for (std::size_t kept = 0; kept + 1 < line.size(); ++kept) {
    deframer d;
    CHECK(frames_in(d, line.substr(0, kept) + next) == std::vector<std::string>{"second"});
  }
}

TEST_CASE("A frame with any one bit flipped does not arrive as another") {
  const auto line = enframe("a body of a frame", line_care::none, true);
  for (std::size_t bit = 0; bit < line.size() * 8; ++bit) {
    auto bad = line;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ 1 << bit % 8);
    deframer d;
    for (const auto& got : frames_in(d, bad))
      CHECK(got == "a body of a frame");
  }
}

TEST_CASE("The checksum is X.25's") { CHECK(checksum("123456789") == 0x906E); }

TEST_CASE("Records of every kind come back as they were") {
  std::mt19937_64 random(7);
  const auto l = every_kind();
  for (int round = 0; round < 200; ++round) {
    std::vector<record> batch(random() % 20);
    for (auto& r : batch)
      r = some_record(random);
    const auto octets = encode_records(l, batch);
    const auto back = decode_records(l, octets);
    REQUIRE(back.has_value());
    CHECK(*back == batch);
  }
}

TEST_CASE("A batch that is cut short or changed is refused, or is other records that fit") {
  const auto l = row_layout();
  const auto octets = encode_records(l, read_rows(TALLYLINE_SOURCE_DIR, 0, 4).records);
  for (std::size_t kept = 0; kept < octets.size(); ++kept)
    if (const auto got = decode_records(l, octets.substr(0, kept)))
      for (const auto& r : *got)
        CHECK(fits(l, r));
  for (std::size_t at = 0; at < octets.size(); ++at) {
    auto bad = octets;
    bad[at] = static_cast<char>(bad[at] ^ 0x5A);
    if (const auto got = decode_records(l, bad))
      for (const auto& r : *got)
        CHECK(fits(l, r));
  }
}

TEST_CASE("Every row of the election comes back as it was") {
  const auto rows = read_rows(TALLYLINE_SOURCE_DIR, 0, 4000).records;
  CHECK(rows.size() == 3707);
  std::size_t octets = 0;
  for (std::size_t at = 0; at < rows.size(); at += 50) {
    const auto some = std::span(rows).subspan(at, std::min<std::size_t>(50, rows.size() - at));
    const auto coded = encode_records(row_layout(), some);
    octets += coded.size();
    const auto back = decode_records(row_layout(), coded);
    REQUIRE(back.has_value());
    CHECK(std::equal(some.begin(), some.end(), back->begin(), back->end()));
  }
  CHECK(octets < rows.size() * 12);
}

// The vectors of modem/LINK.md.
TEST_CASE("The far side that another team writes can be held against these octets") {
  REQUIRE(sodium_init() >= 0);
  const auto hex = [](std::string_view s) {
    std::string out;
    for (const char c : s)
      out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4], out += "0123456789abcdef"[c & 15];
    return out;
  };
  secret key;
  key.fill(7);
  const auto coded = encode_records(row_layout(), read_rows(TALLYLINE_SOURCE_DIR, 0, 1).records);
  const auto open = to_octets(opening{name_of(key), 1});
  seal up(key, direction::up, open);
  const auto sealed = up.close(to_octets(up_message(reports{{1, 2, 3, 4}, 1, coded})));
  std::string stream = open;
  put_message(stream, sealed);
  std::string body("\x08\x00", 2);
  const auto line = enframe(body + stream, line_care::none, true);
  CHECK(hex(as_text(name_of(key))) == "f5a593f6");
  CHECK(hex(coded) == "02fff804b2378ea8ddc31409082e0dfec8761cc41e");
  CHECK(hex(line) ==
        "0108001041f5a593f6104123ecf11e8d8600404a3ee04ef3585ee6e57318149fde71a44ebed7079ec452ad92bc9f45d87901");
  CHECK(key_of_code("00000-00000-00000-00000-00000-0G").has_value() == false);
  seal again(key, direction::up, open);
  CHECK(again.open(sealed).has_value());
}

TEST_CASE("A seal opens under its key and number only, and any change is seen") {
  secret key{}, other{};
  other[31] = 1;
  seal closing(key, direction::up, "call 1");
  const auto first = closing.close("first"), second = closing.close("second");
  seal opening_(key, direction::up, "call 1");
  CHECK_FALSE(opening_.open(second).has_value());
  CHECK(opening_.open(first) == "first");
  CHECK_FALSE(opening_.open(first).has_value()); // not twice
  CHECK(opening_.open(second) == "second");
  CHECK_FALSE(seal(other, direction::up, "call 1").open(first).has_value());
  CHECK_FALSE(seal(key, direction::down, "call 1").open(first).has_value());
  CHECK_FALSE(seal(key, direction::up, "call 2").open(first).has_value());
  for (std::size_t bit = 0; bit < first.size() * 8; ++bit) {
    auto bad = first;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ 1 << bit % 8);
    CHECK_FALSE(seal(key, direction::up, "call 1").open(bad).has_value());
  }
}

TEST_CASE("An enrolment code survives being written down, and a wrong character is mostly found") {
  REQUIRE(sodium_init() >= 0);
  const auto code = new_code();
  const auto key = key_of_code(code);
  REQUIRE(key.has_value());
  std::string sloppy;
  for (char c : code)
    if (c != '-') sloppy += c == '0' ? 'o' : c == '1' ? 'l' : static_cast<char>(std::tolower(c));
  CHECK(key_of_code(sloppy) == key);
  CHECK_FALSE(key_of_code(code.substr(1)).has_value());
  int found = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    auto bad = code;
    if (bad[i] == '-') continue;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    found += key_of_code(bad).has_value() ? 0 : 1;
  }
  CHECK(found >= 22);
}

TEST_CASE("Messages come back as they were, and none is read from a part of itself") {
  answer a{9, 1386968400123, {1, 2, 3, 4, 5, 6, 7, 8}, {}, offer{{5, 6, 7, 8}, 2000}};
  a.decisions.resize(11);
  a.decisions[3] = {verdict::corrected, false, 4821937620, {}, {}};
  a.decisions[10] = {verdict::refused, true, 0, "too many", "votes"};
  for (const down_message& m :
       {down_message(a), down_message(unknown_forms{{{1, 1, 1, 1}, 5}}), down_message(not_now{}),
        down_message(stale_call{77}), down_message(forms_part{{9, 9, 9, 9}, 10, 3, "bytes"})}) {
    const auto octets = to_octets(m);
    const auto back = read_down(octets);
    REQUIRE(back.has_value());
    CHECK(to_octets(*back) == octets);
    if (!std::holds_alternative<forms_part>(m))
      for (std::size_t kept = 0; kept < octets.size(); ++kept)
        CHECK_FALSE(read_down(octets.substr(0, kept)).has_value());
  }
  const auto back = std::get<answer>(*read_down(to_octets(down_message(a))));
  CHECK(back.decisions[3].receipt == 4821937620);
  CHECK(back.decisions[10].text == "too many");
  CHECK(back.decisions[0].derived);
}
