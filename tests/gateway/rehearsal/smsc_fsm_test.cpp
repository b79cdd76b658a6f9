#include "gateway/rehearsal/smsc_fsm.h"
#include "tests/gateway/rehearsal/pdu_kit.h"

#include <doctest/doctest.h>

using namespace tallyline;
using namespace tallyline::rehearsal;
using namespace tallyline::rehearsal::test;
using smpp::command;
using smpp::status;
using kind = smsc_action::kind;

namespace {

struct fixture {
  smsc_policy policy{"gateway", "secret"};
  smsc_fsm fsm{policy, 1000};
  std::uint64_t now = 1000;

  smsc_action last;
  std::vector<pdu> feed(const smpp::buffer& octets) {
    smpp::buffer out;
    last = fsm.step(octets, now, out);
    return cut(out);
  }
  std::vector<pdu> tick() {
    smpp::buffer out;
    last = fsm.tick(now, out);
    return cut(out);
  }
  void enter(smsc_state s) {
    if (s == smsc_state::transmitter) feed(bind_pdu(command::bind_transmitter));
    if (s == smsc_state::receiver) feed(bind_pdu(command::bind_receiver));
    if (s == smsc_state::transceiver || s == smsc_state::unbinding || s == smsc_state::closed) feed(bind_pdu());
    smpp::buffer out;
    if (s == smsc_state::unbinding) fsm.unbind(now, out);
    if (s == smsc_state::closed) fsm.garbage(out);
    REQUIRE(fsm.state() == s);
  }
};

struct answered {
  command id;
  status s;
};

void check_answer(const std::vector<pdu>& out, std::optional<answered> wanted, std::uint32_t sequence) {
  REQUIRE(out.size() == (wanted ? 1 : 0));
  if (!wanted) return;
  CHECK(out[0].head.id == wanted->id);
  CHECK(out[0].head.status == wanted->s);
  CHECK(out[0].head.sequence == sequence);
}

const std::string question = "Question";

} // namespace

TEST_CASE("a bind is answered, says who it is and is allowed once") {
  for (const auto id : {command::bind_transmitter, command::bind_receiver, command::bind_transceiver}) {
    fixture f;
    const auto response = static_cast<command>(static_cast<std::uint32_t>(id) | smpp::response_bit);
    check_answer(f.feed(bind_pdu(id, 7)), answered{response, status::ok}, 7);
    CHECK(f.last.what == kind::bound);
    CHECK(f.fsm.system_id() == "gateway");
    CHECK(f.fsm.can_deliver() == (id != command::bind_transmitter));
    check_answer(f.feed(bind_pdu(id, 8)), answered{response, status::already_bound}, 8);
    CHECK(f.fsm.bound());
  }
}

TEST_CASE("a bind with a wrong password or system id is refused by name, and a right one may follow") {
  fixture f;
  const auto refused = [&](std::string_view id, std::string_view password) {
    const auto out = f.feed(bind_pdu(command::bind_transceiver, 3, id, password));
    CHECK(f.last.what == kind::none);
    REQUIRE(out.size() == 1);
    return out[0].head.status;
  };
  CHECK(refused("gateway", "wrong") == status::invalid_password);
  CHECK(refused("other", "secret") == status::invalid_system_id);
  CHECK(refused("", "") == status::invalid_system_id);
  CHECK(f.fsm.state() == smsc_state::open);
  CHECK(f.fsm.count().refused_binds == 3);
  f.feed(bind_pdu());
  CHECK(f.fsm.bound());
}

TEST_CASE("without a system id in the policy every ESME may bind") {
  fixture f;
  f.policy = {};
  f.feed(bind_pdu(command::bind_transceiver, 1, "anybody", "x"));
  CHECK(f.fsm.bound());
}

