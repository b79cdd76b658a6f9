#include "gateway/dialect_match.h"

#include "gateway/smpp/ussd.h"

#include <algorithm>
#include <fmt/format.h>

namespace tallyline::gateway {

using smpp::dialect;
using smpp::message;
using smpp::ussd_event;

namespace {

bool has_key(const dialect& d, const message& m) {
  switch (d.session) {
  case dialect::key::its_session_info:
    return m.its_session_info.has_value();
  case dialect::key::user_message_reference:
    return m.user_message_reference.has_value();
  case dialect::key::tlv:
    return smpp::find_tlv(m.tlvs, d.session_tag).has_value();
  case dialect::key::none:
    return false;
  }
  return false;
}

std::string key_name(const dialect& d) {
  switch (d.session) {
  case dialect::key::its_session_info:
    return "its_session_info";
  case dialect::key::user_message_reference:
    return "user_message_reference";
  case dialect::key::tlv:
    return fmt::format("the TLV 0x{:04x}", d.session_tag);
  case dialect::key::none:
    return "no session";
  }
  return {};
}

bool any_key(const message& m) {
  return m.its_session_info || m.user_message_reference || smpp::find_tlv(m.tlvs, 0x1501) ||
         smpp::find_tlv(m.tlvs, 0x001E);
}

} // namespace

void dialect_match::note(std::size_t d, int points, std::string why) {
  scores_[d].points += points;
  scores_[d].notes.push_back((points > 0 ? "+ " : "- ") + std::move(why));
}

void dialect_match::judge(std::size_t d, smpp::command id, const message& m, ussd_event expected) {
  const auto& k = known_[d];
  const bool begins = expected == ussd_event::begin;
  const auto in = smpp::read_ussd(k, m);
  if (!in) return note(d, -6, "would not take this for USSD at all");
  if (in->event == expected)
    note(d, 2, begins ? "the call is read as a begin" : "the answer is read as a reply");
  else
    note(d, -4, begins ? "the call is not read as a begin" : "the answer is not read as a reply");
  if (has_key(k, m))
    note(d, 2, "the session stands in " + key_name(k));
  else if (k.session != dialect::key::none)
    note(d, -4, key_name(k) + " is missing");
  else if (any_key(m))
    note(d, -2, "there is a session, which it would not use");
  if (k.letters && (m.ussd_service_op || any_key(m))) note(d, -2, "there are TLVs, which it would not use");
  if (k.by_data_sm != (id == smpp::command::data_sm))
    note(d, -2, k.by_data_sm ? "this is no data_sm" : "this is data_sm");
  if (begins && k.code_in_text_only != m.destination.empty())
    note(d, -1, k.code_in_text_only ? "destination_addr is not empty" : "destination_addr is empty");
  if (k.service_type == m.service_type && !k.letters) note(d, 1, fmt::format("service_type is {}", m.service_type));
  if (begins) {
    scores_[d].session = in->session;
    if (k.session == dialect::key::its_session_info && k.rising && m.its_session_info && (*m.its_session_info)[1] != 0)
      note(d, -2, "the sequence does not begin at 0");
  } else if (k.session != dialect::key::none && in->session != scores_[d].session) {
    note(d, -4, "the session is another one in the answer");
  }
}

void dialect_match::begun(smpp::command id, const message& m) {
  scores_.assign(known_.size(), {});
  for (std::size_t d = 0; d < known_.size(); ++d)
    judge(d, id, m, ussd_event::begin);
}

void dialect_match::replied(smpp::command id, const message& m) {
  for (std::size_t d = 0; d < known_.size(); ++d)
    judge(d, id, m, ussd_event::reply);
}

void dialect_match::asked(const dialect& asked_in, bool taken) {
  for (std::size_t d = 0; d < known_.size(); ++d)
    if (known_[d].name == asked_in.name && !taken) note(d, -6, "the SMSC refused our question");
}

const dialect& dialect_match::best() const {
  std::size_t best = 0;
  for (std::size_t d = 1; d < known_.size(); ++d) // of several that fit alike, the specification's
    if (std::pair(scores_[d].points, known_[d].name == "standard") >
        std::pair(scores_[best].points, known_[best].name == "standard"))
      best = d;
  return known_[best];
}

std::string dialect_match::verdict() const {
  std::vector<std::size_t> order(known_.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(scores_[a].points, known_[a].name == "standard") >
           std::pair(scores_[b].points, known_[b].name == "standard");
  });
  std::string out;
  const int most = scores_[order.front()].points;
  for (std::size_t i = 0; i < order.size() && (i < 3 || scores_[order[i]].points >= most - 1); ++i) {
    const auto& s = scores_[order[i]];
    const bool fits = s.points >= most - 1 && s.points > 0;
    out += fmt::format("{} {} ({} points): {}\n", fits ? "fits:    " : "less so: ", known_[order[i]].name, s.points,
                       known_[order[i]].about);
    for (const auto& n : s.notes)
      if (fits ? n[0] == '+' : n[0] == '-') out += "           " + n + "\n";
  }
  const auto as_good =
      std::count_if(scores_.begin(), scores_.end(), [&](const score& s) { return s.points >= most - 1; });
  if (as_good > 1)
    out += "What tells these apart is how a call ends: probe once more and hang up instead of answering; see the op "
           "and the "
           "last octet of the session.\n";
  return out;
}

} // namespace tallyline::gateway
