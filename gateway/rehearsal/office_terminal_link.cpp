#include "gateway/rehearsal/office_terminal_link.h"

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <memory>

namespace tallyline::rehearsal {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// What the terminal writes where it waits: after its question for number and PIN, after a page, and when a dialogue is
// over (gateway/terminal/texts.cpp).
constexpr std::string_view asks = ": ", prompt = "> ", over = "bye:";

class call : public std::enable_shared_from_this<call> {
public:
  call(boost::asio::io_context& io, const office_errand& e, errand_done d)
      : socket_(io), what_(e), done_(std::move(d)) {
    say_ = {"", std::to_string(e.msisdn), e.pin}; // an Enter first: a person
    say_.insert(say_.end(), e.typed.begin(), e.typed.end());
  }

  void begin(std::uint16_t port) {
    socket_.async_connect({boost::asio::ip::address_v4::loopback(), port},
                          [self = shared_from_this()](error_code failed) {
                            if (failed) return self->end("no terminal answers: " + failed.message());
                            self->say();
                            self->read();
                          });
  }

private:
  void say() {
    seen_.clear();
    write(said_ < say_.size() ? say_[said_] : "/bye"); // with its slash it is obeyed where a page asks for words too
    ++said_;
  }
  void write(const std::string& line) {
    leaving_ = line + "\r";
    boost::asio::async_write(socket_, boost::asio::buffer(leaving_),
                             [self = shared_from_this()](error_code, std::size_t) {});
  }

  void read() {
    socket_.async_read_some(boost::asio::buffer(in_), [self = shared_from_this()](error_code failed, std::size_t n) {
      if (failed) return self->end(self->last_.empty() ? "the call ended early" : self->last_);
      self->seen_.append(self->in_.data(), n);
      self->look();
      self->read();
    });
  }

  // Answers when it is its turn.
  void look() {
    if (said_ <= 2) { // the Enter, the number
      if (ends_in(asks)) say();
      return;
    }
    if (!last_.empty() || (!ends_in(prompt) && seen_.find(over) == std::string::npos)) return;
    if (ends_in(prompt) && offers_unfinished(seen_)) {
      seen_.clear();
      return write(std::string(from_the_beginning));
    }
    if (ends_in(prompt) && said_ < say_.size()) return say();
    last_ = seen_;
    said_ = say_.size();
    say();
  }
  // There may be marks for right-to-left lines behind it.
  bool ends_in(std::string_view mark) const {
    const auto at = seen_.rfind(mark);
    return at != std::string::npos && seen_.size() - at <= mark.size() + 4;
  }

  void end(const std::string& last) {
    error_code ignored;
    socket_.close(ignored);
    if (const auto done = std::exchange(done_, nullptr)) done(last);
  }

  tcp::socket socket_;
  office_errand what_;
  errand_done done_;
  std::vector<std::string> say_;
  std::size_t said_ = 0;
  std::array<char, 4096> in_{};
  std::string seen_, leaving_, last_;
};

} // namespace

void office_terminals::run(const office_errand& what, errand_done done) {
  ++calls_;
  std::make_shared<call>(io_, what, std::move(done))->begin(port_);
}

} // namespace tallyline::rehearsal
