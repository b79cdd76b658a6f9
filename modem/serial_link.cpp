#include "modem/serial_link.h"

#include "modem/port_lock.h"
#include "modem/port_wait_link.h"
#include "modem/serial_tty.h"

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

extern char** environ;

namespace tallyline::modem {
namespace {

namespace asio = boost::asio;

// Lives on in the handlers that are under way after its port is gone; `to_` is null then.
class serial : public std::enable_shared_from_this<serial> {
public:
  serial(asio::io_context& io, const port_settings& s, port_listener& to)
      : io_(io), settings_(s), to_(&to), descriptor_(io), timer_(io), power_(io) {}

  void open_soon() {
    later([](serial& s) { s.try_open(); });
  }

  void release() {
    to_ = nullptr;
    ++timer_set_;
    timer_.cancel();
    wait_.reset();
    close();
    if (power_pid_ > 0) ::kill(-power_pid_, SIGKILL), ::waitpid(power_pid_, nullptr, 0);
    power_pid_ = 0;
    power_.close();
  }

  void wake_at(std::optional<clock::time_point> when) {
    const auto mine = ++timer_set_;
    if (!when) return timer_.cancel(), void();
    timer_.expires_at(*when);
    timer_.async_wait([self = shared_from_this(), mine](const auto& failed) {
      if (!failed && self->timer_set_ == mine && self->to_) self->to_->on_due();
    });
  }

  void write(octets_view octets) {
    if (!is_open() || lent_) return;
    queued_.insert(queued_.end(), octets.begin(), octets.end());
    write_more();
  }
  std::size_t unsent() const { return is_open() ? queued_.size() + leaving_.size() - left_ + tty_unsent(fd()) : 0; }
  void discard_unsent() {
    queued_.clear();
    if (is_open()) discard_tty_output(fd());
  }
  void pause(bool stops) {
    paused_ = stops;
    if (!paused_) read_more();
  }
  void set_speed(unsigned bits) {
    settings_.speed = bits;
    if (is_open()) set_tty_speed(fd(), bits);
  }
  bool set_dtr(bool on) { return is_open() && set_tty_dtr(fd(), on); }
  std::optional<bool> carrier() {
    if (!is_open()) return std::nullopt;
    const auto there = tty_carrier(fd());
    if (there.value_or(false)) watch_carrier(true);
    return there;
  }
  void watch_carrier(bool yes) {
    watching_ = yes;
    if (is_open()) hang_up_with_carrier(fd(), yes);
  }
  void reopen() {
    later([](serial& s) { s.lose("the port is opened anew"); });
  }
  int lend() {
    lent_ = is_open();
    if (lent_) descriptor_.cancel();
    return lent_ ? fd() : -1;
  }
  void resume() {
    lent_ = false;
    read_more();
  }
  void run_power(const std::string& command);

private:
  template <class Do> void later(Do what) {
    asio::post(io_, [self = shared_from_this(), what] {
      if (self->to_) what(*self);
    });
  }
  bool is_open() const { return descriptor_.is_open(); }
  int fd() const { return const_cast<asio::posix::stream_descriptor&>(descriptor_).native_handle(); }

  void try_open() {
    wait_.reset();
    lock_holder held;
    std::string why;
    int opened = -1;
    const bool there = ::access(settings_.path.c_str(), F_OK) == 0;
    if (there) lock_ = port_lock::take(settings_.lock_folder, settings_.path, held);
    if (there && !lock_ && !settings_.lock_folder.empty())
      why = fmt::format("{} is {}", settings_.path, describe(held));
    else
      opened = open_tty(settings_, why);
    if (opened < 0) {
      lock_.release();
      // Heard before it is told: whoever is told may end this.
      wait_ = std::make_unique<port_wait>(io_, settings_.path, held.file, held.pid,
                                          [self = shared_from_this()] { self->try_open(); });
      return to_->on_closed(why);
    }
    descriptor_.assign(opened);
    read_more();
    to_->on_opened();
  }

  void close() {
    queued_.clear();
    lent_ = paused_ = watching_ = reading_ = false;
    ++opening_;
    boost::system::error_code ignored;
    descriptor_.close(ignored);
    lock_.release();
  }

  void lose(const std::string& why) {
    if (!is_open()) return;
    close();
    to_->on_closed(why);
    if (to_) open_soon();
  }

  void read_more() {
    if (!is_open() || paused_ || lent_ || reading_) return;
    reading_ = true;
    descriptor_.async_read_some(asio::buffer(in_),
                                [self = shared_from_this(), mine = opening_](const auto& failed, std::size_t n) {
                                  if (!self->to_ || self->opening_ != mine) return;
                                  self->reading_ = false;
                                  if (failed == asio::error::operation_aborted) return self->read_more();
                                  if (failed) return self->end_of_file(failed);
                                  self->to_->on_octets(octets_view(self->in_).first(n));
                                  if (self->to_) self->read_more();
                                });
  }