TEST_CASE("a bind cut short at any octet is refused in its own response and binds nobody") {
  const auto whole = bind_pdu();
  for (std::size_t length = smpp::header_size; length < whole.size(); ++length) {
    fixture f;
    smpp::buffer part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    part[3] = static_cast<std::uint8_t>(length);
    const auto out = f.feed(part);
    REQUIRE(out.size() == 1);
    CHECK(out[0].head.id == command::bind_transceiver_resp);
    if (out[0].head.status == status::ok) continue; // trailing empty fields may be left to be
    CHECK(f.fsm.state() == smsc_state::open);
  }
}

TEST_CASE("every command in every state gets the answer that the specification's table has for it") {
  constexpr auto nack = command::generic_nack;
  struct row {
    smpp::buffer in;
    std::optional<answered> in_state[smsc_states - 1]; // open, transmitter, receiver, transceiver, unbinding
  };
  const auto always = [](command id, status s) { return std::optional(answered{id, s}); };
  const auto inquiry = always(command::enquire_link_resp, status::ok);
  const auto unknown = always(nack, status::invalid_command_id);
  const auto not_now = always(command::submit_sm_resp, status::incorrect_bind_state);
  const auto twice = always(command::bind_transceiver_resp, status::already_bound);
  const auto bye = always(command::unbind_resp, status::ok);
  const row rows[] = {
      {bind_pdu(command::bind_transceiver, 9),
       {always(command::bind_transceiver_resp, status::ok), twice, twice, twice,
        always(command::bind_transceiver_resp, status::incorrect_bind_state)}},
      {submit_pdu(ussd("98912", 1, 0, 2, question), 9), {not_now, {}, not_now, {}, not_now}}, // {}: the owner answers
      {header_pdu(command::enquire_link, 9), {inquiry, inquiry, inquiry, inquiry, inquiry}},
      {header_pdu(command::unbind, 9),
       {always(command::unbind_resp, status::incorrect_bind_state), bye, bye, bye, bye}},
      {header_pdu(command::unbind_resp, 9), {}},
      {header_pdu(command::enquire_link_resp, 9), {}},
      {header_pdu(command::deliver_sm_resp, 9), {}},
      {header_pdu(command::submit_sm_resp, 9), {}},
      {header_pdu(command::generic_nack, 9, status::invalid_command_id), {}},
      {header_pdu(command::deliver_sm, 9), {unknown, unknown, unknown, unknown, unknown}},
      {header_pdu(command::outbind, 9), {unknown, unknown, unknown, unknown, unknown}},
      {header_pdu(static_cast<command>(0x00000777), 9), {unknown, unknown, unknown, unknown, unknown}},
  };
  for (std::size_t s = 0; s < smsc_states; ++s)
    for (const auto& r : rows) {
      fixture f;
      f.enter(static_cast<smsc_state>(s));
      CAPTURE(name_of(f.fsm.state()));
      CAPTURE(static_cast<std::uint32_t>(smpp::read_header(r.in).id));
      const bool closed = static_cast<smsc_state>(s) == smsc_state::closed;
      check_answer(f.feed(r.in), closed ? std::nullopt : r.in_state[s], 9);
      if (closed) CHECK(f.last.what == kind::none);
    }
}

TEST_CASE("a submit_sm is handed over and answered with a message id only when it is taken") {
  fixture f;
  f.enter(smsc_state::transceiver);
  const auto octets = submit_pdu(ussd("98912", 3, 4, 2, question), 21);
  CHECK(f.feed(octets).empty());
  REQUIRE(f.last.what == kind::submit);
  CHECK(f.last.content.destination == "98912");
  CHECK(f.last.content.its_session_info == std::array<std::uint8_t, 2>{3, 4});
  smpp::buffer out;
  f.fsm.answer(f.last, status::ok, out);
  f.fsm.answer(f.last, status::rx_permanent_error, out);
  const auto responses = cut(out);
  REQUIRE(responses.size() == 2);
  CHECK(*smpp::read_message_id(responses[0].body()) == "1");
  CHECK(responses[1].head.status == status::rx_permanent_error);
  CHECK(responses[1].head.sequence == 21);
}

