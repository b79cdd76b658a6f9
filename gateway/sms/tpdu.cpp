#include "gateway/sms/tpdu.h"

#include "gateway/smpp/gsm_text.h"
#include "gateway/smpp/octets.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace tallyline::sms {
namespace {

using octets = std::span<const std::uint8_t>;
constexpr std::uint8_t type_bits = 0x03, deliver = 0x00, report = 0x02, submit = 0x01; // 9.2.3.1
constexpr std::uint8_t header_follows = 0x40, relative_validity = 0x10, wants_report = 0x20;
constexpr std::uint8_t one_day = 167; // 9.2.3.12.1
constexpr std::uint8_t esm_header = 0x40;
constexpr std::size_t most_octets = 140, most_septets = 160, most_digits = 20;
constexpr unsigned type_of_number = 0x70, alphanumeric = 0x50, international = 0x10; // 9.1.2.5

enum class coding : std::uint8_t { septets, binary, ucs2 };

// TP-DCS (23.038 4).
coding coding_of(std::uint8_t dcs) {
  const unsigned group = dcs >> 4;
  if (group < 0x8) {
    if (dcs & 0x20) return coding::binary; // compressed
    const unsigned kind = dcs >> 2 & 3;
    return kind == 1 ? coding::binary : kind == 2 ? coding::ucs2 : coding::septets;
  }
  if (group == 0xE) return coding::ucs2;
  return group == 0xF && dcs & 0x04 ? coding::binary : coding::septets;
}

std::uint8_t smpp_coding(coding c) {
  constexpr std::uint8_t eight_bits = 4, ucs2 = 8; // SMPP 3.4 5.2.19
  return c == coding::binary ? eight_bits : c == coding::ucs2 ? ucs2 : std::uint8_t{0};
}

// The septet that begins at this bit.
std::uint8_t septet_at(octets packed, std::size_t bit) {
  const std::size_t at = bit / 8, shift = bit % 8;
  unsigned two = packed[at];
  if (at + 1 < packed.size()) two |= static_cast<unsigned>(packed[at + 1]) << 8;
  return static_cast<std::uint8_t>(two >> shift & 0x7F);
}

std::size_t septets_for(std::size_t header) { return (header * 8 + 6) / 7; }

// TP-OA, TP-DA, TP-RA (9.1.2.5): a number of semi-octets, the type, and the digits in pairs, the first one low.
bool read_address(smpp::cursor& in, delivered_message& to) {
  std::uint8_t digits = 0, type = 0;
  octets value;
  if (!in.u8(digits) || digits > most_digits || !in.u8(type) || !in.take((digits + std::size_t{1}) / 2, value))
    return false;
  to.alphanumeric = (type & type_of_number) == alphanumeric;
  to.international = (type & type_of_number) == international;
  if (to.alphanumeric) {
    smpp::buffer septets;
    for (std::size_t i = 0; i < digits * std::size_t{4} / 7; ++i)
      septets.push_back(septet_at(value, i * 7));
    smpp::append_utf8(septets, smpp::alphabet::gsm7, to.from);
    return true;
  }
  constexpr std::string_view names = "0123456789*#abc";
  for (std::size_t i = 0; i < digits; ++i) {
    const unsigned digit = i % 2 == 0 ? value[i / 2] & 0x0F : value[i / 2] >> 4;
    if (digit == 0x0F) return false;
    to.from += names[digit];
  }
  return true;
}

// TP-SCTS (9.2.3.11): digits swapped, the zone in quarters of an hour with its sign in bit 3. Nothing when it is no
// time.
std::optional<std::chrono::sys_seconds> time_in(octets t) {
  using namespace std::chrono;
  std::array<unsigned, 6> n{};
  for (std::size_t i = 0; i < n.size(); ++i) {
    if ((t[i] & 0x0F) > 9 || t[i] >> 4 > 9) return std::nullopt;
    n[i] = (t[i] & 0x0FU) * 10 + (t[i] >> 4);
  }
  const year_month_day date{year(2000 + static_cast<int>(n[0])), month(n[1]), day(n[2])};
  if (!date.ok() || n[3] > 23 || n[4] > 59 || n[5] > 59) return std::nullopt;
  const int quarters = (t[6] & 0x07) * 10 + (t[6] >> 4);
  const auto local = sys_days(date) + hours(n[3]) + minutes(n[4]) + seconds(n[5]);
  return local - minutes((t[6] & 0x08) ? -15 * quarters : 15 * quarters);
}

// TP-UD (9.2.3.24): with septets a header is followed by as many bits of filling as bring the text to a septet's
// beginning.
bool read_text(smpp::cursor& in, coding c, delivered_message& to) {
  std::uint8_t length = 0;
  if (!in.u8(length)) return false;
  const std::size_t size = c == coding::septets ? (length * std::size_t{7} + 7) / 8 : length;
  octets data;
  if (size > most_octets || !in.take(size, data)) return false;
  std::size_t header = 0;
  if (to.with_header) {
    if (data.empty() || data[0] + std::size_t{1} > data.size()) return false;
    header = data[0] + std::size_t{1};
  }
  to.text.assign(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(c == coding::septets ? header : data.size()));
  if (c != coding::septets) return true;
  for (std::size_t s = septets_for(header); s < length; ++s)
    to.text.push_back(septet_at(data, s * 7));
  return true;
}

std::optional<incoming> read_deliver(std::uint8_t first, smpp::cursor in) {
  delivered_message d;
  std::uint8_t dcs = 0;
  octets time;
  if (!read_address(in, d) || !in.u8(d.protocol) || !in.u8(dcs) || !in.take(7, time)) return std::nullopt;
  const auto c = coding_of(dcs);
  d.data_coding = smpp_coding(c);
  d.sent = time_in(time);
  d.with_header = first & header_follows;
  if (!read_text(in, c, d)) return std::nullopt;
  return d;
}

std::optional<incoming> read_report(smpp::cursor in) {
  status_report r;
  delivered_message address;
  octets times;
  if (!in.u8(r.reference) || !read_address(in, address) || !in.take(14, times) || !in.u8(r.status)) return std::nullopt;
  r.to = std::move(address.from);
  return r;
}

bool write_address(std::string_view digits, bool is_international, smpp::buffer& to) {
  if (digits.starts_with('+')) digits.remove_prefix(1), is_international = true;
  const bool all = std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits.empty() || digits.size() > most_digits || !all) return false;
  to.push_back(static_cast<std::uint8_t>(digits.size()));
  to.push_back(is_international ? 0x91 : 0x81); // 9.1.2.5: international or unknown, E.164
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const auto low = static_cast<unsigned>(digits[i] - '0');
    const auto high = i + 1 < digits.size() ? static_cast<unsigned>(digits[i + 1] - '0') : 0xFU;
    to.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return true;
}

