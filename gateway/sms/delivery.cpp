#include "gateway/sms/delivery.h"

#include "gateway/smpp/codec.h"

#include <charconv>
#include <fmt/format.h>

namespace tallyline::sms {
namespace {

constexpr std::uint8_t type_bits = 0x3C, is_receipt = 0x04; // of esm_class (5.2.12)
constexpr std::uint16_t receipted_message_id = 0x001E, message_state = 0x0427;
constexpr std::uint8_t enroute = 1, delivered = 2, accepted = 6; // 5.2.28

std::string_view word_behind(std::string_view text, std::string_view key) {
  auto at = text.find(key);
  while (at != std::string_view::npos && at > 0 && text[at - 1] != ' ')
    at = text.find(key, at + 1);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + key.size());
  return text.substr(0, text.find(' '));
}

fate fate_of(std::string_view state) {
  if (state == "DELIVRD") return fate::delivered;
  return state == "ENROUTE" || state == "ACCEPTD" || state == "BUFFRED" ? fate::under_way : fate::failed;
}

std::optional<std::uint64_t> number(std::string_view text, int base) {
  std::uint64_t n = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), n, base);
  return failed == std::errc{} && end == text.data() + text.size() ? std::optional(n) : std::nullopt;
}

} // namespace

std::optional<delivery> delivery_of(const smpp::message& m) {
  if ((m.esm_class & type_bits) != is_receipt) return std::nullopt;
  delivery d;
  const std::string_view text(reinterpret_cast<const char*>(m.text.data()), m.text.size());
  d.message_id = word_behind(text, "id:");
  d.state = word_behind(text, "stat:");
  d.what = fate_of(d.state);
  if (const auto id = smpp::find_tlv(m.tlvs, receipted_message_id)) {
    const std::string_view whole(reinterpret_cast<const char*>(id->data()), id->size());
    d.message_id = whole.substr(0, whole.find('\0'));
  }
  if (const auto state = smpp::find_tlv(m.tlvs, message_state); state && state->size() == 1) {
    const auto s = (*state)[0];
    d.what = s == delivered ? fate::delivered : s == enroute || s == accepted ? fate::under_way : fate::failed;
    if (d.state.empty()) d.state = fmt::format("{}", s);
  }
  return d;
}

bool same_message(std::string_view given, std::string_view told) {
  if (given == told) return true;
  for (const auto& [a, b] : {std::pair(16, 10), std::pair(10, 16), std::pair(10, 10), std::pair(16, 16)})
    if (const auto x = number(given, a), y = number(told, b); x && y && *x == *y) return true;
  return false;
}

} // namespace tallyline::sms
