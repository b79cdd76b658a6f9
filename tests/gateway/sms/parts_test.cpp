#include "gateway/sms/parts.h"

#include "gateway/smpp/gsm_text.h"

#include <algorithm>
#include <doctest/doctest.h>

using namespace tallyline;
using namespace tallyline::sms;

namespace {

using state = assembled::state;
const moment start{std::chrono::hours(1)};

smpp::message with_text(const smpp::buffer& octets, std::uint8_t esm_class = 0x40) {
  smpp::message m;
  m.esm_class = esm_class;
  m.text = octets;
  return m;
}

// What a phone would show of the parts.
std::string shown(const cut_text& c) {
  std::string all;
  for (const auto& p : c.parts) {
    const auto m = with_text(p, c.with_headers() ? 0x40 : 0);
    const auto place = part_of(m);
    REQUIRE(place.has_value());
    smpp::append_utf8(m.text.subspan(place->text_at), smpp::alphabet_of(c.data_coding), all);
  }
  return all;
}

} // namespace

TEST_CASE("a text of one message has no header, a longer one has as few parts as can be") {
  CHECK(parts_needed(std::string(160, 'x')) == 1);
  CHECK(parts_needed(std::string(161, 'x')) == 2);
  CHECK(parts_needed(std::string(306, 'x')) == 2);
  CHECK(parts_needed(std::string(307, 'x')) == 3);
  std::string persian;
  for (int i = 0; i < 70; ++i)
    persian += "\u0646";
  CHECK(parts_needed(persian) == 1);
  CHECK(parts_needed(persian + "\u0646") == 2);
}

TEST_CASE("what is cut reads as it was, and no character is torn apart") {
  for (std::size_t size = 1; size < 500; size += 7)
    for (const std::string_view unit : {"a", "€", "\u0646", "😀"}) {
      std::string text(3, 'x');
      for (std::size_t i = 0; i < size; ++i)
        text += unit;
      const auto c = cut(text, 7);
      CHECK(shown(c) == text);
      for (const auto& p : c.parts)
        CHECK(p.size() <= 160);
    }
}

