#include "modem/link/site_call.h"

#include "modem/link/octets.h"
#include "modem/link/records.h"

#include <algorithm>
#include <span>

namespace tallyline::modem::link {
namespace {

constexpr int most_broken = 3;

} // namespace

site_call::site_call(site_call_settings settings, const layout* forms, std::uint64_t first, std::vector<record> records)
    : settings_(settings), forms_(forms), first_(first), records_(std::move(records)), channel_(settings.line),
      up_(settings.key, direction::up, to_octets(opening{name_of(settings.key), settings.call})) {}

site_actions site_call::begin(instant now) {
  bound_to_ = to_octets(opening{name_of(settings_.key), settings_.call});
  channel_.send(bound_to_);
  if (records_.empty() || !forms_) {
    put(hello{settings_.forms});
    asked_ = true;
  } else {
    for (std::size_t at = 0; at < records_.size(); at += records_a_batch) {
      const auto some = std::span(records_).subspan(at, std::min(records_a_batch, records_.size() - at));
      put(reports{settings_.forms, first_ + at, encode_records(*forms_, some)});
    }
    unanswered_ = records_.size();
  }
  channel_.expect(true);
  return actions(now);
}

void site_call::put(const up_message& m) {
  const auto sealed = up_.close(to_octets(m));
  if (!down_) {
    // Answers are to this very call: their key hangs on what it said first.
    bound_to_ += std::string_view(sealed).substr(0, tag_size);
    down_.emplace(settings_.key, direction::down, bound_to_);
  }
  std::string out;
  put_message(out, sealed);
  channel_.send(out);
}

site_actions site_call::step(std::string_view heard, instant now) {
  if (!ended_) channel_.heard(heard, now);
  take_messages();
  return actions(now);
}

void site_call::take_messages() {
  while (!ended_) {
    if (const auto why = channel_.refused())
      return end(call_end::refused, std::string(in_words(static_cast<refusal>(*why))));
    const auto next = first_message(channel_.received());
    if (next.what == next_message::state::incomplete) return;
    const auto plain = next.what == next_message::state::whole ? down_->open(next.sealed) : std::nullopt;
    auto said = plain ? read_down(*plain) : std::nullopt;
    if (!plain) {
      channel_.reject();
      if (++broken_ == most_broken) end(call_end::garbled, "what the gateway sent cannot be opened with this key");
      return;
    }
    channel_.consume(next.octets);
    if (!said) return end(call_end::garbled, "the gateway said what this program does not know: update it");
    take(std::move(*said));
  }
}

void site_call::take(down_message&& m) {
  if (auto* a = std::get_if<answer>(&m)) {
    unanswered_ -= std::min<std::uint64_t>(unanswered_, a->decisions.size());
    const auto newer = a->newer;
    events_.push_back(std::move(*a));
    if (newer) take_offer(*newer);
  } else if (auto* part = std::get_if<forms_part>(&m)) {
    if (part->at + part->bytes.size() >= part->size) fetching_.reset();
    events_.push_back(std::move(*part));
  } else if (const auto* now = std::get_if<forms_now>(&m)) {
    asked_ = false;
    if (now->now.forms != settings_.forms) take_offer(now->now);
  } else if (const auto* unknown = std::get_if<unknown_forms>(&m)) {
    // Nothing of what was sent can be read; with the forms as they are now it will be sent again.
    unanswered_ = 0;
    take_offer(unknown->now);
  } else if (const auto* stale = std::get_if<stale_call>(&m)) {
    return end(call_end::stale, "the gateway has seen a later call of this site: its numbers go on above", stale->last);
  } else {
    return end(call_end::later, "the gateway cannot keep anything just now: send again later");
  }
  if (unanswered_ == 0 && !asked_ && !fetching_) end(call_end::done);
}

void site_call::take_offer(const offer& o) {
  if (!settings_.fetch_forms || fetching_) return;
  fetching_ = o.forms;
  put(fetch{o.forms, settings_.partial == o.forms ? settings_.partial_octets : 0});
}

void site_call::end(call_end how, std::string why, std::uint64_t last) {
  if (ended_) return;
  ended_ = true;
  channel_.expect(false);
  events_.push_back(call_ended{how, std::move(why), last});
}

site_actions site_call::actions(instant now) {
  site_actions out;
  if (!ended_) {
    out.send = channel_.output(now);
    if (channel_.dead()) end(call_end::line_dead, "nobody answers on the line");
    out.wake = channel_.wakes(now);
  }
  out.events = std::move(events_);
  events_.clear();
  return out;
}

} // namespace tallyline::modem::link
