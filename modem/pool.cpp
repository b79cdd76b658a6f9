#include "modem/pool.h"

#include "modem/line.h"

#include <algorithm>
#include <deque>

namespace tallyline::modem {
namespace {

constexpr std::size_t most_waiting_messages = 10'000;

} // namespace

struct pool::impl final : line_owner {
  impl(port_maker& ports, std::vector<line_settings> settings, pool_handlers h) : on(std::move(h)) {
    for (auto& s : settings)
      lines.push_back(std::make_unique<line>(lines.size(), std::move(s), ports, *this));
  }

  std::uint64_t next_call_number() override { return ++calls; }
  std::unique_ptr<call_handler> call_connected(call& c) override { return on.connected ? on.connected(c) : nullptr; }
  void call_ended(const call_info& info, const call_figures& carried, call_end why) override {
    if (on.ended) on.ended(info, carried, why);
  }
  void message_came(std::size_t number, std::uint64_t ticket, octets_view tpdu) override {
    if (on.sms_in) on.sms_in({number, ticket, tpdu});
  }
  void message_left(const message_sent& s) override {
    if (on.sms_sent) on.sms_sent(s);
  }
  void in_service(std::size_t number) override {
    send_waiting(*lines[number], number);
    if (on.ready) on.ready(number);
  }
  void released(std::size_t) override {
    if (!stopping || !std::all_of(lines.begin(), lines.end(), [](const auto& l) { return l->stopped(); })) return;
    if (const auto told = std::move(stopping)) {
      stopping = nullptr;
      told();
    }
  }

  // A message takes the first modem that is free; one that is bound to a modem waits for that.
  void send_waiting(line& l, std::size_t number) {
    if (!l.can_send_message()) return;
    const auto next =
        std::find_if(waiting.begin(), waiting.end(), [&](const message& m) { return !m.by || *m.by == number; });
    if (next == waiting.end()) return;
    const message m = std::move(*next);
    waiting.erase(next);
    l.send_message(m.tpdu, m.token);
  }

  struct message {
    std::vector<std::uint8_t> tpdu;
    std::uint64_t token;
    std::optional<std::size_t> by;
  };
  pool_handlers on;
  std::vector<std::unique_ptr<line>> lines;
  std::deque<message> waiting;
  std::function<void()> stopping;
  std::uint64_t calls = 0;
};

pool::pool(port_maker& ports, std::vector<line_settings> lines, pool_handlers on)
    : impl_(std::make_unique<impl>(ports, std::move(lines), std::move(on))) {}
pool::~pool() = default;

void pool::start() {
  for (const auto& l : impl_->lines)
    l->start();
}

void pool::stop(std::function<void()> done) {
  if (impl_->lines.empty()) return done();
  impl_->stopping = std::move(done);
  for (const auto& l : impl_->lines)
    l->stop();
}

bool pool::dial(dial_request r) {
  if (r.numbers.empty()) return false;
  const auto fits = [&](const auto& l) { return l->idle() && (r.line.empty() || l->settings().name == r.line); };
  const auto found = std::find_if(impl_->lines.begin(), impl_->lines.end(), fits);
  if (found == impl_->lines.end()) return false;
  (*found)->dial(std::move(r));
  return true;
}

bool pool::send_message(octets_view tpdu, std::uint64_t token, std::optional<std::size_t> by) {
  const auto takes = [](const auto& l) { return l->settings().messages && l->settings().profile.messages; };
  const bool any = by ? *by < impl_->lines.size() && takes(impl_->lines[*by])
                      : std::any_of(impl_->lines.begin(), impl_->lines.end(), takes);
  if (!any || impl_->waiting.size() >= most_waiting_messages) return false;
  impl_->waiting.push_back({{tpdu.begin(), tpdu.end()}, token, by});
  for (std::size_t n = 0; n < impl_->lines.size(); ++n)
    impl_->send_waiting(*impl_->lines[n], n);
  return true;
}

void pool::message_kept(std::size_t line, std::uint64_t ticket) { impl_->lines[line]->message_kept(ticket); }
void pool::message_later(std::size_t line, std::uint64_t ticket) { impl_->lines[line]->message_later(ticket); }

std::vector<line_figures> pool::figures() const {
  std::vector<line_figures> all;
  for (const auto& l : impl_->lines)
    all.push_back(l->figures());
  return all;
}

} // namespace tallyline::modem
