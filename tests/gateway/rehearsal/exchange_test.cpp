#include "gateway/rehearsal/exchange.h"
#include "gateway/smpp/gsm_text.h"
#include "tests/gateway/rehearsal/pdu_kit.h"

#include <doctest/doctest.h>

using namespace tallyline;
using namespace tallyline::rehearsal;
using namespace tallyline::rehearsal::test;
using smpp::status;

namespace {

struct fixture final : exchange::wire {
  void deliver(std::uint32_t link, const smpp::message& m, std::uint32_t session) override {
    smpp::buffer b;
    smpp::append_message(b, smpp::command::deliver_sm, ++sequence, m);
    sent.push_back(cut(b)[0]);
    last_link = link;
    last_session = session;
  }

  smsc::handset phone(std::string name) {
    return [this, name](const page& p) {
      static constexpr const char* kinds[] = {"?", ".", "!"};
      seen.push_back(name + kinds[static_cast<int>(p.kind)] + std::string(p.text));
    };
  }
  std::uint32_t dial(std::string name = "a", std::uint64_t msisdn = 989121) {
    const auto s = x.dial(1, msisdn, "*140#", phone(std::move(name)), now);
    REQUIRE(s != 0);
    octet = (*sent.back().content().its_session_info)[0];
    return s;
  }
  status submit(const smpp::message& m) {
    const auto j = x.judge(m);
    x.show(j);
    return j.answer;
  }
  status ask(std::string_view text) { return submit(ussd("989121", octet, 0, 2, text)); }
  status end(std::string_view text) { return submit(ussd("989121", octet, 3, 17, text)); }

