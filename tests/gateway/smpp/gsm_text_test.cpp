#include "gateway/smpp/gsm_tables.h"
#include "gateway/smpp/gsm_text.h"
#include "gateway/smpp/utf8.h"
#include "tests/gateway/smpp/octets_of.h"

#include <doctest/doctest.h>
#include <random>

using namespace tallyline::smpp;
using namespace tallyline::smpp::test;

namespace {

std::string decode(std::string_view digits, alphabet a) {
  std::string out;
  append_utf8(hex(digits), a, out);
  return out;
}

std::string through_gsm7(std::string_view utf8) {
  buffer coded;
  append_gsm7(utf8, coded);
  std::string out;
  append_utf8(coded, alphabet::gsm7, out);
  return out;
}

std::string through_ucs2(std::string_view utf8) {
  buffer coded;
  append_ucs2(utf8, coded);
  std::string out;
  append_utf8(coded, alphabet::ucs2, out);
  return out;
}

bool is_valid_utf8(std::string_view s) {
  while (!s.empty()) {
    const std::string_view before = s;
    const char32_t c = take_code_point(s);
    if (c == replacement && before.substr(0, 3) != "\uFFFD") return false;
  }
  return true;
}

buffer packed(std::string_view septets, packing p = packing::ussd) {
  buffer out;
  append_packed(octets(septets), out, p);
  return out;
}

std::string unpacked(const buffer& coded, packing p = packing::ussd) {
  buffer out;
  append_unpacked(coded, out, p);
  return text(out);
}

} // namespace

TEST_CASE("EveryCharacterOfTheDefaultAlphabetComesBack") {
  for (unsigned septet = 0; septet < 128; ++septet) {
    if (septet == gsm::escape) continue;
    const buffer one{static_cast<std::uint8_t>(septet)};
    std::string utf8;
    append_utf8(one, alphabet::gsm7, utf8);
    CHECK(measure_text(utf8).gsm7);
    CHECK(measure_text(utf8).length == 1);
    buffer back;
    append_gsm7(utf8, back);
    CHECK(back == one);
  }
}

TEST_CASE("EveryCharacterOfTheExtensionTableCountsTwoAndComesBack") {
  const std::string all = "\f^{}\\[~]|€";
  CHECK(measure_text(all).gsm7);
  CHECK(measure_text(all).length == 20);
  CHECK(through_gsm7(all) == all);
  buffer coded;
  append_gsm7("€", coded);
  CHECK(coded == hex("1b65"));
}

TEST_CASE("TheTablesAgreeWithTheSpecificationWhereTheyDifferFromAscii") {
  CHECK(decode("00 02 11 40 5b 5c 5d 5e 5f 60 7b 7c 7d 7e 7f", alphabet::gsm7) == "@$_¡ÄÖÑÜ§¿äöñüà");
  CHECK(decode("10 12 13 14 15 16 17 18 19 1a", alphabet::gsm7) == "ΔΦΓΛΩΠΨΣΘΞ");
  CHECK(decode("01 03 04 05 06 07 08 09 0b 0c 0e 0f 1c 1d 1e 1f 24", alphabet::gsm7) == "£¥èéùìòÇØøÅåÆæßÉ¤");
}

TEST_CASE("AnEscapeWithoutExtensionCharacterShowsTheDefaultTables") {
  CHECK(decode("1b41", alphabet::gsm7) == "A");
  CHECK(decode("411b1b42", alphabet::gsm7) == "A B");
  CHECK(decode("411b", alphabet::gsm7) == "A ");
}

TEST_CASE("OctetsOverASeptetBecomeTheReplacementCharacter") {
  CHECK(decode("41ff42", alphabet::gsm7) == "A\uFFFDB");
  CHECK(decode("1bff", alphabet::gsm7) == " \uFFFD");
}

TEST_CASE("TextOutsideTheDefaultAlphabetNeedsUcs2") {
  CHECK_FALSE(measure_text("شعبه").gsm7);
  CHECK(measure_text("شعبه").length == 4);
  CHECK_FALSE(measure_text("`").gsm7);
  CHECK_FALSE(measure_text("ç").gsm7); // the capital alone is in the table
  CHECK_FALSE(measure_text("\t").gsm7);
  CHECK(measure_text("😀").length == 2);
  CHECK(measure_text("").gsm7);
}

TEST_CASE("Ucs2CarriesEverythingBackAndForth") {
  for (const std::string_view t : {"شعبه ۱۲", "Ünïcode", "😀 and 𝔸", "", "A"})
    CHECK(through_ucs2(t) == t);
  buffer coded;
  append_ucs2("ش😀", coded);
  CHECK(coded == hex("0634 d83d de00"));
}

TEST_CASE("BrokenUcs2BecomesTheReplacementCharacter") {
  CHECK(decode("0041 d83d", alphabet::ucs2) == "A\uFFFD");
  CHECK(decode("de00 0041", alphabet::ucs2) == "\uFFFDA");
  CHECK(decode("d83d 0041", alphabet::ucs2) == "\uFFFDA");
  CHECK(decode("0041 00", alphabet::ucs2) == "A\uFFFD");
}

