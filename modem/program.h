// A program of its own that a call's octets go through: rz for a file, pppd for PPP.
//
// Network thread only. The program gets a folder, its octets and nothing else of ours.
#pragma once

#include "modem/call.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tallyline::modem {

struct program_settings {
  std::vector<std::string> arguments; // the first is the program's path, or its name to look up in PATH
  std::filesystem::path folder;       // it runs in; empty: ours
  bool on_tty = false;                // it gets a terminal of its own (a pty, raw) instead of pipes
  std::uint64_t largest_file = 0;     // that it may write; 0: any
};

// How it ended: exit status, or the signal.
struct program_end {
  int status = 0;
  int signal = 0;
  bool well() const { return status == 0 && signal == 0; }
};
// "exit status 4", "killed by SIGKILL".
std::string describe(const program_end& e);

struct program_events {
  std::function<void(octets_view)> output;
  std::function<void(const std::string& line)> said; // on its standard error, a line at a time
  std::function<void(program_end)> ended;            // once, and nothing after it
};

class program {
public:
  // Ends it, with nothing called any more: its line is gone (SIGHUP), and a second later it is killed.
  virtual ~program() = default;
  virtual void feed(octets_view octets) = 0;
  // Octets fed that it has not read yet.
  virtual std::size_t unread() const = 0;
  // As when its line is gone; `ended` follows.
  virtual void hang_up() = 0;
  virtual int id() const = 0; // of the process
};

class program_runner {
public:
  // Throws std::runtime_error that says what to do when it cannot be started. No event comes from within.
  virtual std::unique_ptr<program> start(const program_settings& s, program_events on) = 0;

protected:
  ~program_runner() = default;
};

} // namespace tallyline::modem
