// A GSM modem with a SIM, as SIMCom, Quectel and Wavecom make them: what the DTE writes goes in, what it would read
// comes out. It has no clock and no port of its own; tests/interop/gsm_modem.cpp gives it both.
//
// It holds to 3GPP TS 27.005 and 27.007 where our profiles use them, and is strict: a message that has another length
// than was said is refused, one that is not acknowledged where that was asked for ends the delivery of all further
// ones.
#pragma once

#include "tests/interop/gsm_pdu.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tallyline::tests {

class gsm_modem {
public:
  // `to_dte`: octets that it says. `tell`: what happens, a line each, for whoever plays the network.
  gsm_modem(std::string make, std::function<void(std::string_view)> to_dte,
            std::function<void(const std::string&)> tell);

  void from_dte(std::string_view octets);
  void tick(double now);
  // Switched on: all that is not on its SIM is forgotten.
  void boot();
  // A line of what the network and the person who has the modem do; the usage in gsm_modem.cpp. False: not understood.
  bool obey(const std::string& line);

private:
  struct stored {
    std::string pdu;
    bool read = false;
  };
  void answer(std::string_view line);
  void say(std::string_view line); // between CR LFs
  void cme(int error);
  void cms(int error);
  void run(const std::string& line);
  void basic(std::string_view rest);
  void extended(const std::string& text);
  bool identity(const std::string& text);
  bool settings(const std::string& text);
  bool network(const std::string& text);
  void sim_pin(const std::string& text);
  bool messages(const std::string& text);
  void list();
  void read(int index);
  void submit(const std::string& pdu);
  void acknowledge(bool well);
  void arrive(const std::string& pdu, bool is_report);
  void ring();
  void connect();
  void hang_up(std::string_view why);
  void noise(int octets);
  void tell_far();
  bool sim_open() const { return pin_.empty() || pin_given_; }
  void after(double seconds, std::function<void()> what) { later_.emplace(now_ + seconds, std::move(what)); }

  std::string make_;
  std::function<void(std::string_view)> to_dte_;
  std::function<void(const std::string&)> tell_;
  double now_ = 0;
  std::multimap<double, std::function<void()>> later_;
  // the SIM, which outlives a reboot
  std::map<int, stored> sim_;
  std::size_t places_ = 20;
  std::string pin_;
  // what the DTE has set
  bool echo_ = true, clip_ = false;
  int cmee_ = 0, creg_mode_ = 0, mt_ = 0, ds_ = 0, service_ = 0;
  bool keeps_service_ = false; // boots with +CSMS=1, as some are delivered
  // its state
  bool pin_given_ = false, mute_ = false, all_error_ = false, online_ = false, off_hook_ = false, ringing_ = false,
       starting_ = false;
  int busy_answers_ = 0, registration_ = 1, signal_ = 18, next_cms_ = 0, reference_ = 0, report_status_ = 0;
  bool reports_ = true;
  double submit_takes_ = 0.2;
  std::string typed_, caller_, far_,
      awaited_;            // far_: heard by the far side and not told yet; awaited_: a PDU that waits for AT+CNMA
  std::size_t length_ = 0; // of the message that is typed behind the prompt; 0: none is
  bool prompted_ = false;
};

} // namespace tallyline::tests
