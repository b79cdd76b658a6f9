#include "storage/canonical.h"

#include "tests/storage/support.h"

#include <fmt/format.h>

using namespace tallyline::storage;
using namespace tallyline::storage::test;

namespace {

report full_report() {
  auto r = count_of("1001", sara, 60);
  r.fields.push_back({"note", std::string("شعبه آرام بود"), false});
  r.fields.push_back({"witness", std::string("Zahra"), true});
  r.fields.push_back({"balance", std::int64_t{-300}, false});
  r.flags = {"turnout_high"};
  r.reason = "typing slip";
  return r;
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes)
    text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

} // namespace

TEST_CASE("the canonical bytes of a record never change") {
  report r;
  r.form = "turnout";
  r.key = {"01", "12"};
  r.scope = "01";
  r.fields = {{"voters", std::int64_t{500}, false}, {"v", std::vector<list_item>{{2, -1}, {1, 24}}, false}};
  r.msisdn = 989120000001;
  r.role = "clerk";
  r.menu_version = "a1";
  r.time_ms = 1;
  const canonical::salts zero(1);
  const std::string who =
      hex({reinterpret_cast<const char*>(canonical::commit(zero[0], canonical::number_bytes(r.msisdn)).data()), 32});
  CHECK(hex(canonical::number_bytes(r.msisdn)) == "1b000000e64c257001");
  CHECK(hex(canonical::record_bytes(r, zero, 0, 0)) == "aa0001"
                                                       "01677475726e6f7574"
                                                       "0282623031623132"
                                                       "03623031"
                                                       "04828266766f746572731901f48261768401181802"
                                                       "20"
                                                       "075820" +
                                                           who +
                                                           "0865636c65726b"
                                                           "0901"
                                                           "0a626131"
                                                           "0b01");
}

TEST_CASE("what is written is read back the same") {
  const auto r = full_report();
  canonical::salts s(canonical::salts_needed(r));
  s[1].fill(7);
  const auto bytes = canonical::record_bytes(r, s, 17, 16);
  canonical::record_view v;
  REQUIRE(canonical::read_record(bytes, v));
  CHECK(v.form == r.form);
  CHECK(v.key == std::vector<std::string_view>{"1001", "president"});
  CHECK(v.scope == "1001");
  CHECK(v.role == r.role);
  CHECK(v.by == bearer::ussd);
  CHECK(v.time_ms == r.time_ms);
  CHECK(v.flags == std::vector<std::string_view>{"turnout_high"});
  CHECK(v.reason == r.reason);
  CHECK(v.supersedes == 17);
  CHECK(v.against == 16);
  CHECK(v.field("ballots")->number == 60);
  CHECK(v.field("balance")->number == -300);
  CHECK(v.field("note")->text == "شعبه آرام بود");
  CHECK(v.field("votes")->items.size() == 3);
  CHECK(v.field("votes")->items[2] == list_item{41, 30});
  const auto committed = canonical::commit(s[1], canonical::value_bytes(std::string("Zahra")));
  CHECK(v.field("witness")->text == std::string_view(reinterpret_cast<const char*>(committed.data()), 32));
  CHECK(v.fields_bytes == canonical::fields_bytes(r, s));
  CHECK(v.field("nothing") == nullptr);
}

TEST_CASE("a reader that is used again remembers nothing of the record before") {
  const auto r = full_report();
  auto plain = count_of("1002", reza, 5);
  const canonical::salts s(2);
  canonical::record_view v;
  REQUIRE(canonical::read_record(canonical::record_bytes(r, s, 17, 16), v));
  const auto bytes = canonical::record_bytes(plain, std::span(s).first(1), 0, 0);
  REQUIRE(canonical::read_record(bytes, v));
  CHECK(v.flags.empty());
  CHECK(v.reason.empty());
  CHECK(v.supersedes == 0);
  CHECK_FALSE(v.review());
  CHECK(v.fields.size() == 2);
}

TEST_CASE("a record cut short anywhere, or with a byte after it, is refused") {
  const auto r = full_report();
  const auto bytes = canonical::record_bytes(r, canonical::salts(2), 17, 16);
  canonical::record_view v;
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(canonical::read_record(std::string(bytes, 0, size), v));
  CHECK_FALSE(canonical::read_record(bytes + '\0', v));
}

TEST_CASE("a changed byte is refused or reads as another record, and never breaks the reader") {
  const auto r = full_report();
  const auto bytes = canonical::record_bytes(r, canonical::salts(2), 17, 16);
  canonical::record_view v;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      auto bad = bytes;
      bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
      if (canonical::read_record(bad, v)) CHECK(v.form.size() <= bytes.size());
    }
}

TEST_CASE("an integer that is longer than it need be is refused") {
  // RFC 8949 4.2.1: the map's first key 0 and its value 1, the value as 0x1801 in place of 0x01.
  auto bytes = canonical::record_bytes(count_of("1001", sara, 60), canonical::salts(1), 0, 0);
  canonical::record_view v;
  REQUIRE(canonical::read_record(bytes, v));
  bytes.replace(2, 1, "\x18\x01");
  CHECK_FALSE(canonical::read_record(bytes, v));
}

TEST_CASE("an entry says what kind it is") {
  CHECK(canonical::kind_of(canonical::record_bytes(count_of("1001", sara, 60), canonical::salts(1), 0, 0)) ==
        canonical::kind::record);
  CHECK(canonical::kind_of(canonical::import_bytes({}, {}, 5)) == canonical::kind::import);
  CHECK_FALSE(canonical::kind_of("").has_value());
  CHECK_FALSE(canonical::kind_of("\xa1").has_value());
}
