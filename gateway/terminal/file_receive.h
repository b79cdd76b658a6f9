// A file by ZMODEM or YMODEM from whoever is on a call, by lrzsz's program in a folder of its own.
//
// Network thread only. A state machine around the program: octets of the line in, octets for the line out, and at the
// end the files, or why there are none. The folder and all in it goes with the object.
#pragma once

#include "modem/call.h"
#include "modem/program.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tallyline::gateway {

class file_receive {
public:
  enum class protocol : std::uint8_t { zmodem, ymodem };
  struct file {
    std::string name; // as the sender calls it, printable
    std::string bytes;
  };
  struct result {
    std::vector<file> files;
    std::string why; // when there are none
  };
  struct settings {
    std::string program;                 // rz, rb
    std::uint64_t largest = 1024 * 1024; // octets of a file
    std::chrono::seconds silence{60}, lasts{1800};
  };
  struct events {
    std::function<modem::clock::time_point()> now;
    std::function<void(modem::octets_view)> send;
    std::function<void()> wake;       // the deadline has come nearer
    std::function<void(result)> done; // once; the object may be destroyed within
  };

  // Throws std::runtime_error when the program cannot be started or there is no folder to be had.
  file_receive(modem::program_runner& runner, settings s, events on);
  ~file_receive();
  file_receive(const file_receive&) = delete;
  file_receive& operator=(const file_receive&) = delete;

  void take(modem::octets_view octets);
  void tick();
  // When `tick` is due; nothing while the program is ending.
  std::optional<modem::clock::time_point> deadline() const;

private:
  void stop(std::string why);
  void ended(modem::program_end end);
  void finish();
  void collect(result& r) const;

  settings settings_;
  events on_;
  std::filesystem::path folder_;
  std::unique_ptr<modem::program> program_;
  modem::clock::time_point began_, last_;
  std::uint64_t octets_ = 0;
  std::string why_, last_words_;
  bool stopping_ = false; // the program has been told to end
  bool over_ = false;     // the program is; what still comes is the sender's farewell
};

} // namespace tallyline::gateway
