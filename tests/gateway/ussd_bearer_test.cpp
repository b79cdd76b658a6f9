// Pages over several binds: on the one that the subscriber was heard by, and on another when that dies or is throttled.
#include "gateway/ussd_bearer.h"
#include "tests/gateway/smpp/smsc_double.h"

#include <doctest/doctest.h>
#include <memory>

using namespace tallyline;
using namespace tallyline::gateway;
using smpp::command;
using smpp::status;

namespace {

// Two binds to one SMSC, whose ends the test holds.
struct two_binds {
  boost::asio::io_context io{1};
  smpp::test::smsc_double a{io}, b{io};
  ussd_bearer bearer;
  std::vector<std::unique_ptr<smpp::smpp_link>> links;
  std::vector<inbound> heard;

  two_binds() {
    bearer.deliver_to([this](const inbound& in) { heard.push_back(in); });
    bearer.add_smsc(smpp::standard_dialect);
    for (auto* d : {&a, &b}) {
      smpp::link_settings s;
      s.port = d->port();
      s.timing = {.response_s = 5, .backoff_first_ms = 20, .backoff_max_ms = 40};
      smpp::smpp_link::handlers h;
      const auto number = static_cast<std::uint32_t>(links.size());
      h.message_in = [this, number](const smpp::message& m) { bearer.message_in(number, m); };
      h.submit_done = [this](std::uint64_t token, status st) { bearer.submit_done(token, st); };
      h.state = [this](bool bound, const std::string&) {
        if (bound) bearer.bind_up();
      };
      links.push_back(std::make_unique<smpp::smpp_link>(io, s, h));
      bearer.add_bind(*links.back());
      links.back()->start();
      REQUIRE(d->take_bind());
      REQUIRE(d->run_until([&] { return links.back()->bound(); }));
    }
  }
  void page(std::uint32_t by) {
    bearer.page(98912, "*140#", {0, 0x4D00, 0, by}, "Ballots?", false);
    bearer.flush();
  }
  void answer(smpp::test::smsc_double& d, const smpp::buffer& request, status s) {
    smpp::buffer b_;
    smpp::append_message_response(b_, command::submit_sm_resp, smpp::read_header(request).sequence, s);
    d.send(b_);
  }
  template <class Reached> bool until(Reached r) { return a.run_until(r); }
};

} // namespace

TEST_CASE_FIXTURE(two_binds, "a page goes by the bind that the subscriber was heard by") {
  page(1);
  const auto pdu = b.expect(command::submit_sm);
  REQUIRE(!pdu.empty());
  answer(b, pdu, status::ok);
  REQUIRE(until([&] { return heard.size() == 1; }));
  CHECK(heard[0].what == said::shown);
  CHECK(bearer.latency_of(1).count() == 1);
  CHECK(bearer.latency_of(0).count() == 0);
}

TEST_CASE_FIXTURE(two_binds, "a page whose bind dies before the response goes by the other, and the session lives") {
  page(0);
  REQUIRE(!a.expect(command::submit_sm).empty());
  a.close();
  const auto pdu = b.expect(command::submit_sm);
  REQUIRE(!pdu.empty());
  answer(b, pdu, status::ok);
  REQUIRE(until([&] { return !heard.empty(); }));
  CHECK(heard[0].what == said::shown);
  CHECK(bearer.counters().resent == 1);
  CHECK(bearer.counters().undelivered == 0);
}

TEST_CASE_FIXTURE(two_binds, "a page that is throttled goes out again") {
  page(0);
  const auto first = a.expect(command::submit_sm);
  REQUIRE(!first.empty());
  answer(a, first, status::throttled);
  const auto again = a.expect(command::submit_sm);
  REQUIRE(!again.empty());
  answer(a, again, status::ok);
  REQUIRE(until([&] { return !heard.empty(); }));
  CHECK(heard[0].what == said::shown);
}

TEST_CASE_FIXTURE(two_binds, "a page that is refused for good ends its session, and the other bind is left alone") {
  page(0);
  const auto pdu = a.expect(command::submit_sm);
  REQUIRE(!pdu.empty());
  answer(a, pdu, status::rx_permanent_error);
  REQUIRE(until([&] { return !heard.empty(); }));
  CHECK(heard[0].what == said::gone);
  CHECK(heard[0].path.session == 0x4D00);
  CHECK(bearer.counters().undelivered == 1);
  CHECK(b.received.empty());
}

TEST_CASE_FIXTURE(two_binds,
                  "a page that finds no bind leaves when one comes back, as when a pair's receiver is the first") {
  a.close();
  b.close();
  REQUIRE(until([&] { return !links[0]->bound() && !links[1]->bound(); }));
  page(0);
  CHECK(bearer.counters().undelivered == 0);
  REQUIRE(b.take_bind());
  REQUIRE(until([&] { return links[1]->bound(); }));
  const auto pdu = b.expect(command::submit_sm);
  REQUIRE(!pdu.empty());
  answer(b, pdu, status::ok);
  REQUIRE(until([&] { return !heard.empty(); }));
  CHECK(heard[0].what == said::shown);
}

TEST_CASE("a page that found no bind for too long is dropped, and its session told gone") {
  boost::asio::io_context io{1};
  ussd_bearer bearer{std::chrono::seconds(0)};
  std::vector<inbound> heard;
  bearer.deliver_to([&](const inbound& in) { heard.push_back(in); });
  bearer.add_smsc(smpp::standard_dialect);
  smpp::smpp_link never_started(io, {}, {});
  bearer.add_bind(never_started);
  bearer.page(98912, "*140#", {0, 0x4D00, 0, 0}, "Ballots?", false);
  CHECK(heard.empty());
  bearer.bind_up();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].what == said::gone);
  CHECK(bearer.counters().undelivered == 1);
}
