// A call whose caller speaks PPP, handed to pppd: the program gets a terminal of its own, and every octet goes through,
// those first that were read to find out what the caller is.
//
// Network thread only; belongs to its call.
#pragma once

#include "modem/call.h"
#include "modem/program.h"

#include <memory>
#include <string>
#include <vector>

namespace tallyline::gateway {

struct ppp_settings {
  bool on = false; // without it a PPP caller is refused
  std::string program = "/usr/sbin/pppd";
  std::vector<std::string> options{"auth"}; // pppd(8); ours come behind them
  std::string local, remote;                // addresses; may be empty where the options say
};

// As pppd is started: the terminal is its standard input, it stays in the foreground, its log goes to ours, and the
// pty's missing modem lines are no concern of it.
std::vector<std::string> ppp_arguments(const ppp_settings& s);

class ppp_session final : public modem::call_handler {
public:
  // Throws std::runtime_error when pppd cannot be started. Both must outlive it.
  ppp_session(modem::program_runner& runner, const ppp_settings& s, modem::call& line);
  void on_bytes(modem::octets_view bytes) override;
  void on_lost(modem::call_end why) override;
  void on_writable() override;

private:
  void ended(modem::program_end end);
  void from_program(modem::octets_view octets);

  modem::call& line_;
  std::string waiting_, first_words_; // what it says first names the trouble, the rest tells what to do
  std::unique_ptr<modem::program> program_;
};

} // namespace tallyline::gateway
