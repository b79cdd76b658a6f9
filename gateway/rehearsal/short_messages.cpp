#include "gateway/rehearsal/short_messages.h"

#include <charconv>
#include <fmt/format.h>
#include <utility>

namespace tallyline::rehearsal {
namespace {

constexpr std::uint8_t has_header = 0x40, receipt_bits = 3, delivered_state = 2, undeliverable_state = 5;

std::uint64_t number_in(std::string_view address) {
  std::uint64_t n = 0;
  const auto [end, failed] = std::from_chars(address.data(), address.data() + address.size(), n);
  return failed == std::errc{} && end == address.data() + address.size() ? n : 0;
}

} // namespace

std::uint32_t short_messages::take_token() {
  do
    last_token_ = last_token_ + 1 < token_limit ? last_token_ + 1 : 1;
  while (parts_.contains(last_token_));
  return last_token_;
}

void short_messages::send(std::uint64_t msisdn, std::string_view to, std::string_view text, taken done,
                          std::uint64_t now) {
  auto cut = sms::cut(text, ++reference_);
  if (parts_.size() + cut.parts.size() >= token_limit - 1) return done(smpp::status::message_queue_full);
  const auto message = ++last_message_;
  wholes_[message] = {cut.parts.size(), std::move(done)};
  const auto esm_class = cut.with_headers() ? has_header : std::uint8_t{0};
  for (auto& octets : cut.parts) {
    const auto token = take_token();
    parts_[token] = {msisdn, std::string(to), std::move(octets), cut.data_coding, esm_class, message, 0};
    give(token, now);
  }
}

void short_messages::give(std::uint32_t token, std::uint64_t now) {
  auto& p = parts_[token];
  smpp::message m;
  m.source_ton = m.source_npi = 1; // international, ISDN (5.2.5, 5.2.6)
  const fmt::format_int subscriber(p.msisdn);
  m.source = {subscriber.data(), subscriber.size()};
  m.destination = p.to;
  m.esm_class = p.esm_class;
  m.data_coding = p.coding;
  m.text = p.octets;
  p.due = 0;
  if (!out_(m, token)) later(token, p, now + retry_ms);
}

void short_messages::later(std::uint32_t token, part& p, std::uint64_t at) {
  p.due = at;
  waiting_.push_back(token);
}

void short_messages::delivered(std::uint32_t token, smpp::status s, std::uint64_t now) {
  const auto found = parts_.find(token);
  if (found == parts_.end()) return;
  if (s == smpp::status::rx_temporary_error || s == smpp::status::throttled)
    return later(token, found->second, now + retry_ms);
  const auto message = found->second.message;
  parts_.erase(found);
  const auto of = wholes_.find(message);
  if (of == wholes_.end()) return; // another part was refused
  if (s == smpp::status::ok && --of->second.left > 0) return;
  const auto done = std::move(of->second.done);
  wholes_.erase(of);
  if (done) done(s);
}

void short_messages::link_gone(std::uint64_t now) {
  for (auto& [token, p] : parts_)
    if (p.due == 0) later(token, p, now + retry_ms);
}

std::optional<short_messages::receipt> short_messages::submitted(const smpp::message& m, std::string_view message_id,
                                                                 std::uint64_t now) {
  const auto msisdn = number_in(m.destination);
  const auto place = sms::part_of(m);
  const auto phone = phones_.find(msisdn);
  const bool arrives = place && phone != phones_.end();
  std::optional<receipt> back;
  if (m.registered_delivery & receipt_bits)
    back =
        receipt{fmt::format("id:{} sub:001 dlvrd:{} submit date:0000000000 done date:0000000000 stat:{} err:000 text:",
                            message_id, arrives ? "001" : "000", arrives ? "DELIVRD" : "UNDELIV"),
                arrives ? delivered_state : undeliverable_state};
  if (!arrives) return back;
  text_.clear();
  sms::append_text_of(m, *place, text_);
  const auto at = sms::moment(std::chrono::milliseconds(now));
  const auto got = assembly_.add(msisdn, *place, text_, at);
  if (got.what != sms::assembled::state::whole) return back;
  // It may listen anew, or stop listening, from within.
  const auto hears = phone->second;
  hears(m.source, got.text);
  return back;
}

std::optional<std::uint64_t> short_messages::next_due() const {
  for (const auto token : waiting_)
    if (const auto p = parts_.find(token); p != parts_.end() && p->second.due != 0) return p->second.due;
  return std::nullopt;
}

void short_messages::tick(std::uint64_t now) {
  for (auto all = std::exchange(waiting_, {}); !all.empty(); all.pop_front()) {
    const auto p = parts_.find(all.front());
    if (p == parts_.end() || p->second.due == 0) continue;
    if (p->second.due <= now)
      give(all.front(), now);
    else
      waiting_.push_back(all.front());
  }
}

} // namespace tallyline::rehearsal
