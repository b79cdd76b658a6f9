// One TCP connection: octets in through a framer, octets out with at most one write under way and everything queued
// meanwhile in the next. Knows no PDU but the frame. Shared with its own pending operations, so it may be let go at any
// time, from within its own events too. Network thread only.
#pragma once

#include "gateway/smpp/deadline.h"
#include "gateway/smpp/framer.h"
#include "gateway/smpp/link_tls.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tallyline::smpp {

class connection : public std::enable_shared_from_this<connection> {
public:
  using ptr = std::shared_ptr<connection>;
  struct events {
    std::function<void(const ptr&)> opened;
    std::function<void(const ptr&, std::size_t octets)> readable; // the framer has got that many
    std::function<void(const ptr&, const std::string& why)>
        broken; // could not be opened, or has ended; nothing follows
  };

  struct settings {
    std::string source_ip; // to leave from; empty: any
    tls_settings tls;
    std::shared_ptr<boost::asio::ssl::context> trust; // made from them, when they are on
  };
  connection(boost::asio::io_context& io, settings how, events on);

  void open(const std::string& host, std::uint16_t port);
  framer& frames() { return frames_; }
  // What is put here leaves with the next flush, or as soon as the write under way is through.
  buffer& out() { return queued_; }
  std::size_t unsent() const { return queued_.size() + in_flight_.size(); }
  void flush();

  // Calls no event any more. Sends what is queued and closes when the other side has, a second later at the most: a
  // close with unread octets would reset the connection and take our last words with it.
  void finish();

private:
  using tcp = boost::asio::ip::tcp;
  using error = boost::system::error_code;

  void connect(std::vector<tcp::endpoint> to);
  void shake_hands();
  void send_no_more();
  void opened();
  void read();
  void on_read(const error& failed, std::size_t octets);
  void on_written(const error& failed);
  void fail(const std::string& why);
  void close();

  settings how_;
  tcp::socket socket_;
  std::optional<boost::asio::ssl::stream<tcp::socket&>> tls_; // over socket_
  tcp::resolver resolver_;
  std::string host_;
  deadline linger_;
  framer frames_;
  buffer queued_, in_flight_;
  events on_;
  bool open_ = false, finishing_ = false;
};

} // namespace tallyline::smpp
