// The real binary as a child process: started, killed, waited for, by its own process id only.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace tallyline::tests {

class child {
public:
  child() = default;
  // Standard output and error go to the file.
  child(std::vector<std::string> arguments, const std::string& log) {
    std::string binary = TALLYLINE_BINARY;
    std::vector<char*> argv{binary.data()};
    for (auto& a : arguments)
      argv.push_back(a.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    REQUIRE(posix_spawn(&pid_, binary.c_str(), &actions, nullptr, argv.data(), environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
  }
  child(child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  child& operator=(child&& other) noexcept {
    end(SIGKILL);
    pid_ = std::exchange(other.pid_, -1);
    return *this;
  }
  ~child() { end(SIGKILL); }

  pid_t id() const { return pid_; }
  // Sends the signal and waits. The exit code, or minus the signal that ended it.
  int end(int signal) {
    if (pid_ <= 0) return 0;
    ::kill(pid_, signal);
    return wait();
  }
  // The same, but lets the other side of its connections go on meanwhile: `breathe` is called again and again.
  template <class Breathe> int end_gently(Breathe breathe) {
    ::kill(pid_, SIGTERM);
    int status = 0;
    for (int i = 0; i < 1500 && ::waitpid(pid_, &status, WNOHANG) == 0; ++i)
      breathe();
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  int wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

private:
  pid_t pid_ = -1;
};

inline int run(std::vector<std::string> arguments, const std::string& log) {
  return child(std::move(arguments), log).wait();
}

} // namespace tallyline::tests
