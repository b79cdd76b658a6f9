// Each dialect that ships, played step by step from its description, and files that are wrong.
#include "gateway/dialect_files.h"
#include "gateway/smpp/gsm_text.h"
#include "gateway/smpp/ussd.h"

#include <doctest/doctest.h>
#include <fstream>
#include <unistd.h>

using namespace tallyline;
using namespace tallyline::smpp;
using its = std::array<std::uint8_t, 2>;

namespace {

// What stands in a message for USSD; the rest does not matter here.
struct parts {
  std::optional<std::uint8_t> op;
  std::optional<its> session;
  std::optional<std::uint16_t> reference;
  std::string tlvs; // raw
  std::string service_type = "USSD";
  std::string text = {};
  std::uint8_t coding = 0x0F;
};

message made_of(const parts& p) {
  message m;
  m.ussd_service_op = p.op;
  m.its_session_info = p.session;
  m.user_message_reference = p.reference;
  m.tlvs = {reinterpret_cast<const std::uint8_t*>(p.tlvs.data()), p.tlvs.size()};
  m.service_type = p.service_type;
  m.text = {reinterpret_cast<const std::uint8_t*>(p.text.data()), p.text.size()};
  m.data_coding = p.coding;
  return m;
}

struct script {
  dialect d;
  std::uint64_t session = 0;
  std::string id;
  std::uint32_t turn = 0;

  explicit script(const std::string& name) : d(gateway::dialect_named(name)) {}

  void hears(ussd_event expected, const parts& p, bool same_session = true) {
    const message m = made_of(p);
    const auto in = read_ussd(d, m);
    REQUIRE_MESSAGE(in.has_value(), d.name);
    CHECK_MESSAGE(in->event == expected, d.name);
    if (expected == ussd_event::begin) session = in->session, id = in->id, turn = 0;
    CHECK_MESSAGE((in->session == session) == same_session, d.name);
  }
  void says(ussd_event event, const parts& expected) {
    message m;
    buffer tlvs;
    write_ussd(d, m, {session, turn++, event, id}, tlvs);
    CHECK_MESSAGE(m.ussd_service_op == expected.op, d.name);
    CHECK_MESSAGE(m.its_session_info == expected.session, d.name);
    CHECK_MESSAGE(m.user_message_reference == expected.reference, d.name);
    CHECK_MESSAGE(std::string(tlvs.begin(), tlvs.end()) == expected.tlvs, d.name);
    CHECK_MESSAGE(m.service_type == expected.service_type, d.name);
  }
};

constexpr auto begin = ussd_event::begin, reply = ussd_event::reply, end = ussd_event::end, aborted = ussd_event::abort;

std::string octets(std::initializer_list<int> all) {
  std::string out;
  for (const int o : all)
    out += static_cast<char>(o);
  return out;
}

} // namespace

TEST_CASE("standard: our sequence rises by two and an odd value ends") {
  script s("standard");
  s.hears(begin, {1, its{0x4D, 0}, {}, {}, "USSD", "*140#"});
  s.says(reply, {2, its{0x4D, 0}, {}, {}});
  s.hears(reply, {18, its{0x4D, 0}, {}, {}, "", "1"});
  s.says(reply, {2, its{0x4D, 2}, {}, {}});
  s.hears(reply, {18, its{0x4D, 2}, {}, {}, "USSD", "7"});
  s.says(end, {17, its{0x4D, 5}, {}, {}});
  s.hears(end, {17, its{0x4D, 4}, {}, {}});
  s.hears(aborted, {18, its{0x4D, 5}, {}, {}});
  s.hears(reply, {18, its{0x4E, 0}, {}, {}}, false);
}

TEST_CASE("tata: the last page is a request with the end bit, the number of 15 bits is echoed") {
  script s("tata");
  s.hears(begin, {1, its{0x12, 0x34}, {}, {}, "USSD", "*140#"});
  s.says(reply, {2, its{0x12, 0x34}, {}, {}});
  s.hears(reply, {18, its{0x12, 0x34}, {}, {}, "USSD", "1"});
  s.hears(reply, {2, its{0x12, 0x34}, {}, {}, "USSD", "1"});
  s.says(end, {2, its{0x12, 0x35}, {}, {}});
  s.hears(end, {17, its{0x12, 0x34}, {}, {}});
  s.hears(aborted, {9, its{0x12, 0x34}, {}, {}});
  s.hears(aborted, {18, its{0x12, 0x35}, {}, {}});
}

