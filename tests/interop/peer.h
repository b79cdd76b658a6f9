// A program at the other end of something: told what to do a line at a time, and what it says is kept in a file.
#pragma once

#include <array>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace tallyline::tests {

inline std::string contents(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

template <class Reached> bool waited_for(Reached reached, int seconds = 30) {
  for (int i = 0; i < seconds * 50; ++i) {
    if (reached()) return true;
    ::poll(nullptr, 0, 20);
  }
  return reached();
}

class peer {
public:
  peer(std::vector<std::string> program, std::string said) : said_(std::move(said)) {
    std::array<int, 2> in{};
    REQUIRE(::pipe2(in.data(), O_CLOEXEC) == 0);
    std::vector<char*> argv;
    for (auto& a : program)
      argv.push_back(a.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_addopen(&actions, 1, said_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, (said_ + ".errors").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    REQUIRE(::posix_spawn(&pid_, argv.front(), &actions, nullptr, argv.data(), environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    in_ = in[1];
  }
  peer(const peer&) = delete;
  peer& operator=(const peer&) = delete;
  ~peer() { // its input ends, and it with it
    ::close(in_);
    ::waitpid(pid_, nullptr, 0);
  }

  void tell(const std::string& line) {
    const std::string whole = line + "\n";
    REQUIRE(::write(in_, whole.data(), whole.size()) == static_cast<ssize_t>(whole.size()));
  }
  std::string said() const { return contents(said_); }
  // How often.
  std::size_t count(std::string_view part) const {
    const std::string all = said();
    std::size_t n = 0;
    for (std::size_t at = 0; (at = all.find(part, at)) != std::string::npos; ++at)
      ++n;
    return n;
  }
  void wait(std::string_view part, int seconds = 30, std::size_t times = 1) {
    const bool came = waited_for([&] { return count(part) >= times; }, seconds);
    INFO(said());
    REQUIRE_MESSAGE(came, "'", part, "' was waited for");
  }

private:
  std::string said_;
  pid_t pid_ = -1;
  int in_ = -1;
};

} // namespace tallyline::tests
