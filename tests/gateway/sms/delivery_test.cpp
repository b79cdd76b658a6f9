#include "gateway/sms/delivery.h"

#include <doctest/doctest.h>
#include <string>
#include <vector>

using namespace tallyline;
using namespace tallyline::sms;

namespace {

std::optional<delivery> of_text(const std::string& text, const std::vector<std::uint8_t>& tlvs = {},
                                std::uint8_t esm_class = 0x04) {
  smpp::message m;
  m.esm_class = esm_class;
  m.text = {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  m.tlvs = tlvs;
  return delivery_of(m);
}

} // namespace

TEST_CASE("the text that most SMSCs send is read") {
  const auto d = of_text(
      "id:0123456789 sub:001 dlvrd:001 submit date:2611241200 done date:2611241201 stat:DELIVRD err:000 text:x");
  REQUIRE(d.has_value());
  CHECK(d->message_id == "0123456789");
  CHECK(d->what == fate::delivered);
  CHECK(of_text("id:7 stat:EXPIRED err:001")->what == fate::failed);
  CHECK(of_text("id:7 stat:ENROUTE")->what == fate::under_way);
  CHECK(of_text("")->what == fate::failed);
}

TEST_CASE("the TLVs count for more than the text") {
  const std::vector<std::uint8_t> tlvs{0x00, 0x1E, 0, 3, 'a', 'b', 0, 0x04, 0x27, 0, 1, 2};
  const auto d = of_text("id:other stat:EXPIRED", tlvs);
  CHECK(d->message_id == "ab");
  CHECK(d->what == fate::delivered);
}

TEST_CASE("what is no receipt is none") {
  CHECK_FALSE(of_text("id:7 stat:DELIVRD", {}, 0).has_value());
  CHECK_FALSE(of_text("id:7 stat:DELIVRD", {}, 0x40).has_value());
}

TEST_CASE("an id in hexadecimal and the same in decimal are one message") {
  CHECK(same_message("1F", "31"));
  CHECK(same_message("31", "1f"));
  CHECK(same_message("0031", "31"));
  CHECK_FALSE(same_message("x1", "x2"));
  CHECK_FALSE(same_message("7", "8"));
}