TEST_CASE("mica: user_message_reference is the session, 129 is the subscriber's cancel") {
  script s("mica");
  CHECK(s.d.code_in_text_only);
  s.hears(begin, {1, {}, 0xABCD, {}, "USSD", "*140#"});
  s.says(reply, {2, {}, 0xABCD, {}});
  s.hears(reply, {18, {}, 0xABCD, {}, "USSD", "1"});
  s.says(end, {17, {}, 0xABCD, {}});
  s.hears(aborted, {0x81, {}, 0xABCD, {}});
  s.hears(reply, {18, {}, 0xABCE, {}}, false);
}

TEST_CASE("sixdee: the upper 15 bits are the session, its last one ends it with any operation") {
  script s("sixdee");
  s.hears(begin, {1, its{0x80, 0x02}, {}, {}, "USSD", "*140#"});
  s.says(reply, {2, its{0x80, 0x02}, {}, {}});
  s.hears(reply, {18, its{0x80, 0x02}, {}, {}, "USSD", "1"});
  s.says(end, {17, its{0x80, 0x03}, {}, {}});
  s.hears(aborted, {0x81, its{0x80, 0x02}, {}, {}});
  s.hears(aborted, {1, its{0x80, 0x03}, {}, {}});
}

TEST_CASE("smppplus: the TLV 0x1501 is the session, 128 releases, 129 is the network's abort") {
  script s("smppplus");
  const std::string id = octets({0x15, 0x01, 0, 4, 0xDE, 0xAD, 0xBE, 0xEF});
  s.hears(begin, {1, {}, {}, id, "USSD", "*140#"});
  s.says(reply, {2, {}, {}, id});
  s.hears(reply, {18, {}, {}, id, "USSD", "1"});
  s.says(end, {17, {}, {}, id});
  s.says(aborted, {128, {}, {}, id});
  s.says(begin, {130, {}, {}, id}); // opened by us
  s.hears(aborted, {129, {}, {}, id});
}

TEST_CASE("eyeline: 19 closes") {
  script s("eyeline");
  s.hears(begin, {1, {}, 7, {}, "USSD", "*140#"});
  s.says(reply, {2, {}, 7, {}});
  s.hears(reply, {18, {}, 7, {}, "USSD", "1"});
  s.says(end, {17, {}, 7, {}});
  s.hears(end, {19, {}, 7, {}});
  s.says(begin, {2, {}, {}, {}}); // opened by us: without a session
}

TEST_CASE("glo: receipted_message_id is echoed with the bearer and the language, by data_sm") {
  script s("glo");
  CHECK(s.d.by_data_sm);
  CHECK(s.d.echo_coding);
  const std::string id = octets({0x00, 0x1E, 0, 5}) + std::string("a1b2\0", 5);
  const std::string always = octets({0x00, 0x07, 0, 1, 4, 0x02, 0x0D, 0, 1, 0});
  s.hears(begin, {1, {}, {}, id, "USSD", "*140#"});
  CHECK(s.id == "a1b2");
  s.says(reply, {2, {}, {}, always + id});
  s.hears(reply, {18, {}, {}, id, "USSD", "1"});
  s.says(end, {17, {}, {}, always + id});
  s.says(aborted, {68, {}, {}, always + id});
  for (const std::uint8_t op : {65, 66, 67, 128, 146})
    s.hears(aborted, {op, {}, {}, id});
  s.hears(reply, {18, {}, {}, octets({0x00, 0x1E, 0, 2, 'x', 0})}, false);
}

TEST_CASE("oponly: the operation alone, whatever the service type is called") {
  script s("oponly");
  s.hears(begin, {1, {}, {}, {}, "P2", "*140#"});
  s.says(reply, {2, {}, {}, {}, "P2"});
  s.hears(reply, {18, {}, {}, {}, "P7", "1"});
  s.says(end, {17, {}, {}, {}, "P2"});
}

TEST_CASE("itsecho: a dial string begins, anything else answers, its_session_info comes back as it went") {
  script s("itsecho");
  s.hears(begin, {18, its{0x4D, 0x07}, {}, {}, "USSD", "*140#"});
  s.says(reply, {2, its{0x4D, 0x07}, {}, {}});
  for (const char* key : {"1", "*", "**", "#", ""})
    s.hears(reply, {1, its{0x4D, 0x07}, {}, {}, "USSD", key});
  s.says(end, {17, its{0x4D, 0x07}, {}, {}});
}

