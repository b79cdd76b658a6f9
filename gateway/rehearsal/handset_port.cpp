#include "gateway/rehearsal/handset_port.h"

#include "gateway/rehearsal/exchange.h"
#include "gateway/rehearsal/handset_line.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <utility>
#include <vector>

namespace tallyline::rehearsal {

using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

class line_phone;
using phone_list = std::vector<std::shared_ptr<line_phone>>;

// One phone's connection.
class line_phone : public std::enable_shared_from_this<line_phone> {
public:
  line_phone(tcp::socket socket, smsc& exchange, std::weak_ptr<phone_list> among)
      : socket_(std::move(socket)), exchange_(exchange), among_(std::move(among)) {}

  void start() {
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    read();
  }
  void refuse(std::string_view why) {
    leaving_ = true;
    say(error_line(why));
  }
  void close();

private:
  void read();
  void take(std::string_view octets);
  void understand(std::string_view line);
  void obey(const handset_request& r);
  void dial(const handset_request& r);
  void hear_for(std::uint64_t msisdn);
  void write_sms(const handset_request& r);
  void say(std::string line);
  void write();

  tcp::socket socket_;
  smsc& exchange_;
  std::weak_ptr<phone_list> among_;
  std::array<char, 1024> got_{};
  std::string line_, out_, on_its_way_;
  std::uint32_t session_ = 0;
  std::uint64_t hears_for_ = 0; // SMS to this number come here; 0: to none
  bool skipping_ = false, writing_ = false, leaving_ = false, closed_ = false;
};

void line_phone::read() {
  socket_.async_read_some(boost::asio::buffer(got_),
                          [self = shared_from_this()](error_code failed, std::size_t octets) {
                            if (self->closed_) return;
                            if (failed) return self->close();
                            self->take({self->got_.data(), octets});
                            self->exchange_.flush();
                            if (!self->closed_) self->read();
                          });
}

void line_phone::take(std::string_view octets) {
  while (!octets.empty()) {
    const auto end = octets.find('\n');
    const auto part = octets.substr(0, end);
    if (!skipping_ && line_.size() + part.size() > handset_port::longest_line) {
      skipping_ = true;
      line_.clear();
      say(error_line("the line is too long"));
    }
    if (!skipping_) line_ += part;
    if (end == octets.npos) return;
    if (!std::exchange(skipping_, false)) understand(std::exchange(line_, {}));
    octets.remove_prefix(end + 1);
  }
}

void line_phone::understand(std::string_view line) {
  if (line.find_first_not_of(" \t\r") == line.npos) return;
  if (const auto request = read_request(line))
    obey(*request);
  else
    say(error_line(request.error()));
}

void line_phone::obey(const handset_request& r) {
  if (r.what == handset_request::kind::dial) return dial(r);
  if (r.what == handset_request::kind::sms) return write_sms(r);
  if (r.what == handset_request::kind::listen) return hear_for(r.msisdn);
  if (session_ == 0) return say(error_line("no session: dial first"));
  if (r.what == handset_request::kind::hang_up)
    exchange_.hang_up(std::exchange(session_, 0));
  else
    exchange_.answer(session_, r.text);
}

void line_phone::dial(const handset_request& r) {
  if (session_ != 0) return say(error_line("a session is open: hang up first"));
  if (!short_code(r.text)) return say(error_line("no such code: one looks like *140# or *140*1*120#"));
  if (!exchange_.has_esme()) return say(error_line("no gateway is bound to the SMSC"));
  session_ = exchange_.dial(r.msisdn, r.text, [weak = weak_from_this()](const page& p) {
    const auto self = weak.lock();
    if (!self) return;
    if (p.kind != page_kind::question) self->session_ = 0;
    self->say(p.kind == page_kind::failed ? error_line(p.text) : page_line(p.text, p.kind == page_kind::question));
  });
  if (session_ == 0) say(error_line("the SMSC takes no more calls"));
}

void line_phone::hear_for(std::uint64_t msisdn) {
  if (hears_for_ != 0 && hears_for_ != msisdn) exchange_.forget(hears_for_);
  hears_for_ = msisdn;
  exchange_.listen(msisdn, [weak = weak_from_this()](std::string_view from, std::string_view text) {
    if (const auto self = weak.lock()) self->say(sms_came_line(text, from));
  });
}

void line_phone::write_sms(const handset_request& r) {
  hear_for(r.msisdn);
  const auto weak = weak_from_this();
  exchange_.send_sms(r.msisdn, r.to, r.text, [weak](smpp::status s) {
    const auto self = weak.lock();
    if (self && s != smpp::status::ok) self->say(error_line("the gateway refused the message"));
  });
}

void line_phone::say(std::string line) {
  // Nobody reads this much behind: such a phone is broken.
  if (closed_ || out_.size() > 64 * handset_port::longest_line) return;
  out_ += line;
  if (!writing_) write();
}

void line_phone::write() {
  on_its_way_ = std::exchange(out_, {});
  writing_ = true;
  boost::asio::async_write(socket_, boost::asio::buffer(on_its_way_),
                           [self = shared_from_this()](error_code failed, std::size_t) {
                             self->writing_ = false;
                             if (self->closed_) return;
                             if (failed || (self->leaving_ && self->out_.empty())) return self->close();
                             if (!self->out_.empty()) self->write();
                           });
}

void line_phone::close() {
  if (std::exchange(closed_, true)) return;
  error_code ignored;
  socket_.close(ignored);
  if (hears_for_ != 0) exchange_.forget(hears_for_);
  if (session_ != 0) {
    exchange_.hang_up(std::exchange(session_, 0));
    exchange_.flush();
  }
  if (const auto all = among_.lock()) std::erase(*all, shared_from_this());
}

} // namespace

struct handset_port::impl : std::enable_shared_from_this<handset_port::impl> {
  impl(boost::asio::io_context& io, smsc& s, std::uint16_t port)
      : exchange(s), acceptor(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), port)) {}

  void accept() {
    acceptor.async_accept([weak = weak_from_this()](error_code failed, tcp::socket socket) {
      const auto self = weak.lock();
      if (!self || !self->acceptor.is_open() || failed == boost::asio::error::operation_aborted) return;
      if (!failed) self->take(std::move(socket));
      self->accept();
    });
  }

  void take(tcp::socket socket) {
    const auto phone = std::make_shared<line_phone>(std::move(socket), exchange, phones);
    if (phones->size() >= most_phones) return phone->refuse("too many phones at once");
    phones->push_back(phone);
    phone->start();
  }

  void stop() {
    error_code ignored;
    acceptor.close(ignored);
    for (const auto& phone : phone_list(*phones))
      phone->close();
  }

  smsc& exchange;
  tcp::acceptor acceptor;
  std::shared_ptr<phone_list> phones = std::make_shared<phone_list>();
};

handset_port::handset_port(boost::asio::io_context& io, smsc& exchange, std::uint16_t port)
    : impl_(std::make_shared<impl>(io, exchange, port)) {
  impl_->accept();
}

handset_port::~handset_port() { stop(); }

std::uint16_t handset_port::port() const { return impl_->acceptor.local_endpoint().port(); }
void handset_port::stop() { impl_->stop(); }

} // namespace tallyline::rehearsal
