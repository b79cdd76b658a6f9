#include "gateway/rehearsal/short_messages.h"

#include <doctest/doctest.h>

using namespace tallyline;
using namespace tallyline::rehearsal;
using smpp::status;

namespace {

struct exchange_of_texts {
  struct sent {
    std::uint32_t token;
    std::uint8_t esm_class;
    std::string text;
  };
  bool bound = true;
  std::vector<sent> out;
  std::vector<std::string> heard;
  std::vector<status> taken;
  short_messages all{[this](const smpp::message& m, std::uint32_t token) {
    if (bound) out.push_back({token, m.esm_class, std::string(m.text.begin(), m.text.end())});
    return bound;
  }};

  void send(std::string_view text, std::uint64_t now = 0) {
    all.send(
        98912, "140", text, [this](status s) { taken.push_back(s); }, now);
  }
  void listen() {
    all.listen(98912, [this](std::string_view from, std::string_view text) {
      heard.push_back(std::string(from) + ": " + std::string(text));
    });
  }
  std::optional<short_messages::receipt> submit(std::string_view text, std::uint8_t registered = 0,
                                                smpp::buffer header = {}) {
    smpp::message m;
    m.source = "140";
    m.destination = "98912";
    m.registered_delivery = registered;
    m.esm_class = header.empty() ? 0 : 0x40;
    header.insert(header.end(), text.begin(), text.end());
    m.text = header;
    return all.submitted(m, "1f", 0);
  }
};

} // namespace

TEST_CASE_FIXTURE(exchange_of_texts, "a text is taken when the ESME has acknowledged all its parts") {
  send(std::string(200, 'x'));
  REQUIRE(out.size() == 2);
  CHECK(out[0].esm_class == 0x40);
  CHECK(out[0].token < short_messages::token_limit);
  all.delivered(out[0].token, status::ok, 0);
  CHECK(taken.empty());
  all.delivered(out[1].token, status::ok, 0);
  CHECK(taken == std::vector{status::ok});
  CHECK(all.waiting() == 0);
}

TEST_CASE_FIXTURE(exchange_of_texts, "what the ESME puts off comes again after a moment, what it refuses does not") {
  send("COUNT 1");
  all.delivered(out[0].token, status::rx_temporary_error, 100);
  REQUIRE(all.next_due() == 100 + short_messages::retry_ms);
  all.tick(*all.next_due() - 1);
  CHECK(out.size() == 1);
  all.tick(*all.next_due());
  REQUIRE(out.size() == 2);
  CHECK(out[1].text == "COUNT 1");
  all.delivered(out[1].token, status::rx_permanent_error, 2000);
  CHECK(taken == std::vector{status::rx_permanent_error});
  CHECK_FALSE(all.next_due().has_value());
}

TEST_CASE_FIXTURE(exchange_of_texts, "without an ESME a text waits, and a lost connection gives back what it had") {
  bound = false;
  send("COUNT 1");
  CHECK(out.empty());
  bound = true;
  all.tick(*all.next_due());
  REQUIRE(out.size() == 1);
  all.link_gone(5000);
  all.tick(*all.next_due());
  REQUIRE(out.size() == 2);
  all.delivered(out[1].token, status::ok, 7000);
  CHECK(taken == std::vector{status::ok});
}

TEST_CASE_FIXTURE(exchange_of_texts, "a phone hears whole messages, and a receipt says whether it did") {
  auto receipt = submit("Ballots?", 1);
  REQUIRE(receipt.has_value());
  CHECK(receipt->text.starts_with("id:1f "));
  CHECK(receipt->text.find("UNDELIV") != std::string::npos);
  listen();
  CHECK_FALSE(submit("Ballots?").has_value());
  receipt = submit("Recorded", 1);
  REQUIRE(receipt.has_value());
  CHECK(receipt->state == 2);
  (void)submit("two", 0, {5, 0, 3, 7, 2, 2});
  CHECK(heard.size() == 2);
  (void)submit("one ", 0, {5, 0, 3, 7, 2, 1});
  CHECK(heard == std::vector<std::string>{"140: Ballots?", "140: Recorded", "140: one two"});
}

TEST_CASE_FIXTURE(exchange_of_texts,
                  "a damaged header is nobody's message, and answers that nobody waits for change nothing") {
  listen();
  CHECK_FALSE(submit("", 0, {200}).has_value());
  all.delivered(77, status::ok, 0);
  CHECK(heard.empty());
}
