#include "gateway/ussd_bearer.h"

#include "gateway/address.h"
#include "gateway/service_code.h"
#include "gateway/smpp/gsm_text.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <utility>

namespace tallyline::gateway {
namespace {

said what_of(smpp::ussd_event e) {
  switch (e) {
  case smpp::ussd_event::begin:
    return said::begin;
  case smpp::ussd_event::reply:
    return said::answer;
  default:
    return said::gone;
  }
}

} // namespace

bool ussd_page::fits(std::string_view utf8) const { return smpp::fits_ussd(utf8); }

void ussd_bearer::add_bind(smpp::smpp_link& link) {
  smscs_.back().binds.push_back(static_cast<std::uint32_t>(binds_.size()));
  binds_.push_back({&link, static_cast<std::uint32_t>(smscs_.size() - 1), std::make_unique<smpp::latency>()});
}

bool ussd_bearer::message_in(std::uint32_t by, const smpp::message& m) {
  const std::uint32_t from = binds_[by].smsc;
  const smpp::dialect& d = *smscs_[from].spoken;
  const auto ussd = smpp::read_ussd(d, m);
  if (!ussd) {
    ++counters_.not_ussd;
    return false;
  }
  const std::uint64_t msisdn = msisdn_of(m.source);
  if (msisdn == 0) {
    ++counters_.bad_addresses;
    spdlog::warn("a message from '{:.20}', which is no MSISDN, was passed over", m.source);
    return true;
  }
  if (d.remembers()) {
    if (ussd->event == smpp::ussd_event::begin)
      remembered_[msisdn] = {std::string(ussd->id), m.data_coding};
    else if (ussd->event != smpp::ussd_event::reply)
      remembered_.erase(msisdn);
  }
  std::uint64_t session = ussd->session;
  if (const auto o = opened_.empty() ? opened_.end() : opened_.find(msisdn); o != opened_.end()) {
    const bool notice = o->second.notice;
    session = o->second.ours;
    if (ussd->event == smpp::ussd_event::begin)
      session = ussd->session; // dialled meanwhile
    else
      o->second.theirs = ussd->session, o->second.named = true;
    if (ussd->event != smpp::ussd_event::reply || notice) opened_.erase(o);
    if (notice && ussd->event != smpp::ussd_event::begin) return true; // it has been seen
  }
  text_in_.clear();
  smpp::append_ussd_text(m.text, m.data_coding, text_in_);
  const std::string_view text = ussd->event == smpp::ussd_event::begin ? dialled(d, m) : std::string_view(text_in_);
  to_({what_of(ussd->event),
       msisdn,
       m.destination,
       text,
       {from, session, 0, by, bearer_kind::ussd, binds_[by].link->counters().reconnects}});
  return true;
}

// The whole dial string, whether the network gives it or only the code, or leaves the marks out.
std::string_view ussd_bearer::dialled(const smpp::dialect& d, const smpp::message& m) {
  const std::string_view text = text_in_;
  if (text.starts_with('*') || text.starts_with('#')) return text;
  const std::string_view code = d.code_in_text_only ? text : service_code(m.destination);
  dialled_.assign("*").append(code);
  if (!d.code_in_text_only && !text.empty() && text != code) dialled_.append("*").append(text);
  return dialled_.append("#");
}

std::uint64_t ussd_bearer::take_place() {
  if (free_.empty()) {
    in_flight_.emplace_back();
    return in_flight_.size() - 1;
  }
  const auto place = free_.back();
  free_.pop_back();
  return place;
}

void ussd_bearer::forget(std::uint64_t place) { free_.push_back(static_cast<std::uint32_t>(place)); }

// The bind that the subscriber was heard by, while it lives; else another of the same SMSC, one subscriber by one bind.
bool ussd_bearer::find_way(in_flight& p) const {
  p.by = p.path.bind;
  if (binds_[p.by].link->can_submit()) return true;
  const auto& others = smscs_[p.path.link].binds;
  for (std::size_t i = 0; i < others.size(); ++i) {
    p.by = others[(p.msisdn + i) % others.size()];
    if (binds_[p.by].link->can_submit()) return true;
  }
  return false;
}

std::optional<return_path> ussd_bearer::open_to(std::uint64_t msisdn, bool notice) {
  for (std::uint32_t b = 0; b < binds_.size(); ++b) {
    if (!binds_[b].link->can_submit()) continue;
    const smpp::dialect& d = *smscs_[binds_[b].smsc].spoken;
    // Seven bits in the first octet, as the narrowest session key has; the top one keeps clear of the network's own.
    const std::uint64_t ours = (0x8000ULL | std::uint64_t{++last_opened_ & 0x7F} << 8) & d.mask;
    opened_[msisdn] = {ours, 0, notice, false};
    return_path path{binds_[b].smsc, ours, 0, b, bearer_kind::ussd, binds_[b].link->counters().reconnects};
    path.opened_by_us = true;
    return path;
  }
  return std::nullopt;
}

void ussd_bearer::page(std::uint64_t msisdn, std::string_view code, const return_path& path, std::string_view text,
                       bool last) {
  const auto place = take_place();
  auto& p = in_flight_[place];
  p.msisdn = msisdn;
  p.path = path;
  p.code.assign(service_code(code));
  p.text.assign(text);
  p.last = last;
  p.since = std::chrono::steady_clock::now();
  if (send(place)) return;
  // As when the receiver of a pair is bound again before its transmitter.
  without_bind_.push_back(place);
  while (p.since - in_flight_[without_bind_.front()].since > page_valid_) {
    drop(without_bind_.front());
    without_bind_.pop_front();
  }
}

void ussd_bearer::bind_up() {
  const auto now = std::chrono::steady_clock::now();
  for (auto waiting = std::exchange(without_bind_, {}); !waiting.empty(); waiting.pop_front()) {
    const auto place = waiting.front();
    if (now - in_flight_[place].since > page_valid_)
      drop(place);
    else if (!send(place))
      without_bind_.push_back(place);
  }
  flush();
}

// Nobody sees this page: the session is over. What was answered is on disk, a redial goes on from there.
void ussd_bearer::drop(std::uint64_t place) {
  const auto& p = in_flight_[place];
  const inbound told{said::gone, p.msisdn, {}, {}, p.path};
  if (p.last && smscs_[p.path.link].spoken->remembers()) remembered_.erase(p.msisdn);
  if (p.path.opened_by_us) opened_.erase(p.msisdn);
  ++counters_.undelivered;
  forget(place);
  to_(told);
}

bool ussd_bearer::send(std::uint64_t place) {
  auto& p = in_flight_[place];
  if (!find_way(p)) return false;
  const smpp::dialect& d = *smscs_[p.path.link].spoken;
  smpp::message m;
  const fmt::format_int digits(p.msisdn);
  address(m, p.code, {digits.data(), digits.size()});
  text_out_.clear();
  m.data_coding = smpp::encode_text(p.text, text_out_, {d.gsm7_coding, d.ucs2_coding});
  m.text = text_out_;
  smpp::ussd_out out{p.path.session, p.path.turn, p.last ? smpp::ussd_event::end : smpp::ussd_event::reply, {}};
  if (const auto o = p.path.opened_by_us ? opened_.find(p.msisdn) : opened_.end(); o != opened_.end()) {
    if (p.path.turn == 0) out.event = smpp::ussd_event::begin, out.notice = o->second.notice;
    if (o->second.named) out.session = o->second.theirs;
  }
  const auto kept = d.remembers() ? remembered_.find(p.msisdn) : remembered_.end();
  if (kept != remembered_.end()) {
    out.id = kept->second.id;
    // Echoed where it says the same alphabet: a wrong one would show as gibberish.
    if (d.echo_coding && smpp::alphabet_of(kept->second.coding) == smpp::alphabet_of(m.data_coding))
      m.data_coding = kept->second.coding;
  }
  smpp::write_ussd(d, m, out, tlvs_out_);
  return binds_[p.by].link->submit(m, place, d.by_data_sm ? smpp::command::data_sm : smpp::command::submit_sm);
}

void ussd_bearer::submit_done(std::uint64_t place, smpp::status s) {
  const auto& p = in_flight_[place];
  const bool once_more =
      s == smpp::status::throttled || s == smpp::status::message_queue_full || s == smpp::status::link_lost;
  if (once_more && std::chrono::steady_clock::now() - p.since < page_valid_ && send(place)) {
    ++counters_.resent;
    return flush(); // perhaps by a bind that nothing else would make write now
  }
  if (s != smpp::status::ok) return drop(place);
  if (p.last && smscs_[p.path.link].spoken->remembers()) remembered_.erase(p.msisdn);
  // A notice that was taken is over when the network says that it was seen.
  if (const auto o = p.path.opened_by_us && p.last ? opened_.find(p.msisdn) : opened_.end();
      o != opened_.end() && !o->second.notice)
    opened_.erase(o);
  binds_[p.by].took->add(static_cast<std::uint64_t>((std::chrono::steady_clock::now() - p.since).count()));
  const inbound told{said::shown, p.msisdn, {}, {}, p.path};
  forget(place);
  to_(told);
}

void ussd_bearer::flush() {
  for (const auto& b : binds_)
    b.link->flush();
}

} // namespace tallyline::gateway
