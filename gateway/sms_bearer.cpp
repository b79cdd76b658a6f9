#include "gateway/sms_bearer.h"

#include "gateway/address.h"
#include "gateway/service_code.h"
#include "gateway/smpp/gsm_text.h"
#include "gateway/sms/delivery.h"

#include <algorithm>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <utility>

namespace tallyline::gateway {
namespace {

using clock = std::chrono::steady_clock;
// Operators commonly wait 10 s for a response (and longer for an SMS): before that it is told to come again.
constexpr std::chrono::seconds answer_within{8};
constexpr std::chrono::minutes worth_sending{10};
constexpr std::size_t most_parts = 3;
constexpr std::size_t most_receipts = 100'000;
constexpr std::uint8_t has_header = 0x40, receipt_wanted = 1, type_bits = 0x3C;

} // namespace

bool sms_page::fits(std::string_view utf8) const { return sms::parts_needed(utf8) <= most_parts; }

bool sms_bearer::defers(const smpp::message& m) {
  return (m.esm_class & type_bits) == 0 && !m.ussd_service_op && !m.its_session_info;
}

void sms_bearer::message_in(std::uint32_t by, std::uint64_t ticket, const smpp::message& m) {
  auto& link = *binds_[by].link;
  if (!defers(m)) return settle(m);
  const std::uint64_t msisdn = msisdn_of(m.source);
  const auto part = sms::part_of(m);
  if (msisdn == 0 || !part) {
    ++counters_.damaged;
    spdlog::warn("an SMS from '{:.20}' was passed over: {}", m.source,
                 part ? "that is no MSISDN" : "its header is damaged");
    return link.respond(ticket, smpp::status::ok); // sending it again would not make it better
  }
  ++counters_.parts_in;
  text_.clear();
  smpp::append_utf8(m.text.subspan(part->text_at), smpp::alphabet_of(m.data_coding), text_);
  const auto now = clock::now();
  auto got = assembly_.add(msisdn, *part, text_, now);
  if (got.what == sms::assembled::state::again) return link.respond(ticket, smpp::status::ok);
  // A part is answered with the whole message, or told to come again: what is only in memory is not acknowledged.
  const std::uint32_t message = std::uint32_t{part->reference} << 8 | part->total;
  const bool whole = got.what == sms::assembled::state::whole;
  unanswered_.push_back({msisdn, ticket, by, message, whole, now + answer_within});
  if (!whole) return;
  for (auto& u : unanswered_)
    u.whole = u.whole || (u.msisdn == msisdn && u.message == message);
  ++counters_.received;
  const return_path path{binds_[by].smsc, 0, 0, by, bearer_kind::sms, link.counters().reconnects};
  if (to_({said::line, msisdn, m.destination, got.text, path})) return;
  // The one before is still on its way to the disk, and its page will answer that one alone.
  for (auto u = unanswered_.begin(); u != unanswered_.end();) {
    const bool this_one = u->msisdn == msisdn && u->message == message && (u->ticket == ticket || part->total > 1);
    if (this_one) ++counters_.put_off, binds_[u->by].link->respond(u->ticket, smpp::status::rx_temporary_error);
    u = this_one ? unanswered_.erase(u) : u + 1;
  }
}

// A delivery receipt, or another kind of message that nobody here waits for.
void sms_bearer::settle(const smpp::message& m) {
  const auto d = sms::delivery_of(m);
  if (!d) return;
  if (d->what == sms::fate::under_way) return;
  auto found = awaiting_receipt_.find(d->message_id);
  if (found == awaiting_receipt_.end())
    found = std::find_if(awaiting_receipt_.begin(), awaiting_receipt_.end(),
                         [&](const auto& e) { return sms::same_message(e.first, d->message_id); });
  if (found == awaiting_receipt_.end()) {
    ++counters_.unknown_receipts;
    return;
  }
  if (d->what == sms::fate::delivered) {
    ++counters_.delivered;
  } else {
    ++counters_.undelivered;
    spdlog::warn("an SMS to …{:04} was not delivered: {}", found->second % 10000, d->state);
  }
  awaiting_receipt_.erase(found);
}

// Of what intake was given; a part whose others are missing stays unanswered.
bool sms_bearer::answer_all_of(std::uint64_t msisdn, smpp::status s) {
  return std::erase_if(unanswered_, [&](const unanswered& u) {
           if (u.msisdn != msisdn || !u.whole) return false;
           binds_[u.by].link->respond(u.ticket, s);
           return true;
         }) > 0;
}

bool sms_bearer::put_off(std::uint64_t msisdn) {
  if (!answer_all_of(msisdn, smpp::status::rx_temporary_error)) return false;
  ++counters_.put_off;
  flush();
  return true;
}

void sms_bearer::page(std::uint64_t msisdn, std::string_view code, const return_path& path, std::string_view text,
                      bool last) {
  answer_all_of(msisdn, smpp::status::ok); // what was said is on disk: pages come after the commit
  if (text.empty()) return;
  const auto all = sms::cut(text, ++reference_);
  ++counters_.sent;
  for (const auto& octets : all.parts) {
    std::uint64_t place = outgoing_.size();
    if (free_.empty())
      outgoing_.emplace_back();
    else
      place = free_.back(), free_.pop_back();
    auto& o = outgoing_[place];
    o.msisdn = msisdn;
    o.smsc = path.link;
    o.by = path.bind;
    o.code.assign(service_code(code));
    o.octets = octets;
    o.coding = all.data_coding;
    o.esm_class = all.with_headers() ? has_header : std::uint8_t{0};
    o.receipt = last ? receipt_wanted : std::uint8_t{0};
    o.since = clock::now();
    ++counters_.parts_out;
    send_or_wait(place);
  }
}

void sms_bearer::send_or_wait(std::uint64_t place) {
  if (send(place)) return;
  without_bind_.push_back(place);
  const auto now = clock::now();
  while (now - outgoing_[without_bind_.front()].since > worth_sending) {
    drop(without_bind_.front());
    without_bind_.pop_front();
  }
}

void sms_bearer::bind_up() {
  for (auto waiting = std::exchange(without_bind_, {}); !waiting.empty(); waiting.pop_front())
    send_or_wait(waiting.front());
  flush();
}

void sms_bearer::drop(std::uint64_t place) {
  ++counters_.refused;
  free_.push_back(static_cast<std::uint32_t>(place));
}

bool sms_bearer::send(std::uint64_t place) {
  auto& o = outgoing_[place];
  if (!binds_[o.by].link->can_submit()) {
    const auto other = std::find_if(binds_.begin(), binds_.end(),
                                    [&](const bind& b) { return b.smsc == o.smsc && b.link->can_submit(); });
    if (other == binds_.end()) return false;
    o.by = static_cast<std::uint32_t>(other - binds_.begin());
  }
  smpp::message m;
  const fmt::format_int digits(o.msisdn);
  address(m, o.code, {digits.data(), digits.size()});
  m.esm_class = o.esm_class;
  m.registered_delivery = o.receipt;
  m.data_coding = o.coding;
  m.text = o.octets;
  return binds_[o.by].link->submit(m, place | sms_token, smpp::command::submit_sm, smpp::urgency::receipt);
}

void sms_bearer::submit_done(std::uint64_t token, smpp::status s, std::string_view message_id) {
  const std::uint64_t place = token & ~sms_token;
  auto& o = outgoing_[place];
  const bool once_more = s == smpp::status::throttled || s == smpp::status::message_queue_full ||
                         s == smpp::status::link_lost || s == smpp::status::system_error;
  if (once_more && clock::now() - o.since < worth_sending) {
    ++counters_.resent;
    send_or_wait(place);
    return flush();
  }
  if (s != smpp::status::ok) return drop(place);
  if (o.receipt && !message_id.empty()) {
    awaiting_receipt_[std::string(message_id)] = o.msisdn;
    receipt_order_.emplace_back(message_id);
    if (receipt_order_.size() > most_receipts) {
      awaiting_receipt_.erase(receipt_order_.front());
      receipt_order_.pop_front();
    }
  }
  free_.push_back(static_cast<std::uint32_t>(place));
}

void sms_bearer::flush() {
  for (const auto& b : binds_)
    b.link->flush();
}

std::optional<clock::time_point> sms_bearer::next_expiry() const {
  return unanswered_.empty() ? std::nullopt : std::optional(unanswered_.front().until);
}

void sms_bearer::expire(clock::time_point now) {
  while (!unanswered_.empty() && unanswered_.front().until <= now) {
    ++counters_.put_off;
    binds_[unanswered_.front().by].link->respond(unanswered_.front().ticket, smpp::status::rx_temporary_error);
    unanswered_.pop_front();
  }
  flush();
}

} // namespace tallyline::gateway
