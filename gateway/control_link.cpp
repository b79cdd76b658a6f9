#include "gateway/control_link.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace tallyline::gateway {
namespace {

using protocol = boost::asio::local::stream_protocol;
constexpr std::size_t longest_line = 4096;

std::string path_of(const std::filesystem::path& database) { return database.string() + ".control"; }

// One client: reads its line, answers, closes.
struct client : std::enable_shared_from_this<client> {
  client(protocol::socket s, control_link::command& o) : socket(std::move(s)), obey(o) {}
  void start() {
    boost::asio::async_read_until(socket, boost::asio::dynamic_buffer(line, longest_line), '\n',
                                  [self = shared_from_this()](boost::system::error_code failed, std::size_t size) {
                                    if (failed) return;
                                    self->answer = self->obey(self->line.substr(0, size - 1)) + '\n';
                                    boost::asio::async_write(self->socket, boost::asio::buffer(self->answer),
                                                             [self](boost::system::error_code, std::size_t) {});
                                  });
  }
  protocol::socket socket;
  control_link::command& obey;
  std::string line, answer;
};

} // namespace

struct control_link::impl : std::enable_shared_from_this<control_link::impl> {
  impl(boost::asio::io_context& io, std::string p, command o) : acceptor(io), path(std::move(p)), obey(std::move(o)) {}

  void open() {
    ::unlink(path.c_str()); // the lock on the database says that no other gateway runs on it
    boost::system::error_code failed;
    const auto before = ::umask(0177);
    acceptor.open(protocol(), failed);
    if (!failed) acceptor.bind(protocol::endpoint(path), failed);
    ::umask(before);
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
  command obey;
};

control_link::control_link(boost::asio::io_context& io, const std::filesystem::path& database, command obey)
    : impl_(std::make_shared<impl>(io, path_of(database), std::move(obey))) {
  impl_->open();
  impl_->accept();
}

control_link::~control_link() {
  boost::system::error_code ignored;
  impl_->acceptor.close(ignored);
  ::unlink(impl_->path.c_str());
}

std::optional<std::string> ask_gateway(const std::filesystem::path& database, const std::string& line) {
  boost::asio::io_context io;
  protocol::socket socket(io);
  boost::system::error_code failed;
  socket.connect(protocol::endpoint(path_of(database)), failed);
  if (failed) return std::nullopt;
  boost::asio::write(socket, boost::asio::buffer(line + '\n'), failed);
  std::string answer;
  const std::size_t size = boost::asio::read_until(socket, boost::asio::dynamic_buffer(answer, 65'536), '\n', failed);
  if (failed) return std::nullopt;
  return answer.substr(0, size - 1);
}

} // namespace tallyline::gateway
