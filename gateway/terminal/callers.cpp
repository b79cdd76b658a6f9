#include "gateway/terminal/callers.h"

#include <spdlog/spdlog.h>

namespace tallyline::gateway {
namespace {

std::string_view name_of(modem::caller_is who) {
  switch (who) {
  case modem::caller_is::link:
    return "link";
  case modem::caller_is::ppp:
    return "ppp";
  case modem::caller_is::zmodem:
  case modem::caller_is::person:
    break;
  }
  return "person";
}

std::string peer_of(const modem::call_info& i) { return i.peer.empty() ? "no number" : i.peer; }

} // namespace

// A call from CONNECT to its end: first the classifier, then what it found.
class callers::caller final : public modem::call_handler {
public:
  caller(callers& all, modem::call& line)
      : all_(all), line_(line), classify_(all.classify_, line.now()), since_(line.now()) {
    all_.under_way_[line.info().number] = this;
    line_.wake_at(classify_.deadline());
  }
  ~caller() override { all_.under_way_.erase(line_.info().number); }

  void on_bytes(modem::octets_view bytes) override {
    if (known_) return inner_ ? inner_->on_bytes(bytes) : void();
    follow(classify_.take(bytes, line_.now()));
  }
  void on_wake(modem::clock::time_point now) override {
    if (known_) return inner_ ? inner_->on_wake(now) : void();
    follow(classify_.tick(now));
  }
  void on_writable() override {
    if (inner_) inner_->on_writable();
  }
  void on_lost(modem::call_end why) override {
    const auto& f = line_.carried();
    auto& c = all_.counters_;
    const auto seconds = seconds_now();
    c.octets_in += f.octets_in;
    c.octets_out += f.octets_out;
    c.seconds += seconds;
    c.silent += !known_;
    if (inner_) inner_->on_lost(why);
    spdlog::info("call {} is over: {}, {}, {} s, {} octets in, {} out: {}", line_.info().number, peer_of(line_.info()),
                 what(), seconds, f.octets_in, f.octets_out, modem::describe(why));
    const bool link = known_ && classify_.is() == modem::caller_is::link;
    if (!all_.over_ || link) return;
    const auto by = all_.people_.by(line_.info().number);
    all_.over_({line_.info(), f, what(), by.msisdn, by.reports, why});
  }

  call_figures_now figures() const {
    const auto& i = line_.info();
    const auto& f = line_.carried();
    return {i.number, i.line,        i.peer,      std::string(what()), all_.people_.doing(i.number),
            i.speed,  seconds_now(), f.octets_in, f.octets_out};
  }

private:
  std::uint64_t seconds_now() const {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(line_.now() - since_).count());
  }
  std::string_view what() const { return known_ ? name_of(classify_.is()) : "not known"; }

  void follow(modem::classifier::step s) {
    using step = modem::classifier::step;
    switch (s) {
    case step::greet: // as a terminal; a program that is slow to start is still recognised
      inner_ = all_.people_.answer(line_);
      [[fallthrough]];
    case step::wait:
      return line_.wake_at(classify_.deadline());
    case step::silent:
      known_ = false;
      line_.wake_at(std::nullopt);
      return line_.hang_up("the caller said nothing");
    case step::decided:
      break;
    }
    known_ = true;
    const auto is = classify_.is();
    // Frames are sealed; PPP may carry a password in clear (RFC 1334).
    if (is == modem::caller_is::link) line_.hide(modem::hiding::nothing);
    if (is == modem::caller_is::ppp) line_.hide(modem::hiding::all);
    const bool person = is == modem::caller_is::person || is == modem::caller_is::zmodem;
    spdlog::info("call {}: {}: {}", line_.info().number, peer_of(line_.info()), name_of(is));
    line_.wake_at(std::nullopt);
    if (!person || !inner_) {
      inner_.reset(); // before its successor, which may be one for the same call
      inner_ = all_.handler_for(is, line_);
    } else {
      ++all_.counters_.people;
    }
    if (inner_) inner_->on_bytes(classify_.octets());
  }

  callers& all_;
  modem::call& line_;
  modem::classifier classify_;
  modem::clock::time_point since_;
  bool known_ = false;
  std::unique_ptr<modem::call_handler> inner_;
};

std::unique_ptr<modem::call_handler> callers::connected(modem::call& line) {
  ++counters_.calls;
  const auto& i = line.info();
  spdlog::info("call {}: {} on {}{}{}", i.number, peer_of(i), i.line, i.connect.empty() ? "" : ": ", i.connect);
  return std::make_unique<caller>(*this, line);
}

std::unique_ptr<modem::call_handler> callers::handler_for(modem::caller_is who, modem::call& line) {
  switch (who) {
  case modem::caller_is::link:
    ++counters_.links;
    if (link_)
      if (auto made = link_(line)) return made;
    ++counters_.refused;
    spdlog::warn("call {}: a site's program calls, and this gateway takes no reports by link", line.info().number);
    line.hang_up("no report link is configured");
    return nullptr;
  case modem::caller_is::ppp:
    ++counters_.ppp;
    return hand_to_ppp(line);
  case modem::caller_is::zmodem:
  case modem::caller_is::person:
    break;
  }
  ++counters_.people;
  return people_.answer(line);
}

std::unique_ptr<modem::call_handler> callers::hand_to_ppp(modem::call& line) {
  if (!ppp_.on) {
    ++counters_.refused;
    spdlog::warn("call {}: the caller speaks PPP, and there is no `ppp:` in the configuration", line.info().number);
    line.hang_up("no PPP is configured");
    return nullptr;
  }
  try {
    return std::make_unique<ppp_session>(runner_, ppp_, line);
  } catch (const std::runtime_error& e) {
    ++counters_.refused;
    spdlog::error("call {}: {}", line.info().number, e.what());
    line.hang_up("pppd cannot be started");
    return nullptr;
  }
}

std::vector<call_figures_now> callers::under_way() const {
  std::vector<call_figures_now> all;
  for (const auto& [number, c] : under_way_)
    all.push_back(c->figures());
  return all;
}

} // namespace tallyline::gateway
