#include "gateway/smpp/framer.h"
#include "tests/gateway/smpp/octets_of.h"

#include <doctest/doctest.h>

using namespace tallyline::smpp;
using namespace tallyline::smpp::test;

namespace {

void feed(framer& f, std::span<const std::uint8_t> octets) {
  const auto room = f.room(octets.size());
  std::copy(octets.begin(), octets.end(), room.begin());
  f.filled(octets.size());
}

std::vector<buffer> take_all(framer& f) {
  std::vector<buffer> pdus;
  std::span<const std::uint8_t> pdu;
  while (f.next(pdu) == framer::verdict::pdu)
    pdus.emplace_back(pdu.begin(), pdu.end());
  return pdus;
}

buffer three_pdus() {
  buffer stream;
  append_header_only(stream, command::enquire_link, 1);
  append_message_response(stream, command::submit_sm_resp, 2, status::ok, "0123456789");
  append_header_only(stream, command::unbind, 3);
  return stream;
}

framer::verdict verdict_on(std::string_view digits) {
  framer f;
  feed(f, hex(digits));
  std::span<const std::uint8_t> pdu;
  return f.next(pdu);
}

} // namespace

TEST_CASE("SeveralPdusOfOneReadComeOutInOrder") {
  framer f;
  feed(f, three_pdus());
  const auto pdus = take_all(f);
  REQUIRE(pdus.size() == 3);
  CHECK(read_header(pdus[0]).sequence == 1);
  CHECK(read_header(pdus[1]).sequence == 2);
  CHECK(read_header(pdus[2]).id == command::unbind);
}

TEST_CASE("AStreamSplitAtAnyTwoOctetsGivesTheSamePdus") {
  const buffer stream = three_pdus();
  framer whole;
  feed(whole, stream);
  const auto expected = take_all(whole);
  for (std::size_t first = 0; first <= stream.size(); ++first) {
    for (std::size_t second = first; second <= stream.size(); ++second) {
      framer f;
      std::vector<buffer> pdus;
      const auto all = std::span(stream);
      for (const auto part : {all.first(first), all.subspan(first, second - first), all.subspan(second)}) {
        feed(f, part);
        for (auto& pdu : take_all(f))
          pdus.push_back(std::move(pdu));
      }
      REQUIRE(pdus == expected);
    }
  }
}

TEST_CASE("AStreamGivenOctetByOctetGivesTheSamePdus") {
  framer f;
  std::size_t pdus = 0;
  for (int round = 0; round < 1000; ++round) {
    for (const std::uint8_t octet : three_pdus()) {
      feed(f, {&octet, 1});
      pdus += take_all(f).size();
    }
  }
  CHECK(pdus == 3000);
}

TEST_CASE("ALengthUnderAHeaderIsGarbage") {
  CHECK(verdict_on("00 00 00 00") == framer::verdict::garbage);
  CHECK(verdict_on("00 00 00 0f") == framer::verdict::garbage);
  CHECK(verdict_on("00 00 00 10") == framer::verdict::need_more);
}

TEST_CASE("ALengthOverTheLargestPduIsGarbageFromItsFourOctetsOn") {
  CHECK(verdict_on("00 01 18 00") == framer::verdict::need_more); // max_pdu itself
  CHECK(verdict_on("00 01 18 01") == framer::verdict::garbage);
  CHECK(verdict_on("ff ff ff ff") == framer::verdict::garbage);
  CHECK(verdict_on("ff ff ff") == framer::verdict::need_more);
}

TEST_CASE("GarbageStaysGarbage") {
  framer f;
  feed(f, hex("00 00 00 00"));
  std::span<const std::uint8_t> pdu;
  CHECK(f.next(pdu) == framer::verdict::garbage);
  feed(f, three_pdus());
  CHECK(f.next(pdu) == framer::verdict::garbage);
}

TEST_CASE("TheLargestPduIsPutTogether") {
  buffer pdu = hex("00 01 18 00 00 00 00 05");
  pdu.resize(framer::max_pdu, 0xAB);
  framer f;
  std::size_t at = 0;
  while (at < pdu.size()) {
    const auto room = f.room();
    const auto n = std::min({room.size(), pdu.size() - at, std::size_t{7001}});
    std::copy_n(pdu.begin() + static_cast<std::ptrdiff_t>(at), n, room.begin());
    f.filled(n);
    at += n;
  }
  const auto got = take_all(f);
  REQUIRE(got.size() == 1);
  CHECK(got[0] == pdu);
}

TEST_CASE("APduStaysValidUntilRoomIsAskedFor") {
  framer f;
  feed(f, three_pdus());
  std::span<const std::uint8_t> first, second;
  REQUIRE(f.next(first) == framer::verdict::pdu);
  REQUIRE(f.next(second) == framer::verdict::pdu);
  CHECK(read_header(first).sequence == 1);
}

TEST_CASE("RoomGivesAtLeastWhatWasAsked") {
  framer f;
  const buffer stream = three_pdus();
  feed(f, std::span(stream).first(20));
  take_all(f);
  CHECK(f.room(100000).size() >= 100000);
  CHECK(f.room().size() >= 16 * 1024);
}

TEST_CASE("ALongStreamDoesNotGrowTheBuffer") {
  framer f;
  for (int i = 0; i < 10000; ++i) {
    const buffer stream = three_pdus();
    feed(f, std::span(stream).first(50));
    take_all(f);
    f.reset();
  }
  CHECK(f.room(1).size() <= 64 * 1024);
}
