// The SMSC's end of a link, run by the test itself: takes connections on a loopback port, keeps every PDU that comes,
// answers only what the test tells it to.
#pragma once

#include "gateway/smpp/framer.h"
#include "tests/gateway/smpp/octets_of.h"

#include <boost/asio.hpp>
#include <chrono>
#include <deque>
#include <functional>

namespace tallyline::smpp::test {

class smsc_double {
public:
  using tcp = boost::asio::ip::tcp;

  explicit smsc_double(boost::asio::io_context& io)
      : io_(io), acceptor_(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)), socket_(io) {
    accept();
  }

  tcp::endpoint peer() const { return socket_.remote_endpoint(); }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  // Runs the context until `reached`, five seconds at the most.
  template <class Reached> bool run_until(Reached reached) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    io_.restart();
    while (!reached()) {
      if (std::chrono::steady_clock::now() > limit) return false;
      io_.run_one_for(std::chrono::milliseconds(20));
    }
    return true;
  }

  // The next PDU with this command; what came before it is dropped. Empty when none comes.
  buffer expect(command id) {
    buffer found;
    run_until([&] {
      while (!received.empty() && found.empty()) {
        if (read_header(received.front()).id == id) found = received.front();
        received.pop_front();
      }
      return !found.empty();
    });
    return found;
  }

  void send(const buffer& octets) { boost::asio::write(socket_, boost::asio::buffer(octets)); }
  void send_header(command id, std::uint32_t sequence, status s = status::ok) {
    buffer b;
    append_header_only(b, id, sequence, s);
    send(b);
  }

  // Lets the link bind.
  bool take_bind(status s = status::ok) {
    const buffer request = expect(command::bind_transceiver);
    if (request.empty()) return false;
    buffer b;
    append_bind_response(b, command::bind_transceiver_resp, read_header(request).sequence, s, "SMSC");
    send(b);
    return true;
  }

  void close() { socket_.close(); }
  void stop_reading() { reads_ = false; }

  std::deque<buffer> received;
  std::size_t connections = 0, reads = 0;
  bool ended = false; // the link has closed its end

private:
  void accept() {
    acceptor_.async_accept([this](boost::system::error_code failed, tcp::socket s) {
      if (failed) return;
      socket_ = std::move(s);
      socket_.set_option(tcp::no_delay(true));
      frames_.reset();
      ended = false;
      ++connections;
      read(connections);
      accept();
    });
  }
  void read(std::size_t of) {
    const auto room = frames_.room(256 * 1024);
    socket_.async_read_some(boost::asio::buffer(room.data(), room.size()),
                            [this, of](boost::system::error_code failed, std::size_t n) {
                              if (of != connections) return;
                              if (failed) {
                                ended = true;
                                return;
                              }
                              ++reads;
                              frames_.filled(n);
                              std::span<const std::uint8_t> pdu;
                              while (frames_.next(pdu) == framer::verdict::pdu)
                                received.emplace_back(pdu.begin(), pdu.end());
                              if (reads_) read(of);
                            });
  }

  boost::asio::io_context& io_;
  tcp::acceptor acceptor_;
  tcp::socket socket_;
  framer frames_;
  bool reads_ = true;
};

} // namespace tallyline::smpp::test
