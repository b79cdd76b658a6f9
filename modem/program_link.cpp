#include "modem/program_link.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <pty.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

namespace tallyline::modem {
namespace {

namespace asio = boost::asio;
using descriptor = asio::posix::stream_descriptor;

constexpr std::chrono::seconds until_killed{1};
constexpr std::size_t longest_line = 500;

class descriptor_owner {
public:
  explicit descriptor_owner(int fd = -1) : fd_(fd) {}
  ~descriptor_owner() {
    if (fd_ >= 0) ::close(fd_);
  }
  descriptor_owner(descriptor_owner&& o) noexcept : fd_(o.release()) {}
  descriptor_owner& operator=(descriptor_owner&& o) noexcept {
    std::swap(fd_, o.fd_);
    return *this;
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

private:
  int fd_;
};

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

// glibc 2.36 declares its function without C linkage.
int pidfd_of(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

struct ends {
  descriptor_owner ours, theirs; // its octets
  descriptor_owner words, words_theirs;
  std::string tty;
};

ends open_ends(bool on_tty) {
  ends e;
  int two[2];
  if (on_tty) {
    termios raw{};
    cfmakeraw(&raw);
    std::array<char, 128> name{};
    if (openpty(&two[0], &two[1], name.data(), &raw, nullptr) != 0) fail("no pty can be had");
    e.tty = name.data();
    ::fcntl(two[0], F_SETFD, FD_CLOEXEC);
    ::fcntl(two[1], F_SETFD, FD_CLOEXEC);
  } else if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, two) != 0) {
    fail("no socket pair can be had");
  }
  e.ours = descriptor_owner(two[0]);
  e.theirs = descriptor_owner(two[1]);
  if (::pipe2(two, O_CLOEXEC) != 0) fail("no pipe can be had");
  e.words = descriptor_owner(two[0]);
  e.words_theirs = descriptor_owner(two[1]);
  return e;
}

// A session of its own, with the pty as its controlling terminal when it has one; signals as a program expects them.
pid_t spawn(const program_settings& s, const ends& e) {
  std::vector<std::string> words = s.arguments;
  std::vector<char*> argv;
  for (auto& w : words)
    argv.push_back(w.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  if (!s.folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, s.folder.c_str());
  if (e.tty.empty())
    posix_spawn_file_actions_adddup2(&actions, e.theirs.get(), 0);
  else
    posix_spawn_file_actions_addopen(&actions, 0, e.tty.c_str(), O_RDWR, 0);
  posix_spawn_file_actions_adddup2(&actions, 0, 1);
  posix_spawn_file_actions_adddup2(&actions, e.words_theirs.get(), 2);
  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  pid_t pid = -1;
  const int failed = posix_spawnp(&pid, argv.front(), &actions, &attributes, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failed)
    throw std::runtime_error(
        fmt::format("{} cannot be started: {}; is it installed?", s.arguments.front(), std::strerror(failed)));
  if (s.largest_file) {
    const rlimit most{s.largest_file, s.largest_file};
    ::prlimit(pid, RLIMIT_FSIZE, &most, nullptr);
  }
  return pid;
}

// Lives until the process has been waited for, longer than its `program` perhaps.
struct child : std::enable_shared_from_this<child> {
  child(asio::io_context& io, pid_t p, ends e, program_events events)
      : pid(p), line(io, e.ours.release()), words(io, e.words.release()), exit(io, pidfd_of(p)), timer(io),
        on(std::move(events)) {
    line.non_blocking(true);
  }

  void start() {
    read();
    read_words();
    exit.async_wait(descriptor::wait_read, [self = shared_from_this()](boost::system::error_code) { self->reap(); });
  }
  void read() {
    line.async_read_some(asio::buffer(in),
                         [self = shared_from_this()](boost::system::error_code failed, std::size_t n) {
                           if (failed) return self->drained(); // EIO of a pty whose last user has gone, too
                           if (self->on.output) self->on.output(octets_view(self->in.data(), n));
                           self->read();
                         });
  }
  void read_words() {
    words.async_read_some(asio::buffer(words_in),
                          [self = shared_from_this()](boost::system::error_code failed, std::size_t n) {
                            if (failed) return;
                            self->note({self->words_in.data(), n});
                            self->read_words();
                          });
  }
  void note(std::string_view more) {
    for (const char c : more) {
      if (c != '\n' && c != '\r') {
        if (said.size() < longest_line) said += c >= ' ' ? c : ' ';
      } else if (!said.empty()) {
        if (on.said) on.said(said);
        said.clear();
      }
    }
  }
  void write() {
    if (!sending.empty() || queued.empty()) return;
    std::swap(sending, queued);
    write_on();
  }
  void write_on() {
    asio::async_write(line, asio::buffer(sending),
                      [self = shared_from_this()](boost::system::error_code failed, std::size_t) {
                        self->sending.clear();
                        if (failed) return self->queued.clear(); // it has closed its end
                        self->write();
                      });
  }
  void hang_up() {
    if (over) return;
    ::kill(-pid, SIGHUP); // the whole session, as a modem's tty does
    ::kill(pid, SIGHUP);
    timer.expires_after(until_killed);
    timer.async_wait([self = shared_from_this()](boost::system::error_code stopped) {
      if (!stopped && !self->over) ::kill(-self->pid, SIGKILL);
    });
  }
  void reap() {
    int status = 0;
    ::waitpid(pid, &status, 0);
    over = true;
    timer.cancel();
    end = WIFSIGNALED(status) ? program_end{0, WTERMSIG(status)} : program_end{WEXITSTATUS(status), 0};
    exited = true;
    // What it wrote last is read to its end first; a program it has left behind may hold the line open.
    timer.expires_after(std::chrono::milliseconds(200));
    timer.async_wait([self = shared_from_this()](boost::system::error_code stopped) {
      if (!stopped) self->drained();
    });
    if (line_ended) drained();
  }
  void drained() {
    line_ended = true;
    if (!exited || told) return;
    told = true;
    timer.cancel();
    note("\n");
    boost::system::error_code ignored;
    line.close(ignored);
    words.close(ignored);
    if (on.ended) {
      const auto ended = std::move(on.ended);
      on = {};
      ended(end);
    }
  }

  pid_t pid;
  descriptor line, words, exit;
  asio::steady_timer timer;
  program_events on;
  std::array<std::uint8_t, 4096> in{};
  std::array<char, 512> words_in{};
  std::string sending, queued, said;
  program_end end;
  bool over = false, exited = false, line_ended = false, told = false;
};

class running final : public program {
public:
  explicit running(std::shared_ptr<child> c) : child_(std::move(c)) {}
  ~running() override {
    child_->on = {};
    child_->hang_up();
  }
  void feed(octets_view octets) override {
    if (child_->over) return;
    child_->queued.append(octets.begin(), octets.end());
    child_->write();
  }
  std::size_t unread() const override { return child_->queued.size() + child_->sending.size(); }
  void hang_up() override { child_->hang_up(); }
  int id() const override { return child_->pid; }

private:
  std::shared_ptr<child> child_;
};

} // namespace

std::string describe(const program_end& e) {
  if (e.signal) return fmt::format("ended by SIG{}", ::sigabbrev_np(e.signal) ? ::sigabbrev_np(e.signal) : "?");
  return fmt::format("exit status {}", e.status);
}

std::unique_ptr<program> program_link::start(const program_settings& s, program_events on) {
  ends e = open_ends(s.on_tty);
  const pid_t pid = spawn(s, e);
  const auto c = std::make_shared<child>(io_, pid, std::move(e), std::move(on));
  c->start();
  return std::make_unique<running>(c);
}

} // namespace tallyline::modem
