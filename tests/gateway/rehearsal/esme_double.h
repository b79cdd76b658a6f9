// A bare ESME on a socket, made of the same framer and codec as the gateway but of nothing else of it, so that a test
// decides every octet. Runs on the test's io_context.
#pragma once

#include "gateway/smpp/gsm_text.h"
#include "tests/gateway/rehearsal/pdu_kit.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <functional>
#include <memory>

namespace tallyline::rehearsal::test {

// Runs until `done` says so. The limit is for a test that hangs, never for the verdict.
inline bool run_until(boost::asio::io_context& io, const std::function<bool()>& done) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  io.restart();
  while (!done() && std::chrono::steady_clock::now() < limit)
    io.run_one_for(std::chrono::milliseconds(100));
  return done();
}

class esme_double {
public:
  esme_double(boost::asio::io_context& io, std::uint16_t port) : io_(io), socket_(io) {
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
    socket_.set_option(boost::asio::ip::tcp::no_delay(true));
    read();
  }

  void write(std::span<const std::uint8_t> octets) {
    out_.insert(out_.end(), octets.begin(), octets.end());
    if (leaving_.empty()) flush();
  }
  void submit(const smpp::message& m) { write(submit_pdu(m, ++sequence_)); }
  void bind(smpp::command id = smpp::command::bind_transceiver) {
    write(bind_pdu(id, ++sequence_));
    run_until(io_, [&] { return !got.empty() || closed; });
  }
  void close() { socket_.close(); }
  void finish() { socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send); } // nothing written before it is lost

  // What came, in order; deliver_sm are answered before `on_deliver` sees them, and not kept when it is set.
  std::vector<pdu> got;
  bool closed = false, acknowledges = true;
  smpp::status deliver_status = smpp::status::ok;
  std::function<void(const pdu&)> on_deliver;

  bool has(smpp::command id) const { return count(id) > 0; }
  std::size_t count(smpp::command id) const {
    return static_cast<std::size_t>(
        std::count_if(got.begin(), got.end(), [id](const pdu& p) { return p.head.id == id; }));
  }
  const pdu& last() const { return got.back(); }

private:
  // Never blocks: the SMSC at the other end runs on the same thread.
  void flush() {
    leaving_.swap(out_);
    if (leaving_.empty()) return;
    boost::asio::async_write(socket_, boost::asio::buffer(leaving_),
                             [this, here = std::weak_ptr(alive_)](boost::system::error_code failed, std::size_t) {
                               if (here.expired() || failed) return;
                               leaving_.clear();
                               flush();
                             });
  }

  void read() {
    const auto room = framer_.room();
    socket_.async_read_some(boost::asio::buffer(room.data(), room.size()),
                            [this, here = std::weak_ptr(alive_)](boost::system::error_code failed, std::size_t octets) {
                              if (here.expired()) return;
                              if (failed) {
                                closed = true;
                                return;
                              }
                              framer_.filled(octets);
                              for (std::span<const std::uint8_t> one; framer_.next(one) == smpp::framer::verdict::pdu;)
                                take({smpp::read_header(one), {one.begin(), one.end()}});
                              read();
                            });
  }

  void take(pdu p) {
    const auto id = p.head.id;
    smpp::buffer answer;
    if (id == smpp::command::deliver_sm && acknowledges)
      smpp::append_message_response(answer, smpp::command::deliver_sm_resp, p.head.sequence, deliver_status);
    if (id == smpp::command::unbind) smpp::append_header_only(answer, smpp::command::unbind_resp, p.head.sequence);
    if (!answer.empty()) write(answer);
    if (id == smpp::command::deliver_sm && on_deliver)
      on_deliver(p);
    else
      got.push_back(std::move(p));
  }

  boost::asio::io_context& io_;
  boost::asio::ip::tcp::socket socket_;
  smpp::framer framer_;
  smpp::buffer out_, leaving_;
  std::uint32_t sequence_ = 0;
  std::shared_ptr<bool> alive_ =
      std::make_shared<bool>(true); // a read that is cancelled by the destructor is run later
};

// Asks `turns - 1` times and ends; says what it was told, so that the phones can see that it was theirs.
inline void echo(esme_double& e, unsigned turns) {
  e.on_deliver = [&e, turns](const pdu& p) {
    const auto in = p.content();
    if (in.ussd_service_op == 17) return;
    const auto its = *in.its_session_info;
    const auto turn = in.ussd_service_op == 1 ? 1U : its[1] / 2U + 1U;
    const bool last = turn == turns;
    std::string text = std::string(in.source) + " said ";
    smpp::append_utf8(in.text, smpp::alphabet_of(in.data_coding), text);
    const bool gsm7 = smpp::measure_text(text).gsm7;
    smpp::buffer coded;
    gsm7 ? smpp::append_gsm7(text, coded) : smpp::append_ucs2(text, coded);
    e.submit(ussd(in.source, its[0], static_cast<std::uint8_t>(turn * 2 + (last ? 1 : 0)), last ? 17 : 2,
                  {reinterpret_cast<const char*>(coded.data()), coded.size()}, gsm7 ? 0x0F : 0x48));
  };
}

} // namespace tallyline::rehearsal::test
