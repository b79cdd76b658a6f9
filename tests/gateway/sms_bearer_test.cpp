// When an SMS is answered to the SMSC, and what becomes of the replies.
#include "gateway/sms_bearer.h"
#include "tests/gateway/smpp/smsc_double.h"
#include "tests/support/memory_store.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <memory>

using namespace tallyline;
using namespace tallyline::gateway;
using smpp::command;
using smpp::status;

namespace {

struct one_bind {
  boost::asio::io_context io{1};
  smpp::test::smsc_double smsc{io};
  storage::memory_store store;
  sms_bearer bearer{store};
  std::unique_ptr<smpp::smpp_link> link;
  std::vector<std::string> lines;
  bool takes = true;
  std::uint32_t sequence = 100;

  one_bind() {
    bearer.deliver_to([this](const inbound& in) {
      if (takes) lines.emplace_back(in.text);
      return takes;
    });
    smpp::link_settings s;
    s.port = smsc.port();
    s.timing = {.backoff_first_ms = 20, .backoff_max_ms = 40};
    const auto up = [this](bool bound, const std::string&) {
      if (bound) bearer.bind_up();
    };
    smpp::smpp_link::handlers h;
    h.message_in = [this](const smpp::message& m) { bearer.message_in(0, link->ticket(), m); };
    h.state = up;
    h.defers = [](const smpp::message& m) { return sms_bearer::defers(m); };
    h.submit_done = [this](std::uint64_t token, status st) { bearer.submit_done(token, st, link->message_id()); };
    link = std::make_unique<smpp::smpp_link>(io, s, h);
    bearer.add_bind(*link, 0, "main");
    link->start();
    REQUIRE(smsc.take_bind());
    REQUIRE(until([&] { return link->bound(); }));
  }
  template <class Reached> bool until(Reached r) { return smsc.run_until(r); }

  void send(std::string_view text, std::uint8_t esm_class = 0, std::initializer_list<std::uint8_t> header = {}) {
    smpp::buffer octets(header), pdu;
    octets.insert(octets.end(), text.begin(), text.end());
    smpp::message m;
    m.source = "98912";
    m.destination = "140";
    m.esm_class = esm_class;
    m.text = octets;
    smpp::append_message(pdu, command::deliver_sm, ++sequence, m);
    smsc.send(pdu);
  }
  void page(std::string_view text, bool last = false) {
    bearer.page(98912, "*140#", {0, 0, 0, 0, bearer_kind::sms}, text, last);
    bearer.flush();
  }
  // The SMSC's word on the next part.
  void taken(status st = status::ok) { answer_part(smsc.expect(command::submit_sm), st); }
  void answer_part(const smpp::buffer& pdu, status st = status::ok) {
    REQUIRE(!pdu.empty());
    smpp::buffer response;
    smpp::append_message_response(response, command::submit_sm_resp, smpp::read_header(pdu).sequence, st, "1");
    smsc.send(response);
  }
  // The moment after which a reply goes to disk.
  void wait_a_moment() {
    REQUIRE(bearer.next_expiry().has_value());
    bearer.expire(*bearer.next_expiry());
  }
  status answer() {
    const auto pdu = smsc.expect(command::deliver_sm_resp);
    REQUIRE(!pdu.empty());
    return smpp::read_header(pdu).status;
  }
};

} // namespace

TEST_CASE_FIXTURE(one_bind, "an SMS is answered when the SMSC has its reply, not before") {
  send("COUNT 1");
  REQUIRE(until([&] { return lines.size() == 1; }));
  page("Ballots?");
  REQUIRE(until([&] { return smsc.received.size() == 1; }));
  CHECK(smpp::read_header(smsc.received[0]).id == command::submit_sm);
  taken();
  CHECK(answer() == status::ok);
  CHECK(store.asked.empty()); // the disk had nothing to do with it
}

TEST_CASE_FIXTURE(one_bind, "an SMS is answered when its reply is on disk, if the SMSC takes its time") {
  send("COUNT 1");
  REQUIRE(until([&] { return lines.size() == 1; }));
  page("Recorded", true);
  const auto part = smsc.expect(command::submit_sm);
  wait_a_moment();
  CHECK(store.waiting() == 1);
  CHECK(store.outbox.empty());
  store.complete_all();
  REQUIRE(store.outbox.size() == 1);
  CHECK(store.outbox.begin()->second.text == "Recorded");
  link->flush();
  CHECK(answer() == status::ok);
  answer_part(part);
  REQUIRE(until([&] { return link->unanswered() == 0; }));
  store.complete_all();
  CHECK(store.outbox.empty()); // sent: the disk need not keep it
}

TEST_CASE_FIXTURE(one_bind, "an SMS whose reply neither the SMSC nor the disk has is to come again") {
  send("COUNT 1");
  REQUIRE(until([&] { return lines.size() == 1; }));
  store.failure = make_error_code(storage::errc::disk_full);
  page("Recorded", true);
  wait_a_moment();
  store.complete_all();
  bearer.expire(std::chrono::steady_clock::now() + std::chrono::seconds(9));
  CHECK(answer() == status::rx_temporary_error);
}