// Septets behind a header, from the next septet's beginning on.
void pack(octets header, octets septets, smpp::buffer& to) {
  const std::size_t start = to.size(), first = septets_for(header.size());
  to.resize(start + ((first + septets.size()) * 7 + 7) / 8);
  std::copy(header.begin(), header.end(), to.begin() + static_cast<std::ptrdiff_t>(start));
  for (std::size_t i = 0; i < septets.size(); ++i) {
    const std::size_t bit = (first + i) * 7, at = start + bit / 8;
    const unsigned two = (septets[i] & 0x7FU) << bit % 8;
    to[at] = static_cast<std::uint8_t>(to[at] | (two & 0xFF));
    if (two >> 8) to[at + 1] = static_cast<std::uint8_t>(to[at + 1] | two >> 8);
  }
}

} // namespace

fate status_report::what() const {
  if (status < 0x20) return fate::delivered;
  return status < 0x40 ? fate::under_way : fate::failed; // 9.2.3.15: the service centre still tries from 0x20 on
}

std::string status_report::in_words() const {
  switch (status) {
  case 0x00:
    return "delivered";
  case 0x01:
    return "forwarded, and not known whether delivered";
  case 0x40:
    return "an error of the remote procedure";
  case 0x41:
    return "incompatible destination";
  case 0x42:
    return "the subscriber rejects it";
  case 0x43:
    return "not obtainable";
  case 0x45:
    return "no interworking";
  case 0x46:
    return "expired";
  case 0x47:
    return "deleted by the sender";
  case 0x49:
    return "no such message, or an unknown subscriber";
  default:
    return fmt::format("{} (0x{:02X})",
                       what() == fate::delivered ? "delivered"
                       : what() == fate::failed  ? "failed"
                                                 : "still being tried",
                       status);
  }
}

std::optional<incoming> read_tpdu(octets tpdu) {
  smpp::cursor in(tpdu);
  std::uint8_t first = 0;
  if (!in.u8(first)) return std::nullopt;
  if ((first & type_bits) == deliver) return read_deliver(first, in);
  if ((first & type_bits) == report) return read_report(in);
  return std::nullopt;
}

smpp::message as_message(const delivered_message& d, std::string_view to) {
  smpp::message m;
  m.source = d.from;
  m.source_ton = d.international ? 1 : 0;
  m.destination = to;
  m.esm_class = d.with_header ? esm_header : std::uint8_t{0};
  m.protocol_id = d.protocol;
  m.data_coding = d.data_coding;
  m.text = d.text;
  return m;
}

std::optional<smpp::buffer> write_submit(const smpp::message& m) {
  const bool with_header = m.esm_class & esm_header;
  const auto a = smpp::alphabet_of(m.data_coding);
  const std::size_t header = with_header && !m.text.empty() ? m.text[0] + std::size_t{1} : 0;
  if (header > m.text.size()) return std::nullopt;
  smpp::buffer out{static_cast<std::uint8_t>(submit | relative_validity | (with_header ? header_follows : 0) |
                                             (m.registered_delivery ? wants_report : 0)),
                   0}; // TP-MR is the modem's to choose
  if (!write_address(m.destination, m.destination_ton == 1, out)) return std::nullopt;
  out.push_back(0); // TP-PID: an ordinary message
  out.push_back(a == smpp::alphabet::ucs2 ? 0x08 : a == smpp::alphabet::gsm7 ? 0x00 : 0x04);
  out.push_back(one_day);
  if (a == smpp::alphabet::gsm7) {
    const std::size_t length = septets_for(header) + m.text.size() - header;
    if (length > most_septets) return std::nullopt;
    out.push_back(static_cast<std::uint8_t>(length));
    pack(m.text.first(header), m.text.subspan(header), out);
    return out;
  }
  if (m.text.size() > most_octets) return std::nullopt;
  out.push_back(static_cast<std::uint8_t>(m.text.size()));
  out.insert(out.end(), m.text.begin(), m.text.end());
  return out;
}

} // namespace tallyline::sms
