// Modems that are not there, behind the seam that serial ports have: they answer commands, ring, connect, fall silent,
// vanish, in time that passes only as the test says.
#pragma once

#include "modem/port.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tallyline::tests {

class fake_modems;

// How one of them behaves; a test changes it at any time.
struct fake_modem {
  std::string name;
  std::map<std::string, std::string> answers; // by command; what is not here is answered `otherwise`
  std::string otherwise = "\r\nOK\r\n";
  bool there = true, mute = false, echo = false, has_dtr = false, dtr_cures = false;
  bool online = false;            // in a call: what comes is data, but for the escape
  bool escapes = true;            // heeds +++
  std::optional<bool> carrier;    // DCD, where it has one
  std::vector<std::string> heard; // commands
  std::string data;               // what was sent in a call
  std::vector<std::string> done;  // "DTR low", "power", "reopen", "speed 9600"
  std::function<void(const std::string&)> on_command = {};
  std::function<std::string(const std::string&)> on_power = {}; // returns its failure

  void say(std::string_view octets);
  void vanish(const std::string& why = "unplugged");
  void appear();
  void set_carrier(bool on);

  // The port's side.
  fake_modems* world = nullptr;
  modem::port_listener* to = nullptr;
  std::optional<modem::clock::time_point> wake;
  std::string typed;
  bool open = false, paused = false, holds_output = false; // holds_output: nothing that is written leaves
  std::size_t unsent = 0;
};

class fake_modems final : public modem::port_maker {
public:
  modem::clock::time_point now{std::chrono::hours(1000)};
  static constexpr std::chrono::milliseconds delay{5};

  fake_modem& add(const std::string& path) {
    auto& m = all_[path];
    m.name = path;
    m.world = this;
    return m;
  }
  fake_modem& operator[](const std::string& path) { return all_.at(path); }

  std::unique_ptr<modem::port> make(const modem::port_settings& s, modem::port_listener& to) override {
    auto& m = all_.at(s.path);
    m.to = &to;
    later([&m] { m.there ? m.appear() : m.to->on_closed("not there"); });
    return std::make_unique<port>(m);
  }

  void later(std::function<void()> f, modem::clock::duration after = delay) {
    queue_.emplace(std::pair(now + after, ++order_), std::move(f));
  }

  // Lets this much time pass.
  void run(modem::clock::duration d) {
    const auto end = now + d;
    while (step(end)) {
    }
    now = end;
  }
  template <class Reached> bool run_until(Reached reached, modem::clock::duration most = std::chrono::hours(1)) {
    const auto end = now + most;
    while (!reached())
      if (!step(end)) return reached();
    return true;
  }

private:
  struct port final : modem::port {
    explicit port(fake_modem& modem_) : m(modem_) {}
    ~port() override { m.to = nullptr; }
    modem::clock::time_point now() const override { return m.world->now; }
    void wake_at(std::optional<modem::clock::time_point> when) override { m.wake = when; }
    void write(modem::octets_view octets) override { m.world->written(m, {octets.begin(), octets.end()}); }
    std::size_t unsent() const override { return m.unsent; }
    void discard_unsent() override { m.unsent = 0; }
    void pause(bool stops) override { m.paused = stops; }
    void set_speed(unsigned bits) override { m.done.push_back("speed " + std::to_string(bits)); }
    bool set_dtr(bool on) override {
      if (!m.has_dtr) return false;
      if (!on) {
        m.done.emplace_back("DTR low");
        if (m.dtr_cures) m.mute = false;
        m.online = false;
      }
      return true;
    }
    std::optional<bool> carrier() const override { return m.carrier; }
    void reopen() override {
      m.done.emplace_back("reopen");
      m.world->later([&modem = m] {
        modem.vanish("opened anew");
        if (modem.there) modem.appear();
      });
    }
    int lend() override { return 7; }
    void resume() override { m.done.emplace_back("resumed"); }
    void release() override {
      m.to = nullptr;
      m.open = false;
      m.done.emplace_back("released");
    }
    void run_power(const std::string&) override {
      m.done.emplace_back("power");
      const auto failure = m.on_power ? m.on_power("") : std::string();
      m.world->later([&modem = m, failure] {
        if (modem.to) modem.to->on_power_done(failure);
      });
    }
    fake_modem& m;
  };

  bool step(modem::clock::time_point end) {
    std::optional<modem::clock::time_point> first;
    fake_modem* due = nullptr;
    for (auto& [_, m] : all_)
      if (m.wake && m.to && (!first || *m.wake < *first)) first = m.wake, due = &m;
    const bool queued = !queue_.empty() && (!first || queue_.begin()->first.first <= *first);
    if (queued) first = queue_.begin()->first.first;
    if (!first || *first > end) return false;
    now = std::max(now, *first);
    if (queued) {
      const auto f = std::move(queue_.begin()->second);
      queue_.erase(queue_.begin());
      f();
    } else {
      due->wake.reset();
      due->to->on_due();
    }
    return true;
  }

  void written(fake_modem& m, const std::string& octets) {
    if (m.holds_output) {
      m.unsent += octets.size();
      return;
    }
    later([&m] {
      if (m.to) m.to->on_sent();
    });
    if (m.online) {
      if (octets == "+++" && m.escapes && !m.mute) {
        m.online = false;
        m.say("\r\nOK\r\n");
      } else {
        m.data += octets;
      }
      return;
    }
    for (const char c : octets) {
      if (c != '\r' && c != 0x1A && c != 0x1B) {
        m.typed += c;
        continue;
      }
      if (c != 0x1B) command(m, std::exchange(m.typed, {}));
      m.typed.clear();
    }
  }

  void command(fake_modem& m, const std::string& text) {
    m.heard.push_back(text);
    if (m.mute) return;
    if (m.echo) m.say(text + "\r");
    if (m.on_command) m.on_command(text);
    const auto found = m.answers.find(text);
    const auto& answer = found == m.answers.end() ? m.otherwise : found->second;
    if (answer.find("CONNECT") != std::string::npos) m.online = true;
    if (!answer.empty()) m.say(answer);
  }

  std::map<std::string, fake_modem> all_;
  std::map<std::pair<modem::clock::time_point, std::uint64_t>, std::function<void()>> queue_;
  std::uint64_t order_ = 0;
};

inline void fake_modem::say(std::string_view octets) {
  world->later([this, said = std::string(octets)] {
    if (to && open) to->on_octets({reinterpret_cast<const std::uint8_t*>(said.data()), said.size()});
  });
}
inline void fake_modem::vanish(const std::string& why) {
  if (std::exchange(open, false) && to) to->on_closed(why);
}
inline void fake_modem::appear() {
  there = open = true;
  online = false;
  typed.clear();
  if (to) to->on_opened();
}
inline void fake_modem::set_carrier(bool on) {
  carrier = on;
  world->later([this, on] {
    if (to && open) to->on_carrier(on);
  });
}

} // namespace tallyline::tests
