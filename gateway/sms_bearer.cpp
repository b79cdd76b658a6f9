#include "gateway/sms_bearer.h"

#include "gateway/address.h"
#include "gateway/sms/delivery.h"

#include <algorithm>
#include <spdlog/spdlog.h>
#include <utility>

namespace tallyline::gateway {
namespace {

using clock = std::chrono::steady_clock;
// Operators commonly wait 10 s for a response (and longer for an SMS): before that it is told to come again.
constexpr std::chrono::seconds answer_within{8};
constexpr std::size_t most_parts = 3;
constexpr std::uint8_t type_bits = 0x3C;

} // namespace

bool sms_page::fits(std::string_view utf8) const { return sms::parts_needed(utf8) <= most_parts; }

sms_bearer::sms_bearer(storage::store& store) : outbox_(store, counters_) {
  outbox_.on_safe([this](std::uint64_t msisdn, std::uint64_t serial) {
    answer(msisdn, smpp::status::ok, [&](const unanswered& u) { return u.reply == serial; });
  });
}

void sms_bearer::add_bind(smpp::smpp_link& link, std::uint32_t smsc, std::string_view smsc_name) {
  add_way(smpp_ways_.emplace_back(link), smsc, smsc_name);
}

std::uint32_t sms_bearer::add_way(sms::way& w, std::uint32_t smsc, std::string_view name) {
  binds_.push_back({&w, smsc});
  outbox_.add_way(w, smsc, name);
  return static_cast<std::uint32_t>(binds_.size() - 1);
}

bool sms_bearer::defers(const smpp::message& m) {
  return (m.esm_class & type_bits) == 0 && !m.ussd_service_op && !m.its_session_info;
}

template <class Which> std::size_t sms_bearer::answer(std::uint64_t msisdn, smpp::status s, Which which) {
  const auto theirs = unanswered_.find(msisdn);
  if (theirs == unanswered_.end()) return 0;
  const auto answered = std::erase_if(theirs->second, [&](const unanswered& u) {
    if (!which(u)) return false;
    binds_[u.by].link->respond(u.ticket, s);
    // It comes again as if it had never been here, and not as a part that was lost on the way back.
    if (s != smpp::status::ok) assembly_.forget(msisdn, u.part);
    return true;
  });
  if (theirs->second.empty()) unanswered_.erase(theirs);
  return answered;
}

void sms_bearer::message_in(std::uint32_t by, std::uint64_t ticket, const smpp::message& m) {
  auto& link = *binds_[by].link;
  if (!defers(m)) {
    if (const auto d = sms::delivery_of(m)) outbox_.settle(*d);
    return;
  }
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
  sms::append_text_of(m, *part, text_);
  const auto now = clock::now();
  const auto got = assembly_.add(msisdn, *part, text_, now);
  if (got.what == sms::assembled::state::again) return link.respond(ticket, smpp::status::ok);
  // A part is answered with the whole message, or told to come again: what is only in memory is not acknowledged.
  const bool whole = got.what == sms::assembled::state::whole;
  auto& theirs = unanswered_[msisdn];
  theirs.push_back({ticket, by, *part, whole, 0});
  expiries_.push_back({now + answer_within, msisdn, ticket, by});
  if (!whole) return;
  const auto of_this = [&, total = part->total, reference = part->reference](const unanswered& u) {
    return u.part.total == total && u.part.reference == reference && (total > 1 || u.ticket == ticket);
  };
  for (auto& u : theirs)
    u.whole = u.whole || of_this(u);
  ++counters_.received;
  const return_path path{binds_[by].smsc, 0, 0, by, bearer_kind::sms, link.connection()};
  if (to_({said::line, msisdn, m.destination, got.text, path})) return;
  // The one before is still on its way to the disk, and its page will answer that one alone.
  counters_.put_off += answer(msisdn, smpp::status::rx_temporary_error, of_this);
}

bool sms_bearer::put_off(std::uint64_t msisdn) {
  const auto given = [](const unanswered& u) { return u.whole && u.reply == 0; };
  if (answer(msisdn, smpp::status::rx_temporary_error, given) == 0) return false;
  ++counters_.put_off;
  flush();
  return true;
}

void sms_bearer::page(std::uint64_t msisdn, std::string_view code, const return_path& path, std::string_view text,
                      bool last) {
  // What was said is on disk: pages come after the commit. What waits for other parts stays as it is.
  const auto given = [](const unanswered& u) { return u.whole && u.reply == 0; };
  if (text.empty()) {
    answer(msisdn, smpp::status::ok, given);
    return;
  }
  const auto theirs = unanswered_.find(msisdn);
  const bool asked = theirs != unanswered_.end() && std::any_of(theirs->second.begin(), theirs->second.end(), given);
  const auto serial = outbox_.send({msisdn, path.link, path.bind, code, text, last, !asked});
  if (!asked) return;
  for (auto& u : theirs->second)
    if (given(u)) u.reply = serial;
}

std::optional<clock::time_point> sms_bearer::next_expiry() {
  const auto answered = [&](const expiry& e) {
    const auto theirs = unanswered_.find(e.msisdn);
    return theirs == unanswered_.end() ||
           std::none_of(theirs->second.begin(), theirs->second.end(),
                        [&](const auto& u) { return u.ticket == e.ticket && u.by == e.by; });
  };
  while (!expiries_.empty() && answered(expiries_.front()))
    expiries_.pop_front();
  const auto due = outbox_.next_due();
  if (expiries_.empty()) return due;
  return due ? std::min(*due, expiries_.front().at) : expiries_.front().at;
}

void sms_bearer::expire(clock::time_point now) {
  for (; !expiries_.empty() && expiries_.front().at <= now; expiries_.pop_front()) {
    const auto& e = expiries_.front();
    counters_.put_off += answer(e.msisdn, smpp::status::rx_temporary_error,
                                [&](const unanswered& u) { return u.ticket == e.ticket && u.by == e.by; });
  }
  outbox_.tick(now);
}

} // namespace tallyline::gateway