TEST_CASE("a submit_sm cut short at any octet is refused in its own response and the bind stays") {
  const auto whole = submit_pdu(ussd("98912", 3, 4, 2, question), 5);
  fixture f;
  f.enter(smsc_state::transceiver);
  for (std::size_t length = smpp::header_size; length < whole.size(); ++length) {
    smpp::buffer part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    part[3] = static_cast<std::uint8_t>(length);
    const auto out = f.feed(part);
    if (f.last.what == kind::submit) continue; // cut between two TLVs: whole as far as it goes
    REQUIRE(out.size() == 1);
    CHECK(out[0].head.id == command::submit_sm_resp);
    CHECK(out[0].head.status != status::ok);
    CHECK(f.fsm.bound());
  }
  CHECK(f.fsm.count().malformed > 20);
}

TEST_CASE("a length that cannot be is nacked with sequence 0 and closes") {
  fixture f;
  f.enter(smsc_state::transceiver);
  smpp::buffer out;
  const auto a = f.fsm.garbage(out);
  CHECK(a.what == kind::close);
  check_answer(cut(out), answered{command::generic_nack, status::invalid_command_length}, 0);
}

TEST_CASE("a deliver_sm's token comes back with its response, in whatever order, and once") {
  fixture f;
  f.enter(smsc_state::transceiver);
  smpp::buffer out;
  for (std::uint32_t token = 100; token < 104; ++token)
    f.fsm.deliver(ussd("140", 1, 0, 1, "*140#"), token, out);
  const auto sent = cut(out);
  REQUIRE(sent.size() == 4);
  for (const std::size_t at : {2, 0, 3, 1}) {
    f.feed(header_pdu(command::deliver_sm_resp, sent[at].head.sequence, status::rx_temporary_error));
    REQUIRE(f.last.what == kind::delivered);
    CHECK(f.last.token == 100 + at);
    CHECK(f.last.result == status::rx_temporary_error);
    f.feed(header_pdu(command::deliver_sm_resp, sent[at].head.sequence));
    CHECK(f.last.what == kind::none);
  }
  CHECK(f.fsm.count().unasked == 4);
}

TEST_CASE("a generic_nack to a deliver_sm refuses it, with or without a status") {
  fixture f;
  f.enter(smsc_state::receiver);
  smpp::buffer out;
  f.fsm.deliver(ussd("140", 1, 0, 1, "*140#"), 5, out);
  f.feed(header_pdu(command::generic_nack, cut(out)[0].head.sequence));
  REQUIRE(f.last.what == kind::delivered);
  CHECK(f.last.result == status::unknown_error);
}

TEST_CASE("who does not bind in time is closed, however much else it says") {
  fixture f;
  for (; f.now < 10'999; f.now += 1000) {
    f.feed(header_pdu(command::enquire_link, 1));
    f.tick();
    REQUIRE(f.fsm.state() == smsc_state::open);
  }
  f.now = 11'000;
  f.tick();
  CHECK(f.last.what == kind::close);
}

TEST_CASE("silence is asked about once, an answer keeps the bind and none closes it") {
  fixture f;
  f.enter(smsc_state::transceiver);
  f.now += 29'999;
  CHECK(f.tick().empty());
  f.now += 1;
  const auto asked = f.tick();
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].head.id == command::enquire_link);
  CHECK(f.tick().empty());
  f.feed(header_pdu(command::enquire_link_resp, asked[0].head.sequence));
  CHECK(f.fsm.due() == f.now + 30'000);
  f.now += 30'000;
  CHECK(f.tick().size() == 1);
  f.now += 10'000;
  CHECK(f.tick().empty());
  CHECK(f.last.what == kind::close);
}

TEST_CASE("our unbind closes on its response, and without one when its time is up") {
  for (const bool answers : {true, false}) {
    fixture f;
    f.enter(smsc_state::unbinding);
    CHECK_FALSE(f.fsm.can_deliver());
    if (answers) {
      f.feed(header_pdu(command::unbind_resp, 1));
    } else {
      f.now += 2'000;
      f.tick();
    }
    CHECK(f.last.what == kind::close);
    CHECK(f.fsm.state() == smsc_state::closed);
  }
}
