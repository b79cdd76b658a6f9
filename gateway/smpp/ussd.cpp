#include "gateway/smpp/ussd.h"

#include "gateway/smpp/gsm_text.h"
#include "gateway/smpp/octets.h"

#include <algorithm>

namespace tallyline::smpp {
namespace {

// 5.2.11: what is predefined for other services; never letters of a dialect.
constexpr std::array<std::string_view, 5> other_services{"CMT", "CPT", "VMN", "VMA", "WAP"};

bool closes(ussd_event e) { return e == ussd_event::end || e == ussd_event::abort; }

// A whole dial string: * or # at the start, # at the end, something between; keys of a menu are shorter. 3GPP TS 23.038
// has both where ASCII has them; in UCS-2 they are the second octet.
bool is_a_dial_string(const message& m) {
  const std::size_t wide = alphabet_of(m.data_coding) == alphabet::ucs2 ? 1 : 0;
  if (m.text.size() < 3 * (1 + wide)) return false;
  return (m.text[wide] == '*' || m.text[wide] == '#') && m.text.back() == '#';
}

bool has_letters(const dialect& d, const message& m) {
  return d.letters && m.service_type.size() == 2 &&
         std::find(other_services.begin(), other_services.end(), m.service_type) == other_services.end();
}

std::uint16_t its_of(const message& m) { return get_u16(m.its_session_info->data()); }

std::uint64_t hash_of(std::span<const std::uint8_t> octets) {
  std::uint64_t hash = 0xCBF29CE484222325; // FNV-1a
  for (const std::uint8_t o : octets)
    hash = (hash ^ o) * 0x100000001B3;
  return hash;
}

std::string_view text_of(std::span<const std::uint8_t> octets) {
  const std::string_view all(reinterpret_cast<const char*>(octets.data()), octets.size());
  return all.substr(0, all.find('\0')); // receipted_message_id is a C-octet string (5.3.2.12)
}

struct key_found {
  bool there = false;
  std::uint64_t session = 0;
  std::string_view id;
};

key_found key_of(const dialect& d, const message& m) {
  switch (d.session) {
  case dialect::key::its_session_info:
    if (!m.its_session_info) return {};
    return {true, std::uint64_t{static_cast<std::uint16_t>(its_of(m) & d.mask)}, {}};
  case dialect::key::user_message_reference:
    if (!m.user_message_reference) return {};
    return {true, *m.user_message_reference, {}};
  case dialect::key::tlv: {
    const auto value = find_tlv(m.tlvs, d.session_tag);
    if (!value) return {};
    if (d.session_size == 0) return {true, hash_of(*value), text_of(*value)};
    std::uint64_t key = 0;
    for (const std::uint8_t o : value->first(std::min<std::size_t>(value->size(), d.session_size)))
      key = key << 8 | o;
    return {true, key, {}};
  }
  case dialect::key::none:
    return {};
  }
  return {};
}

ussd_event event_of(const dialect& d, const message& m) {
  if (d.letters) return d.meaning[static_cast<unsigned char>(m.service_type[0])];
  if (d.silent) return is_a_dial_string(m) ? ussd_event::begin : ussd_event::reply;
  const auto listed = m.ussd_service_op ? std::optional(d.meaning[*m.ussd_service_op]) : std::nullopt;
  if (listed && closes(*listed)) return *listed;
  if (m.its_session_info && d.session == dialect::key::its_session_info && ((*m.its_session_info)[1] & d.end_bit_in))
    return ussd_event::abort;
  if (listed) return *listed;
  return !m.its_session_info && is_a_dial_string(m) ? ussd_event::begin : ussd_event::reply;
}

void write_key(const dialect& d, message& m, const ussd_out& o, std::uint8_t end_bit, buffer& tlvs) {
  switch (d.session) {
  case dialect::key::its_session_info: {
    auto its = static_cast<std::uint16_t>(o.session & d.mask);
    if (d.rising) its |= static_cast<std::uint16_t>((o.turn << 1 & 0xFE) & ~unsigned{d.mask});
    m.its_session_info = {static_cast<std::uint8_t>(its >> 8), static_cast<std::uint8_t>(its | end_bit)};
    return;
  }
  case dialect::key::user_message_reference:
    m.user_message_reference = static_cast<std::uint16_t>(o.session);
    return;
  case dialect::key::tlv: {
    if (d.session_size == 0) {
      buffer text(o.id.begin(), o.id.end());
      text.push_back(0);
      return append_tlv(tlvs, d.session_tag, text);
    }
    std::array<std::uint8_t, 8> octets{};
    for (std::size_t i = 0; i < d.session_size; ++i)
      octets[i] = static_cast<std::uint8_t>(o.session >> 8 * (d.session_size - 1 - i));
    return append_tlv(tlvs, d.session_tag, std::span(octets).first(d.session_size));
  }
  case dialect::key::none:
    return;
  }
}

} // namespace

dialect make_standard_dialect() {
  dialect d;
  d.name = "standard";
  d.about = "SMPP 3.4, 5.3.2.43 and 5.3.2.44";
  // 5.3.2.44: from 32 on values are the operator's own; those seen from the network (0x41, 0x81) all close a dialogue.
  // Below, whatever is no end carries what the subscriber typed.
  d.meaning.fill(ussd_event::reply);
  std::fill(d.meaning.begin() + 32, d.meaning.end(), ussd_event::abort);
  d.meaning[1] = ussd_event::begin;
  d.meaning[17] = ussd_event::end;
  d.network_sends = {1, 18, 17, 18}; // an abort is told by the end bit
  return d;
}

std::optional<ussd_in> read_ussd(const dialect& d, const message& m) noexcept {
  if (d.letters && !has_letters(d, m)) return std::nullopt;
  const auto key = key_of(d, m);
  if (!d.letters && !m.ussd_service_op && !key.there && (m.service_type != d.service_type || m.service_type.empty()))
    return std::nullopt;
  return ussd_in{event_of(d, m), key.session, key.id};
}

void write_ussd(const dialect& d, message& m, const ussd_out& o, buffer& tlvs) {
  tlvs.assign(d.tlvs.begin(), d.tlvs.end());
  const auto& word = o.event == ussd_event::begin   ? (o.notice ? d.notify : d.open)
                     : o.event == ussd_event::reply ? d.go_on
                     : o.event == ussd_event::end   ? d.end
                                                    : d.abort;
  if (d.letters)
    m.service_type = word.letters;
  else
    m.ussd_service_op = word.op;
  if (m.service_type.empty()) m.service_type = d.service_type;
  if (o.event != ussd_event::begin || !d.opens_without_key)
    write_key(d, m, o, closes(o.event) || o.notice ? d.end_bit_out : std::uint8_t{0}, tlvs);
  m.tlvs = tlvs;
}

void write_ussd_of_network(const dialect& d, message& m, const ussd_out& o, buffer& tlvs) {
  tlvs.clear();
  static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const std::uint8_t op = d.network_sends[static_cast<std::size_t>(o.event)];
  if (d.letters) {
    static thread_local std::array<char, 2> word; // of this one message
    word = {static_cast<char>(op), letters[(d.network_suffix ? d.network_suffix : 'R') - 'A']};
    m.service_type = {word.data(), word.size()};
  } else {
    m.ussd_service_op = op;
  }
  if (m.service_type.empty()) m.service_type = d.service_type;
  const bool tells_by_bit = o.event == ussd_event::abort || o.event == ussd_event::end;
  write_key(d, m, o, tells_by_bit ? d.end_bit_in : std::uint8_t{0}, tlvs);
  m.tlvs = tlvs;
}

ussd_of_gateway read_ussd_of_gateway(const dialect& d, const message& m) noexcept {
  ussd_of_gateway in;
  in.session = key_of(d, m).session;
  if (d.letters) {
    in.last = m.service_type == d.end.letters || m.service_type == d.abort.letters;
    in.asks = !in.last && m.service_type == d.go_on.letters;
    return in;
  }
  if (!m.ussd_service_op) return in;
  in.told = true;
  const std::uint8_t op = *m.ussd_service_op;
  const bool bit = d.session == dialect::key::its_session_info && m.its_session_info &&
                   ((*m.its_session_info)[1] & d.end_bit_out) != 0;
  // Where ending has no operation of its own, the bit alone says it.
  in.last = bit || (op == d.end.op && d.end.op != d.go_on.op) || (op == d.abort.op && d.abort.op != d.go_on.op);
  in.asks = !in.last && op == d.go_on.op;
  return in;
}

} // namespace tallyline::smpp
