#include "modem/link/gateway_call.h"

#include "modem/link/octets.h"
#include "modem/link/records.h"

#include <algorithm>
#include <fmt/format.h>

namespace tallyline::modem::link {
namespace {

constexpr int most_broken = 3;
constexpr std::size_t part_size = 1024; // of the forms, under one seal: what a cut line has brought is kept by it

} // namespace

gateway_actions gateway_call::step(std::string_view heard, instant now) {
  channel_.heard(heard, now);
  take_stream();
  return actions(now);
}

gateway_actions gateway_call::answered(std::vector<answer> answers, instant now) {
  for (auto& a : answers) {
    // Told once a call, behind the receipts.
    if (const auto now_in_service = sites_.offer_to(site_); &a == &answers.back() && offered_) {
      a.newer = now_in_service;
      offered_ = false;
    }
    put(std::move(a));
  }
  return actions(now);
}

gateway_actions gateway_call::cannot_keep(instant now) {
  put(not_now{});
  return actions(now);
}

void gateway_call::take_stream() {
  while (!hang_up_ && !over_) {
    if (!up_ && !take_opening()) return;
    const auto next = first_message(channel_.received());
    channel_.expect(!channel_.received().empty());
    if (next.what == next_message::state::incomplete) return;
    const auto plain = next.what == next_message::state::whole ? up_->open(next.sealed) : std::nullopt;
    if (!plain) {
      if (!take_broken()) return;
      continue;
    }
    if (!down_) {
      bound_to_ += next.sealed.substr(0, tag_size);
      down_.emplace(key_, direction::down, bound_to_);
      // Only now is it known that the caller has the key.
      stale_ = call_ <= last_call_;
      if (!stale_) events_.push_back(call_opened{site_, call_});
    }
    channel_.consume(next.octets);
    if (stale_) {
      events_.push_back(caller_refused{
          fmt::format("site {}: call {} was made before (last {}): a replay, or the site's counter was set back", site_,
                      call_, last_call_)});
      put(stale_call{last_call_});
      over_ = true; // the caller hangs up when it has heard
      return;
    }
    auto said = read_up(*plain);
    if (!said) return refuse(refusal::other_version, fmt::format("site {}: an unknown message", site_));
    take(std::move(*said));
  }
}

// False when there is not enough of it, or it is refused.
bool gateway_call::take_opening() {
  const auto found = read_opening(channel_.received());
  if (found.what == found_opening::state::bad)
    return refuse(refusal::other_version, "a caller speaks another version of the link"), false;
  if (found.what == found_opening::state::incomplete) return false;
  const auto known = sites_.by_key(found.is.key);
  if (!known) return refuse(refusal::unknown_key, "a caller's key is unknown or was revoked"), false;
  site_ = known->site, key_ = known->key, last_call_ = known->last_call, call_ = found.is.call;
  bound_to_ = channel_.received().substr(0, found.octets);
  channel_.consume(found.octets);
  up_.emplace(key_, direction::up, bound_to_);
  return true;
}

// Garbled in a way that no checksum saw, or by who has another key: asked for again, a few times.
bool gateway_call::take_broken() {
  if (++broken_ == most_broken) {
    refuse(refusal::broken_seal, fmt::format("site {}: the seal does not open: another key, or a garbled line", site_));
    return false;
  }
  channel_.reject();
  return false;
}

void gateway_call::take(up_message&& m) {
  if (auto* r = std::get_if<reports>(&m)) {
    const auto by = sites_.layout_of(site_, r->coded_by);
    auto records = by ? decode_records(*by, r->coded) : std::nullopt;
    if (!records) return put(unknown_forms{sites_.offer_to(site_)});
    if (r->coded_by != sites_.offer_to(site_).forms) offered_ = true;
    events_.push_back(batch{r->first, r->coded_by, std::move(*records)});
  } else if (std::holds_alternative<hello>(m)) {
    put(forms_now{sites_.offer_to(site_)});
  } else {
    const auto& asked = std::get<fetch>(m);
    const auto now = sites_.offer_to(site_);
    const auto bytes = sites_.forms_of(site_);
    // Others came into service meanwhile: those from their beginning.
    std::size_t at = asked.forms == now.forms && asked.from <= bytes->size() ? asked.from : 0;
    do {
      const auto some = std::string_view(*bytes).substr(at, part_size);
      put(forms_part{now.forms, bytes->size(), at, std::string(some)});
      at += some.size();
    } while (at < bytes->size());
  }
}

void gateway_call::put(const down_message& m) {
  std::string out;
  put_message(out, down_->close(to_octets(m)));
  channel_.send(out);
}

void gateway_call::refuse(refusal why, std::string log) {
  channel_.say_refused(static_cast<std::uint8_t>(why));
  events_.push_back(caller_refused{std::move(log)});
  hang_up_ = true;
}

gateway_actions gateway_call::actions(instant now) {
  gateway_actions out;
  out.send = channel_.output(now);
  out.wake = channel_.wakes(now);
  out.hang_up = hang_up_ || channel_.dead() || channel_.said_bye();
  out.events = std::move(events_);
  events_.clear();
  return out;
}

} // namespace tallyline::modem::link
