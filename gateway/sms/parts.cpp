#include "gateway/sms/parts.h"

#include "gateway/smpp/octets.h"

#include <algorithm>

namespace tallyline::sms {
namespace {

constexpr std::uint8_t has_header = 0x40;                             // of esm_class (SMPP 3.4 5.2.12)
constexpr std::uint8_t short_reference = 0x00, long_reference = 0x08; // 23.040 9.2.3.24.1, .8
constexpr std::uint8_t single_shift = 0x24, locking_shift = 0x25;     // .15, .16
constexpr std::uint16_t sar_reference = 0x020C, sar_total = 0x020E, sar_number = 0x020F;
constexpr std::size_t single_septets = 160, part_septets = 153, single_units = 70, part_units = 67;
constexpr std::uint8_t escape = 0x1B;

std::optional<part> from_header(std::span<const std::uint8_t> text) {
  part p;
  if (text.empty() || text[0] + std::size_t{1} > text.size()) return std::nullopt;
  p.text_at = text[0] + std::size_t{1};
  smpp::cursor in(text.subspan(1, text[0]));
  while (in.left() > 0) {
    std::uint8_t id = 0, size = 0;
    std::span<const std::uint8_t> value;
    if (!in.u8(id) || !in.u8(size) || !in.take(size, value)) return std::nullopt;
    if (id == short_reference && size == 3)
      p.reference = value[0], p.total = value[1], p.number = value[2];
    else if (id == long_reference && size == 4)
      p.reference = smpp::get_u16(value.data()), p.total = value[2], p.number = value[3];
    else if (id == single_shift && size == 1)
      p.language.single_shift = value[0];
    else if (id == locking_shift && size == 1)
      p.language.locking_shift = value[0];
  }
  return p;
}

std::optional<std::uint16_t> number_in(const smpp::message& m, std::uint16_t tag) {
  const auto value = smpp::find_tlv(m.tlvs, tag);
  if (!value || value->empty() || value->size() > 2) return std::nullopt;
  return static_cast<std::uint16_t>(value->size() == 1 ? (*value)[0] : smpp::get_u16(value->data()));
}

} // namespace

std::optional<part> part_of(const smpp::message& m) {
  part p;
  if (m.esm_class & has_header) {
    const auto found = from_header(m.text);
    if (!found) return std::nullopt;
    p = *found;
  }
  if (const auto reference = number_in(m, sar_reference), total = number_in(m, sar_total),
      number = number_in(m, sar_number);
      reference && total && number && p.total == 1) {
    p.reference = *reference;
    p.total = static_cast<std::uint8_t>(*total);
    p.number = static_cast<std::uint8_t>(*number);
  }
  if (p.total == 0 || p.number == 0 || p.number > p.total) return std::nullopt;
  return p;
}

void append_text_of(const smpp::message& m, const part& p, std::string& to) {
  const auto octets = m.text.subspan(p.text_at);
  const auto written = smpp::alphabet_of(m.data_coding);
  const bool national = p.language.single_shift != 0 || p.language.locking_shift != 0;
  if (national && written == smpp::alphabet::gsm7) return smpp::append_national(octets, p.language, to);
  smpp::append_utf8(octets, written, to);
}

assembled assembly::add(std::uint64_t msisdn, const part& p, std::string text, moment now) {
  using state = assembled::state;
  if (p.total <= 1) return {state::whole, std::move(text)};
  forget_old(now);
  const key k{msisdn, p.reference, p.total};
  if (const auto was = done_.find(k); was != done_.end()) {
    if (was->second.parts[p.number - std::size_t{1}] == text) return {state::again};
    done_.erase(was);
  }
  auto& w = open_[k];
  if (w.parts.empty()) {
    w.parts.resize(p.total);
    w.missing = p.total;
    w.since = now;
  }
  auto& place = w.parts[p.number - std::size_t{1}];
  if (!place) --w.missing;
  place = std::move(text);
  if (w.missing > 0) return {state::waiting};
  assembled whole{state::whole};
  done kept{{}, now};
  for (auto& one : w.parts) {
    whole.text += *one;
    kept.parts.push_back(std::move(*one));
  }
  open_.erase(k);
  done_[k] = std::move(kept);
  return whole;
}

void assembly::forget_old(moment now) {
  const auto old = [&](const auto& e) { return now - e.second.since > patience; };
  const auto oldest_of = [](auto& all) {
    return std::min_element(all.begin(), all.end(),
                            [](const auto& a, const auto& b) { return a.second.since < b.second.since; });
  };
  // Looked through only when there are many: each part would look at all of them.
  if (open_.size() + done_.size() >= next_look_) {
    given_up_ += std::erase_if(open_, old);
    std::erase_if(done_, old);
    next_look_ = std::max<std::size_t>(16, 2 * (open_.size() + done_.size()));
  }
  while (open_.size() >= most_open) { // a flood of first parts: the oldest makes room
    open_.erase(oldest_of(open_));
    ++given_up_;
  }
  while (done_.size() >= most_open)
    done_.erase(oldest_of(done_));
}

cut_text cut(std::string_view utf8, std::uint8_t reference) {
  cut_text out;
  smpp::buffer all;
  out.data_coding = smpp::encode_text(utf8, all, smpp::sms_codings);
  const bool wide = out.data_coding == smpp::sms_codings.ucs2;
  if (all.size() <= (wide ? single_units * 2 : single_septets)) {
    out.parts.push_back(std::move(all));
    return out;
  }
  const std::size_t most = wide ? part_units * 2 : part_septets;
  for (std::size_t at = 0; at < all.size();) {
    std::size_t size = std::min(most, all.size() - at);
    const std::size_t end = at + size;
    if (end < all.size()) { // what belongs together stays together
      if (!wide && all[end - 1] == escape) --size;
      if (wide && (all[end - 2] & 0xFC) == 0xD8) size -= 2;
    }
    smpp::buffer one{5, short_reference, 3, reference, 0, static_cast<std::uint8_t>(out.parts.size() + 1)};
    one.insert(one.end(), all.begin() + static_cast<std::ptrdiff_t>(at),
               all.begin() + static_cast<std::ptrdiff_t>(at + size));
    out.parts.push_back(std::move(one));
    at += size;
  }
  for (auto& one : out.parts)
    one[4] = static_cast<std::uint8_t>(out.parts.size());
  return out;
}

std::size_t parts_needed(std::string_view utf8) { return cut(utf8, 0).parts.size(); }

} // namespace tallyline::sms