TEST_CASE("parts come together in any order, and one that comes twice counts once") {
  std::vector<int> order{1, 2, 3};
  do {
    assembly a;
    assembled got;
    for (const int n : order) {
      const part p{9, 3, static_cast<std::uint8_t>(n), 0};
      REQUIRE(got.what == state::waiting);
      got = a.add(98912, p, std::string(1, static_cast<char>('0' + n)), start);
      if (got.what == state::waiting)
        CHECK(a.add(98912, p, std::string(1, static_cast<char>('0' + n)), start).what == state::waiting);
    }
    CHECK(got.what == state::whole);
    CHECK(got.text == "123");
    CHECK(a.open() == 0);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("a part that comes again after the message was whole is known, another text under its reference is new") {
  assembly a;
  a.add(1, {5, 2, 1, 0}, "a", start);
  REQUIRE(a.add(1, {5, 2, 2, 0}, "b", start).what == state::whole);
  CHECK(a.add(1, {5, 2, 1, 0}, "a", start + std::chrono::minutes(1)).what == state::again);
  CHECK(a.add(1, {5, 2, 1, 0}, "x", start + std::chrono::minutes(2)).what == state::waiting);
  CHECK(a.add(1, {5, 2, 2, 0}, "b", start + std::chrono::minutes(2)).text == "xb");
}

TEST_CASE("parts of two senders, or of two messages of one, do not mix") {
  assembly a;
  CHECK(a.add(1, {5, 2, 1, 0}, "a", start).what == state::waiting);
  CHECK(a.add(2, {5, 2, 2, 0}, "b", start).what == state::waiting);
  CHECK(a.add(1, {6, 2, 2, 0}, "c", start).what == state::waiting);
  CHECK(a.add(1, {5, 2, 2, 0}, "d", start).text == "ad");
}

TEST_CASE("a message whose parts are missing is given up after a while, and a flood of them is bounded") {
  assembly a;
  for (std::uint64_t n = 0; n < 20; ++n)
    a.add(n, {5, 2, 1, 0}, "a", start);
  for (std::uint64_t n = 100; n < 140; ++n)
    a.add(n, {5, 2, 1, 0}, "a", start + std::chrono::minutes(11));
  CHECK(a.given_up() == 20);
  for (std::uint64_t n = 0; n < assembly::most_open + 5; ++n)
    a.add(1000 + n, {5, 2, 1, 0}, "a", start + std::chrono::minutes(12));
  CHECK(a.open() <= assembly::most_open);
}

TEST_CASE("the header's two kinds of reference and the sar TLVs say the same") {
  const smpp::buffer eight{5, 0, 3, 7, 2, 1, 'x'}, sixteen{6, 8, 4, 0, 7, 2, 1, 'x'}, plain{'x'};
  const smpp::buffer sar{0x02, 0x0C, 0, 2, 0, 7, 0x02, 0x0E, 0, 1, 2, 0x02, 0x0F, 0, 1, 1};
  auto by_tlv = with_text(plain, 0);
  by_tlv.tlvs = sar;
  for (const auto& m : {with_text(eight), with_text(sixteen), by_tlv}) {
    const auto p = part_of(m);
    REQUIRE(p.has_value());
    CHECK(p->reference == 7);
    CHECK(p->total == 2);
    CHECK(p->number == 1);
    CHECK(m.text.subspan(p->text_at).size() == 1);
  }
}

TEST_CASE("a damaged header is refused, whatever its octets are") {
  const smpp::buffer good{5, 0, 3, 7, 2, 1, 'x'};
  for (std::size_t size = 0; size < 6; ++size) // cut off within the header
    CHECK_FALSE(part_of(with_text({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)})).has_value());
  for (std::size_t at = 0; at < good.size(); ++at)
    for (unsigned octet = 0; octet < 256; ++octet) {
      auto bad = good;
      bad[at] = static_cast<std::uint8_t>(octet);
      if (const auto p = part_of(with_text(bad))) {
        CHECK(p->text_at <= bad.size());
        CHECK(p->number >= 1);
        CHECK(p->number <= p->total);
      }
    }
}

TEST_CASE("septets are read by the national language that the header names") {
  const auto text = [](smpp::buffer octets, std::uint8_t coding = 0) {
    auto m = with_text(octets);
    m.data_coding = coding;
    const auto p = part_of(m);
    REQUIRE(p.has_value());
    std::string all;
    append_text_of(m, *p, all);
    return all;
  };
  CHECK(text({3, 0x25, 1, 13, 0x43, 0x31, 0x32}) == "\u063812"); // Urdu locking shift: digits stay as they are
  CHECK(text({3, 0x24, 1, 13, 'A', 0x1B, 0x1C, 0x1B, 0x1D}) == "A۰۱"); // Urdu single shift: Persian digits
  CHECK(text({6, 0x24, 1, 13, 0x25, 1, 13, 0x00, 0x1B, 0x25}) == "ا۹");
  CHECK(text({3, 0x24, 1, 1, 0x1B, 'I', 'I'}) == "İI"); // Turkish
  CHECK(text({3, 0x24, 1, 1, 0x1B, 'B'}) == "B");       // no character of its own: the main table's
  CHECK(text({3, 0x24, 1, 99, 0x1B, 0x65}) == "€");     // an identifier that is not defined counts as none
  CHECK(text({3, 0x25, 1, 13, 0x1B}) == " ");
  CHECK(text({3, 0x25, 1, 13, 0xFF}) == "\xEF\xBF\xBD");
  CHECK(text({3, 0x25, 1, 13, 0x06, 0x33}, 8) == "س");       // UCS-2 is UCS-2
  CHECK(text({8, 0, 3, 7, 2, 1, 0x25, 1, 13, 0x00}) == "ا"); // beside the place among the parts
}

TEST_CASE("a header that is cut short anywhere, or lies about a shift's size, is refused or passed over") {
  const smpp::buffer whole{8, 0, 3, 7, 2, 1, 0x25, 1, 13, 0x00};
  for (std::size_t size = 0; size < 9; ++size) {
    const smpp::buffer cut_short(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK_FALSE(part_of(with_text(cut_short)).has_value());
  }
  const smpp::buffer odd{4, 0x25, 2, 13, 13, 0x41};
  const auto p = part_of(with_text(odd));
  REQUIRE(p.has_value());
  CHECK(p->language.locking_shift == 0);
}