  std::uint64_t now = 0;
  exchange x{*this, {180'000, 30'000}};
  std::vector<pdu> sent;
  std::vector<std::string> seen;
  std::uint32_t sequence = 0, last_link = 0, last_session = 0;
  std::uint8_t octet = 0;
};

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("a dial string's code is its first digits, anything else cannot be dialled") {
  CHECK(short_code("*140#") == 1140);
  CHECK(short_code("*0140*1*120#") == 10140);
  CHECK(short_code("**21#") == 121);
  CHECK(short_code("#31#") == 131);
  for (const auto* bad : {"", "140#", "*140", "*#", "#", "*14a#", "*140 #", "*1234567890123456789#", "*۱۴۰#"})
    CHECK_FALSE(short_code(bad));
  CHECK_FALSE(short_code("*140*" + std::string(200, '1') + "#"));
}

TEST_CASE("dialling sends the dial string as a begin of the standard dialect") {
  fixture f;
  const auto s = f.x.dial(7, 989121234567, "*140*1*22#", f.phone("a"), 0);
  REQUIRE(f.sent.size() == 1);
  const auto m = f.sent[0].content();
  CHECK(f.last_link == 7);
  CHECK(f.last_session == s);
  CHECK(m.service_type == "USSD");
  CHECK(m.source == "989121234567");
  CHECK(m.source_ton == 1);
  CHECK(m.source_npi == 1);
  CHECK(m.destination == "140");
  CHECK(m.data_coding == 0x0F);
  CHECK(f.sent[0].text() == "*140*1*22#");
  CHECK(m.ussd_service_op == 1);
  CHECK((*m.its_session_info)[1] == 0);
  CHECK(smpp::read_ussd(smpp::standard_dialect, m)->event == smpp::ussd_event::begin);
}

TEST_CASE("a session goes page by page to its end, with the ESME's sequence sent back") {
  fixture f;
  const auto s = f.dial();
  CHECK(f.submit(ussd("989121", f.octet, 2, 2, "One?")) == status::ok);
  f.x.answer(s, "1", 0);
  const auto m = f.sent.back().content();
  CHECK(m.ussd_service_op == 18);
  CHECK((*m.its_session_info)[1] == 2);
  CHECK(m.destination == "140");
  CHECK(f.sent.back().text() == "1");
  CHECK(smpp::read_ussd(smpp::standard_dialect, m)->event == smpp::ussd_event::reply);
  CHECK(f.end("Done") == status::ok);
  CHECK(f.seen == lines{"a?One?", "a.Done"});
  CHECK(f.x.open_sessions() == 0);
  CHECK(f.x.count().sessions == 1);
  CHECK(f.x.count().turns == 2);
}

TEST_CASE("either the operation 17 or the end bit ends a session") {
  for (const auto& [op, sequence] : {std::pair{17, 0}, {2, 1}, {17, 1}}) {
    fixture f;
    f.dial();
    CHECK(f.submit(ussd("989121", f.octet, static_cast<std::uint8_t>(sequence), static_cast<std::uint8_t>(op), "x")) ==
          status::ok);
    CHECK(f.seen == lines{"a.x"});
  }
}

TEST_CASE("pages are read by their data coding") {
  fixture f;
  f.dial();
  const std::string persian("\x06\x34\x06\x39\x06\x28\x06\x47", 8);
  for (const int coding : {0x08, 0x48}) {
    CHECK(f.submit(ussd("989121", f.octet, 0, 2, persian, static_cast<std::uint8_t>(coding))) == status::ok);
    f.x.answer(f.last_session, "1", 0);
  }
  CHECK(f.submit(ussd("989121", f.octet, 0, 2, std::string("\x00\x1B\x65", 3), 0)) ==
        status::ok); // @ and the Euro sign
  CHECK(f.seen == lines{"a?شعبه", "a?شعبه", "a?@€"});
}

TEST_CASE("answers go as GSM-7 where they can and as UCS-2 where they must") {
  fixture f;
  const auto s = f.dial();
  f.ask("?");
  f.x.answer(s, "۱۲", 0);
  CHECK(f.sent.back().content().data_coding == 0x48);
  CHECK(f.sent.back().text() == std::string("\x06\xF1\x06\xF2", 4));
  f.ask("?");
  f.x.answer(s, "a{", 0);
  CHECK(f.sent.back().content().data_coding == 0x0F);
  CHECK(f.sent.back().text() == "a\x1B(");
  f.ask("?");
  f.x.answer(s, "", 0);
  CHECK(f.sent.back().text().empty());
}

TEST_CASE("an answer over one page is cut between characters, as a handset's field does") {
  const std::pair<std::string, std::size_t> cases[] = {{std::string(2000, '9'), 182}, {"", 160}, {"", 160}};
  for (std::size_t i = 0; i < 3; ++i) {
    fixture f;
    auto typed = cases[i].first;
    for (int n = 0; n < 300 && i > 0; ++n)
      typed += i == 1 ? "ش" : "😀";
    const auto s = f.dial();
    f.ask("?");
    f.x.answer(s, typed, 0);
    CHECK(f.sent.back().content().text.size() == cases[i].second);
  }
}

TEST_CASE("a page that does not fit is refused and the handset shows a failure") {
  const std::pair<std::size_t, int> refused[] = {{183, 0x0F}, {183, 0}, {162, 8}, {161, 0x48}, {3, 8}};
  for (const auto& [length, coding] : refused) {
    fixture f;
    f.dial();
    const std::string text(length, 'x');
    CHECK(f.submit(ussd("989121", f.octet, 0, 2, text, static_cast<std::uint8_t>(coding))) ==
          status::invalid_message_length);
    CHECK(f.seen == lines{"a!The answer of the service does not fit this handset."});
    CHECK(f.x.count().refused_texts == 1);
    CHECK(f.x.open_sessions() == 0);
  }
  fixture f;
  f.dial();
  CHECK(f.ask(std::string(182, 'x')) == status::ok);
  f.x.answer(f.last_session, "1", 0);
  CHECK(f.submit(ussd("989121", f.octet, 0, 2, std::string(160, 'x'), 8)) == status::ok);
}

TEST_CASE("a submit_sm that hits no session is refused and counted, whatever does not match") {
  fixture f;
  f.dial();
  const auto wrong = static_cast<std::uint8_t>(f.octet + 1);
  auto no_session = ussd("989121", f.octet, 0, 2, "x");
  no_session.its_session_info.reset();
  auto no_op = ussd("989121", f.octet, 0, 2, "x");
  no_op.ussd_service_op.reset();
  for (const auto& m : {ussd("989122", f.octet, 0, 2, "x"), ussd("989121", wrong, 0, 2, "x"), no_session, no_op,
                        ussd("", f.octet, 0, 2, "x"), ussd("98912x", f.octet, 0, 2, "x")})
    CHECK(f.submit(m) == status::rx_permanent_error);
  CHECK(f.x.count().unknown_sessions == 6);
  CHECK(f.seen.empty());
  CHECK(f.x.open_sessions() == 1);
}

TEST_CASE("a second question before the answer is refused, an end is not") {
  fixture f;
  f.dial();
  CHECK(f.ask("One?") == status::ok);
  CHECK(f.ask("Two?") == status::rx_permanent_error);
  CHECK(f.submit(ussd("989121", f.octet, 0, 3, "notice")) == status::rx_permanent_error);
  CHECK(f.x.count().out_of_turn == 2);
  CHECK(f.end("Over") == status::ok);
  CHECK(f.seen == lines{"a?One?", "a.Over"});
}

TEST_CASE("keys pressed before there is a question, or after the end, do nothing") {
  fixture f;
  const auto s = f.dial();
  f.x.answer(s, "1", 0);
  CHECK(f.sent.size() == 1);
  f.end("Over");
  f.x.answer(s, "1", 0);
  f.x.hang_up(s, false);
  CHECK(f.sent.size() == 1);
}

TEST_CASE("hanging up tells the ESME unless it is silent, and the phone hears no more") {
  for (const bool silently : {false, true}) {
    fixture f;
    const auto s = f.dial();
    f.ask("?");
    f.x.hang_up(s, silently);
    CHECK(f.sent.size() == (silently ? 1 : 2));
    CHECK(f.ask("late") == status::rx_permanent_error);
    CHECK(f.seen == lines{"a??"});
    if (silently) continue;
    const auto m = f.sent.back().content();
    CHECK(m.ussd_service_op == 17);
    CHECK(((*m.its_session_info)[1] & 1) == 1);
    CHECK(smpp::read_ussd(smpp::standard_dialect, m)->event == smpp::ussd_event::end);
  }
}

TEST_CASE("a subscriber's second call replaces the first, whose phone is told and whose late pages are refused") {
  fixture f;
  const auto first = f.dial("a");
  const auto before = f.octet;
  const auto second = f.dial("b");
  CHECK(first != second);
  CHECK(f.sent.size() == 2);
  CHECK(f.submit(ussd("989121", before, 0, 2, "late")) == status::rx_permanent_error);
  CHECK(f.ask("?") == status::ok);
  CHECK(f.seen == lines{"a!The line was taken by another call.", "b??"});
}

TEST_CASE("an error status to a deliver_sm fails the session, a late one nothing") {
  fixture f;
  const auto s = f.dial();
  f.x.delivered(s, status::ok);
  CHECK(f.seen.empty());
  f.x.delivered(s, status::rx_temporary_error);
  f.x.delivered(s, status::rx_temporary_error);
  CHECK(f.seen == lines{"a!The service refused the call. Dial again later."});
}

TEST_CASE("a link that goes fails its sessions and no others") {
  fixture f;
  f.x.dial(1, 989121, "*140#", f.phone("a"), 0);
  f.x.dial(2, 989122, "*140#", f.phone("b"), 0);
  f.x.link_gone(2);
  CHECK(f.seen == lines{"b!The service is not available. Dial again later."});
  CHECK(f.x.open_sessions() == 1);
}

TEST_CASE("an ESME that does not answer in time loses the session, to the millisecond") {
  fixture f;
  f.dial();
  CHECK(f.x.next_expiry() == 30'000);
  f.x.expire(29'999);
  CHECK(f.seen.empty());
  f.x.expire(30'000);
  CHECK(f.seen == lines{"a!The service does not answer. Dial again."});
  CHECK(smpp::read_ussd(smpp::standard_dialect, f.sent.back().content())->event == smpp::ussd_event::end);
  CHECK(f.x.count().timeouts == 1);
  CHECK_FALSE(f.x.next_expiry());
}

TEST_CASE("a session that takes too long in all is ended, whoever is waited for") {
  fixture f;
  const auto s = f.dial();
  for (f.now = 20'000; f.now < 180'000; f.now += 20'000) {
    f.ask("?");
    f.x.answer(s, "1", f.now);
    f.x.expire(f.now);
  }
  f.ask("?");
  CHECK(f.x.next_expiry() == 180'000);
  f.x.expire(180'000);
  CHECK(f.seen.back() == "a!Session timed out. Dial again.");
}

TEST_CASE("a phone may hang up, or dial for others, from within its page") {
  fixture f;
  std::uint32_t s = 0;
  const auto hangs_up = [&](const page&) {
    for (std::uint64_t n = 1; n < 200; ++n)
      f.x.dial(1, 989200 + n, "*140#", f.phone("c"), 0); // moves every entry
    f.x.hang_up(s, false);
    f.x.dial(1, 989121, "*140#", f.phone("d"), 0);
  };
  s = f.x.dial(1, 989121, "*140#", hangs_up, 0);
  f.octet = (*f.sent.back().content().its_session_info)[0];
  CHECK(f.ask("?") == status::ok);
  CHECK(f.x.open_sessions() == 200);
  f.octet = (*f.sent.back().content().its_session_info)[0];
  CHECK(f.ask("!") == status::ok);
  CHECK(f.seen == lines{"d?!"});
}
