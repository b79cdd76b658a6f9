#include "gateway/sms/parts.h"
#include "gateway/sms/tpdu.h"

#include <doctest/doctest.h>

using namespace tallyline;
using namespace tallyline::sms;

namespace {

smpp::buffer hex(std::string_view text) {
  smpp::buffer out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    out.push_back(static_cast<std::uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  return out;
}
std::string hex(const smpp::buffer& b) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string s;
  for (const auto o : b)
    (s += digits[o >> 4]) += digits[o & 15];
  return s;
}
std::string text_of(const delivered_message& d) {
  const auto m = as_message(d, "140");
  const auto p = part_of(m);
  REQUIRE(p);
  std::string text;
  append_text_of(m, *p, text);
  return text;
}
delivered_message delivered(std::string_view text) {
  const auto in = read_tpdu(hex(text));
  REQUIRE(in);
  REQUIRE(std::holds_alternative<delivered_message>(*in));
  return std::get<delivered_message>(*in);
}

// "hellohello" from +27838890001 (the example that every tutorial has, less the service centre).
constexpr std::string_view hello = "040B917238880900F10000993092516195800AE8329BFD4697D9EC37";

// What was to be sent, as the other side receives it.
smpp::buffer as_deliver(const smpp::buffer& submit, std::string_view from = "0B917238880900F1") {
  const std::size_t rest = 4 + (submit[2] + 1) / 2;
  smpp::buffer out{static_cast<std::uint8_t>(submit[0] & 0x40)};
  for (const auto o : hex(from))
    out.push_back(o);
  out.insert(out.end(), {submit[rest], submit[rest + 1]});
  for (const auto o : hex("99309251619580"))
    out.push_back(o);
  out.insert(out.end(), submit.begin() + static_cast<std::ptrdiff_t>(rest) + 3, submit.end());
  return out;
}

} // namespace

TEST_CASE("A delivered message has its sender, its time and its text") {
  const auto d = delivered(hello);
  CHECK(d.from == "27838890001");
  CHECK(d.international);
  CHECK(text_of(d) == "hellohello");
  using namespace std::chrono;
  REQUIRE(d.sent);
  // 1999 is 2099 to a clock of two digits: 29 March, 15:16:59, two hours east.
  CHECK(*d.sent == sys_days(year(2099) / 3 / 29) + hours(13) + minutes(16) + seconds(59));
}

TEST_CASE("Numbers may be national, have an odd length, or be letters") {
  CHECK(delivered("0405812143F50000112110102030000141").from == "12345");
  const auto national = delivered("040BA19021436587F90000112110102030000141");
  CHECK(national.from == "09123456789");
  CHECK_FALSE(national.international);
  const auto letters = delivered("0409D0C8329BFD060000112110102030000141");
  CHECK(letters.alphanumeric);
  CHECK(letters.from == "Hello");
}

TEST_CASE("Every coding is told apart") {
  const auto with = [](std::string_view dcs, std::string_view rest) {
    return delivered("0405812143F500" + std::string(dcs) + "11211010203000" + std::string(rest));
  };
  CHECK(text_of(with("08", "0406330644")) == "سل");
  CHECK(with("04", "02FF00").data_coding == 4);
  CHECK(with("F5", "02FF00").data_coding == 4);
  CHECK(with("18", "02063A").data_coding == 8);
  CHECK(with("E0", "02063A").data_coding == 8);
  CHECK(text_of(with("10", "0141")) == "A");
  CHECK(text_of(with("F1", "0141")) == "A");
  CHECK(with("20", "02FF00").data_coding == 4); // compressed: octets that nobody here can read
}

TEST_CASE("What is cut short or malformed is nothing, wherever it is cut") {
  const auto whole = hex(hello);
  for (std::size_t n = 0; n < whole.size(); ++n)
    CHECK_FALSE(read_tpdu(std::span(whole).first(n)));
  CHECK_FALSE(read_tpdu(hex("0415917238880900F1"))); // 21 digits
  CHECK_FALSE(read_tpdu(hex("0405812143F5000011211010203000A2"
                            "41")));                                           // more septets than can be
  CHECK_FALSE(read_tpdu(hex("4405812143F50004112110102030000305000300")));     // a header longer than the text
  CHECK_FALSE(read_tpdu(hex("0405812F43F50000112110102030000141")));           // filling among the digits
  CHECK_FALSE(read_tpdu(hex("0500")));                                         // SMS-SUBMIT does not come in
  CHECK(delivered("0405812143F50000FFFFFFFFFFFFFF0141").sent == std::nullopt); // no time: still a message
}

TEST_CASE("Parts go out with their header and come together again, in every alphabet") {
  for (const std::string& text :
       {std::string(400, 'x') + "€end", std::string(155, 'a') + "{}", std::string("متن ") + [] {
          std::string s;
          for (int i = 0; i < 100; ++i)
            s += "آرا";
          return s;
        }()}) {
    const auto cut = sms::cut(text, 7);
    std::string again;
    for (const auto& part : cut.parts) {
      smpp::message m;
      m.destination = "27838890001";
      m.destination_ton = 1;
      m.esm_class = cut.with_headers() ? 0x40 : 0;
      m.data_coding = cut.data_coding;
      m.text = part;
      const auto submit = write_submit(m);
      REQUIRE(submit);
      CHECK(submit->size() <= 13 + 1 + 140);
      const auto back = read_tpdu(as_deliver(*submit));
      REQUIRE(back);
      const auto& d = std::get<delivered_message>(*back);
      CHECK(d.text == part);
      again += text_of(d);
    }
    CHECK(again == text);
  }
}

TEST_CASE("A message to be sent is what the standard says") {
  smpp::message m;
  m.destination = "+46708251358";
  m.registered_delivery = 1;
  const auto octets = hex("68656C6C6F68656C6C6F"); // unpacked septets
  m.text = octets;
  const auto submit = write_submit(m);
  REQUIRE(submit);
  CHECK(hex(*submit) == "31000B916407281553F80000A70AE8329BFD4697D9EC37");
  m.destination = "letters";
  CHECK_FALSE(write_submit(m));
  m.destination = "";
  CHECK_FALSE(write_submit(m));
  m.destination = "140";
  const smpp::buffer too_long(161, 'x');
  m.text = too_long;
  CHECK_FALSE(write_submit(m));
}

TEST_CASE("A status report says what became of which message") {
  const auto in = read_tpdu(hex("06290B917238880900F1112110102030001121101020300000"));
  REQUIRE(in);
  const auto& r = std::get<status_report>(*in);
  CHECK(r.reference == 0x29);
  CHECK(r.to == "27838890001");
  CHECK(r.what() == fate::delivered);
  CHECK(status_report{0, "", 0x30}.what() == fate::under_way);
  CHECK(status_report{0, "", 0x46}.what() == fate::failed);
  CHECK(status_report{0, "", 0x46}.in_words() == "expired");
  CHECK(status_report{0, "", 0x7F}.in_words() == "failed (0x7F)");
}