TEST_CASE("verbs: two letters of service_type say what happens") {
  script s("verbs");
  s.hears(begin, {{}, {}, {}, {}, "BR", "*140#"});
  s.says(reply, {{}, {}, {}, {}, "CR"});
  s.hears(reply, {{}, {}, {}, {}, "CA", "1"});
  s.says(end, {{}, {}, {}, {}, "EF"});
  s.hears(aborted, {{}, {}, {}, {}, "AN"});
  s.hears(aborted, {{}, {}, {}, {}, "FR"});
  CHECK_FALSE(read_ussd(s.d, made_of({{}, {}, {}, {}, "CMT", "1"})).has_value());
  CHECK_FALSE(read_ussd(s.d, made_of({{}, {}, {}, {}, "", "1"})).has_value());
}

TEST_CASE("what either side of a dialect writes, the other reads as it was meant") {
  for (const auto& d : gateway::shipped_dialects()) {
    for (const auto event : {begin, reply, end, aborted}) {
      message m;
      buffer tlvs;
      const std::string text = event == begin ? "*140#" : "1";
      m.text = {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
      write_ussd_of_network(d, m, {0x1234, 0, event, "77"}, tlvs);
      const auto in = read_ussd(d, m);
      REQUIRE_MESSAGE(in.has_value(), d.name);
      const bool closing = event == end || event == aborted;
      const bool read_as_closing = in->event == end || in->event == aborted;
      if (!d.silent && d.name != "oponly") CHECK_MESSAGE(closing == read_as_closing, d.name);
      if (!closing) CHECK_MESSAGE(in->event == event, d.name);
    }
    for (const auto event : {reply, end, aborted}) {
      message m;
      buffer tlvs;
      write_ussd(d, m, {0x1234, 3, event, "77"}, tlvs);
      const auto said = read_ussd_of_gateway(d, m);
      CHECK_MESSAGE(said.asks == (event == reply), d.name);
      CHECK_MESSAGE(said.last == (event != reply), d.name);
    }
  }
}

TEST_CASE("ten dialects ship, each with a line about it") {
  const auto all = gateway::shipped_dialects();
  CHECK(all.size() == 10);
  for (const auto& d : all)
    CHECK_MESSAGE(!d.about.empty(), d.name);
}

namespace {

std::string refusal(std::string_view text) {
  const auto path =
      std::filesystem::temp_directory_path() / ("tallyline-dialect-" + std::to_string(::getpid()) + ".yaml");
  std::ofstream(path) << text;
  std::string what;
  try {
    gateway::read_dialect(path);
  } catch (const std::runtime_error& e) {
    what = e.what();
  }
  std::filesystem::remove(path);
  return what.substr(0, what.find('\n'));
}

} // namespace

TEST_CASE("a file that is no dialect is refused by its place") {
  const auto says = [](std::string_view text, std::string_view part) {
    const auto what = refusal(text);
    CHECK_MESSAGE(what.find(part) != std::string::npos, what);
  };
  CHECK(refusal("dialect: x\n").empty());
  says("about: y\n", "wants a name");
  says("dialect: x\nfrom_network: {begin: 1}\n", ":2:23: error: a list of values");
  says("dialect: x\nfrom_network: {begin: [256]}\n", "from 0 to 255");
  says("dialect: x\nfrom_network: {begn: [1]}\n", "there is no setting 'begn'");
  says("dialect: x\nfrom_network: {operation: service_type, begin: [1]}\n", "capital letter");
  says("dialect: x\nfrom_network: {operation: service_type, begin: [B]}\n", "wants letters");
  says("dialect: x\nfrom_network: {operation: service_type, begin: [B]}\nto_network: {continue: C}\n", "two letters");
  says("dialect: x\nsession: {tlv: 0x10000}\n", "from 0 to 65535");
  says("dialect: x\nsession: {size: 9}\n", "from 0 to 8");
  says("dialect: x\nto_network: {tlvs: {7: \"4\"}}\n", "hexadecimal");
  says("dialect: x\nto_network: {service_type: TOOLONG}\n", "at most 5");
  says("dialect: x\nto_network: {pdu: alert}\n", "submit_sm or data_sm is wanted");
  says("[\n", "error");
  CHECK_THROWS_AS(gateway::dialect_named("nobody"), std::runtime_error);
  CHECK_THROWS_AS(gateway::dialect_named("./no-such.yaml"), std::runtime_error);
}
