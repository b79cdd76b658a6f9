#include "gateway/ussd_bearer.h"

#include "gateway/service_code.h"
#include "gateway/smpp/gsm_text.h"

#include <charconv>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace tallyline::gateway {
namespace {

constexpr std::uint8_t ton_international = 1, npi_isdn = 1; // SMPP 3.4 5.2.5, 5.2.6

// Digits of an MSISDN, with or without a plus or 00; 0 when it is none. 15 digits are the most (ITU-T E.164).
std::uint64_t msisdn_of(std::string_view address) {
  if (address.starts_with('+'))
    address.remove_prefix(1);
  else if (address.starts_with("00"))
    address.remove_prefix(2);
  std::uint64_t n = 0;
  const auto [end, failed] = std::from_chars(address.data(), address.data() + address.size(), n);
  return failed == std::errc{} && end == address.data() + address.size() && address.size() <= 15 ? n : 0;
}

// What names a session when the response to its page comes back: 50 bits of MSISDN, then the session key's octet.
std::uint64_t token_of(std::uint64_t msisdn, std::uint64_t session) { return msisdn << 8 | (session & 0xFF); }

said what_of(smpp::ussd_event e) {
  switch (e) {
  case smpp::ussd_event::begin:
    return said::begin;
  case smpp::ussd_event::reply:
    return said::answer;
  default:
    return said::gone;
  }
}

} // namespace

bool ussd_page::fits(std::string_view utf8) const { return smpp::fits_ussd(utf8); }

void ussd_bearer::message_in(std::uint32_t link, const smpp::message& m) {
  const auto ussd = smpp::read_ussd(dialect_, m);
  if (!ussd) {
    ++counters_.not_ussd;
    return;
  }
  const std::uint64_t msisdn = msisdn_of(m.source);
  if (msisdn == 0) {
    ++counters_.bad_addresses;
    spdlog::warn("a message from '{:.20}', which is no MSISDN, was passed over", m.source);
    return;
  }
  text_in_.clear();
  smpp::append_utf8(m.text, smpp::alphabet_of(m.data_coding), text_in_);
  to_({what_of(ussd->event), msisdn, m.destination, text_in_, {link, ussd->session, 0}});
}

void ussd_bearer::page(std::uint64_t msisdn, std::string_view code, const return_path& path, std::string_view text,
                       bool last) {
  smpp::message m;
  fmt::format_int digits(msisdn);
  m.service_type = "USSD";
  m.source = service_code(code);
  m.destination = {digits.data(), digits.size()};
  m.destination_ton = ton_international;
  m.destination_npi = npi_isdn;
  text_out_.clear();
  m.data_coding = smpp::encode_text(text, text_out_);
  m.text = text_out_;
  smpp::write_ussd(dialect_, m, path.session, path.turn, last ? smpp::ussd_event::end : smpp::ussd_event::reply);
  if (!links_[path.link]->submit(m, token_of(msisdn, path.session))) ++counters_.unsent;
}

void ussd_bearer::submit_done(std::uint32_t link, std::uint64_t token, smpp::status s) {
  if (s == smpp::status::ok) return;
  ++counters_.undelivered;
  // Nobody sees this page: the session is over. What was answered is on disk, and a redial goes on from there.
  to_({said::gone, token >> 8, {}, {}, {link, token & 0xFF, 0}});
}

void ussd_bearer::flush() {
  for (smpp::smpp_link* link : links_)
    link->flush();
}

} // namespace tallyline::gateway
