// A line's call: from CONNECT to the end of it.
#include "modem/line.h"

#include <algorithm>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <utility>

namespace tallyline::modem {
namespace {

using namespace std::chrono_literals;
constexpr std::uint8_t lf = 0x0A;
constexpr std::chrono::milliseconds settles{200}; // a modem's own way to the line

} // namespace

void line::call_up() {
  info_.number = owner_.next_call_number();
  info_.line = settings_.name;
  info_.dialled = dialling_.has_value();
  info_.peer = dialling_ ? dialling_->numbers[dialled_] : caller_;
  info_.speed = speed_hint_ != 0 ? speed_hint_ : connect_speed(info_.connect, settings_.profile.speeds[speed_]);
  info_.since = port_->now();
  info_.rings = rings_;
  carried_ = {};
  on_line_until_ = {};
  wake_.reset();
  carrier_.clear();
  refused_octets_ = lent_ = false;
  hang_up_why_.clear();
  drops_line_feed_ = dialog_.takes_line_feed();
  saw_carrier_ = settings_.profile.carrier_follows && port_->carrier().value_or(false);
  ++figures_.connected;
  hide(info_.dialled ? hiding::nothing : hiding::next_line);
  figures_.speed = info_.speed;
  figures_.caller = info_.peer;
  figures_.last_connect = info_.connect;
  spdlog::info("{}: call {} {} {}: {}", settings_.name, info_.number, info_.dialled ? "to" : "from",
               info_.peer.empty() ? "a caller without a number" : info_.peer,
               info_.connect.empty() ? "connected" : info_.connect);
  if (dialling_) {
    // Taken out first: its handler may dial again when this call is over.
    const auto connected = std::move(dialling_->connected);
    dialling_.reset();
    handler_ = connected ? connected(*this) : nullptr;
  } else {
    handler_ = owner_.call_connected(*this);
  }
  if (!handler_) hang_up("nobody takes it");
}

void line::call_down(call_end why) {
  octets_view rest;
  if (carrier_.due() && !carrier_.silent(rest) && !rest.empty() && handler_) {
    carried_.octets_in += rest.size();
    handler_->on_bytes(rest);
  }
  carried_.lasted = std::chrono::duration_cast<std::chrono::milliseconds>(port_->now() - info_.since);
  figures_.octets_in += carried_.octets_in;
  figures_.octets_out += carried_.octets_out;
  figures_.seconds += static_cast<std::uint64_t>(carried_.lasted.count() / 1000);
  if (why == call_end::carrier_lost) ++figures_.lost_carrier;
  if (carried_.octets_in > 0) figures_.last_good = port_->now();
  if (lent_) port_->resume();
  lent_ = false;
  hide(hiding::nothing);
  port_->pause(false);
  spdlog::info("{}: call {} is over after {:.1f} s, {} octets in, {} out: {}{}", settings_.name, info_.number,
               static_cast<double>(carried_.lasted.count()) / 1000, carried_.octets_in, carried_.octets_out,
               describe(why), hang_up_why_.empty() || why == call_end::carrier_lost ? "" : "; " + hang_up_why_);
  const auto handler = std::move(handler_);
  if (handler) handler->on_lost(why);
  owner_.call_ended(info_, carried_, why);
}

void line::call_failed() {
  if (!dialling_ || dialled_ >= dialling_->numbers.size()) return;
  auto why = std::exchange(call_failure_, {});
  if (why.empty()) why = "the modem failed meanwhile";
  ++figures_.failed_calls;
  dial_failures_ += fmt::format("{}{}: {}", dial_failures_.empty() ? "" : "; ", dialling_->numbers[dialled_], why);
  spdlog::warn("{}: {} was not reached: {}", settings_.name, dialling_->numbers[dialled_], why);
  ++dialled_;
}

void line::take_call_octets(octets_view octets) {
  if (drops_line_feed_) {
    drops_line_feed_ = false;
    if (octets.front() == lf) octets = octets.subspan(1);
  }
  octets = carrier_.feed(octets, port_->now());
  if (octets.empty()) return;
  carried_.octets_in += octets.size();
  // What comes while it is being hung up has nobody to read it any more.
  if (handler_ && fsm_.state() == line_state::connected) handler_->on_bytes(octets);
}

bool line::send(octets_view bytes) {
  if (fsm_.state() != line_state::connected || lent_) return true; // it goes where the call went
  if (port_->unsent() + bytes.size() > high_water) {
    refused_octets_ = true;
    return false;
  }
  carried_.octets_out += bytes.size();
  if (info_.speed > 0)
    on_line_until_ =
        std::max(on_line_until_, port_->now()) + bytes.size() * std::chrono::microseconds(10'000'000 / info_.speed);
  if (log_) log_->octets(true, bytes);
  port_->write(bytes);
  return true;
}

bool line::has_left() const {
  return fsm_.state() == line_state::draining && port_->unsent() == 0 && port_->now() >= on_line_until_ + settles;
}

std::size_t line::unsent() const { return port_->unsent(); }

void line::pause(bool reading_stops) {
  if (in_call()) port_->pause(reading_stops);
}

void line::hang_up(std::string_view why) {
  if (fsm_.state() != line_state::connected) return;
  hang_up_why_ = why;
  if (lent_) port_->resume();
  lent_ = false;
  step(line_event::hang_up);
  soon_ = std::max(port_->now(), on_line_until_ + settles); // what was sent must reach the other end first
  watch();
}

void line::wake_at(std::optional<clock::time_point> when) {
  wake_ = when;
  watch();
}

void line::hide(hiding h) {
  if (log_) log_->hide(h);
}

int line::lend() {
  if (fsm_.state() != line_state::connected) return -1;
  const int descriptor = port_->lend();
  lent_ = descriptor >= 0;
  return descriptor;
}

void line::take_back(std::string_view why) { hang_up(why); }

} // namespace tallyline::modem
