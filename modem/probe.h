// Finds out what is at a port: which speed answers, who made it, its SIM, its network, what it can, and which profile
// fits.
//
// Without sockets and clocks of its own; network thread only. Nothing that it asks changes the modem for good.
#pragma once

#include "modem/at_dialog.h"
#include "modem/port.h"
#include "modem/profile.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tallyline::modem {

struct probe_finding {
  std::string item, value; // "signal", "18 of 31 (-77 dBm)"
};
struct probe_result {
  bool answered = false;
  std::string trouble; // when not: what is wrong and what to try
  unsigned speed = 0;
  std::vector<probe_finding> findings;
  std::string profile; // that fits; empty: none is recognised
};

class probe final : public port_listener {
public:
  // `done` is called once; the probe may be destroyed after it, not within it.
  probe(port_maker& ports, port_settings s, std::vector<unsigned> speeds, std::vector<profile> profiles,
        std::function<void(const probe_result&)> done);
  ~probe();

  void on_opened() override;
  void on_closed(const std::string& why) override;
  void on_octets(octets_view octets) override;
  void on_sent() override {}
  void on_carrier(bool) override {}
  void on_due() override;
  void on_power_done(const std::string&) override {}

private:
  void ask(std::string text, std::chrono::milliseconds patience);
  void carry_out(at_dialog::actions& actions);
  void on_result(const at_result& r);
  void next_question();
  void note(const at_result& r);
  void finish();
  void watch();

  std::vector<unsigned> speeds_;
  std::vector<profile> profiles_;
  std::function<void(const probe_result&)> done_;
  at_dialog dialog_;
  probe_result result_;
  std::string identity_;
  std::size_t tries_ = 0, question_ = 0;
  bool asking_ = false, heard_ = false;
  std::unique_ptr<port> port_;
};

} // namespace tallyline::modem
