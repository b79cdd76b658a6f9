// A line between a site's call and a gateway's, in time that the test gives: speed, latency, errors, octets that it
// eats, a cut. All seeded: the same settings give the same run.
#pragma once

#include "modem/link/gateway_call.h"
#include "modem/link/site_call.h"

#include <deque>
#include <functional>
#include <optional>
#include <random>
#include <string>

namespace tallyline::test {

namespace link = modem::link;
using link::instant;

struct line_settings {
  std::int64_t speed = 2400; // bit/s, ten an octet
  instant latency = std::chrono::milliseconds(300);
  double bit_errors = 0; // chance a bit, start and stop bits too
  std::string eats;      // octets that do not arrive
  bool seven_bits = false;
  bool even_parity = false; // with seven bits: the eighth is set by the line
  std::uint64_t seed = 1;
  std::optional<std::uint64_t> cut_after; // octets both ways
  instant commit = std::chrono::milliseconds(5);
};

struct call_result {
  std::vector<link::site_event> events;
  std::uint64_t up = 0, down = 0; // octets
  int turns = 0;                  // changes of direction
  instant took{};                 // until the site's call ended, or the cut
  bool cut = false, ended = false;
  link::call_ended how;
  std::vector<std::string> log; // the gateway's
};

// What the gateway does with a batch: its answers, which leave after the commit; nothing: it cannot keep anything.
using desk = std::function<std::optional<std::vector<link::answer>>(const link::batch&)>;

class link_line {
public:
  link_line(line_settings s) : settings_(s), random_(s.seed) {}

  call_result run(link::site_call& site, link::gateway_call& gateway, const desk& answers,
                  const std::function<void(const link::call_opened&)>& opened = {},
                  instant longest = std::chrono::minutes(30)) {
    call_result r;
    take(r, site.begin(now_));
    while (!r.ended && !r.cut) {
      const auto next = soonest();
      if (!next || *next > longest) break;
      now_ = *next;
      if (!up_.octets.empty() && up_.octets.front().at <= now_) {
        give(r, gateway.step(arrived(up_), now_), answers, opened);
      } else if (!down_.octets.empty() && down_.octets.front().at <= now_) {
        take(r, site.step(arrived(down_), now_));
      } else if (!commits_.empty() && commits_.front().at <= now_) {
        auto done = std::move(commits_.front());
        commits_.pop_front();
        give(r, done.kept ? gateway.answered(std::move(*done.kept), now_) : gateway.cannot_keep(now_), answers, opened);
      } else if (site_wake_ && *site_wake_ <= now_) {
        site_wake_.reset();
        take(r, site.step({}, now_));
      } else if (gateway_wake_ && *gateway_wake_ <= now_) {
        gateway_wake_.reset();
        give(r, gateway.step({}, now_), answers, opened);
      }
    }
    r.took = now_;
    return r;
  }

private:
  struct octet {
    instant at{};
    char value = 0;
  };
  struct way {
    std::deque<octet> octets;
    instant free{};
  };
  struct commit {
    instant at{};
    std::optional<std::vector<link::answer>> kept;
  };

  std::optional<instant> soonest() const {
    std::optional<instant> first;
    const auto at = [&first](instant t) { first = first ? std::min(*first, t) : t; };
    if (!up_.octets.empty()) at(up_.octets.front().at);
    if (!down_.octets.empty()) at(down_.octets.front().at);
    if (!commits_.empty()) at(commits_.front().at);
    if (site_wake_) at(*site_wake_);
    if (gateway_wake_) at(*gateway_wake_);
    return first ? std::optional(std::max(*first, now_)) : std::nullopt;
  }

  std::string arrived(way& w) {
    std::string out;
    while (!w.octets.empty() && w.octets.front().at <= now_) {
      out += w.octets.front().value;
      w.octets.pop_front();
    }
    return out;
  }

  void put(call_result& r, way& w, std::uint64_t& count, const std::string& bytes) {
    if (!bytes.empty() && last_way_ != &w) ++r.turns, last_way_ = &w;
    for (char c : bytes) {
      w.free = std::max(w.free, now_) + instant(settings_.speed ? 10'000'000 / settings_.speed : 0);
      ++count;
      if (settings_.cut_after && r.up + r.down > *settings_.cut_after) {
        r.cut = true;
        return;
      }
      if (settings_.eats.find(c) != std::string::npos) continue;
      if (settings_.seven_bits) c = static_cast<char>(c & 0x7F);
      if (settings_.even_parity && __builtin_parity(static_cast<unsigned>(c & 0x7F))) c = static_cast<char>(c | 0x80);
      w.octets.push_back({w.free + settings_.latency, disturbed(c)});
    }
  }

  char disturbed(char c) {
    if (settings_.bit_errors <= 0) return c;
    std::uniform_real_distribution<double> chance;
    for (int bit = 0; bit < 10; ++bit)
      if (chance(random_) < settings_.bit_errors)
        c = bit < 8 ? static_cast<char>(c ^ 1 << bit) : static_cast<char>(random_()); // framing lost: anything
    return c;
  }

  void take(call_result& r, link::site_actions a) {
    put(r, up_, r.up, a.send);
    for (auto& e : a.events) {
      if (const auto* end = std::get_if<link::call_ended>(&e)) r.ended = true, r.how = *end;
      r.events.push_back(std::move(e));
    }
    site_wake_ = a.wake;
  }

  void give(call_result& r, link::gateway_actions a, const desk& answers,
            const std::function<void(const link::call_opened&)>& opened) {
    put(r, down_, r.down, a.send);
    gateway_wake_ = a.wake;
    for (const auto& e : a.events) {
      if (const auto* b = std::get_if<link::batch>(&e))
        commits_.push_back({now_ + settings_.commit, answers(*b)});
      else if (const auto* o = std::get_if<link::call_opened>(&e)) {
        if (opened) opened(*o);
      } else
        r.log.push_back(std::get<link::caller_refused>(e).why);
    }
  }

  line_settings settings_;
  std::mt19937_64 random_;
  instant now_{};
  way up_, down_;
  way* last_way_ = nullptr;
  std::deque<commit> commits_;
  std::optional<instant> site_wake_, gateway_wake_;
};

} // namespace tallyline::test