  // With CLOCAL off the tty is of no more use after DCD fell; when it can be had again at once, only the carrier is
  // gone.
  void end_of_file(const boost::system::error_code& failed) {
    if (!watching_) return lose(fmt::format("{} is gone: {}", settings_.path, failed.message()));
    watching_ = false;
    std::string why;
    boost::system::error_code ignored;
    ++opening_;
    leaving_.clear();
    queued_.clear();
    left_ = 0;
    descriptor_.close(ignored);
    const int again = open_tty(settings_, why);
    if (again < 0) {
      close();
      to_->on_closed(why);
      if (to_) open_soon();
      return;
    }
    descriptor_.assign(again);
    read_more();
    to_->on_carrier(false);
  }

  void write_more() {
    if (!is_open() || !leaving_.empty() || queued_.empty() || lent_) return;
    leaving_.swap(queued_);
    left_ = 0;
    write_on();
  }
  void write_on() {
    descriptor_.async_write_some(asio::buffer(leaving_.data() + left_, leaving_.size() - left_),
                                 [self = shared_from_this(), mine = opening_](const auto& failed, std::size_t n) {
                                   if (self->opening_ != mine || !self->to_) return;
                                   self->left_ += n;
                                   if (!failed && self->left_ < self->leaving_.size()) return self->write_on();
                                   self->leaving_.clear();
                                   self->left_ = 0;
                                   if (failed) return; // the reader sees it, too
                                   self->write_more();
                                   self->to_->on_sent();
                                 });
  }

  asio::io_context& io_;
  port_settings settings_;
  port_listener* to_;
  asio::posix::stream_descriptor descriptor_;
  port_lock lock_;
  std::unique_ptr<port_wait> wait_;
  asio::steady_timer timer_;
  std::uint64_t timer_set_ = 0, opening_ = 0;
  std::array<std::uint8_t, 4096> in_{};
  std::vector<std::uint8_t> queued_, leaving_;
  std::size_t left_ = 0; // of `leaving_` that the system has taken
  bool paused_ = false, lent_ = false, reading_ = false, watching_ = false;
  asio::posix::stream_descriptor power_;
  pid_t power_pid_ = 0;
};

// In a process group of its own, so that what it starts ends with it.
void serial::run_power(const std::string& command) {
  std::array<const char*, 4> arguments = {"sh", "-c", command.c_str(), nullptr};
  posix_spawnattr_t own_group;
  ::posix_spawnattr_init(&own_group);
  ::posix_spawnattr_setflags(&own_group, POSIX_SPAWN_SETPGROUP);
  ::posix_spawnattr_setpgroup(&own_group, 0);
  const int failed =
      ::posix_spawn(&power_pid_, "/bin/sh", nullptr, &own_group, const_cast<char**>(arguments.data()), environ);
  ::posix_spawnattr_destroy(&own_group);
  const int ended = failed == 0 ? static_cast<int>(::syscall(SYS_pidfd_open, power_pid_, 0)) : -1;
  if (ended < 0) {
    power_pid_ = 0;
    return later([](serial& s) { s.to_->on_power_done("it cannot be run"); });
  }
  boost::system::error_code ignored;
  power_.close(ignored);
  power_.assign(ended);
  power_.async_wait(asio::posix::stream_descriptor::wait_read, [self = shared_from_this()](const auto& aborted) {
    if (aborted || !self->to_) return;
    int status = 0;
    ::waitpid(self->power_pid_, &status, 0);
    self->power_pid_ = 0;
    const bool well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    self->to_->on_power_done(well ? "" : fmt::format("it ended with {}", WIFEXITED(status) ? WEXITSTATUS(status) : -1));
  });
}

class serial_port final : public port {
public:
  serial_port(asio::io_context& io, const port_settings& s, port_listener& to)
      : serial_(std::make_shared<serial>(io, s, to)) {
    serial_->open_soon();
  }
  ~serial_port() override { serial_->release(); }
  clock::time_point now() const override { return clock::now(); }
  void wake_at(std::optional<clock::time_point> when) override { serial_->wake_at(when); }
  void write(octets_view octets) override { serial_->write(octets); }
  std::size_t unsent() const override { return serial_->unsent(); }
  void discard_unsent() override { serial_->discard_unsent(); }
  void pause(bool stops) override { serial_->pause(stops); }
  void set_speed(unsigned bits) override { serial_->set_speed(bits); }
  bool set_dtr(bool on) override {
    serial_->watch_carrier(false); // between calls DCD is low, and the port is still wanted
    return serial_->set_dtr(on);
  }
  std::optional<bool> carrier() const override { return serial_->carrier(); }
  void reopen() override { serial_->reopen(); }
  int lend() override { return serial_->lend(); }
  void resume() override { serial_->resume(); }
  void release() override { serial_->release(); }
  void run_power(const std::string& command) override { serial_->run_power(command); }

private:
  std::shared_ptr<serial> serial_;
};

} // namespace

std::unique_ptr<port> serial_ports::make(const port_settings& s, port_listener& to) {
  return std::make_unique<serial_port>(io_, s, to);
}

} // namespace tallyline::modem
