#include "gateway/sms_outbox.h"

#include "gateway/address.h"
#include "gateway/service_code.h"
#include "gateway/smpp/names.h"
#include "gateway/sms/parts.h"

#include <algorithm>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <utility>

namespace tallyline::gateway {
namespace {

using clock = std::chrono::steady_clock;
// A receipt is worth a day: the phone may be off all night. A question is worth as long as its asker waits.
constexpr std::chrono::hours worth_sending{24};
constexpr std::chrono::minutes question_is_worth{10};
constexpr std::chrono::seconds first_pause{1}, longest_pause{64};
constexpr std::size_t most_receipts = 100'000;
constexpr std::uint8_t has_header = 0x40, receipt_wanted = 1;

} // namespace

void sms_outbox::add_way(sms::way& by, std::uint32_t smsc, std::string_view name) {
  binds_.push_back({&by, smsc, std::string(name)});
}

std::uint32_t sms_outbox::take_place() {
  ++alive_;
  if (free_.empty()) {
    messages_.emplace_back();
    return static_cast<std::uint32_t>(messages_.size() - 1);
  }
  const auto place = free_.back();
  free_.pop_back();
  return place;
}

void sms_outbox::fill(std::uint32_t place, std::uint8_t reference) {
  auto& o = messages_[place];
  auto cut = sms::cut(o.text, reference);
  o.coding = cut.data_coding;
  o.parts = std::move(cut.parts);
  o.left = o.parts.size();
  o.tries = 0;
  counters_.parts_out += o.left;
}

std::uint64_t sms_outbox::send(const message& m) {
  const auto place = take_place();
  auto& o = messages_[place];
  o.serial = ++last_serial_;
  o.msisdn = m.msisdn;
  o.smsc = m.smsc;
  o.bind = m.bind;
  o.code.assign(service_code(m.code));
  o.text.assign(m.text);
  o.last = m.last;
  o.told = false;
  o.must_arrive = m.must_arrive;
  o.kept = where::in_memory;
  o.since = clock::now();
  fill(place, ++reference_);
  ++counters_.sent;
  const auto serial = o.serial;
  for (std::uint8_t part = 0; part < o.parts.size(); ++part)
    send_or_wait(place, part);
  if (m.at_once)
    save(place);
  else
    unsaved_.push_back({o.since + hold, serial, place, 0});
  return serial;
}

void sms_outbox::found(const storage::waiting_message& m) {
  const std::uint32_t place = m.slot - 1;
  if (messages_.size() <= place) messages_.resize(place + 1);
  ++alive_;
  auto& o = messages_[place];
  o.serial = ++last_serial_;
  o.msisdn = m.msisdn;
  const auto by = std::find_if(binds_.begin(), binds_.end(), [&](const bind& b) { return b.name == m.smsc; });
  o.bind = by == binds_.end() ? 0 : static_cast<std::uint32_t>(by - binds_.begin());
  o.smsc = binds_.empty() ? 0 : binds_[o.bind].smsc;
  o.code = m.code;
  o.text = m.text;
  o.last = m.last;
  o.told = true;
  o.must_arrive = false;
  o.kept = where::on_disk;
  const auto age =
      std::chrono::system_clock::now() - std::chrono::system_clock::time_point(std::chrono::milliseconds(m.since_ms));
  o.since = clock::now() - std::max(std::chrono::duration_cast<clock::duration>(age), clock::duration::zero());
  fill(place, ++reference_);
  const auto parts = o.parts.size(); // the last may free the place
  for (std::uint8_t part = 0; part < parts; ++part)
    send_or_wait(place, part);
}

void sms_outbox::all_found() {
  free_.clear(); // one that was too old to be sent is among them already
  for (auto place = static_cast<std::uint32_t>(messages_.size()); place-- > 0;)
    if (messages_[place].serial == 0) free_.push_back(place);
}

// To disk when it is there to stay for a while.
void sms_outbox::save(std::uint32_t place) {
  auto& o = messages_[place];
  o.kept = where::being_saved;
  ++counters_.kept;
  const auto& name = binds_.empty() ? std::string() : binds_[o.bind].name;
  store_.save_message({place + 1, o.msisdn, name, o.code, o.text, o.last},
                      [this, place, serial = o.serial](boost::system::error_code failed) {
                        auto& m = messages_[place];
                        if (m.serial != serial) return; // the SMSC was faster
                        m.kept = failed ? where::in_memory : where::on_disk;
                        if (failed)
                          unsaved_.push_back({clock::now() + first_pause, serial, place, 0});
                        else
                          tell_safe(m);
                      });
}

void sms_outbox::tell_safe(outgoing& o) {
  if (!std::exchange(o.told, true) && safe_) safe_(o.msisdn, o.serial);
}

bool sms_outbox::too_old(const outgoing& o) {
  const clock::duration worth = o.last ? clock::duration(worth_sending) : clock::duration(question_is_worth);
  return clock::now() - o.since >= worth;
}

void sms_outbox::give_up(std::uint32_t place, std::string_view why) {
  ++counters_.refused;
  auto& o = messages_[place];
  spdlog::warn("an SMS to …{:04} was not sent: {}", o.msisdn % 10000, why);
  if (std::exchange(o.must_arrive, false)) missed(o.msisdn, o.text);
  part_done(place);
}

void sms_outbox::send_or_wait(std::uint32_t place, std::uint8_t part) {
  if (too_old(messages_[place])) return give_up(place, "no bind took it in time");
  if (!send_part(place, part)) without_bind_.push_back({clock::now(), messages_[place].serial, place, part});
}

bool sms_outbox::send_part(std::uint32_t place, std::uint8_t part) {
  auto& o = messages_[place];
  if (o.bind >= binds_.size() || !binds_[o.bind].link->can_submit()) {
    const auto usable = [&](const bind& b) { return b.smsc == o.smsc && b.link->can_submit(); };
    const auto other = std::find_if(binds_.begin(), binds_.end(), usable);
    if (other == binds_.end()) return false;
    o.bind = static_cast<std::uint32_t>(other - binds_.begin());
  }
  smpp::message m;
  const fmt::format_int digits(o.msisdn);
  address(m, o.code, {digits.data(), digits.size()});
  m.esm_class = o.parts.size() > 1 ? has_header : std::uint8_t{0};
  m.registered_delivery = o.last ? receipt_wanted : std::uint8_t{0};
  m.data_coding = o.coding;
  m.text = o.parts[part];
  return binds_[o.bind].link->submit(m, std::uint64_t{place} << 8 | part | sms_token);
}

void sms_outbox::bind_up() {
  for (auto waiting = std::exchange(without_bind_, {}); !waiting.empty(); waiting.pop_front())
    if (is(waiting.front())) send_or_wait(waiting.front().place, waiting.front().part);
  flush();
}

void sms_outbox::submit_done(std::uint64_t token, smpp::status s, std::string_view message_id) {
  const auto place = static_cast<std::uint32_t>((token & ~sms_token) >> 8);
  const auto part = static_cast<std::uint8_t>(token);
  auto& o = messages_[place];
  if (s == smpp::status::ok) {
    if (o.last) await_receipt(message_id, o);
    return part_done(place);
  }
  const bool passing = s == smpp::status::throttled || s == smpp::status::message_queue_full ||
                       s == smpp::status::link_lost || s == smpp::status::system_error;
  if (passing && !too_old(o)) return send_again(place, part, s);
  give_up(place, smpp::describe(s));
}

// Throttling slows the link down by itself, and a lost link hands on to another; other trouble wants a pause.
void sms_outbox::send_again(std::uint32_t place, std::uint8_t part, smpp::status why) {
  ++counters_.resent;
  auto& o = messages_[place];
  if (why != smpp::status::system_error) {
    send_or_wait(place, part);
    return flush();
  }
  const auto pause = std::min(first_pause * (1u << std::min(o.tries++, 6u)), longest_pause);
  retries_.push_back({clock::now() + pause, o.serial, place, part});
}

void sms_outbox::part_done(std::uint32_t place) {
  auto& o = messages_[place];
  if (--o.left > 0) return;
  if (o.kept != where::in_memory) store_.drop_message(place + 1, {});
  tell_safe(o);
  o.serial = 0;
  free_.push_back(place);
  --alive_;
}

void sms_outbox::missed(std::uint64_t msisdn, std::string_view text) {
  if (undelivered_ && !text.empty()) undelivered_(msisdn, text);
}

void sms_outbox::await_receipt(std::string_view message_id, const outgoing& o) {
  if (message_id.empty()) return;
  awaiting_receipt_[std::string(message_id)] = {o.msisdn, o.must_arrive && o.left == 1 ? o.text : std::string()};
  receipt_order_.emplace_back(message_id);
  if (receipt_order_.size() <= most_receipts) return;
  awaiting_receipt_.erase(receipt_order_.front());
  receipt_order_.pop_front();
}

void sms_outbox::settle(const sms::delivery& d) {
  if (d.what == sms::fate::under_way) return;
  auto found = awaiting_receipt_.find(d.message_id);
  if (found == awaiting_receipt_.end())
    found = std::find_if(awaiting_receipt_.begin(), awaiting_receipt_.end(),
                         [&](const auto& e) { return sms::same_message(e.first, d.message_id); });
  if (found == awaiting_receipt_.end()) {
    ++counters_.unknown_receipts;
    return;
  }
  if (d.what == sms::fate::delivered) {
    ++counters_.delivered;
  } else {
    ++counters_.undelivered;
    spdlog::warn("an SMS to …{:04} was not delivered: {}", found->second.msisdn % 10000, d.state);
    missed(found->second.msisdn, found->second.text);
  }
  awaiting_receipt_.erase(found);
}

void sms_outbox::flush() {
  for (const auto& b : binds_)
    b.link->flush();
}

std::optional<sms_outbox::moment> sms_outbox::next_due() {
  while (!unsaved_.empty() && !is(unsaved_.front()))
    unsaved_.pop_front();
  std::optional<moment> next;
  if (!unsaved_.empty()) next = unsaved_.front().at;
  for (const auto& r : retries_)
    if (!next || r.at < *next) next = r.at;
  return next;
}

void sms_outbox::tick(moment now) {
  for (; !unsaved_.empty() && unsaved_.front().at <= now; unsaved_.pop_front()) {
    const auto& u = unsaved_.front();
    if (is(u) && messages_[u.place].kept == where::in_memory) save(u.place);
  }
  for (const auto& due : std::exchange(retries_, {})) {
    if (due.at > now)
      retries_.push_back(due);
    else if (is(due))
      send_or_wait(due.place, due.part);
  }
  flush();
}

} // namespace tallyline::gateway
