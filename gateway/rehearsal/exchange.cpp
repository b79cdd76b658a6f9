#include "gateway/rehearsal/exchange.h"

#include "gateway/smpp/gsm_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace tallyline::rehearsal {
namespace {

using smpp::status;

// What the handset shows when there is no page to show.
namespace notice {
constexpr std::string_view unfit = "The answer of the service does not fit this handset.";
constexpr std::string_view late = "The service does not answer. Dial again.";
constexpr std::string_view over = "Session timed out. Dial again.";
constexpr std::string_view refused = "The service refused the call. Dial again later.";
constexpr std::string_view gone = "The service is not available. Dial again later.";
constexpr std::string_view replaced = "The line was taken by another call.";
} // namespace notice

// Room for a number of at most 20 digits, as text.
class digits {
public:
  explicit digits(std::uint64_t number) : end_(std::to_chars(at_.data(), at_.data() + at_.size(), number).ptr) {}
  digits(const digits&) = delete;
  digits& operator=(const digits&) = delete;
  std::string_view all() const { return {at_.data(), end_}; }
  std::string_view but_first() const { return all().substr(1); }

private:
  std::array<char, 20> at_;
  const char* end_;
};

std::uint64_t number_of(std::string_view address) {
  std::uint64_t n = 0;
  const auto [end, failed] = std::from_chars(address.data(), address.data() + address.size(), n);
  return failed == std::errc{} && end == address.data() + address.size() ? n : 0;
}

std::string_view cut_to_page(std::string_view utf8) {
  // Four octets a character at most; this bounds the loop below whatever is pasted into a phone.
  utf8 = utf8.substr(0, smpp::ussd_septets * 4);
  while (!smpp::fits_ussd(utf8)) {
    while (!utf8.empty() && (static_cast<unsigned char>(utf8.back()) & 0xC0U) == 0x80U)
      utf8.remove_suffix(1);
    if (!utf8.empty()) utf8.remove_suffix(1);
  }
  return utf8;
}

} // namespace

std::optional<packed_code> short_code(std::string_view dial_string) noexcept {
  const auto first = dial_string.find_first_not_of("*#");
  if (first == 0 || first == dial_string.npos || dial_string.back() != '#' || dial_string.size() > smpp::ussd_septets ||
      dial_string.find_first_not_of("*#0123456789") != dial_string.npos)
    return std::nullopt;
  const auto code = dial_string.substr(first, dial_string.find_first_of("*#", first) - first);
  if (code.size() > 18) return std::nullopt;
  packed_code packed = 1;
  for (const char c : code)
    packed = packed * 10 + static_cast<packed_code>(c - '0');
  return packed;
}

std::uint32_t exchange::dial(std::uint32_t link, std::uint64_t msisdn, std::string_view code, smsc::handset phone,
                             std::uint64_t now) {
  const auto packed = short_code(code);
  if (!packed || msisdn == 0) return 0;
  if (const auto before = sessions_.of(msisdn)) end(before, page_kind::failed, notice::replaced);
  const auto session = sessions_.open(msisdn, *packed, link, std::move(phone), now);
  if (session == 0) return 0;
  ++counters_.sessions;
  ++counters_.turns;
  sessions_.wait_for_esme(session, now);
  send(session, smpp::ussd_event::begin, code);
  return session;
}

void exchange::answer(std::uint32_t session, std::string_view utf8, std::uint64_t now) {
  const auto* e = sessions_.find(session);
  if (!e || e->waiting) return;
  ++counters_.turns;
  sessions_.wait_for_esme(session, now);
  send(session, smpp::ussd_event::reply, utf8);
}

void exchange::hang_up(std::uint32_t session, bool silently) {
  if (!sessions_.find(session)) return;
  if (!silently) send(session, smpp::ussd_event::end, {});
  sessions_.close(session);
}

// A number of the session that the dialect has room for. The octet alone moves on from one session of a slot to the
// next.
std::uint64_t exchange::key_of(std::uint32_t session) const {
  const auto& e = *sessions_.find(session);
  switch (speech_.session) {
  case smpp::dialect::key::its_session_info:
    return (std::uint64_t{e.octet} << 8 | (session & 0xFF)) & speech_.mask;
  case smpp::dialect::key::user_message_reference:
    return std::uint64_t{e.octet} << 8 | (session & 0xFF);
  case smpp::dialect::key::tlv:
    return session;
  default:
    return 0;
  }
}

