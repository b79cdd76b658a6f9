// What an operator of the gateway sees: figures, the wire log, the probe's verdict.
#include "gateway/dialect_files.h"
#include "gateway/dialect_match.h"
#include "gateway/figures.h"
#include "gateway/metrics_link.h"
#include "gateway/pdu_trace.h"
#include "gateway/smpp/describe.h"
#include "gateway/smpp/gsm_text.h"
#include "gateway/smpp/ussd.h"

#include <boost/asio.hpp>
#include <doctest/doctest.h>
#include <fstream>
#include <thread>
#include <unistd.h>

using namespace tallyline;
using namespace tallyline::gateway;

namespace {

std::string slurp(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::filesystem::path temporary(const char* name) {
  return std::filesystem::temp_directory_path() / ("tallyline-eyes-" + std::to_string(::getpid()) + name);
}

smpp::buffer typed(std::string_view text, smpp::command id = smpp::command::deliver_sm, std::uint8_t coding = 0x0F) {
  smpp::buffer octets, pdu;
  coding == 0x48 ? smpp::append_ucs2(text, octets) : smpp::append_gsm7(text, octets);
  smpp::message m;
  m.source = "989120000001";
  m.destination = "140";
  m.data_coding = coding;
  m.text = octets;
  m.ussd_service_op = 18;
  smpp::append_message(pdu, id, 7, m);
  return pdu;
}

gateway_figures some_figures() {
  gateway_figures f;
  bind_figures b;
  b.name = "north \"1\"";
  b.peer = "127.0.0.1:2775";
  b.bound = true;
  b.counters.pdus_in = 12;
  b.p99_us = 250;
  f.binds.push_back(b);
  f.intake.records = 3;
  f.sessions = 2;
  return f;
}

} // namespace

TEST_CASE("figures are one line of JSON, and a table comes of it") {
  const auto line = to_json(some_figures());
  CHECK(line.find('\n') == std::string::npos);
  const auto t = lines_table(line);
  REQUIRE(t.rows.size() == 1);
  CHECK(t.rows[0].size() == t.columns.size());
  CHECK(std::get<std::string>(t.rows[0][2]) == "bound");
  const auto brief = lines_table(line, true);
  CHECK(brief.columns.size() == t.columns.size() - 7); // no trouble: nothing to see of it
  auto troubled = some_figures();
  troubled.binds[0].counters.throttled = 1;
  CHECK(lines_table(to_json(troubled), true).columns.size() == brief.columns.size() + 1);
  CHECK_THROWS_AS(lines_table("no json"), std::runtime_error);
  CHECK_THROWS_AS(lines_table("[]"), std::runtime_error);
}

TEST_CASE("Prometheus' text has a type for each figure and labels that are quoted") {
  const auto text = to_prometheus(some_figures());
  CHECK(text.find("# TYPE tallyline_records_total counter\ntallyline_records_total 3\n") != std::string::npos);
  CHECK(text.find("tallyline_records_total 3\n") != std::string::npos);
  CHECK(text.find("# TYPE tallyline_sessions_open gauge\n") != std::string::npos);
  CHECK(text.find("tallyline_bind_pdus_in_total{bind=\"north \\\"1\\\"\",peer=\"127.0.0.1:2775\"} 12\n") !=
        std::string::npos);
}

TEST_CASE("metrics are served over HTTP, other paths and garbage are not") {
  boost::asio::io_context io;
  metrics_link link(io, 0, [] { return std::string("tallyline_up 1\n"); });
  std::thread network([&] { io.run(); });
  const auto ask = [&](const std::string& request) {
    boost::asio::io_context own;
    boost::asio::ip::tcp::socket s(own);
    s.connect({boost::asio::ip::address_v4::loopback(), link.port()});
    boost::system::error_code failed;
    boost::asio::write(s, boost::asio::buffer(request), failed);
    std::string all;
    boost::asio::read(s, boost::asio::dynamic_buffer(all), failed);
    return all;
  };
  CHECK(ask("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").find("\r\n\r\ntallyline_up 1\n") != std::string::npos);
  CHECK(ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 404"));
  CHECK(ask("\x16\x03\x01 what is this\r\n\r\n").empty());
  CHECK(ask("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 200"));
  io.stop();
  network.join();
}

TEST_CASE("a PIN is masked in the wire log, everything else is there in its order") {
  const auto file = temporary(".log");
  {
    pdu_trace trace(file, {"north"});
    smpp::buffer response;
    smpp::append_message_response(response, smpp::command::deliver_sm_resp, 7, smpp::status::ok);
    trace.pdu(0, false, typed("45"));
    trace.pdu(0, true, response);
    trace.settled(false);
    trace.pdu(0, false, typed("1234"));
    trace.pdu(0, true, response);
    trace.settled(true);
    trace.pdu(0, false, typed("5678")); // refused before anybody looked at it
    trace.pdu(0, true, response);
    trace.pdu(0, false, response);
    trace.pdu(0, true, typed("Recorded", smpp::command::submit_sm));
  }
  const auto text = slurp(file);
  std::filesystem::remove(file);
  CHECK(text.find("\"45\"") != std::string::npos);
  CHECK(text.find("1234") == std::string::npos);
  CHECK(text.find("5678") == std::string::npos);
  CHECK(text.find("\"****\"") != std::string::npos);
  CHECK(text.find("\"Recorded\"") != std::string::npos);
  CHECK(text.find("deliver_sm seq=7") < text.find("deliver_sm_resp"));
  CHECK(std::count(text.begin(), text.end(), '\n') == 8);
}

TEST_CASE("a log that cannot be written is told at once") {
  CHECK_THROWS_AS(pdu_trace("/nowhere/at/all.log", {"x"}), std::runtime_error);
}

TEST_CASE("a text is masked in every alphabet, and what cannot be read is wiped") {
  for (const std::uint8_t coding : {0x0F, 0x48}) {
    auto pdu = typed("1234", smpp::command::deliver_sm, coding);
    smpp::mask_text(pdu);
    CHECK(smpp::describe_pdu(pdu).find("\"****\"") != std::string::npos);
  }
  smpp::buffer bind;
  smpp::append_bind(bind, smpp::command::bind_transceiver, 1, {"me", "secret", "USSD", ""});
  smpp::mask_password(bind);
  const auto request = smpp::read_bind(smpp::read_header(bind), bind);
  REQUIRE(request.has_value());
  CHECK(request->password == "******");
  CHECK(request->system_id == "me");
  auto broken = typed("1234");
  broken.resize(broken.size() - 6);
  smpp::mask_text(broken);
  CHECK(std::string(broken.begin(), broken.end()).find("1234") == std::string::npos);
}

TEST_CASE("any octets at all are described") {
  smpp::buffer pdu = typed("1234");
  for (std::size_t size = 0; size <= pdu.size(); ++size)
    CHECK_FALSE(smpp::describe_pdu(std::span(pdu).first(size)).empty());
  for (std::size_t at = 4; at < pdu.size(); ++at)
    for (const unsigned octet : {0U, 1U, 0x7FU, 0xFFU}) {
      auto bad = pdu;
      bad[at] = static_cast<std::uint8_t>(octet);
      CHECK_FALSE(smpp::describe_pdu(bad).empty());
      smpp::mask_text(bad);
    }
}

TEST_CASE("the probe's verdict names the dialect that was spoken, among those that cannot be told apart") {
  for (const auto& spoken : shipped_dialects()) {
    dialect_match match(shipped_dialects());
    const auto id = spoken.by_data_sm ? smpp::command::data_sm : smpp::command::deliver_sm;
    for (const auto event : {smpp::ussd_event::begin, smpp::ussd_event::reply}) {
      smpp::buffer tlvs, octets;
      smpp::append_gsm7(event == smpp::ussd_event::begin ? "*140#" : "1", octets);
      smpp::message m;
      m.source = "989120000001";
      if (!spoken.code_in_text_only) m.destination = "140";
      m.text = octets;
      m.data_coding = 0x0F;
      smpp::write_ussd_of_network(spoken, m, {0x1200, 0, event, "77"}, tlvs);
      event == smpp::ussd_event::begin ? match.begun(id, m) : match.replied(id, m);
      if (event == smpp::ussd_event::begin) match.asked(match.best(), true);
    }
    CHECK_MESSAGE(match.verdict().find("fits:     " + spoken.name + " ") != std::string::npos, spoken.name,
                  match.verdict());
  }
}
