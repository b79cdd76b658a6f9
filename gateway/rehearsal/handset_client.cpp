#include "gateway/rehearsal/handset_client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

namespace tallyline::rehearsal {

using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {
constexpr std::size_t longest_reply = 16 * 1024; // a page of 182 characters, however escaped, is far below
} // namespace

error_code handset_client::connect(const std::string& host, std::uint16_t port) {
  error_code failed;
  const auto found = tcp::resolver(io_).resolve(host, std::to_string(port), failed);
  if (failed) return failed;
  boost::asio::connect(socket_, found, failed);
  error_code ignored;
  if (!failed) socket_.set_option(tcp::no_delay(true), ignored);
  return failed;
}

void handset_client::hang_up() {
  error_code ignored; // the SMSC hangs up as well when the connection breaks
  boost::asio::write(socket_, boost::asio::buffer(hang_up_line()), ignored);
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void handset_client::send(const std::string& line) {
  error_code failed; // reading says so too
  boost::asio::write(socket_, boost::asio::buffer(line), failed);
}

handset_reply handset_client::next_line() {
  error_code failed;
  const auto octets = boost::asio::read_until(socket_, boost::asio::dynamic_buffer(got_, longest_reply), '\n', failed);
  if (failed) return {handset_reply::kind::error, "the SMSC hung up: " + failed.message()};
  auto reply = read_reply(std::string_view(got_).substr(0, octets));
  got_.erase(0, octets);
  if (!reply) return {handset_reply::kind::error, "the SMSC cannot be understood: " + reply.error()};
  return std::move(*reply);
}

handset_reply handset_client::ask(const std::string& line) {
  send(line); // one that fails may have an answer before it: that the session is over
  return next_line();
}

} // namespace tallyline::rehearsal