void exchange::send(std::uint32_t session, smpp::ussd_event event, std::string_view utf8) {
  const auto& e = *sessions_.find(session);
  const digits subscriber(e.msisdn), code(e.code);
  if (!smpp::fits_ussd(utf8)) utf8 = cut_to_page(utf8);
  const bool gsm7 = smpp::measure_text(utf8).gsm7;
  octets_.clear();
  gsm7 ? smpp::append_gsm7(utf8, octets_) : smpp::append_ucs2(utf8, octets_);

  smpp::message m;
  m.source_ton = m.source_npi = 1; // international, ISDN (5.2.5, 5.2.6)
  m.source = subscriber.all();
  if (!speech_.code_in_text_only) m.destination = code.but_first();
  m.data_coding = gsm7 ? speech_.gsm7_coding : speech_.ucs2_coding;
  m.text = octets_;
  const digits id(session);
  smpp::write_ussd_of_network(speech_, m, {key_of(session), std::uint32_t{e.sequence} >> 1, event, id.all()}, tlvs_);
  out_.deliver(e.link, m, session);
}

// A text key comes back as a number that only the reader of it makes.
bool exchange::is_session(std::uint32_t session, std::uint64_t key) const {
  if (speech_.session != smpp::dialect::key::tlv || speech_.session_size != 0) return key == key_of(session);
  smpp::buffer tlvs;
  smpp::message same;
  smpp::write_ussd_of_network(speech_, same, {0, 0, smpp::ussd_event::reply, digits(session).all()}, tlvs);
  return smpp::read_ussd_of_gateway(speech_, same).session == key;
}

exchange::judged exchange::judge(const smpp::message& submit) {
  judged j;
  const auto session = sessions_.of(number_of(submit.destination));
  auto* e = session == 0 ? nullptr : sessions_.find(session);
  const auto said = smpp::read_ussd_of_gateway(speech_, submit);
  if (!e || !is_session(session, said.session) || (!said.told && !said.asks && !said.last)) {
    ++counters_.unknown_sessions;
    j.answer = status::rx_permanent_error;
    return j;
  }
  // A question is an answer to what the subscriber said; a second one would overwrite the first on the screen.
  if (!said.last && !(said.asks && e->waiting)) {
    ++counters_.out_of_turn;
    j.answer = status::rx_permanent_error;
    return j;
  }
  j.session = session;
  if (!read_text(submit)) {
    ++counters_.refused_texts;
    j.answer = status::invalid_message_length;
    j.shown = {page_kind::failed, notice::unfit};
    return j;
  }
  if (speech_.rising && submit.its_session_info)
    e->sequence = static_cast<std::uint8_t>((*submit.its_session_info)[1] & ~unsigned{speech_.end_bit_out});
  j.shown = {said.last ? page_kind::final : page_kind::question, text_};
  return j;
}

bool exchange::is_ussd(const smpp::message& submit) const {
  if (sessions_.of(number_of(submit.destination)) != 0) return true;
  const auto said = smpp::read_ussd_of_gateway(speech_, submit);
  return said.told || said.asks || said.last;
}

bool exchange::read_text(const smpp::message& m) {
  const auto written = smpp::alphabet_of(m.data_coding);
  const bool wide = written == smpp::alphabet::ucs2;
  if (wide ? m.text.size() > smpp::ussd_units * 2 || m.text.size() % 2 != 0 : m.text.size() > smpp::ussd_septets)
    return false;
  text_.clear();
  smpp::append_utf8(m.text, written, text_);
  return true;
}

void exchange::show(const judged& j) {
  if (j.session == 0) return;
  if (j.shown.kind != page_kind::question) return end(j.session, j.shown.kind, j.shown.text);
  auto* e = sessions_.find(j.session);
  if (!e) return;
  sessions_.wait_for_subscriber(j.session);
  // The phone may open sessions, which moves entries, or hang up: it is called from a place of its own.
  auto phone = std::exchange(e->phone, nullptr);
  if (phone) phone(j.shown);
  if (auto* still = sessions_.find(j.session)) still->phone = std::move(phone);
}

void exchange::end(std::uint32_t session, page_kind kind, std::string_view text) {
  const auto phone = sessions_.close(session);
  if (phone) phone(page{kind, text});
}

void exchange::delivered(std::uint32_t session, status result) {
  if (result != status::ok && sessions_.find(session)) end(session, page_kind::failed, notice::refused);
}

void exchange::link_gone(std::uint32_t link) {
  for (const auto session : sessions_.on_link(link))
    end(session, page_kind::failed, notice::gone);
}

void exchange::expire(std::uint64_t now) {
  while (const auto expired = sessions_.first_expired(now)) {
    ++counters_.timeouts;
    send(expired->session, smpp::ussd_event::end, {});
    end(expired->session, page_kind::failed, expired->whole ? notice::over : notice::late);
  }
}

} // namespace tallyline::rehearsal
