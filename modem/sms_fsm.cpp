#include "modem/sms_fsm.h"

#include <algorithm>
#include <fmt/format.h>

namespace tallyline::modem {
namespace {

using namespace std::chrono_literals;
// One that nobody has kept by then is told again: whoever had it was in trouble.
constexpr auto told_again_after = 30s;
constexpr auto list_patience = 30s, read_patience = 10s, submit_patience = 60s;
constexpr int received_read = 1; // <stat>: 0 and 1 were received, 2 and 3 are ours

std::optional<std::uint8_t> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  return std::nullopt;
}

std::optional<std::vector<std::uint8_t>> octets_of(std::string_view hex) {
  std::vector<std::uint8_t> out;
  if (hex.size() % 2 != 0) return std::nullopt;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const auto high = hex_digit(hex[i]), low = hex_digit(hex[i + 1]);
    if (!high || !low) return std::nullopt;
    out.push_back(static_cast<std::uint8_t>(*high << 4 | *low));
  }
  return out;
}

// What may go well another time (24.011 annex E, 23.040 9.2.3.22, 27.005 3.2.5).
bool passes(const at_code& code) {
  if (code.equipment) return true; // the modem's own trouble
  switch (code.number) {
  case 38:
  case 41:
  case 42:
  case 47:
  case 192:
  case 194:
  case 212:
  case 300:
  case 302:
  case 313:
  case 314:
  case 320:
  case 322:
  case 331:
  case 332:
  case 500:
    return true;
  default:
    return code.number >= 512; // its maker's own; most are "no network" and the like
  }
}

} // namespace

std::optional<std::vector<std::uint8_t>> tpdu_of(std::string_view pdu, std::size_t octets) {
  auto all = octets_of(pdu);
  if (!all || all->empty()) return std::nullopt;
  const std::size_t centre = (*all)[0] + std::size_t{1};
  if (all->size() <= centre || (octets != 0 && all->size() - centre != octets)) return std::nullopt;
  all->erase(all->begin(), all->begin() + static_cast<std::ptrdiff_t>(centre));
  return all;
}

void sms_fsm::command(outcome& out, tag t, std::string text, std::chrono::seconds patience) {
  at_command c;
  c.text = std::move(text);
  c.patience = patience;
  c.tag = t;
  out.commands.push_back(std::move(c));
}

sms_fsm::outcome sms_fsm::in_service() {
  outcome out;
  ready_ = listing_ = true;
  command(out, mode, "AT+CMGF=0", 5s);
  command(out, service, "AT+CSMS?", 5s); // not set: what the modem keeps is its owner's choice
  if (!new_messages_.empty()) command(out, notify, new_messages_, 5s);
  command(out, list, "AT+CMGL=4", list_patience);
  return out;
}

sms_fsm::outcome sms_fsm::look_again(clock::time_point now) {
  outcome out;
  std::erase_if(told_, [&](const auto& t) { return now - t.second.since >= told_again_after; });
  for (const auto& [index, _] : leaving_) // the SIM did not let go of it
    command(out, remove, fmt::format("AT+CMGD={}", index), read_patience);
  if (listing_ || !ready_) return out;
  // A message that was not acknowledged in time has turned it off (27.005 3.4.4).
  if (acknowledges_ && !new_messages_.empty()) command(out, notify, new_messages_, 5s);
  listing_ = true;
  command(out, list, "AT+CMGL=4", list_patience);
  return out;
}

sms_fsm::outcome sms_fsm::out_of_service() {
  outcome out;
  ready_ = listing_ = false;
  asked_.clear();
  if (sending_)
    out.sent = message_sent{.token = *sending_, .again = true, .why = "the modem went out of service meanwhile"};
  sending_.reset();
  return out;
}

sms_fsm::outcome sms_fsm::event(const at_event& e, clock::time_point now) {
  outcome out;
  switch (e.what) {
  case at_event::kind::message_stored:
  case at_event::kind::report_stored:
    if (e.number >= 0 && ready_) ask_for(e.number, out);
    break;
  case at_event::kind::message:
  case at_event::kind::report:
    tell(-1, e.text, now, out);
    break;
  default:
    break;
  }
  return out;
}

void sms_fsm::tell(int index, std::string_view pdu, clock::time_point now, outcome& out) {
  auto tpdu = tpdu_of(pdu, 0);
  if (!tpdu) return damaged(index, pdu, out);
  damaged_.erase(index);
  if (const auto gone = leaving_.find(index); index >= 0 && gone != leaving_.end()) {
    if (gone->second == *tpdu) return; // kept, and being deleted
    leaving_.erase(gone);              // its place was taken by another
  }
  const auto same = [&](const auto& t) { return index >= 0 && t.second.index == index && t.second.tpdu == *tpdu; };
  if (std::any_of(told_.begin(), told_.end(), same)) return;
  out.messages.push_back({++last_ticket_, *tpdu});
  told_[last_ticket_] = {index, std::move(*tpdu), now};
}

