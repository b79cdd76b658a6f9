// All terminals: what their sessions share, and the bearer that brings pages to them.
//
// Network thread only. Sessions belong to their calls (modem/call.h); the house knows them by the call's number.
#pragma once

#include "gateway/inbound.h"
#include "gateway/intake.h"
#include "gateway/pin_guard.h"
#include "gateway/terminal/file_desk.h"
#include "modem/program.h"
#include "modem/terminal.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace tallyline::gateway {

struct terminal_options {
  modem::terminal_settings screen;
  int logins = 5;                           // wrong ones, and the call is over
  std::string zmodem = "rz", ymodem = "rb"; // lrzsz's
  std::uint64_t largest_file = 1024 * 1024; // octets
  std::chrono::seconds file_silence{60};    // nothing comes of a file for so long
  std::chrono::seconds file_lasts{30 * 60}; // at most
};

struct terminal_counters {
  std::uint64_t logins = 0, wrong_logins = 0, files = 0, files_failed = 0, rows_recorded = 0, rows_refused = 0,
                noisy = 0, idle = 0;
};

class terminal_session;

class terminal_house final : public outlet {
public:
  // All referred to must outlive the house. `desk` is given before the first call.
  terminal_house(const std::vector<live_menu>& menus, const election_world& world, storage::store& store,
                 pin_guard& pins, modem::program_runner& runner, terminal_options options = {},
                 std::function<std::int64_t()> unix_ms = intake_clock{}.unix_ms);
  ~terminal_house();
  void deliver_to(intake& desk) { desk_ = &desk; }

  // A person's session on this call, greeted.
  std::unique_ptr<modem::call_handler> answer(modem::call& line);

  void page(std::uint64_t msisdn, std::string_view code, const return_path& path, std::string_view text,
            bool last) override;
  const menus::bearer* page_limit(const return_path& path) const override;
  void recorded(const return_path& path) override;
  void flush() override {}

  // A moment at which sessions of the intake may have to expire has perhaps come nearer; for whoever keeps its timer.
  void on_turn(std::function<void()> turned) { turned_ = std::move(turned); }

  const terminal_counters& counters() const { return counters_; }
  // What the person on this call is doing, in a few words; empty when there is none.
  std::string doing(std::uint64_t call) const;
  // Who has logged in on this call, 0: nobody; and how many reports it has brought.
  struct brought {
    std::uint64_t msisdn = 0, reports = 0;
  };
  brought by(std::uint64_t call) const;

private:
  friend class terminal_session;
  terminal_session* find(std::uint64_t call) const;

  const std::vector<live_menu>& menus_;
  const election_world& world_;
  pin_guard& pins_;
  modem::program_runner& runner_;
  terminal_options options_;
  std::function<std::int64_t()> unix_ms_;
  file_desk files_;
  intake* desk_ = nullptr;
  std::function<void()> turned_;
  terminal_counters counters_;
  boost::unordered_flat_map<std::uint64_t, terminal_session*> sessions_; // by call number
};

} // namespace tallyline::gateway
