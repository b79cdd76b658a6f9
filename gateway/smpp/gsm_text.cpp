#include "gateway/smpp/gsm_text.h"

#include "gateway/smpp/gsm_tables.h"
#include "gateway/smpp/national_tables.h"
#include "gateway/smpp/octets.h"
#include "gateway/smpp/utf8.h"

namespace tallyline::smpp {
namespace {

bool is_high_surrogate(char32_t c) { return c >= 0xD800 && c < 0xDC00; }
bool is_low_surrogate(char32_t c) { return c >= 0xDC00 && c < 0xE000; }

// Takes off what has the same octets in ASCII and GSM-7: most of most texts, and copied as a piece.
std::string_view take_plain(std::string_view& utf8) {
  std::size_t n = 0;
  while (n < utf8.size() && gsm::is_plain[static_cast<std::uint8_t>(utf8[n])])
    ++n;
  const auto plain = utf8.substr(0, n);
  utf8.remove_prefix(n);
  return plain;
}

void append_from_gsm7(std::span<const std::uint8_t> octets, std::string& to) {
  for (std::size_t i = 0; i < octets.size();) {
    const std::size_t start = i;
    while (i < octets.size() && gsm::is_plain[octets[i]])
      ++i;
    to.append(reinterpret_cast<const char*>(octets.data()) + start, i - start);
    if (i == octets.size()) break;
    const std::uint8_t septet = octets[i++];
    if (septet > 0x7F)
      append_code_point(to, replacement);
    else if (septet != gsm::escape)
      append_code_point(to, gsm::default_table[septet]);
    else if (i == octets.size())
      to.push_back(' '); // 6.2.1: an escape that nothing follows is shown as a space
    else if (octets[i] < 0x80)
      append_code_point(to, gsm::escaped_table[octets[i++]]);
    else
      to.push_back(' ');
  }
}

void append_from_ucs2(std::span<const std::uint8_t> octets, std::string& to) {
  std::size_t i = 0;
  while (octets.size() - i >= 2) {
    char32_t c = get_u16(octets.data() + i);
    i += 2;
    if (is_high_surrogate(c) && octets.size() - i >= 2) {
      const char32_t low = get_u16(octets.data() + i);
      if (is_low_surrogate(low)) {
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        i += 2;
      }
    }
    append_code_point(to, c);
  }
  if (i < octets.size()) append_code_point(to, replacement);
}

void append_unit(buffer& to, char32_t unit) {
  to.push_back(static_cast<std::uint8_t>(unit >> 8));
  to.push_back(static_cast<std::uint8_t>(unit));
}

} // namespace

alphabet alphabet_of(std::uint8_t data_coding) noexcept {
  switch (data_coding) {
  case 0x01: // IA5 (ASCII), which Latin-1 contains
  case 0x03:
    return alphabet::latin1;
  case 0x02:
  case 0x04:
    return alphabet::octets;
  case 0x08:
  case 0x11:
    return alphabet::ucs2; // 23.038 5: UCS-2 with a language indication before it
  default:
    break;
  }
  // 23.038 5, general data coding and its kin with a header or message class: bits 3 and 2, or bit 2, name the
  // alphabet.
  const unsigned group = data_coding >> 4, kind = data_coding >> 2 & 3;
  if ((group >= 0x4 && group <= 0x7) || group == 0x9 || group == 0x1)
    return kind == 1 ? alphabet::octets : kind == 2 ? alphabet::ucs2 : alphabet::gsm7;
  if (group == 0xE) return alphabet::ucs2; // 23.038 4: message waiting, text in UCS-2
  if (group == 0xF) return kind & 1 ? alphabet::octets : alphabet::gsm7;
  return alphabet::gsm7;
}

measure measure_text(std::string_view utf8) noexcept {
  std::size_t septets = 0, units = 0;
  bool gsm7 = true;
  while (!utf8.empty()) {
    const std::size_t plain = take_plain(utf8).size();
    septets += plain;
    units += plain;
    if (utf8.empty()) break;
    const char32_t c = take_code_point(utf8);
    const std::uint16_t septet = gsm::septet_of(c);
    if (septet == gsm::none) gsm7 = false;
    septets += septet & gsm::extended ? 2 : 1;
    units += c > 0xFFFF ? 2 : 1;
  }
  return {gsm7, gsm7 ? septets : units};
}

bool fits_ussd(std::string_view utf8) noexcept {
  const measure m = measure_text(utf8);
  return m.length <= (m.gsm7 ? ussd_septets : ussd_units);
}

void append_gsm7(std::string_view utf8, buffer& to) {
  while (!utf8.empty()) {
    const auto plain = take_plain(utf8);
    to.insert(to.end(), plain.begin(), plain.end());
    if (utf8.empty()) break;
    std::uint16_t septet = gsm::septet_of(take_code_point(utf8));
    if (septet == gsm::none) septet = gsm::septet_of(U'?');
    if (septet & gsm::extended) to.push_back(gsm::escape);
    to.push_back(static_cast<std::uint8_t>(septet & 0x7F));
  }
}

void append_ucs2(std::string_view utf8, buffer& to) {
  while (!utf8.empty()) {
    const char32_t c = take_code_point(utf8);
    if (c > 0xFFFF) {
      append_unit(to, 0xD800 + ((c - 0x10000) >> 10));
      append_unit(to, 0xDC00 + ((c - 0x10000) & 0x3FF));
    } else {
      append_unit(to, c);
    }
  }
}

std::uint8_t encode_text(std::string_view utf8, buffer& to, const data_codings& codings) {
  const bool gsm7 = measure_text(utf8).gsm7;
  if (gsm7)
    append_gsm7(utf8, to);
  else
    append_ucs2(utf8, to);
  return gsm7 ? codings.gsm7 : codings.ucs2;
}

void append_utf8(std::span<const std::uint8_t> octets, alphabet a, std::string& to) {
  switch (a) {
  case alphabet::gsm7:
    return append_from_gsm7(octets, to);
  case alphabet::ucs2:
    return append_from_ucs2(octets, to);
  case alphabet::latin1:
    for (const std::uint8_t c : octets)
      append_code_point(to, c);
    return;
  case alphabet::octets:
    for (const std::uint8_t c : octets)
      append_code_point(to, c < 0x80 ? char32_t{c} : replacement);
    return;
  }
}

void append_national(std::span<const std::uint8_t> septets, national_language n, std::string& to) {
  const auto table = [](const auto& all, std::uint8_t id) { return id < all.size() ? all[id] : gsm::national_table{}; };
  const auto single = table(gsm::single_shift, n.single_shift);
  const auto locking = table(gsm::locking_shift, n.locking_shift);
  const auto plain = [&](std::uint8_t s) { return locking.empty() ? gsm::default_table[s] : locking[s]; };
  const auto escaped = [&](std::uint8_t s) -> char16_t {
    if (s == gsm::escape) return u' ';
    if (single.empty()) return gsm::escaped_table[s] == gsm::default_table[s] ? plain(s) : gsm::escaped_table[s];
    return single[s] == u' ' ? plain(s) : single[s];
  };
  for (std::size_t i = 0; i < septets.size(); ++i) {
    const std::uint8_t s = septets[i];
    if (s > 0x7F)
      append_code_point(to, replacement);
    else if (s != gsm::escape)
      append_code_point(to, plain(s));
    else if (i + 1 < septets.size() && septets[i + 1] < 0x80)
      append_code_point(to, escaped(septets[++i]));
    else
      to.push_back(' ');
  }
}

void append_ussd_text(std::span<const std::uint8_t> octets, std::uint8_t data_coding, std::string& to) {
  if (data_coding == 0x10 && octets.size() >= 3 && octets[2] == gsm::carriage_return)
    octets = octets.subspan(3); // ISO 639 in two characters, and <CR>
  else if (data_coding == 0x11 && octets.size() >= 2)
    octets = octets.subspan(2); // the same two characters as packed septets
  append_utf8(octets, alphabet_of(data_coding), to);
}

void append_packed(std::span<const std::uint8_t> septets, buffer& to, packing p) {
  unsigned bits = 0, held = 0;
  const auto add = [&](std::uint8_t septet) {
    bits |= static_cast<unsigned>(septet & 0x7F) << held;
    held += 7;
    if (held < 8) return;
    to.push_back(static_cast<std::uint8_t>(bits));
    bits >>= 8;
    held -= 8;
  };
  for (const std::uint8_t septet : septets)
    add(septet);
  if (p == packing::ussd) {
    const bool ends_in_cr = !septets.empty() && septets.back() == gsm::carriage_return;
    if (held == 1 || (held == 0 && ends_in_cr)) add(gsm::carriage_return);
  }
  if (held > 0) to.push_back(static_cast<std::uint8_t>(bits));
}

void append_unpacked(std::span<const std::uint8_t> octets, buffer& to, packing p) {
  const std::size_t start = to.size();
  unsigned bits = 0, held = 0;
  for (const std::uint8_t octet : octets) {
    bits |= static_cast<unsigned>(octet) << held;
    for (held += 8; held >= 7; held -= 7, bits >>= 7)
      to.push_back(static_cast<std::uint8_t>(bits & 0x7F));
  }
  if (p == packing::plain || to.size() == start || to.back() != gsm::carriage_return) return;
  const std::size_t count = to.size() - start;
  // The filling can only be the eighth septet of a group; a lone <CR> before it on the boundary was doubled.
  const bool filling = count % 8 == 0;
  const bool doubled = count % 8 == 1 && count > 1 && to[to.size() - 2] == gsm::carriage_return;
  if (filling || doubled) to.pop_back();
}

} // namespace tallyline::smpp