TEST_CASE_FIXTURE(one_bind, "a message that answers no SMS is on disk at once, since nothing would bring it again") {
  page("Recorded", true);
  CHECK(store.waiting() == 1);
  store.complete_all();
  CHECK(store.outbox.size() == 1);
  CHECK(store.outbox.begin()->second.smsc == "main");
  taken();
  REQUIRE(until([&] { return link->unanswered() == 0; }));
  store.complete_all();
  CHECK(store.outbox.empty());
}

TEST_CASE_FIXTURE(one_bind, "a message that the disk kept leaves after a restart, and its place is nobody else's") {
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  bearer.message_found({3, 98912, "main", "140", "Recorded", true, now - 1000});
  bearer.messages_known();
  bearer.flush();
  page("Another", true);
  store.complete_all();
  CHECK(store.outbox.size() == 1);
  CHECK(store.outbox.begin()->first != 3);
  taken();
  REQUIRE(until([&] { return link->unanswered() == 1; }));
  store.complete_all();
  CHECK(std::count(store.asked.begin(), store.asked.end(), "drop_message 3") == 1);
}

TEST_CASE_FIXTURE(one_bind,
                  "a message that the SMSC could not take for the moment is tried again, for good it is not") {
  page("Recorded", true);
  taken(status::system_error);
  REQUIRE(until([&] { return bearer.counters().resent == 1; }));
  CHECK(smsc.received.empty()); // not at once
  wait_a_moment();
  taken(status::throttled);
  taken(status::invalid_destination);
  REQUIRE(until([&] { return bearer.counters().refused == 1; }));
  store.complete_all();
  CHECK(store.outbox.empty());
}

TEST_CASE_FIXTURE(one_bind,
                  "a question that the disk kept for too long is not asked any more, a receipt still leaves") {
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  bearer.message_found({1, 98912, "main", "140", "Ballots?", false, now - 3'600'000});
  bearer.message_found({2, 98912, "main", "140", "Recorded", true, now - 3'600'000});
  bearer.messages_known();
  bearer.flush();
  CHECK(bearer.counters().refused == 1);
  CHECK(store.asked == std::vector<std::string>{"drop_message 1"});
  page("First", true); // the place that became free is given out once
  page("Second", true);
  store.complete_all();
  CHECK(store.outbox.size() == 2);
}

TEST_CASE_FIXTURE(one_bind, "what needs no reply is answered to the SMSC alone") {
  send("COUNT 1");
  REQUIRE(until([&] { return lines.size() == 1; }));
  page("", true);
  CHECK(answer() == status::ok);
  CHECK(bearer.counters().sent == 0);
}

TEST_CASE_FIXTURE(one_bind, "an SMS whose answer is not on disk in time is to come again") {
  send("COUNT 1");
  REQUIRE(until([&] { return lines.size() == 1; }));
  REQUIRE(bearer.next_expiry().has_value());
  bearer.expire(*bearer.next_expiry());
  CHECK(answer() == status::rx_temporary_error);
  CHECK(bearer.counters().put_off == 1);
  CHECK_FALSE(bearer.next_expiry().has_value());
}

TEST_CASE_FIXTURE(one_bind, "a part waits for the others, and all are answered together") {
  send("1 120", 0x40, {5, 0, 3, 9, 2, 2});
  send("COUNT ", 0x40, {5, 0, 3, 9, 2, 1});
  REQUIRE(until([&] { return lines.size() == 1; }));
  CHECK(lines[0] == "COUNT 1 120");
  CHECK(smsc.received.empty());
  page("Ballots?");
  taken();
  CHECK(answer() == status::ok);
  CHECK(answer() == status::ok);
  send("COUNT ", 0x40, {5, 0, 3, 9, 2, 1}); // its response was lost
  CHECK(answer() == status::ok);
  CHECK(lines.size() == 1);
}

TEST_CASE_FIXTURE(one_bind, "a part whose others never come is not acknowledged") {
  send("COUNT ", 0x40, {5, 0, 3, 9, 2, 1});
  REQUIRE(until([&] { return bearer.next_expiry().has_value(); }));
  bearer.expire(*bearer.next_expiry());
  CHECK(answer() == status::rx_temporary_error);
  CHECK(lines.empty());
}

TEST_CASE_FIXTURE(one_bind, "a page answers what intake has taken, not a part that still waits for others") {
  send("COUNT ", 0x40, {5, 0, 3, 9, 2, 1});
  REQUIRE(until([&] { return bearer.next_expiry().has_value(); }));
  send("hello");
  REQUIRE(until([&] { return lines.size() == 1; }));
  page("Menu");
  taken();
  CHECK(answer() == status::ok);
  CHECK(smsc.received.empty());
  bearer.expire(*bearer.next_expiry()); // the part is still in memory only
  CHECK(answer() == status::rx_temporary_error);
}

TEST_CASE_FIXTURE(one_bind, "an SMS that is passed over is to come again, and the one before is answered by its page") {
  send("COUNT 1");
  REQUIRE(until([&] { return lines.size() == 1; }));
  takes = false;
  send("COUNT 2");
  CHECK(answer() == status::rx_temporary_error);
  page("Ballots?");
  taken();
  CHECK(answer() == status::ok);
  CHECK(bearer.counters().put_off == 1);
}

