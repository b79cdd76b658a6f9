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

bool ussd_bearer::message_in(std::uint32_t link, const smpp::message& m) {
  const smpp::dialect& d = *links_[link].spoken;
  const auto ussd = smpp::read_ussd(d, m);
  if (!ussd) {
    ++counters_.not_ussd;
    return false;
  }
  const std::uint64_t msisdn = msisdn_of(m.source);
  if (msisdn == 0) {
    ++counters_.bad_addresses;
    spdlog::warn("a message from '{:.20}', which is no MSISDN, was passed over", m.source);
    return true;
  }
  if (d.remembers()) {
    if (ussd->event == smpp::ussd_event::begin)
      remembered_[msisdn] = {std::string(ussd->id), m.data_coding};
    else if (ussd->event != smpp::ussd_event::reply)
      remembered_.erase(msisdn);
  }
  text_in_.clear();
  smpp::append_utf8(m.text, smpp::alphabet_of(m.data_coding), text_in_);
  const std::string_view text = ussd->event == smpp::ussd_event::begin ? dialled(d, m) : std::string_view(text_in_);
  to_({what_of(ussd->event), msisdn, m.destination, text, {link, ussd->session, 0}});
  return true;
}

// The whole dial string, whether the network gives it or only the code, or leaves the marks out.
std::string_view ussd_bearer::dialled(const smpp::dialect& d, const smpp::message& m) {
  const std::string_view text = text_in_;
  if (text.starts_with('*') || text.starts_with('#')) return text;
  const std::string_view code = d.code_in_text_only ? text : service_code(m.destination);
  dialled_.assign("*").append(code);
  if (!d.code_in_text_only && !text.empty() && text != code) dialled_.append("*").append(text);
  return dialled_.append("#");
}

std::uint64_t ussd_bearer::take_place(std::uint64_t msisdn, const return_path& path) {
  std::uint32_t place = static_cast<std::uint32_t>(in_flight_.size());
  if (free_.empty()) {
    in_flight_.emplace_back();
  } else {
    place = free_.back();
    free_.pop_back();
  }
  in_flight_[place] = {msisdn, path.session, path.link};
  return place;
}

void ussd_bearer::page(std::uint64_t msisdn, std::string_view code, const return_path& path, std::string_view text,
                       bool last) {
  const smpp::dialect& d = *links_[path.link].spoken;
  smpp::message m;
  fmt::format_int digits(msisdn);
  m.source = service_code(code);
  m.destination = {digits.data(), digits.size()};
  m.destination_ton = ton_international;
  m.destination_npi = npi_isdn;
  text_out_.clear();
  m.data_coding = smpp::encode_text(text, text_out_, {d.gsm7_coding, d.ucs2_coding});
  m.text = text_out_;
  smpp::ussd_out out{path.session, path.turn, last ? smpp::ussd_event::end : smpp::ussd_event::reply, {}};
  const auto kept = d.remembers() ? remembered_.find(msisdn) : remembered_.end();
  if (kept != remembered_.end()) {
    out.id = kept->second.id;
    // Echoed where it says the same alphabet: a wrong one would show as gibberish.
    if (d.echo_coding && smpp::alphabet_of(kept->second.coding) == smpp::alphabet_of(m.data_coding))
      m.data_coding = kept->second.coding;
  }
  smpp::write_ussd(d, m, out, tlvs_out_);
  const auto place = take_place(msisdn, path);
  const auto id = d.by_data_sm ? smpp::command::data_sm : smpp::command::submit_sm;
  if (!links_[path.link].link->submit(m, place, id)) {
    ++counters_.unsent;
    free_.push_back(static_cast<std::uint32_t>(place));
  }
  if (last && kept != remembered_.end()) remembered_.erase(kept);
}

void ussd_bearer::submit_done(std::uint32_t link, std::uint64_t token, smpp::status s) {
  const in_flight was = in_flight_[token];
  free_.push_back(static_cast<std::uint32_t>(token));
  if (s == smpp::status::ok) return;
  ++counters_.undelivered;
  // Nobody sees this page: the session is over. What was answered is on disk, and a redial goes on from there.
  to_({said::gone, was.msisdn, {}, {}, {link, was.session, 0}});
}

void ussd_bearer::flush() {
  for (const auto& b : links_)
    b.link->flush();
}

} // namespace tallyline::gateway
