// A line on stderr that says how far a long command is: on a terminal only, gone when it is done.
#pragma once

#include <chrono>
#include <cstdint>
#include <fmt/format.h>
#include <string>
#include <unistd.h>

namespace tallyline::gateway {

class progress {
public:
  explicit progress(std::string doing) : doing_(std::move(doing)), shown_(::isatty(STDERR_FILENO) != 0) {}
  ~progress() {
    if (said_) fmt::print(stderr, "\r\033[K"); // ECMA-48: erase the line
  }
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  void operator()(std::int64_t done, std::int64_t all) {
    const auto now = std::chrono::steady_clock::now();
    if (!shown_ || now - last_ < std::chrono::milliseconds(100)) return;
    last_ = now;
    said_ = true;
    fmt::print(stderr, "\r\033[K{} {:3} %", doing_, all ? done * 100 / all : 100);
  }

private:
  std::string doing_;
  std::chrono::steady_clock::time_point last_{};
  bool shown_, said_ = false;
};

} // namespace tallyline::gateway