TEST_CASE_FIXTURE(one_bind, "a message in parts that is told to come again counts when it comes again") {
  takes = false;
  send("COUNT ", 0x40, {5, 0, 3, 9, 2, 1});
  send("1 120", 0x40, {5, 0, 3, 9, 2, 2});
  CHECK(answer() == status::rx_temporary_error);
  CHECK(answer() == status::rx_temporary_error);
  takes = true;
  send("COUNT ", 0x40, {5, 0, 3, 9, 2, 1});
  send("1 120", 0x40, {5, 0, 3, 9, 2, 2});
  REQUIRE(until([&] { return lines.size() == 1; }));
  CHECK(lines[0] == "COUNT 1 120");
}

TEST_CASE_FIXTURE(one_bind, "what the disk did not take is put off, when there is something to put off") {
  CHECK_FALSE(bearer.put_off(98912));
  send("COUNT 1");
  REQUIRE(until([&] { return lines.size() == 1; }));
  CHECK(bearer.put_off(98912));
  CHECK(answer() == status::rx_temporary_error);
}

TEST_CASE_FIXTURE(one_bind, "a damaged header is answered and passed over") {
  send("x", 0x40, {200});
  CHECK(answer() == status::ok);
  CHECK(bearer.counters().damaged == 1);
  CHECK(lines.empty());
}

TEST_CASE_FIXTURE(one_bind, "a long reply leaves in parts, and its delivery receipt is matched") {
  page(std::string(200, 'x'), true);
  for (int part = 1; part <= 2; ++part) {
    const auto pdu = smsc.expect(command::submit_sm);
    REQUIRE(!pdu.empty());
    const auto m = smpp::read_message(command::submit_sm, std::span(pdu).subspan(smpp::header_size));
    CHECK(m->esm_class == 0x40);
    CHECK(m->registered_delivery == 1);
    CHECK(m->text[5] == part);
    smpp::buffer response;
    smpp::append_message_response(response, command::submit_sm_resp, smpp::read_header(pdu).sequence, status::ok,
                                  part == 1 ? "1F" : "2F");
    smsc.send(response);
  }
  REQUIRE(until([&] { return link->unanswered() == 0; }));
  send("id:31 stat:DELIVRD", 0x04); // 0x1F in decimal
  CHECK(answer() == status::ok);
  send("id:2F stat:UNDELIV", 0x04);
  CHECK(answer() == status::ok);
  send("id:99 stat:DELIVRD", 0x04);
  CHECK(answer() == status::ok);
  CHECK(bearer.counters().delivered == 1);
  CHECK(bearer.counters().undelivered == 1);
  CHECK(bearer.counters().unknown_receipts == 1);
  CHECK(lines.empty());
}

TEST_CASE_FIXTURE(one_bind, "a text that must arrive and does not is told of, once and with all its parts") {
  std::vector<std::string> missed;
  bearer.on_undelivered([&](std::uint64_t msisdn, std::string_view text) {
    CHECK(msisdn == 98912);
    missed.emplace_back(text);
  });
  const auto take = [&](std::initializer_list<const char*> ids, status st = status::ok) {
    for (const auto* id : ids) {
      const auto pdu = smsc.expect(command::submit_sm);
      REQUIRE(!pdu.empty());
      smpp::buffer response;
      smpp::append_message_response(response, command::submit_sm_resp, smpp::read_header(pdu).sequence, st, id);
      smsc.send(response);
    }
    REQUIRE(until([&] { return link->unanswered() == 0; }));
  };
  const auto fate = [&](std::initializer_list<const char*> receipts) {
    for (const auto* r : receipts) {
      send(r, 0x04);
      CHECK(answer() == status::ok);
    }
  };
  const std::string longer(200, 'y');
  bearer.tell(98912, "*140#", longer, true);
  bearer.flush();
  take({"1F", "2F"});
  fate({"id:1F stat:UNDELIV", "id:2F stat:UNDELIV"});
  CHECK(missed == std::vector<std::string>{longer});

  bearer.tell(98912, "*140#", "it arrives", true);
  bearer.tell(98912, "*140#", "a reminder", false);
  bearer.flush();
  take({"3F", "4F"});
  fate({"id:3F stat:DELIVRD", "id:4F stat:UNDELIV"});
  CHECK(missed.size() == 1);

  bearer.tell(98912, "*140#", "refused", true);
  bearer.flush();
  take({""}, status::invalid_destination);
  CHECK(missed == std::vector<std::string>{longer, "refused"});
}

TEST_CASE_FIXTURE(one_bind, "a reply that finds no bind leaves when one comes back") {
  smsc.close();
  REQUIRE(until([&] { return !link->bound(); }));
  page("Recorded", true);
  CHECK(bearer.counters().refused == 0);
  REQUIRE(smsc.take_bind());
  REQUIRE(until([&] { return link->bound(); }));
  CHECK(!smsc.expect(command::submit_sm).empty());
}
