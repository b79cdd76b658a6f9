#include "gateway/site/site_dial_link.h"

#include "gateway/link_caller.h"
#include "modem/pool.h"
#include "modem/serial_link.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <optional>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

namespace link = modem::link;
using told = std::function<void(const site_desk::sent&)>;

// The site's end of the link on a call that is connected.
class talk final : public modem::call_handler {
public:
  talk(site_desk& desk, modem::call& line, const told& answered, wire_result& result, std::function<void()> over)
      : desk_(desk), line_(line), sender_(line), answered_(answered), result_(result), over_(std::move(over)),
        began_(steady_now()),
        call_(desk.begin_call({static_cast<std::int64_t>(line.info().speed), link::line_care::none})) {
    perform(call_->begin(began_));
  }

  void on_bytes(modem::octets_view bytes) override {
    if (call_->ended()) return;
    perform(call_->step({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, steady_now()));
  }
  void on_wake(modem::clock::time_point) override {
    if (!call_->ended()) perform(call_->step({}, steady_now()));
  }
  void on_writable() override { sender_.go_on(); }
  void on_lost(modem::call_end why) override {
    if (!call_->ended())
      desk_.take(link::call_ended{link::call_end::line_dead, fmt::format("the line: {}", modem::describe(why)), 0});
    desk_.call_over(*call_);
    const auto& c = call_->counters();
    const double seconds = std::chrono::duration<double>(steady_now() - began_).count();
    result_ = {desk_.outcome(), c.octets_out, c.octets_in, c.again + c.asked, seconds};
    over_();
  }

private:
  void perform(link::site_actions next) {
    for (const auto& e : next.events)
      desk_.take(e);
    if (!next.events.empty() && answered_) answered_(desk_.outcome());
    if (!next.send.empty()) sender_.send(next.send);
    if (call_->ended()) return sender_.hang_up("all is said");
    if (!next.wake) return line_.wake_at(std::nullopt);
    line_.wake_at(modem::clock::time_point(*next.wake));
  }

  site_desk& desk_;
  modem::call& line_;
  call_sender sender_;
  const told& answered_;
  wire_result& result_;
  std::function<void()> over_;
  link::instant began_;
  std::unique_ptr<link::site_call> call_;
};

class dialler {
public:
  dialler(site_desk& desk, const dial_plan& plan, const told& answered)
      : desk_(desk), plan_(plan), answered_(answered), ports_(io_), patience_(io_), pool_(ports_, lines(), handlers()) {
  }

  wire_result run() {
    pool_.start();
    patience_.expires_after(plan_.ready_within);
    patience_.async_wait([this](boost::system::error_code stopped) {
      if (!stopped && !dialled_) stop(not_ready());
    });
    io_.run();
    if (!failed_.empty()) throw std::runtime_error(failed_);
    return result_;
  }

private:
  std::vector<modem::line_settings> lines() const {
    modem::line_settings one;
    one.name = "modem";
    one.port.path = plan_.port;
    one.port.lock_folder = plan_.lock_folder;
    one.profile = plan_.profile;
    one.answer_after = 0;
    one.traffic_log = plan_.traffic_log;
    return {one};
  }
  modem::pool_handlers handlers() {
    modem::pool_handlers on;
    on.connected = [](modem::call&) { return nullptr; }; // a site takes no calls
    on.ready = [this](std::size_t) { dial(); };
    return on;
  }

  void dial() {
    if (std::exchange(dialled_, true)) return;
    modem::dial_request r;
    r.numbers = plan_.numbers;
    r.answer_s = plan_.answer_s;
    r.connected = [this](modem::call& line) {
      return std::make_unique<talk>(desk_, line, answered_, result_, [this] { stop({}); });
    };
    r.failed = [this](const std::string& why) { stop(why); };
    if (!pool_.dial(std::move(r))) stop("the modem does not take a call now");
  }

  std::string not_ready() const {
    const auto f = pool_.figures().front();
    return fmt::format("{} is not ready to dial after {} s: {}{}{}; see: tallyline modem probe {}", plan_.port,
                       plan_.ready_within.count(), f.state, f.detail.empty() ? "" : ", ", f.detail, plan_.port);
  }

  void stop(std::string why) {
    failed_ = std::move(why);
    patience_.cancel();
    pool_.stop([this] { io_.stop(); });
  }

  site_desk& desk_;
  const dial_plan& plan_;
  const told& answered_;
  boost::asio::io_context io_;
  modem::serial_ports ports_;
  boost::asio::steady_timer patience_;
  modem::pool pool_;
  wire_result result_{};
  std::string failed_;
  bool dialled_ = false;
};

} // namespace

wire_result call_by_modem(site_desk& desk, const dial_plan& plan, const told& answered) {
  return dialler(desk, plan, answered).run();
}

} // namespace tallyline::gateway
