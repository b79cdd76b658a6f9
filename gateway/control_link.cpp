#include "gateway/control_link.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tallyline::gateway {
namespace {

using protocol = boost::asio::local::stream_protocol;
constexpr std::size_t longest_line = 64 * 1024, longest_path = 107; // unix(7): sun_path

::mode_t mode_beside(const std::filesystem::path& database) {
  struct stat file{};
  return ::stat(database.c_str(), &file) == 0 && file.st_mode & S_IWGRP ? 0660 : 0600;
}

std::string path_of(const std::filesystem::path& database) { return database.string() + ".control"; }

// One client: reads its line, answers, closes.
struct client : std::enable_shared_from_this<client> {
  client(protocol::socket s, control_link::command& o) : socket(std::move(s)), obey(o) {}
  void start() {
    boost::asio::async_read_until(socket, boost::asio::dynamic_buffer(line, longest_line), '\n',
                                  [self = shared_from_this()](boost::system::error_code failed, std::size_t size) {
                                    if (failed) return;
                                    self->obey(self->line.substr(0, size - 1), self->user(),
                                               [self](const control_link::answer& a) { self->say(a); });
                                  });
  }
  // Nobody's when the kernel does not say.
  ::uid_t user() {
    ucred peer{0, static_cast<::uid_t>(-1), static_cast<::gid_t>(-1)};
    socklen_t size = sizeof peer;
    ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size);
    return peer.uid;
  }
  void say(const control_link::answer& a) {
    answer = (a.done ? '+' : '-') + a.text + '\n';
    std::replace(answer.begin(), answer.end() - 1, '\n', ' ');
    boost::asio::async_write(socket, boost::asio::buffer(answer),
                             [self = shared_from_this()](boost::system::error_code, std::size_t) {});
  }
  protocol::socket socket;
  control_link::command& obey;
  std::string line, answer;
};

} // namespace

struct control_link::impl : std::enable_shared_from_this<control_link::impl> {
  impl(boost::asio::io_context& io, std::string p, ::mode_t m, command o)
      : acceptor(io), path(std::move(p)), mode(m), obey(std::move(o)) {}

  void open() {
    if (path.size() > longest_path) throw std::runtime_error(path + ": the path of a socket has at most 107 bytes");
    ::unlink(path.c_str()); // the lock on the database says that no other gateway runs on it
    boost::system::error_code failed;
    acceptor.open(protocol(), failed);
    // Linux gives the file the mode of the socket, so that it is never there with a wider one.
    if (!failed) ::fchmod(acceptor.native_handle(), mode);
    if (!failed) acceptor.bind(protocol::endpoint(path), failed);
    if (!failed) acceptor.listen(8, failed);
    if (failed) throw std::runtime_error(fmt::format("{}: {}", path, failed.message()));
  }
  void accept() {
    acceptor.async_accept([self = shared_from_this()](boost::system::error_code failed, protocol::socket s) {
      if (!self->acceptor.is_open()) return;
      if (!failed) std::make_shared<client>(std::move(s), self->obey)->start();
      self->accept();
    });
  }

  protocol::acceptor acceptor;
  std::string path;
  ::mode_t mode;
  command obey;
};

control_link::control_link(boost::asio::io_context& io, const std::filesystem::path& database, command obey)
    : impl_(std::make_shared<impl>(io, path_of(database), mode_beside(database), std::move(obey))) {
  impl_->open();
  impl_->accept();
}

control_link::~control_link() {
  boost::system::error_code ignored;
  impl_->acceptor.close(ignored);
  ::unlink(impl_->path.c_str());
}

std::optional<control_link::answer> ask_gateway(const std::filesystem::path& database, const std::string& line) {
  const std::string path = path_of(database);
  if (path.size() > longest_path) return std::nullopt;
  boost::asio::io_context io;
  protocol::socket socket(io);
  boost::system::error_code failed;
  socket.connect(protocol::endpoint(path), failed);
  if (failed) return std::nullopt;
  boost::asio::write(socket, boost::asio::buffer(line + '\n'), failed);
  std::string got;
  const std::size_t size = boost::asio::read_until(socket, boost::asio::dynamic_buffer(got, 1 << 20), '\n', failed);
  if (failed || size < 2) return std::nullopt;
  return control_link::answer{got.front() == '+', got.substr(1, size - 2)};
}

} // namespace tallyline::gateway