TEST_CASE("BrokenUtf8BecomesTheReplacementCharacterOrAQuestionMark") {
  for (const std::string_view bad : {"\x80", "\xff", "\xc3", "\xc0\xaf", "\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                     "\xf0\x80\x80\x80", "a\xe2z"}) {
    CHECK_FALSE(measure_text(bad).gsm7);
    CHECK(through_ucs2(bad).find("\uFFFD") != std::string::npos);
    CHECK(through_gsm7(bad).find('?') != std::string::npos);
  }
  CHECK(through_ucs2("a\xe2\x82z") == "a\uFFFDz"); // one for the longest valid prefix
}

TEST_CASE("AUssdTextFitsUpTo182SeptetsOr80Units") {
  const auto times = [](std::size_t n, std::string_view s) {
    std::string t;
    while (n--)
      t += s;
    return t;
  };
  CHECK(fits_ussd(times(182, "x")));
  CHECK_FALSE(fits_ussd(times(183, "x")));
  CHECK(fits_ussd(times(91, "€")));
  CHECK_FALSE(fits_ussd(times(91, "€") + "x"));
  CHECK(fits_ussd(times(80, "ش")));
  CHECK_FALSE(fits_ussd(times(81, "ش")));
  CHECK_FALSE(fits_ussd(times(41, "😀")));
  CHECK_FALSE(fits_ussd(times(81, "x") + "ش")); // one such letter and all are counted as UCS-2
}

TEST_CASE("ATextGoesOutAsGsm7WhereItCanAndUcs2WhereItMust") {
  buffer b;
  CHECK(encode_text("Recorded", b) == 0x0F);
  CHECK(text(b) == "Recorded");
  b.clear();
  CHECK(encode_text("ثبت", b) == 0x48);
  CHECK(b.size() == 6);
  CHECK(encode_text("Recorded", b, sms_codings) == 0x00);
  CHECK(encode_text("ثبت", b, sms_codings) == 0x08);
}

TEST_CASE("DataCodingsNameTheirAlphabet") {
  for (const int dcs : {0x00, 0x0F, 0x05, 0x10, 0x40, 0xF0, 0xC0})
    CHECK(alphabet_of(static_cast<std::uint8_t>(dcs)) == alphabet::gsm7);
  for (const int dcs : {0x08, 0x48, 0x18, 0x11, 0xE0})
    CHECK(alphabet_of(static_cast<std::uint8_t>(dcs)) == alphabet::ucs2);
  for (const int dcs : {0x01, 0x03})
    CHECK(alphabet_of(static_cast<std::uint8_t>(dcs)) == alphabet::latin1);
  for (const int dcs : {0x02, 0x04, 0x44, 0xF4})
    CHECK(alphabet_of(static_cast<std::uint8_t>(dcs)) == alphabet::octets);
}

TEST_CASE("Latin1AndOctetsAreRead") {
  CHECK(decode("41e9ff", alphabet::latin1) == "Aéÿ");
  CHECK(decode("41e9", alphabet::octets) == "A\uFFFD");
}

TEST_CASE("WhateverTheOctetsAreTheTextIsValidUtf8") {
  std::mt19937 random(20240301);
  for (int i = 0; i < 20000; ++i) {
    buffer b(random() % 24);
    for (auto& o : b)
      o = static_cast<std::uint8_t>(random());
    std::string out;
    append_utf8(b, static_cast<alphabet>(random() % 4), out);
    REQUIRE(is_valid_utf8(out));
    const std::string raw(b.begin(), b.end());
    REQUIRE(is_valid_utf8(through_ucs2(raw)));
    REQUIRE(is_valid_utf8(through_gsm7(raw)));
  }
}

TEST_CASE("SeptetsArePackedEightInSevenOctets") {
  CHECK(packed("hellohello", packing::plain) == hex("e8329bfd4697d9ec37"));
  CHECK(unpacked(hex("e8329bfd4697d9ec37"), packing::plain) == "hellohello");
  CHECK(packed("") == buffer{});
  CHECK(unpacked({}) == "");
}

TEST_CASE("SevenSpareBitsAreFilledWithCr") {
  // 6.1.2.3.1: seven characters leave seven bits.
  const buffer seven = packed("*100#12");
  CHECK(seven.size() == 7);
  CHECK((seven.back() >> 1) == gsm::carriage_return);
  CHECK(unpacked(seven) == "*100#12");
}

TEST_CASE("ATextThatEndsInCrOnABoundaryGetsASecondOne") {
  const buffer eight = packed("1234567\r");
  CHECK(eight.size() == 8);
  CHECK(unpacked(eight) == "1234567\r");
}

TEST_CASE("EveryLengthOfPackedTextComesBack") {
  std::string t;
  for (int n = 0; n <= 182; ++n, t += static_cast<char>('!' + n % 90)) {
    CHECK(unpacked(packed(t)) == t);
    CHECK(packed(t).size() <= 160);
    const std::string with_cr = t + "\r";
    // On a boundary the receiver cannot tell a <CR> before the filling from the filling: 6.1.2.3.1 accepts that for
    // nine.
    if (with_cr.size() % 8 != 1 || with_cr.size() == 1 || t.back() != '\r') CHECK(unpacked(packed(with_cr)) == with_cr);
  }
}

TEST_CASE("ALanguageIndicationBeforeUssdTextIsLeftOut") {
  const auto read = [](const buffer& octets, std::uint8_t coding) {
    std::string text;
    append_ussd_text(octets, coding, text);
    return text;
  };
  CHECK(read({'f', 'a', 0x0D, '1', '2'}, 0x10) == "12");
  CHECK(read({'1', '2'}, 0x10) == "12");
  CHECK(read({0xE6, 0x30, 0x06, 0x33}, 0x11) == "س");
  CHECK(read({0xE6}, 0x11).size() == 3); // the replacement character
  CHECK(read({'f', 'a', 0x0D, '1'}, 0x0F) == "fa\r1");
}
