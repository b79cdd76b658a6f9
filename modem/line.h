// One modem at work: its port, its AT dialogue, its state machine, its call and its short messages, put together. What
// the parts decide is carried out here and nowhere else.
//
// Network thread only. Owned by the pool.
#pragma once

#include "modem/at_dialog.h"
#include "modem/carrier_watch.h"
#include "modem/line_fsm.h"
#include "modem/pool.h"
#include "modem/traffic_log.h"

#include <memory>
#include <optional>
#include <string>

namespace tallyline::modem {

class line;

// The pool, as a line sees it.
class line_owner {
public:
  virtual std::uint64_t next_call_number() = 0;
  virtual std::unique_ptr<call_handler> call_connected(call& c) = 0;
  virtual void call_ended(const call_info& info, const call_figures& carried, call_end why) = 0;
  virtual void message_came(std::size_t line, std::uint64_t ticket, octets_view tpdu) = 0;
  virtual void message_left(const message_sent& s) = 0;
  virtual void in_service(std::size_t line) = 0;
  virtual void released(std::size_t line) = 0;

protected:
  ~line_owner() = default;
};

class line final : public port_listener, public call {
public:
  line(std::size_t number, line_settings s, port_maker& ports, line_owner& owner);
  ~line();
  line(const line&) = delete;
  line& operator=(const line&) = delete;

  void start();
  // Ends with owner.released, perhaps from within.
  void stop();
  bool stopped() const { return fsm_.state() == line_state::stopped; }

  bool idle() const { return fsm_.state() == line_state::idle; }
  const line_settings& settings() const { return settings_; }
  void dial(dial_request r);
  bool can_send_message() const { return idle() && messages_ && messages_->can_send(); }
  void send_message(octets_view tpdu, std::uint64_t token);
  void message_kept(std::uint64_t ticket);
  void message_later(std::uint64_t ticket);
  line_figures figures() const;

  // call
  const call_info& info() const override { return info_; }
  const call_figures& carried() const override { return carried_; }
  clock::time_point now() const override { return port_->now(); }
  bool send(octets_view bytes) override;
  std::size_t unsent() const override;
  void pause(bool reading_stops) override;
  void hang_up(std::string_view why) override;
  void wake_at(std::optional<clock::time_point> when) override;
  void hide(hiding h) override;
  int lend() override;
  void take_back(std::string_view why) override;

  // port_listener
  void on_opened() override;
  void on_closed(const std::string& why) override;
  void on_octets(octets_view octets) override;
  void on_sent() override;
  void on_carrier(bool there) override;
  void on_due() override;
  void on_power_done(const std::string& failure) override;

private:
  // Tags of AT commands: whose result it is.
  enum job : unsigned {
    nobody,
    alive,
    setting_up,
    sim,
    pin,
    network,
    signal,
    check,
    answering,
    dialling,
    hanging,
    resetting
  };

  void step(line_event e, std::string_view why = {}, std::chrono::seconds limit = std::chrono::seconds(0));
  void perform(const line_fsm::outcome& out);
  void perform(line_action a, const line_fsm::outcome& out);
  void tell(const line_fsm::outcome& out);
  void ask(std::string text, job whose, std::chrono::milliseconds patience = std::chrono::seconds(5));
  void set_up();
  void in_service();
  void dial_next();
  void call_up();
  void call_down(call_end why);
  void call_failed();
  void carry_out(at_dialog::actions& actions);
  void write(std::string_view octets);

  void on_result(const at_result& r);
  void on_set_up(const at_result& r);
  void on_sim(const at_result& r);
  void on_pin(const at_result& r);
  void on_network(const at_result& r);
  void on_check(const at_result& r);
  void on_call_result(const at_result& r);
  void on_event(const at_event& e);
  void on_ring();
  void on_caller(std::string_view number);
  void decide_on_call();
  bool welcome(std::string_view caller) const;
  bool in_call() const;
  bool has_left() const;
  void take_call_octets(octets_view octets);
  void sms(sms_fsm::outcome out);
  void watch();

  std::size_t number_;
  line_settings settings_;
  port_maker& ports_;
  line_owner& owner_;
  std::unique_ptr<port> port_;
  std::optional<traffic_log> log_;
  at_dialog dialog_;
  line_fsm fsm_;
  std::optional<sms_fsm> messages_;
  carrier_watch carrier_;

  // set up
  std::size_t speed_ = 0; // of the profile's
  bool told_in_service_ = false; // since it was looked for last
  std::size_t set_up_left_ = 0, set_up_taken_ = 0;
  bool pin_refused_ = false;
  std::string identity_;
  // rings
  unsigned rings_ = 0;
  bool caller_told_ = false, passed_over_ = false;
  std::string caller_;
  // the call
  call_info info_;
  call_figures carried_;
  std::unique_ptr<call_handler> handler_;
  std::optional<clock::time_point> wake_, soon_, watched_;
  clock::time_point on_line_until_; // the modem itself holds octets back while the line is slower than the port
  bool refused_octets_ = false, saw_carrier_ = false, lent_ = false, drops_line_feed_ = false;
  unsigned speed_hint_ = 0; // told ahead of CONNECT
  std::string hang_up_why_;
  std::optional<dial_request> dialling_;
  std::size_t dialled_ = 0;
  std::string dial_failures_, call_failure_;
  line_figures figures_;
};

} // namespace tallyline::modem