// Read twice before it is given up: it may be the line that spoilt it. Kept for ever, it would take a place on the SIM
// until nothing else comes in.
void sms_fsm::damaged(int index, std::string_view pdu, outcome& out) {
  const auto before = damaged_.find(index);
  if (index >= 0 && (before == damaged_.end() || before->second != pdu)) {
    damaged_[index] = pdu;
    return ask_for(index, out);
  }
  out.report = index < 0 ? fmt::format("a short message was passed over, its PDU is damaged: {}", pdu)
                         : fmt::format("the short message at {} is deleted, its PDU is damaged: {}", index, pdu);
  if (index < 0) {
    if (acknowledges_) command(out, acknowledge, "AT+CNMA", read_patience); // else it comes again and again
    return;
  }
  damaged_.erase(before);
  command(out, remove, fmt::format("AT+CMGD={}", index), read_patience);
}

void sms_fsm::ask_for(int index, outcome& out) {
  asked_.push_back(index);
  command(out, read, fmt::format("AT+CMGR={}", index), read_patience);
}

sms_fsm::outcome sms_fsm::result(const at_result& r, clock::time_point now) {
  outcome out;
  switch (r.command.tag) {
  case mode:
    if (!r.ok()) out.report = fmt::format("cannot do short messages as PDUs: {}", r.said);
    break;
  case service:
    acknowledges_ = r.ok() && !r.lines.empty() && number_parameter(r.lines.front(), 0).value_or(0) == 1;
    break;
  case acknowledge:
    if (!r.ok()) out.report = fmt::format("would not have a short message acknowledged: {}", r.said);
    break;
  case notify:
    if (!r.ok())
      out.report = fmt::format("will not tell of new short messages ({}); they are looked for every minute", r.said);
    break;
  case list:
    on_list(r, now, out);
    break;
  case read:
    if (asked_.empty()) break;
    if (r.ok() && r.lines.size() >= 2) tell(asked_.front(), r.lines[1], now, out);
    asked_.erase(asked_.begin());
    break;
  case remove: {
    const int index = std::atoi(r.command.text.c_str() + sizeof "AT+CMGD=" - 1);
    if (r.ok() || r.code.number == 321) leaving_.erase(index);
    break;
  }
  case submit:
    on_submitted(r, out);
    break;
  default:
    break;
  }
  return out;
}

// "+CMGL: <index>,<stat>,[<alpha>],<length>" and the PDU in the next line (27.005 3.4.2).
void sms_fsm::on_list(const at_result& r, clock::time_point now, outcome& out) {
  listing_ = false;
  if (!r.ok()) {
    out.report = fmt::format("the stored short messages cannot be listed: {}", r.said);
    return;
  }
  for (std::size_t i = 0; i + 1 < r.lines.size(); ++i) {
    const auto& head = r.lines[i];
    if (!head.starts_with("+CMGL:")) continue;
    const auto index = number_parameter(head, 0), stat = number_parameter(head, 1);
    const auto& pdu = r.lines[i + 1];
    if (!index || *index < 0 || !stat || *stat > received_read || pdu.starts_with("+CMGL:")) continue;
    tell(*index, pdu, now, out);
  }
}

sms_fsm::outcome sms_fsm::kept(std::uint64_t ticket) {
  outcome out;
  const auto t = told_.find(ticket);
  if (t == told_.end()) return out;
  const int index = t->second.index;
  if (index >= 0) {
    leaving_[index] = std::move(t->second.tpdu);
    if (ready_) command(out, remove, fmt::format("AT+CMGD={}", index), read_patience);
  }
  if (index < 0 && acknowledges_ && ready_) command(out, acknowledge, "AT+CNMA", read_patience);
  told_.erase(t);
  return out;
}

// 27.005 3.4.4: 2 says that it was not taken, so that the network keeps it.
sms_fsm::outcome sms_fsm::later(std::uint64_t ticket) {
  outcome out;
  const auto t = told_.find(ticket);
  if (t == told_.end()) return out;
  if (t->second.index < 0 && acknowledges_ && ready_) command(out, acknowledge, "AT+CNMA=2", read_patience);
  told_.erase(t);
  return out;
}

sms_fsm::outcome sms_fsm::send(octets_view tpdu, std::uint64_t token) {
  outcome out;
  sending_ = token;
  command(out, submit, fmt::format("AT+CMGS={}", tpdu.size()), submit_patience);
  auto& message = out.commands.back().message;
  message = "00"; // the service centre that the SIM knows
  for (const auto octet : tpdu)
    message += fmt::format("{:02X}", octet);
  return out;
}

void sms_fsm::on_submitted(const at_result& r, outcome& out) {
  if (!sending_) return;
  message_sent s{.token = *sending_, .ok = r.ok(), .why = r.ok() ? std::string() : r.said};
  sending_.reset();
  if (r.ok()) {
    for (const auto& l : r.lines)
      if (l.starts_with("+CMGS:")) s.reference = static_cast<std::uint8_t>(number_parameter(l, 0).value_or(0));
  } else {
    // When nothing was said it may have left all the same: twice is better than never.
    s.again = r.status == at_status::silent || passes(r.code);
  }
  out.sent = std::move(s);
}

} // namespace tallyline::modem
