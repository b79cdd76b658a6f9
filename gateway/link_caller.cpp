#include "gateway/link_caller.h"

#include <algorithm>

namespace tallyline::gateway {
namespace {

modem::octets_view octets_of(std::string_view s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }

class caller final : public modem::call_handler {
public:
  caller(link_bearer& bearer, modem::call& line) : sender_(line) {
    link_line carrier;
    carrier.send = [this](const std::string& octets) { sender_.send(octets); };
    carrier.wake_at = [&line](std::optional<modem::link::instant> at) {
      if (!at) return line.wake_at(std::nullopt);
      line.wake_at(modem::clock::time_point(*at)); // both count from the start of the steady clock
    };
    carrier.hang_up = [this] { sender_.hang_up("all is said"); };
    const auto& info = line.info();
    call_ = bearer.take({static_cast<std::int64_t>(info.speed), modem::link::line_care::none},
                        info.peer.empty() ? info.line : info.line + " " + info.peer, std::move(carrier));
  }

  void on_bytes(modem::octets_view bytes) override {
    call_->heard({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  void on_wake(modem::clock::time_point) override { call_->woken(); }
  void on_writable() override { sender_.go_on(); }
  void on_lost(modem::call_end why) override { call_->gone(std::string(modem::describe(why))); }

private:
  call_sender sender_;
  std::shared_ptr<link_call> call_;
};

} // namespace

void call_sender::send(std::string_view octets) {
  waiting_ += octets;
  go_on();
}

void call_sender::go_on() {
  for (std::size_t piece = modem::call::high_water; !waiting_.empty() && piece > 0;) {
    const auto part = std::string_view(waiting_).substr(0, piece);
    if (line_.send(octets_of(part)))
      waiting_.erase(0, part.size());
    else
      piece = std::min(piece, waiting_.size()) / 2; // what is left of the call's room
  }
  if (waiting_.empty() && ending_) line_.hang_up(*std::exchange(ending_, std::nullopt));
}

void call_sender::hang_up(std::string why) {
  ending_ = std::move(why);
  go_on();
}

std::unique_ptr<modem::call_handler> link_caller(link_bearer& bearer, modem::call& line) {
  return std::make_unique<caller>(bearer, line);
}

} // namespace tallyline::gateway
